import type { BrowserContext } from '@playwright/test';

/**
 * Records what no page may do: violate its content security policy, print an error (such as a panic
 * of the WASM), or request anything outside of this machine.
 */
export class Watch {
  private readonly seen: string[] = [];
  private readonly meant: RegExp[] = [];

  /** Watches a browser from now on. */
  over(context: BrowserContext): void {
    context.on('weberror', (error) => this.seen.push(`error: ${error.error().message}`));
    context.on('console', (message) => {
      // A rejected form is answered with 422, which the browser also prints.
      if (message.type() !== 'error' || message.text().startsWith('Failed to load resource')) return;
      this.seen.push(`console: ${message.text()}`);
    });
    context.on('request', (request) => {
      const { protocol, hostname } = new URL(request.url());
      if (/^https?:$/.test(protocol) && !['127.0.0.1', 'localhost'].includes(hostname)) this.seen.push(`asked for ${request.url()}`);
    });
  }

  /** Ignores problems that the test provokes. */
  expect(problem: RegExp): void {
    this.meant.push(problem);
  }

  /** Returns the recorded and unexpected problems. */
  get problems(): string[] {
    return this.seen.filter((problem) => !this.meant.some((meant) => meant.test(problem)));
  }
}
