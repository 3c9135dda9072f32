import http from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A foreign site on loopback. At 127.0.0.1 it is another site than Mailgrant, which is at
 * localhost. At localhost it is another origin of the same site, to which browsers send the
 * cookies.
 */
export class OtherSite {
  private constructor(
    private readonly server: http.Server,
    private readonly pages: Map<string, string>,
  ) {}

  static async start(): Promise<OtherSite> {
    const pages = new Map<string, string>();
    const server = http.createServer((request, response) => {
      const page = pages.get(request.url ?? '');
      response.writeHead(page === undefined ? 404 : 200, { 'content-type': 'text/html; charset=utf-8' });
      response.end(`<!doctype html><title>Another site</title>${page ?? ''}`);
    });
    await new Promise<void>((resolve) => server.listen(0, resolve));
    return new OtherSite(server, pages);
  }

  /** Serves a page and returns its URL. */
  page(path: string, content: string, host: 'localhost' | '127.0.0.1'): string {
    this.pages.set(path, content);
    return `http://${host}:${(this.server.address() as AddressInfo).port}${path}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
