// Mailgrant with a real authorization server, Dovecot, and Postfix.
import type { Page } from '@playwright/test';
import { MailReader } from '../harness/imap.ts';
import type { Mailgrant } from '../harness/mailgrant.ts';
import { alice, bob } from '../harness/real/accounts.ts';
import type { RealServers } from '../harness/real/servers.ts';
import { expect, test } from '../harness/test.ts';
import { AuthorizedPage } from '../pages/authorized.ts';
import { SignInPage } from '../pages/sign-in.ts';
import { SmtpSettingsPage, type Security } from '../pages/smtp-settings.ts';

test('authorize by clicking, test over STARTTLS and implicit TLS at both servers, read the mail back', async ({ page, mailgrantForReal, real }) => {
  const settings = await authorized(page, mailgrantForReal, real);
  for (const [port, security] of listeners(real)) {
    await settings.fillSmtp({ port, security });
    await expectDelivered(real, settings);
    await expect(page.locator('#report-tls')).toHaveText(/^TLS ?v?1\.3, \S+/);
    await expect(settings.step('STARTTLS')).toHaveCount(security === 'Implicit TLS' ? 0 : 1);
  }
});

test('tokens as long as those of Microsoft, which no AUTH command line can hold', async ({ page, mailgrantForReal, real }) => {
  real.authorizationServer.tokenLength = 2_048;
  const settings = await authorized(page, mailgrantForReal, real);
  for (const [port, security] of listeners(real)) {
    if (security === 'Implicit TLS') continue;
    await settings.fillSmtp({ port, security });
    await expectDelivered(real, settings);
  }
});

test('an access token that expired is refreshed unnoticed, also after a restart with the rotated refresh token', async ({ page, mailgrantForReal, real }) => {
  const settings = await authorized(page, mailgrantForReal, real);
  real.authorizationServer.expireAccessTokens();
  await expectDelivered(real, settings);
  await expect(settings.status).toContainText(`Authorized as ${alice.address}`);

  await mailgrantForReal.kill();
  await mailgrantForReal.restart();
  await settings.open();
  real.authorizationServer.expireAccessTokens();
  await expectDelivered(real, settings);
  expect(real.authorizationServer.tokenRequests).toEqual([
    { grantType: 'authorization_code', status: 200 },
    { grantType: 'refresh_token', status: 200 },
    { grantType: 'refresh_token', status: 200 },
  ]);
});

test('a revoked grant needs authorization, says why, and authorizing again resolves it', async ({ page, mailgrantForReal, real }) => {
  const settings = await authorized(page, mailgrantForReal, real);
  real.authorizationServer.revoke(alice.address);
  await settings.sendTest(bob.address);
  await expect(await settings.notDelivered()).toContainText(/authorize again/i);
  await expect(settings.status).toContainText('Needs authorization');
  await expect(settings.status.locator('.cause')).not.toBeEmpty();
  await expect(settings.status.locator('.fix')).toContainText(/authorize again/i);

  await signIn(settings);
  await expectDelivered(real, settings);
});

test('a consent that is denied, and a client that has to send its secret in the body', async ({ page, mailgrantForReal, real }) => {
  real.authorizationServer.tokenEndpointAuthentication = 'client_secret_post';
  const settings = await filled(page, mailgrantForReal, real);
  const tab = await settings.authorize();
  await new SignInPage(tab).deny(alice);
  const outcome = new AuthorizedPage(tab);
  await outcome.expectRefusal('access_denied', /grant all requested permissions/);
  await expect(outcome.finding).toContainText('The user refused');
  await outcome.tryAgain.click();
  await tab.getByRole('button', { name: 'Allow' }).or(tab.getByRole('button', { name: 'Sign in' })).waitFor();
  if (await tab.getByRole('button', { name: 'Sign in' }).isVisible()) await new SignInPage(tab).allow(alice);
  else await tab.getByRole('button', { name: 'Allow' }).click();
  await outcome.expectSuccess(alice.address);
  await expectDelivered(real, settings);
});

function listeners({ dovecot, postfix }: RealServers): [number, Security][] {
  return [
    [dovecot.submissionPort, 'STARTTLS, required'],
    [dovecot.submissionsPort, 'Implicit TLS'],
    [postfix.submissionPort, 'STARTTLS, required'],
    [postfix.submissionsPort, 'Implicit TLS'],
  ];
}

async function filled(page: Page, mailgrant: Mailgrant, real: RealServers): Promise<SmtpSettingsPage> {
  const settings = new SmtpSettingsPage(page, mailgrant.url);
  await settings.open();
  await settings.fillSmtp({ host: 'localhost', port: real.dovecot.submissionPort, fromAddress: alice.address });
  await settings.fillOAuth(real.client, alice.address);
  return settings;
}

async function authorized(page: Page, mailgrant: Mailgrant, real: RealServers): Promise<SmtpSettingsPage> {
  const settings = await filled(page, mailgrant, real);
  await signIn(settings);
  return settings;
}

async function signIn(settings: SmtpSettingsPage): Promise<void> {
  const tab = await settings.authorize();
  await new SignInPage(tab).allow(alice);
  await new AuthorizedPage(tab).expectSuccess(alice.address);
  await expect(settings.status).toContainText(`Authorized as ${alice.address}`);
  await tab.close();
}

/** Sends a test email and reads it from the mailbox of its recipient. */
async function expectDelivered(real: RealServers, settings: SmtpSettingsPage): Promise<void> {
  await settings.sendTest(bob.address);
  const id = await settings.delivered();
  const reader = await MailReader.open(real.dovecot.imapsPort, real.certificates.authority, { user: bob.address, password: bob.mailPassword });
  try {
    expect(await reader.waitForMessage('Message-ID', id)).toContain(`From: ${alice.address}`);
  } finally {
    reader.close();
  }
}
