// A server that receives webhooks.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Posted {
  path: string;
  headers: Record<string, string | string[] | undefined>;
  body: { type?: string; text?: string };
}

export class Hooks {
  readonly posted: Posted[] = [];
  /** The status of all responses. */
  status = 204;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<Hooks> {
    const hooks: Hooks = new Hooks(
      createServer((request, response) => {
        const parts: Buffer[] = [];
        request.on('data', (part: Buffer) => parts.push(part));
        request.on('end', () => {
          const body = JSON.parse(Buffer.concat(parts).toString()) as Posted['body'];
          hooks.posted.push({ path: request.url ?? '', headers: request.headers, body });
          response.writeHead(hooks.status).end();
        });
      }),
    );
    await new Promise<void>((listening) => hooks.server.listen(0, '127.0.0.1', listening));
    return hooks;
  }

  url(path: string): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}${path}`;
  }

  /** Returns the event types that a path received, in order. */
  told(path: string): (string | undefined)[] {
    return this.posted.filter((one) => one.path === path).map(({ body }) => body.type);
  }

  async stop(): Promise<void> {
    const stopped = new Promise((stopped) => this.server.close(stopped));
    // Connections that Mailgrant keeps open for the next webhook.
    this.server.closeAllConnections();
    await stopped;
  }
}
