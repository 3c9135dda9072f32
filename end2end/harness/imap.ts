import { LineConnection } from './line-connection.ts';
import { waitFor } from './wait.ts';
import { xoauth2 } from './xoauth2.ts';

export type ImapLogin = { user: string } & ({ password: string } | { token: string });

/** Just enough IMAP (RFC 9051) to read the messages of an INBOX. */
export class MailReader {
  private tag = 0;

  private constructor(private readonly connection: LineConnection) {}

  /** Signs in over implicit TLS: a password with LOGIN, a token with XOAUTH2. */
  static async open(port: number, authority: string, login: ImapLogin): Promise<MailReader> {
    const reader = new MailReader(await LineConnection.connectTls(port, authority));
    try {
      await reader.connection.readLine();
      if ('password' in login) await reader.command(`LOGIN "${login.user}" "${login.password}"`);
      else await reader.command(`AUTHENTICATE XOAUTH2 ${xoauth2(login.user, login.token)}`);
      await reader.command('SELECT INBOX');
      return reader;
    } catch (error) {
      reader.close();
      throw error;
    }
  }

  /** Returns the source of every message whose header contains this value. */
  async find(header: string, value: string): Promise<string[]> {
    const { lines } = await this.command(`UID SEARCH HEADER ${header} "${value}"`);
    const found = lines.find((line) => line.startsWith('* SEARCH'))?.match(/\d+/g) ?? [];
    const messages: string[] = [];
    for (const uid of found) {
      const { literals } = await this.command(`UID FETCH ${uid} (BODY.PEEK[])`);
      messages.push(...literals.map((literal) => literal.toString()));
    }
    return messages;
  }

  /** Waits for the only message whose header contains this value. */
  async waitForMessage(header: string, value: string, timeout = 10_000): Promise<string> {
    return waitFor(`a mail with ${header}: ${value}`, timeout, async () => (await this.find(header, value))[0]);
  }

  close(): void {
    this.connection.close();
  }

  private async command(text: string): Promise<{ lines: string[]; literals: Buffer[] }> {
    const tag = `a${(this.tag += 1)}`;
    const lines: string[] = [];
    const literals: Buffer[] = [];
    this.connection.send(`${tag} ${text}`);
    for (;;) {
      const line = await this.connection.readLine();
      const literal = /\{(\d+)\}$/.exec(line);
      if (line.startsWith(`${tag} OK`)) return { lines, literals };
      if (line.startsWith(`${tag} `)) throw new Error(`IMAP: ${line}`);
      // A rejected token: the server sends the reason as a challenge, which an empty line answers.
      if (line.startsWith('+')) this.connection.send('');
      if (literal) literals.push(await this.connection.readBytes(Number(literal[1])));
      lines.push(line);
    }
  }
}
