import { expect, test as base, type BrowserContext, type BrowserContextOptions, type Page, type TestInfo } from '@playwright/test';
import { Mailgrant, type MailgrantOptions } from './mailgrant.ts';
import type { RealServers } from './real/servers.ts';
import { Sandbox } from './sandbox.ts';
import { Watch } from './watch.ts';

export { expect } from '@playwright/test';

interface TestOptions {
  /**
   * True if Mailgrant has its first administrator and the test's `page` is signed in as that user.
   */
  setUp: boolean;
  /** True if the test's `page` is signed in as the administrator. */
  signedIn: boolean;
}

interface TestFixtures {
  /** Fails the test if a page did something forbidden. */
  watched: Watch;
  /** The worker's sandbox without faults, grants, and messages. */
  sandbox: Sandbox;
  /** The worker's real servers without grants; mailboxes keep their mail. */
  real: RealServers;
  /** The test's own Mailgrant, configured for the sandbox. */
  mailgrant: Mailgrant;
  /** The test's own Mailgrant, which trusts the real servers and has no sandbox. */
  mailgrantForReal: Mailgrant;
  /** Opens a page in a browser without cookies, which is closed after the test. */
  otherBrowser: (options?: BrowserContextOptions) => Promise<Page>;
}

interface WorkerFixtures {
  workerSandbox: Sandbox;
  workerReal: RealServers;
}

export const test = base.extend<TestFixtures & TestOptions, WorkerFixtures>({
  setUp: [true, { option: true }],
  signedIn: [true, { option: true }],
  watched: [
    async ({ context }, use) => {
      const watch = new Watch();
      watch.over(context);
      await use(watch);
      expect(watch.problems).toEqual([]);
    },
    { auto: true },
  ],
  workerSandbox: [
    async ({}, use) => {
      const sandbox = await Sandbox.start();
      await use(sandbox);
      await sandbox.stop();
    },
    { scope: 'worker' },
  ],
  workerReal: [
    async ({}, use) => {
      // Loaded here, because only some workers need the authorization server.
      const { RealServers } = await import('./real/servers.ts');
      const servers = await RealServers.start();
      await use(servers);
      await servers.stop();
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  sandbox: async ({ workerSandbox }, use) => {
    await workerSandbox.reset();
    await use(workerSandbox);
  },
  real: async ({ workerReal }, use) => {
    workerReal.authorizationServer.reset();
    await use(workerReal);
  },
  mailgrant: async ({ sandbox, context, setUp, signedIn }, use, testInfo) => {
    const { descriptorFile: sandboxFile, authorityFile: extraRoots } = sandbox;
    await withMailgrant({ sandboxFile, extraRoots, setUp }, signedIn ? context : undefined, testInfo, use);
  },
  mailgrantForReal: async ({ real, context, setUp, signedIn }, use, testInfo) => {
    const extraRoots = real.certificates.authorityFile;
    await withMailgrant({ extraRoots, setUp }, signedIn ? context : undefined, testInfo, use);
  },
  otherBrowser: async ({ browser, watched }, use) => {
    const contexts: BrowserContext[] = [];
    await use(async (options) => {
      const context = await browser.newContext(options);
      contexts.push(context);
      watched.over(context);
      return context.newPage();
    });
    for (const context of contexts) await context.close();
  },
});

/** `signedIn` is the browser that gets the administrator's session. */
async function withMailgrant(
  options: MailgrantOptions,
  signedIn: BrowserContext | undefined,
  testInfo: TestInfo,
  use: (mailgrant: Mailgrant) => Promise<void>,
): Promise<void> {
  const mailgrant = await Mailgrant.start(options);
  await signedIn?.addCookies(mailgrant.cookies);
  await use(mailgrant);
  await mailgrant.dispose();
  if (testInfo.status !== testInfo.expectedStatus) await testInfo.attach('mailgrant.log', { body: mailgrant.log });
}
