import { LineConnection } from './line-connection.ts';
import { xoauth2 } from './xoauth2.ts';

export interface Submission {
  port: number;
  security: 'starttls' | 'tls';
  authority: string;
  user: string;
  token: string;
  recipient: string;
  /** Header and body with `\n` between the lines; no line may be a single dot. */
  message: string;
}

/**
 * Submits a message with XOAUTH2 and returns the last reply. This tests the servers, not Mailgrant.
 */
export async function submit(submission: Submission): Promise<string> {
  const { port, security, authority, user, token, recipient, message } = submission;
  const connection = await LineConnection[security === 'tls' ? 'connectTls' : 'connect'](port, authority);
  try {
    await expectReply(connection, 220);
    await command(connection, 'EHLO client.e2e.test', 250);
    if (security === 'starttls') {
      await command(connection, 'STARTTLS', 220);
      await connection.startTls();
      await command(connection, 'EHLO client.e2e.test', 250);
    }
    // Without an initial response, because long tokens would not fit (RFC 4954 §4).
    await command(connection, 'AUTH XOAUTH2', 334);
    await authenticate(connection, xoauth2(user, token));
    await command(connection, `MAIL FROM:<${user}>`, 250);
    await command(connection, `RCPT TO:<${recipient}>`, 250);
    await command(connection, 'DATA', 354);
    return await command(connection, `${message.replaceAll('\n', '\r\n')}\r\n.`, 250);
  } finally {
    connection.close();
  }
}

async function authenticate(connection: LineConnection, blob: string): Promise<void> {
  connection.send(blob);
  const reply = await readReply(connection);
  if (reply.startsWith('235')) return;
  const reason = reply.startsWith('334') ? Buffer.from(reply.slice(4), 'base64').toString() : '';
  if (reason !== '') connection.send('');
  throw new Error(`SMTP: ${reason === '' ? reply : `${reason} ${await readReply(connection)}`}`);
}

async function command(connection: LineConnection, line: string, code: number): Promise<string> {
  connection.send(line);
  return expectReply(connection, code);
}

async function expectReply(connection: LineConnection, code: number): Promise<string> {
  const reply = await readReply(connection);
  if (!reply.startsWith(String(code))) throw new Error(`SMTP: ${reply}`);
  return reply;
}

async function readReply(connection: LineConnection): Promise<string> {
  const lines: string[] = [];
  do lines.push(await connection.readLine());
  while (lines.at(-1)?.[3] === '-');
  return lines.join('\n');
}
