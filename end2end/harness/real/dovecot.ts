import { chown, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { freePort } from '../ports.ts';
import { waitForPort } from '../wait.ts';
import { accounts, domain, mailScope } from './accounts.ts';
import type { AuthorizationServer } from './authorization-server.ts';
import type { Certificates } from './certificates.ts';
import { ended, run, userId } from './system.ts';

/** Any user that owns no other files; it does not have to exist. */
const mailUser = 5000;

/** Dovecot for submission, IMAP, and LMTP, and the SASL service for Postfix. */
export class Dovecot {
  private constructor(
    private readonly directory: string,
    readonly submissionPort: number,
    readonly submissionsPort: number,
    readonly imapsPort: number,
    readonly lmtpPort: number,
    readonly saslPort: number,
  ) {}

  /** Starts in a new `directory`; submitted mail goes to `relayPort`. */
  static async start(
    directory: string,
    certificates: Certificates,
    authorizationServer: AuthorizationServer,
    relayPort: number,
  ): Promise<Dovecot> {
    const ports = [await freePort(), await freePort(), await freePort(), await freePort(), await freePort()] as const;
    const dovecot = new Dovecot(directory, ...ports);
    const mail = path.join(directory, 'mail');
    const users = path.join(directory, 'users');
    for (const folder of [directory, path.join(directory, 'run'), mail]) await mkdir(folder, { mode: 0o755 });
    await chown(mail, mailUser, mailUser);
    await writeFile(users, accounts.map(({ address, mailPassword }) => `${address}:${mailPassword}\n`).join(''), { mode: 0o600 });
    await chown(users, await userId('dovecot'), 0);
    await writeFile(path.join(directory, 'oauth2.conf'), introspection(authorizationServer), { mode: 0o600 });
    await writeFile(dovecot.configurationFile, dovecot.configuration(certificates, relayPort));
    await run('/usr/sbin/dovecot', ['-c', dovecot.configurationFile], dovecot.outputFile);
    try {
      for (const port of ports) await waitForPort(port, 'Dovecot');
    } catch (error) {
      const log = await dovecot.log();
      await dovecot.stop();
      throw new Error(`${String(error)}\n${log}`);
    }
    return dovecot;
  }

  /**
   * The host for settings that must reach the server as from a network: 127.0.0.1 itself may use
   * AUTH before STARTTLS.
   */
  readonly remoteLikeHost = '127.0.0.2';

  log(): Promise<string> {
    return readFile(path.join(this.directory, 'dovecot.log'), 'utf8').catch(() => '');
  }

  async stop(): Promise<void> {
    const pid = Number(await readFile(path.join(this.directory, 'run/master.pid'), 'utf8'));
    await run('/usr/bin/doveadm', ['-c', this.configurationFile, 'stop'], this.outputFile);
    await ended(pid);
  }

  private get outputFile(): string {
    return path.join(this.directory, 'output');
  }

  private get configurationFile(): string {
    return path.join(this.directory, 'dovecot.conf');
  }

  private configuration(certificates: Certificates, relayPort: number): string {
    return `
base_dir = ${this.directory}/run
state_dir = ${this.directory}/run
instance_name = ${path.basename(path.dirname(this.directory))}
log_path = ${this.directory}/dovecot.log
auth_verbose = yes
protocols = imap submission lmtp
listen = 127.0.0.1, ${this.remoteLikeHost}
mail_location = maildir:~/Maildir
first_valid_uid = ${mailUser}
ssl = required
ssl_min_protocol = TLSv1.2
ssl_cert = <${certificates.certificateFile}
ssl_key = <${certificates.keyFile}
disable_plaintext_auth = yes
auth_mechanisms = plain login xoauth2 oauthbearer
auth_failure_delay = 0
auth_username_format = %Lu
passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = ${this.directory}/oauth2.conf
}
passdb {
  driver = passwd-file
  mechanisms = plain login
  args = scheme=PLAIN username_format=%Lu ${this.directory}/users
}
userdb {
  driver = static
  args = uid=${mailUser} gid=${mailUser} home=${this.directory}/mail/%Lu allow_all_users=yes
}
# Otherwise each login after failed ones waits, up to 15 s.
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service auth {
  inet_listener sasl {
    address = 127.0.0.1
    port = ${this.saslPort}
  }
}
service imap-login {
  inet_listener imap {
    port = 0
  }
  inet_listener imaps {
    port = ${this.imapsPort}
    ssl = yes
  }
}
service submission-login {
  inet_listener submission {
    port = ${this.submissionPort}
  }
  inet_listener submissions {
    port = ${this.submissionsPort}
    ssl = yes
  }
}
service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = ${this.lmtpPort}
  }
}
submission_relay_host = 127.0.0.1
submission_relay_port = ${relayPort}
submission_relay_trusted = yes
protocol lmtp {
  postmaster_address = postmaster@${domain}
}
namespace inbox {
  inbox = yes
}
`;
  }
}

const introspection = (server: AuthorizationServer): string => `
introspection_url = ${server.introspectionUrl}
introspection_mode = post
force_introspection = yes
active_attribute = active
active_value = true
username_attribute = email
username_format = %Lu
scope = ${mailScope}
openid_configuration_url = ${server.issuer}/.well-known/openid-configuration
timeout_msecs = 5000
`;
