// Mailgrant against an authorization server, a Dovecot and a Postfix as people run them.
import type { Page } from '@playwright/test';
import { MailReader } from '../harness/imap.ts';
import type { Mailgrant } from '../harness/mailgrant.ts';
import { alice, bob } from '../harness/real/accounts.ts';
import type { RealServers } from '../harness/real/servers.ts';
import { expect, test } from '../harness/test.ts';
import { AuthorizedPage } from '../pages/authorized.ts';
import { SignInPage } from '../pages/sign-in.ts';
import { SmtpSettingsPage } from '../pages/smtp-settings.ts';

async function authorized(page: Page, mailgrant: Mailgrant, real: RealServers, port: number): Promise<SmtpSettingsPage> {
  const settings = new SmtpSettingsPage(page, mailgrant.url);
  await settings.open();
  await settings.fillSmtp({ host: 'localhost', port, fromAddress: alice.address, enableSsl: true });
  await settings.fillOAuth(real.client, alice.address);
  const tab = await settings.authorize();
  await new SignInPage(tab).allow(alice);
  await new AuthorizedPage(tab).expectSuccess(alice.address);
  return settings;
}

async function expectDelivered(real: RealServers, settings: SmtpSettingsPage): Promise<void> {
  await settings.sendTest(bob.address);
  await expect(settings.testEmail).toContainText(/Message-ID/);
  const id = /<[^<>\s]+@[^<>\s]+>/.exec((await settings.testEmail.textContent()) ?? '')?.[0] ?? 'none shown';
  const reader = await MailReader.open(real.dovecot.imapsPort, real.certificates.authority, { user: bob.address, password: bob.mailPassword });
  expect(await reader.waitForMessage('Message-ID', id)).toContain(alice.address);
  reader.close();
}

test.fixme('authorize by its login page, test over STARTTLS through Dovecot, the mail is in the mailbox', async ({ page, mailgrantForReal, real }) => {
  await expectDelivered(real, await authorized(page, mailgrantForReal, real, real.dovecot.submissionPort));
});

test.fixme('the same through Postfix', async ({ page, mailgrantForReal, real }) => {
  await expectDelivered(real, await authorized(page, mailgrantForReal, real, real.postfix.submissionPort));
});

test.fixme('implicit TLS on Dovecot', async () => {});
test.fixme('implicit TLS on Postfix', async () => {});
test.fixme('a token of 2,000 characters on both servers', async () => {});
test.fixme('Dovecot as seen over a network, which takes AUTH only after STARTTLS', async () => {});

test.fixme('an access token that expired at the server only is refreshed once, and the mail arrives', async ({ page, mailgrantForReal, real }) => {
  const settings = await authorized(page, mailgrantForReal, real, real.dovecot.submissionPort);
  real.authorizationServer.expireAccessTokens();
  await expectDelivered(real, settings);
  expect(real.authorizationServer.tokenRequests.map(({ grantType, status }) => [grantType, status])).toEqual([
    ['authorization_code', 200],
    ['refresh_token', 200],
  ]);
});

test.fixme('an access token of a few seconds is refreshed ahead of its end', async () => {});

test.fixme('a revoked grant needs authorization, and authorizing again repairs it', async ({ page, mailgrantForReal, real }) => {
  const settings = await authorized(page, mailgrantForReal, real, real.dovecot.submissionPort);
  real.authorizationServer.revoke(alice.address);
  await settings.sendTest(bob.address);
  await expect(settings.authentication).toContainText(/needs authorization/i);
  const tab = await settings.authorize();
  await new SignInPage(tab).allow(alice);
  await new AuthorizedPage(tab).expectSuccess(alice.address);
  await expectDelivered(real, settings);
});

test.fixme('a consent that is denied', async () => {});
test.fixme('a redirect URL that is not registered is shown by the server itself', async () => {});
test.fixme('a client registered for client_secret_post', async () => {});
test.fixme('tokens that rotate survive a restart', async () => {});
