import { AuthorizedPage } from '../pages/authorized.ts';
import { SignInPage } from '../pages/sign-in.ts';
import { SmtpSettingsPage } from '../pages/smtp-settings.ts';
import { expect, test } from '../harness/test.ts';
import type { Mailgrant } from '../harness/mailgrant.ts';
import type { Sandbox } from '../harness/sandbox.ts';
import type { Page } from '@playwright/test';

async function filled(page: Page, mailgrant: Mailgrant, sandbox: Sandbox): Promise<SmtpSettingsPage> {
  const person = sandbox.account();
  const settings = new SmtpSettingsPage(page, mailgrant.url);
  await settings.open();
  await settings.fillSmtp({ host: sandbox.descriptor.smtp_host, port: sandbox.descriptor.smtp_starttls_port, fromAddress: person.address, enableSsl: true });
  await settings.fillOAuth(sandbox.client, person.address);
  return settings;
}

test.fixme('the new tab authorizes and the first tab learns it within a second', async ({ page, mailgrant, sandbox }) => {
  const settings = await filled(page, mailgrant, sandbox);
  const tab = await settings.authorize();
  await new SignInPage(tab).allow(sandbox.account());
  await new AuthorizedPage(tab).expectSuccess(sandbox.account().address);
  await expect(settings.authentication).toContainText(`uthorized as ${sandbox.account().address}`, { timeout: 1_000 });
});

test.fixme('a refusal is shown with its code and a retry that works', async ({ page, mailgrant, sandbox }) => {
  const settings = await filled(page, mailgrant, sandbox);
  const tab = await settings.authorize();
  await new SignInPage(tab).deny(sandbox.account());
  await new AuthorizedPage(tab).expectRefusal('access_denied');
  await expect(settings.authentication).toContainText(/not authorized/i);
});

test.fixme('a refusal leaves the grant that worked before', async () => {});
// Playwright starts Chromium with --disable-popup-blocking: block by an init script, window.open = () => null.
test.fixme('a blocked new tab is replaced by a link', async () => {});
test.fixme('the address of Username is filled in at the provider', async () => {});
test.fixme('an answer that comes twice changes nothing', async () => {});
test.fixme('a forged answer is refused', async () => {});
test.fixme('an answer for changed settings is refused', async () => {});
test.fixme('an answer of another provider is refused', async () => {});
test.fixme('a missing scope is named', async () => {});
test.fixme('a missing refresh token is named', async () => {});
test.fixme('another account than Username is pointed out', async () => {});
test.fixme('a wrong client secret is shown with its fix', async () => {});
test.fixme('a client that is asked for its secret in the body is served too', async () => {});
test.fixme('changing the client says that the grant will end, and ends it', async () => {});
test.fixme('an expired access token is refreshed without anyone noticing', async () => {});
test.fixme('a revoked grant shows "needs authorization" and why', async () => {});
test.fixme('the copy button copies the redirect URL', async () => {});
test.fixme('a redirect URL that providers refuse is warned about', async () => {});
