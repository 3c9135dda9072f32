import { chown, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { freePort } from '../ports.ts';
import { waitForPort } from '../wait.ts';
import { domain } from './accounts.ts';
import type { Certificates } from './certificates.ts';
import { ended, run, userId } from './system.ts';

/** Submission by Postfix; all mail goes to Dovecot's LMTP, whatever its domain. */
export class Postfix {
  private constructor(
    private readonly directory: string,
    readonly submissionPort: number,
    readonly submissionsPort: number,
  ) {}

  /** Starts in a new `directory`. `relayPort` accepts mail from this machine without AUTH. */
  static async start(
    directory: string,
    certificates: Certificates,
    ports: { relay: number; sasl: number; lmtp: number },
  ): Promise<Postfix> {
    const postfix = new Postfix(directory, await freePort(), await freePort());
    for (const folder of ['', 'etc', 'spool', 'data']) await mkdir(path.join(directory, folder), { mode: 0o755 });
    await chown(path.join(directory, 'data'), await userId('postfix'), 0);
    await writeFile(path.join(directory, 'etc/main.cf'), main(directory, certificates, ports));
    await writeFile(path.join(directory, 'etc/master.cf'), postfix.master(ports.relay));
    await postfix.command('start');
    try {
      for (const port of [ports.relay, postfix.submissionPort, postfix.submissionsPort]) await waitForPort(port, 'Postfix');
    } catch (error) {
      const log = await postfix.log();
      await postfix.stop();
      throw new Error(`${String(error)}\n${log}`);
    }
    return postfix;
  }

  log(): Promise<string> {
    return readFile(path.join(this.directory, 'postfix.log'), 'utf8').catch(() => '');
  }

  async stop(): Promise<void> {
    const pid = Number(await readFile(path.join(this.directory, 'spool/pid/master.pid'), 'utf8'));
    await this.command('stop');
    await ended(pid);
  }

  private command(name: 'start' | 'stop'): Promise<void> {
    return run('/usr/sbin/postfix', ['-c', path.join(this.directory, 'etc'), name], path.join(this.directory, 'output'));
  }

  private master(relayPort: number): string {
    return `
127.0.0.1:${relayPort} inet n - n - - smtpd
${submission(this.submissionPort)}
${submission(this.submissionsPort)}
  -o smtpd_tls_wrappermode=yes
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
`;
  }
}

const submission = (port: number): string => `127.0.0.1:${port} inet n - n - - smtpd
  -o smtpd_tls_security_level=encrypt
  -o smtpd_tls_auth_only=yes
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
  -o mynetworks=`;

const main = (directory: string, certificates: Certificates, ports: { sasl: number; lmtp: number }): string => `
compatibility_level = 3.6
queue_directory = ${directory}/spool
data_directory = ${directory}/data
maillog_file = ${directory}/postfix.log
maillog_file_prefixes = ${directory}
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
meta_directory = /etc/postfix
shlib_directory = /usr/lib/postfix
mail_owner = postfix
setgid_group = postdrop
myhostname = mail.${domain}
mydomain = ${domain}
mydestination =
local_recipient_maps =
alias_maps =
alias_database =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
disable_dns_lookups = yes
lmtp_host_lookup = native
smtpd_peername_lookup = no
default_transport = lmtp:inet:[127.0.0.1]:${ports.lmtp}
relay_transport = $default_transport
smtpd_relay_restrictions = permit_sasl_authenticated, permit_mynetworks, reject
smtpd_tls_cert_file = ${certificates.certificateFile}
smtpd_tls_key_file = ${certificates.keyFile}
smtpd_tls_mandatory_protocols = >=TLSv1.2
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:${ports.sasl}
`;
