/** The domain of every mailbox; nothing leaves the machine. */
export const domain = 'e2e.test';

/** A person with a mailbox. */
export interface RealAccount {
  address: string;
  /** At the authorization server's login page. */
  password: string;
  /** For PLAIN and LOGIN at the mail servers. */
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

/** The OAuth client that Mailgrant is. */
export const client = { id: 'mailgrant-e2e', secret: 'mailgrant-e2e-secret' };
/** The client as which Dovecot asks whether a token is good. */
export const resourceServer = { id: 'dovecot', secret: 'dovecot-secret' };
/** The scope that opens the mail servers. */
export const mailScope = `https://mail.${domain}/`;
