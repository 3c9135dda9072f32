// A place that takes webhooks.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Posted {
  path: string;
  headers: Record<string, string | string[] | undefined>;
  body: { type?: string; text?: string };
}

export class Hooks {
  readonly posted: Posted[] = [];
  /** What is answered. */
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

  /** What a path was told: the types, in order. */
  told(path: string): (string | undefined)[] {
    return this.posted.filter((one) => one.path === path).map(({ body }) => body.type);
  }

  async stop(): Promise<void> {
    const stopped = new Promise((stopped) => this.server.close(stopped));
    // Those that Mailgrant keeps for the next webhook.
    this.server.closeAllConnections();
    await stopped;
  }
}
