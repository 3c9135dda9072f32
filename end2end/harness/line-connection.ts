import net from 'node:net';
import tls from 'node:tls';

/** A connection of a line-based protocol (SMTP, IMAP) to 127.0.0.1, in plain text or over TLS. */
export class LineConnection {
  private received = Buffer.alloc(0);
  private wake: (() => void) | undefined;
  private failure: Error | undefined;

  private constructor(
    private socket: net.Socket,
    private readonly authority: string,
  ) {
    this.listen();
  }

  static async connect(port: number, authority: string): Promise<LineConnection> {
    return new LineConnection(await opened(net.connect(port, '127.0.0.1'), 'connect'), authority);
  }

  static async connectTls(port: number, authority: string): Promise<LineConnection> {
    const socket = tls.connect({ port, host: '127.0.0.1', servername: 'localhost', ca: authority });
    return new LineConnection(await opened(socket, 'secureConnect'), authority);
  }

  /** Starts TLS after the server has accepted STARTTLS. */
  async startTls(): Promise<void> {
    const plain = this.socket.removeAllListeners();
    this.socket = await opened(tls.connect({ socket: plain, servername: 'localhost', ca: this.authority }), 'secureConnect');
    this.listen();
  }

  send(line: string): void {
    this.socket.write(`${line}\r\n`);
  }

  /** Returns the next line without its line ending. */
  async readLine(): Promise<string> {
    let end: number;
    while ((end = this.received.indexOf('\r\n')) < 0) await this.more();
    return this.take(end + 2).subarray(0, end).toString();
  }

  /** Returns the next `count` bytes (an IMAP literal). */
  async readBytes(count: number): Promise<Buffer> {
    while (this.received.length < count) await this.more();
    return this.take(count);
  }

  close(): void {
    this.socket.destroy();
  }

  private take(count: number): Buffer {
    const taken = this.received.subarray(0, count);
    this.received = this.received.subarray(count);
    return taken;
  }

  private async more(): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    await new Promise<void>((resolve) => (this.wake = resolve));
  }

  private listen(): void {
    const end = (error: Error): void => {
      this.failure ??= error;
      this.wake?.();
    };
    this.socket.on('data', (data: Buffer) => {
      this.received = Buffer.concat([this.received, data]);
      this.wake?.();
    });
    this.socket.on('error', end);
    this.socket.on('close', () => end(new Error('the server closed the connection')));
  }
}

function opened<S extends net.Socket>(socket: S, event: 'connect' | 'secureConnect'): Promise<S> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once(event, () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
}
