// The sign-in at the provider and its outcomes. All other responses of a provider are tested in
// server/tests.
import { expect, test } from '../harness/test.ts';
import { AuthorizedPage } from '../pages/authorized.ts';
import { SignInPage } from '../pages/sign-in.ts';
import { allowInTab, authorizeAtSandbox, fillForSandbox } from '../pages/tasks.ts';

test('a refusal is shown in both tabs, and trying again resolves it', async ({ page, mailgrant, sandbox }) => {
  const { address } = sandbox.account();
  const settings = await fillForSandbox(page, mailgrant, sandbox);
  const tab = await settings.authorize();
  await expect(tab.getByLabel('Email')).toHaveValue(address);
  await new SignInPage(tab).deny(sandbox.account());

  const outcome = new AuthorizedPage(tab);
  await outcome.expectRefusal('access_denied', /grant all requested permissions/);
  await expect(settings.outcome).toContainText('The request was denied at the provider');
  await expect(settings.status).toContainText('Not authorized');

  await outcome.tryAgain.click();
  await new SignInPage(tab).allow(sandbox.account());
  await outcome.expectSuccess(address);
  await tab.getByRole('link', { name: 'Back to Settings :: SMTP' }).click();
  await expect(tab.locator('#grant-status')).toContainText(`Authorized as ${address}`);
});

test('the first tab tries again as well', async ({ page, mailgrant, sandbox }) => {
  const settings = await fillForSandbox(page, mailgrant, sandbox);
  const denied = await settings.authorize();
  await new SignInPage(denied).deny(sandbox.account());
  const opened = page.waitForEvent('popup');
  await settings.outcome.getByRole('button', { name: 'Try again' }).click();
  const tab = await opened;
  await new SignInPage(tab).allow(sandbox.account());
  await expect(settings.outcome).toContainText('SMTP settings authorized');
});

test('a refusal leaves the grant that worked', async ({ page, mailgrant, sandbox }) => {
  const settings = await authorizeAtSandbox(page, mailgrant, sandbox);
  const tab = await settings.authorize();
  await new SignInPage(tab).deny(sandbox.account());
  await expect(settings.outcome).toContainText('The previous authorization is still in use. Mail continues to be sent.');
  await expect(settings.status).toContainText(`Authorized as ${sandbox.account().address}`);
  await settings.sendTest('someone@example.org');
  await settings.delivered();
});

test('a blocked tab is replaced by a link', async ({ page, mailgrant, sandbox }) => {
  await page.addInitScript(() => (window.open = () => null));
  const settings = await fillForSandbox(page, mailgrant, sandbox);
  await settings.saveAndAuthorize.click();
  await expect(settings.outcome).toContainText('Your browser did not open the sign-in page');
  const opened = page.context().waitForEvent('page');
  await settings.outcome.getByRole('link', { name: 'Open the sign-in page' }).click();
  const tab = await opened;
  await new SignInPage(tab).allow(sandbox.account());
  await new AuthorizedPage(tab).expectSuccess(sandbox.account().address);
  await expect(settings.status).toContainText('Authorized as');
});

test('an answer that is forged or comes twice changes nothing', async ({ page, mailgrant, sandbox }) => {
  const settings = await fillForSandbox(page, mailgrant, sandbox);
  const tab = await settings.authorize();
  const answered = tab.waitForRequest(`${mailgrant.callbackUrl}?*`);
  await new SignInPage(tab).allow(sandbox.account());
  const answer = (await answered).url();
  const outcome = new AuthorizedPage(tab);
  await outcome.expectSuccess(sandbox.account().address);

  await tab.goto(answer);
  await outcome.expectRefusal('authorization_used', /Check the settings page to see whether it succeeded/);
  await tab.goto(`${mailgrant.callbackUrl}?code=forged&state=${'A'.repeat(43)}`);
  await outcome.expectRefusal('state_unknown', /forged link\. Nothing was changed/);
  await expect(tab.getByRole('link', { name: 'Back to Settings :: SMTP' })).toBeVisible();
  await page.reload();
  await expect(settings.status).toContainText('Authorized as');
  await settings.alive();
  await settings.sendTest('someone@example.org');
  await settings.delivered();
});

test('a wrong client secret is named with its fix, and the right one resolves it', async ({ page, mailgrant, sandbox }) => {
  const settings = await fillForSandbox(page, mailgrant, sandbox);
  await settings.clientSecret.fill('not-the-secret');
  const tab = await settings.authorize();
  await new SignInPage(tab).allow(sandbox.account());
  await new AuthorizedPage(tab).expectRefusal('client_secret_wrong', /Copy the client ID and the secret again/);
  await expect(settings.outcome).toContainText('does not accept the client secret');
  await settings.clientSecret.fill(sandbox.client.clientSecret);
  await allowInTab(settings, sandbox);
});

test('another account than the username is pointed out', async ({ page, mailgrant, sandbox }) => {
  const settings = await fillForSandbox(page, mailgrant, sandbox);
  const tab = await settings.authorize();
  await new SignInPage(tab).allow(sandbox.account(1));
  await expect(tab.getByText('Another account signed in')).toBeVisible();
  await expect(settings.outcome).toContainText(`${sandbox.account(1).address} signed in, but the settings contain another user name`);
});

test('changing the username says that the authorization will end, and ends it', async ({ page, mailgrant, sandbox }) => {
  const settings = await authorizeAtSandbox(page, mailgrant, sandbox);
  await settings.username.fill(sandbox.account(1).address);
  await settings.clientSecret.fill(sandbox.client.clientSecret);
  await expect(page.locator('#ends-grant')).toBeVisible();
  await expect(settings.unsaved).toHaveText('Unsaved changes. Saving ends the authorization.');
  const tab = await settings.authorize();
  await expect(settings.outcome).toContainText('The authorization for the previous settings has ended.');
  await new SignInPage(tab).deny(sandbox.account());
  await expect(settings.outcome).toContainText('Your settings are saved. Mail waits until you authorize.');
  await expect(settings.status).toContainText('Needs authorization. The authorization does not cover the settings');
});

test('choosing another provider warns that the authorization will end, although the secret is missing', async ({ page, mailgrant, sandbox }) => {
  const settings = await authorizeAtSandbox(page, mailgrant, sandbox);
  await expect(page.locator('#ends-grant')).toBeHidden();
  await settings.provider.selectOption({ label: 'Google (Gmail, Workspace)' });
  await expect(settings.host).toHaveValue('smtp.gmail.com');
  await expect(page.locator('#ends-grant')).toBeVisible();
  await expect(settings.unsaved).toHaveText('Unsaved changes. Saving ends the authorization.');
});

test('a revoked grant needs authorization and says why', async ({ page, mailgrant, sandbox }) => {
  const settings = await authorizeAtSandbox(page, mailgrant, sandbox);
  await sandbox.revoke();
  await settings.sendTest('someone@example.org');
  await settings.notDelivered();
  await expect(settings.status).toContainText('Needs authorization');
  await allowInTab(settings, sandbox);
  await settings.sendTest('someone@example.org');
  await settings.delivered();
});

test('the redirect URL is copied by its button', async ({ page, mailgrant, sandbox, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const settings = await fillForSandbox(page, mailgrant, sandbox);
  await settings.authentication.getByRole('button', { name: 'Copy the redirect URL' }).click();
  await expect(settings.authentication).toContainText('Copied');
  const pasted = new URL(await settings.redirectUrl.inputValue());
  await settings.clientId.fill('');
  await settings.clientId.focus();
  await page.keyboard.press('Control+V');
  await expect(settings.clientId).toHaveValue(pasted.href);
});
