import type { BrowserContext } from '@playwright/test';

/**
 * Notes what no page may do: break its content security policy, print an error (a panic of the
 * WASM is one), or ask for anything outside this machine.
 */
export class Watch {
  private readonly seen: string[] = [];
  private readonly meant: RegExp[] = [];

  /** Watches a browser from now on. */
  over(context: BrowserContext): void {
    context.on('weberror', (error) => this.seen.push(`error: ${error.error().message}`));
    context.on('console', (message) => {
      // A form that is refused is answered with 422, which the browser prints as well.
      if (message.type() !== 'error' || message.text().startsWith('Failed to load resource')) return;
      this.seen.push(`console: ${message.text()}`);
    });
    context.on('request', (request) => {
      const { protocol, hostname } = new URL(request.url());
      if (/^https?:$/.test(protocol) && !['127.0.0.1', 'localhost'].includes(hostname)) this.seen.push(`asked for ${request.url()}`);
    });
  }

  /** What the test provokes is no problem. */
  expect(problem: RegExp): void {
    this.meant.push(problem);
  }

  /** What was noted and not meant. */
  get problems(): string[] {
    return this.seen.filter((problem) => !this.meant.some((meant) => meant.test(problem)));
  }
}
