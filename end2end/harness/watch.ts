import type { BrowserContext } from '@playwright/test';

/**
 * Notes what no page may do: break its content security policy, print an error (a panic of the
 * WASM is one), or ask for anything outside this machine.
 */
export function watch(context: BrowserContext): string[] {
  const problems: string[] = [];
  context.on('weberror', (error) => problems.push(`error: ${error.error().message}`));
  context.on('console', (message) => {
    // A form that is refused is answered with 422, which the browser prints as well.
    if (message.type() !== 'error' || message.text().startsWith('Failed to load resource')) return;
    problems.push(`console: ${message.text()}`);
  });
  context.on('request', (request) => {
    const { protocol, hostname } = new URL(request.url());
    if (/^https?:$/.test(protocol) && !['127.0.0.1', 'localhost'].includes(hostname)) problems.push(`asked for ${request.url()}`);
  });
  return problems;
}
