// The steps of docs/first-steps.md.
import { expect, test } from '../harness/test.ts';
import { AuthorizedPage } from '../pages/authorized.ts';
import { tabTo, typeInto } from '../pages/keyboard.ts';
import { SignInPage } from '../pages/sign-in.ts';
import { SmtpSettingsPage } from '../pages/smtp-settings.ts';
import { authorizeAtSandbox } from '../pages/tasks.ts';

test('from an empty page to a test email that arrives', async ({ page, mailgrant, sandbox }) => {
  const { address } = sandbox.account();
  const { smtp_host: host, smtp_starttls_port: port } = sandbox.descriptor;
  await page.goto(mailgrant.url);
  await expect(page).toHaveTitle('Settings :: SMTP – Mailgrant');
  await expect(page.getByRole('navigation', { name: 'Breadcrumb' }).getByRole('listitem')).toHaveText(['Settings', 'General', 'SMTP']);
  const settings = new SmtpSettingsPage(page, mailgrant.url);
  await settings.alive();
  await expect(settings.dataCenter.locator('option:checked')).toHaveText('Default');
  await expect(settings.port).toHaveValue('587');

  await settings.provider.selectOption({ label: 'Sandbox (on this machine)' });
  await expect(settings.host).toHaveValue(host);
  await expect(settings.port).toHaveValue(String(port));
  await expect(settings.field(settings.authentication, 'Scope')).toHaveValue(sandbox.client.scope);
  await expect(settings.redirectUrl).toHaveValue(mailgrant.callbackUrl);
  await settings.fromAddress.fill(address);
  await settings.username.fill(address);
  await settings.clientId.fill(sandbox.client.clientId);
  await settings.clientSecret.fill(sandbox.client.clientSecret);
  await expect(settings.status).toContainText('Not authorized');

  const tab = await settings.authorize();
  await new SignInPage(tab).allow(sandbox.account());
  await new AuthorizedPage(tab).expectSuccess(address);
  await expect(settings.outcome).toContainText('SMTP settings authorized', { timeout: 1_000 });
  await expect(settings.status).toContainText(`Authorized as ${address}`, { timeout: 1_000 });
  await expect(settings.status).toContainText('refreshed automatically');
  expect(await tab.evaluate(() => window.opener)).toBeNull();

  await settings.sendTest('bob@sandbox.test');
  const id = await settings.delivered();
  const message = await sandbox.messageTo('bob@sandbox.test');
  expect(message).toMatchObject({ account: address, from: address });
  expect(id).toContain(message.message_id);
  await expect(page.locator('#report-tls')).toHaveText(/^TLS ?v?1\.3, \S+/);
  await expect(page.locator('#last-reply')).toHaveText(/^250 /);
  await expect(settings.step('EHLO')).toHaveCount(2);
  await expect(settings.step('Authenticate')).toContainText('AUTH XOAUTH2');
  await expect(settings.step('RCPT TO')).toContainText('RCPT TO:<bob@sandbox.test>');
  await expect(settings.step('Message').getByText(/^\d+(\.\d)? ms$/)).toBeVisible();
});

test('a restart, even by SIGKILL, keeps settings, secrets and the grant', async ({ page, mailgrant, sandbox }) => {
  const { address } = sandbox.account();
  await authorizeAtSandbox(page, mailgrant, sandbox);
  await mailgrant.kill();
  await mailgrant.restart();

  const settings = new SmtpSettingsPage(page, mailgrant.url);
  await settings.open();
  await expect(settings.host).toHaveValue(sandbox.descriptor.smtp_host);
  await expect(settings.fromAddress).toHaveValue(address);
  await expect(settings.clientSecret).toHaveValue('');
  await expect(page.locator('#client_secret-state')).toHaveText('saved');
  await expect(settings.status).toContainText(`Authorized as ${address}`);

  // The secret is still valid: it refreshes the token.
  await sandbox.expire();
  await settings.sendTest('bob@sandbox.test');
  await settings.delivered();
  const { token_requests: requests } = await sandbox.log();
  expect(requests.map((request) => [request.grant_type, request.outcome])).toEqual([
    ['authorization_code', 'issued'],
    ['refresh_token', 'issued'],
  ]);
});

test('works with the keyboard alone', async ({ page, mailgrant, sandbox }) => {
  const { address, password } = sandbox.account();
  const settings = new SmtpSettingsPage(page, mailgrant.url);
  await settings.open();

  await tabTo(page, settings.provider);
  await page.keyboard.type('Sand');
  await expect(settings.host).toHaveValue(sandbox.descriptor.smtp_host);
  await typeInto(page, settings.fromAddress, address);
  await tabTo(page, settings.enableSsl);
  await page.keyboard.press('Space');
  await expect(settings.security('Implicit TLS')).toBeHidden();
  await page.keyboard.press('Space');
  await tabTo(page, settings.security('STARTTLS, required'));
  await page.keyboard.press('ArrowDown');
  await expect(settings.security('Implicit TLS')).toBeChecked();
  await page.keyboard.press('ArrowUp');
  await typeInto(page, settings.clientId, sandbox.client.clientId);
  await typeInto(page, settings.clientSecret, sandbox.client.clientSecret);
  await typeInto(page, settings.username, address);
  await tabTo(page, settings.saveAndAuthorize);
  const opened = page.waitForEvent('popup');
  await page.keyboard.press('Enter');

  const tab = await opened;
  await typeInto(tab, tab.getByLabel('Email'), address);
  await typeInto(tab, tab.getByLabel('Password'), password);
  await tab.keyboard.press('Enter');
  await tabTo(tab, tab.getByRole('button', { name: 'Allow' }));
  await tab.keyboard.press('Enter');
  await new AuthorizedPage(tab).expectSuccess(address);
  await tab.close();

  await tabTo(page, settings.recipient, 'Shift+Tab');
  await page.keyboard.type('bob@sandbox.test');
  await page.keyboard.press('Enter');
  await settings.delivered();
  // The page keeps its scroll position, even if results above it change.
  await expect(settings.recipient).toBeInViewport();
});
