// Every state of every page: narrow and wide, light and dark, checked with axe, with screenshots in
// test-results.
import { expectPresentable } from '../harness/accessibility.ts';
import { expect, test } from '../harness/test.ts';
import { AuthorizedPage } from '../pages/authorized.ts';
import { SignInPage } from '../pages/sign-in.ts';
import { SmtpSettingsPage } from '../pages/smtp-settings.ts';
import { authorizeAtSandbox, fillForSandbox } from '../pages/tasks.ts';

// On a slow machine axe takes some seconds per page.
test.setTimeout(120_000);

test('the empty page, all its errors, and the question of a preset', async ({ page, mailgrant }, testInfo) => {
  const settings = new SmtpSettingsPage(page, mailgrant.url);
  await settings.open();
  await settings.manageDataCenters.click();
  await expectPresentable(page, testInfo, 'empty');

  await settings.emailBox.check();
  await settings.type('OAuth').check();
  await settings.fillSmtp({ host: 'a very long value that is no host name at all, and goes on and on', port: 0 });
  await settings.saveAndAuthorize.click();
  await expect(settings.outcome).toContainText('Not saved');
  await expectPresentable(page, testInfo, 'errors');

  await settings.provider.selectOption({ label: 'Microsoft 365' });
  await expect(page.getByRole('dialog')).toBeVisible();
  await expectPresentable(page, testInfo, 'preset');
});

test('authorized, and a test email that is delivered and one that is not', async ({ page, mailgrant, sandbox }, testInfo) => {
  await page.addInitScript(() => (window.open = () => null));
  const settings = await fillForSandbox(page, mailgrant, sandbox);
  await settings.saveAndAuthorize.click();
  const link = settings.outcome.getByRole('link', { name: 'Open the sign-in page' });
  await link.waitFor();
  await expectPresentable(page, testInfo, 'sign-in-blocked');
  const opened = page.context().waitForEvent('page');
  await link.click();
  const tab = await opened;
  await new SignInPage(tab).allow(sandbox.account());
  await new AuthorizedPage(tab).expectSuccess(sandbox.account().address);
  await expectPresentable(tab, testInfo, 'authorization-succeeded');
  // Chromium takes two seconds to draw a page behind another one.
  await tab.close();
  await settings.sendTest('someone@example.org');
  await settings.delivered();
  await expectPresentable(page, testInfo, 'delivered');
  await sandbox.setFaults({ refuse_tokens: 'microsoft' });
  await settings.test.click();
  await settings.notDelivered();
  await expectPresentable(page, testInfo, 'not-delivered');
});

test('an authorization that failed or is none, and no page at all', async ({ page, mailgrant, sandbox }, testInfo) => {
  const settings = await fillForSandbox(page, mailgrant, sandbox);
  const tab = await settings.authorize();
  await new SignInPage(tab).deny(sandbox.account());
  await new AuthorizedPage(tab).expectRefusal('access_denied', /grant all requested permissions/);
  await expectPresentable(tab, testInfo, 'authorization-failed');
  await tab.goto(`${mailgrant.callbackUrl}?code=forged&state=forged`);
  await expectPresentable(tab, testInfo, 'authorization-unknown');
  const missing = await page.goto(`${mailgrant.url}/no-such-page`);
  expect(missing?.status()).toBe(404);
  await expect(page.getByRole('heading', { name: 'Not found' })).toBeVisible();
  await expectPresentable(page, testInfo, 'not-found');
});

test('a grant that needs authorization', async ({ page, mailgrant, sandbox }, testInfo) => {
  const settings = await authorizeAtSandbox(page, mailgrant, sandbox);
  await sandbox.revoke();
  await settings.sendTest('someone@example.org');
  await settings.notDelivered();
  await expect(settings.status).toContainText('Needs authorization');
  await expectPresentable(page, testInfo, 'needs-authorization');
});
