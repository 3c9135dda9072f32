/** The domain of every mailbox; no mail leaves the machine. */
export const domain = 'e2e.test';

/** A user with a mailbox. */
export interface RealAccount {
  address: string;
  /** The password at the authorization server's sign-in page. */
  password: string;
  /** The password for PLAIN and LOGIN at the mail servers. */
  mailPassword: string;
}

const account = (name: string): RealAccount => ({
  address: `${name}@${domain}`,
  password: `${name}-sign-in`,
  mailPassword: `${name}-mail`,
});

export const alice = account('alice');
export const bob = account('bob');
export const accounts = [alice, bob];

/** The OAuth client of Mailgrant. */
export const client = { id: 'mailgrant-e2e', secret: 'mailgrant-e2e-secret' };
/** The client with which Dovecot introspects tokens. */
export const resourceServer = { id: 'dovecot', secret: 'dovecot-secret' };
/** The scope for the mail servers. */
export const mailScope = `https://mail.${domain}/`;
