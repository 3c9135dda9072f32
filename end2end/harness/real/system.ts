import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, open, readFile } from 'node:fs/promises';
import { waitFor } from '../wait.ts';

const wanted = {
  '/usr/sbin/dovecot': 'dovecot-core',
  '/usr/lib/dovecot/imap': 'dovecot-imapd',
  '/usr/lib/dovecot/submission': 'dovecot-submissiond',
  '/usr/lib/dovecot/lmtp': 'dovecot-lmtpd',
  '/usr/sbin/postfix': 'postfix',
  '/usr/bin/openssl': 'openssl',
};

/** Fails with a list of missing packages if the machine cannot run the real servers. */
export async function checkMachine(): Promise<void> {
  if (process.getuid?.() !== 0) throw new Error('the real mail servers have to be started as root');
  const missing: string[] = [];
  for (const [file, name] of Object.entries(wanted)) await access(file).catch(() => missing.push(name));
  if (missing.length > 0) {
    throw new Error(`the real mail servers are missing; as root: apt-get install --no-install-recommends ${missing.join(' ')}`);
  }
}

/**
 * Runs a program until it exits. Its output goes to a file: a daemon keeps its initial standard
 * error open, so the end of a pipe would never come.
 */
export async function run(program: string, parameters: string[], outputFile: string): Promise<void> {
  const output = await open(outputFile, 'a');
  try {
    const child = spawn(program, parameters, { stdio: ['ignore', output.fd, output.fd] });
    const [code] = (await once(child, 'exit')) as [number | null];
    if (code !== 0) {
      throw new Error(`${program} ${parameters.join(' ')} ended with ${code}:\n${await readFile(outputFile, 'utf8')}`);
    }
  } finally {
    await output.close();
  }
}

/** Returns the numeric ID of a system user. */
export async function userId(name: string): Promise<number> {
  const line = (await readFile('/etc/passwd', 'utf8')).split('\n').find((user) => user.startsWith(`${name}:`));
  if (line === undefined) throw new Error(`there is no user ${name}`);
  return Number(line.split(':')[2]);
}

/** Waits until a process is gone. A zombie that no process reaps counts as gone. */
export async function ended(pid: number): Promise<void> {
  await waitFor(`process ${pid} to end`, 10_000, async () => {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => 'State:\tZ');
    return /^State:\s*Z/m.test(status);
  });
}
