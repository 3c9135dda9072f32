import { expect, test as base } from '@playwright/test';
import { Mailgrant } from './mailgrant.ts';
import type { RealServers } from './real/servers.ts';
import { Sandbox } from './sandbox.ts';
import { watch } from './watch.ts';

export { expect } from '@playwright/test';

interface TestFixtures {
  /** Fails the test when a page did what none may do. */
  watched: void;
  /** The worker's sandbox, without faults, grants and messages. */
  sandbox: Sandbox;
  /** The worker's real servers, without grants; mailboxes keep their mail. */
  real: RealServers;
  /** A Mailgrant of the test's own that knows the sandbox. */
  mailgrant: Mailgrant;
  /** A Mailgrant of the test's own that trusts the real servers and knows no sandbox. */
  mailgrantForReal: Mailgrant;
}

interface WorkerFixtures {
  workerSandbox: Sandbox;
  workerReal: RealServers;
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  watched: [
    async ({ context }, use) => {
      const problems = watch(context);
      await use();
      expect(problems).toEqual([]);
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
      // Loaded here, so that only workers that need it load the authorization server.
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
  mailgrant: async ({ sandbox }, use, testInfo) => {
    const mailgrant = await Mailgrant.start({
      sandboxFile: sandbox.descriptorFile,
      extraRoots: sandbox.authorityFile,
    });
    await use(mailgrant);
    await mailgrant.dispose();
    if (testInfo.status !== testInfo.expectedStatus) await testInfo.attach('mailgrant.log', { body: mailgrant.log });
  },
  mailgrantForReal: async ({ real }, use, testInfo) => {
    const mailgrant = await Mailgrant.start({ extraRoots: real.certificates.authorityFile });
    await use(mailgrant);
    await mailgrant.dispose();
    if (testInfo.status !== testInfo.expectedStatus) await testInfo.attach('mailgrant.log', { body: mailgrant.log });
  },
});
