// All features of the page work before WASM has loaded, and without it.
import { expect, test } from '../harness/test.ts';
import { AuthorizedPage } from '../pages/authorized.ts';
import { SignInPage } from '../pages/sign-in.ts';
import { SmtpSettingsPage } from '../pages/smtp-settings.ts';

test.use({ javaScriptEnabled: false });

test('the first setup: preset, authorization in the same tab, test email', async ({ page, mailgrant, sandbox }) => {
  const { address } = sandbox.account();
  const settings = new SmtpSettingsPage(page, mailgrant.url);
  await settings.openWithoutWasm();
  await settings.provider.selectOption({ label: 'Sandbox (on this machine)' });
  await page.getByRole('button', { name: 'Fill in' }).click();
  await expect(settings.host).toHaveValue(sandbox.descriptor.smtp_host);
  await settings.fromAddress.fill(address);
  await settings.username.fill(address);
  await settings.clientId.fill(sandbox.client.clientId);
  await settings.clientSecret.fill(sandbox.client.clientSecret);
  await settings.saveAndAuthorize.click();

  await new SignInPage(page).deny(sandbox.account());
  const outcome = new AuthorizedPage(page);
  await outcome.expectRefusal('access_denied', /grant all requested permissions/);
  await outcome.tryAgain.click();
  await new SignInPage(page).allow(sandbox.account());
  await outcome.expectSuccess(address);
  await page.getByRole('link', { name: 'Back to Settings :: SMTP' }).click();
  await expect(settings.status).toContainText(`Authorized as ${address}`);

  await settings.sendTest('not an address');
  await expect(page.locator('#recipient-error')).toContainText('This is not a valid email address');
  await settings.sendTest('bob@sandbox.test');
  const id = await settings.delivered();
  expect(id).toContain((await sandbox.messageTo('bob@sandbox.test')).message_id);
  await expect(settings.step('Authenticate')).toContainText('AUTH XOAUTH2');
});

test('invalid values come back as typed, secrets do not, and corrected values are saved', async ({ page, mailgrant }) => {
  const settings = new SmtpSettingsPage(page, mailgrant.url);
  await settings.openWithoutWasm();
  await settings.fillSmtp({ host: 'https://smtp.example.com', port: 2525, fromAddress: 'Printer <printer@example.com>' });
  await settings.fillBasic('printer@example.com', 'planted-password');
  await settings.save.click();
  await expect(settings.outcome).toContainText('Not saved');
  await expect(settings.error('smtp_host')).toContainText('This is a URL');
  await expect(settings.host).toHaveValue('https://smtp.example.com');
  await expect(settings.port).toHaveValue('2525');
  await expect(settings.fromAddress).toHaveValue('Printer <printer@example.com>');
  await expect(settings.type('Basic')).toBeChecked();
  await expect(settings.clientId).toBeHidden();
  await expect(settings.password).toHaveValue('');
  await expect(settings.authentication).toContainText('enter it again');
  expect(await page.content()).not.toContain('planted-password');
  expect(page.url()).not.toContain('planted-password');

  await settings.host.fill('smtp.example.com');
  await settings.password.fill('planted-password');
  await settings.save.click();
  await expect(settings.outcome).toContainText('Settings saved');
  await expect(page.locator('#password-state')).toHaveText('saved');
});

test('a preset asks before it replaces what was typed', async ({ page, mailgrant }) => {
  const settings = new SmtpSettingsPage(page, mailgrant.url);
  await settings.openWithoutWasm();
  await settings.host.fill('smtp.example.com');
  await settings.provider.selectOption({ label: 'Fastmail' });
  await page.getByRole('button', { name: 'Fill in' }).click();
  await expect(settings.smtp).toContainText('Replace what you typed?');
  await expect(settings.host).toHaveValue('smtp.example.com');
  await page.getByRole('button', { name: 'Replace' }).click();
  await expect(settings.host).toHaveValue('smtp.fastmail.com');
  await expect(settings.security('Implicit TLS')).toBeChecked();
});

test('the second of two administrators is notified, and the typed values are kept', async ({ page, mailgrant, context }) => {
  const settings = new SmtpSettingsPage(page, mailgrant.url);
  const other = new SmtpSettingsPage(await context.newPage(), mailgrant.url);
  await settings.openWithoutWasm();
  await other.openWithoutWasm();
  for (const [form, host] of [[other, 'theirs.example.com'], [settings, 'mine.example.com']] as const) {
    await form.fillSmtp({ host, fromAddress: 'printer@example.com' });
    await form.authenticationRequired.uncheck();
    await form.save.click();
    await form.page.waitForURL(/#outcome$/);
  }
  await expect(settings.outcome).toContainText('Another administrator changed these settings');
  await expect(settings.host).toHaveValue('mine.example.com');
  await settings.outcome.getByRole('button', { name: 'Overwrite their changes' }).click();
  await expect(settings.outcome).toContainText('Settings saved');
  await other.openWithoutWasm();
  await expect(other.host).toHaveValue('mine.example.com');
});

test('data centers are added, renamed, switched and removed', async ({ page, mailgrant }) => {
  const settings = new SmtpSettingsPage(page, mailgrant.url);
  const { smtp } = settings;
  const chosen = settings.dataCenter.locator('option:checked');
  await settings.openWithoutWasm();
  await settings.manageDataCenters.click();
  await smtp.getByLabel('Add a data center').fill('default');
  await smtp.getByRole('button', { name: 'Add' }).click();
  await expect(smtp).toContainText('This name is already in use');
  await smtp.getByLabel('Add a data center').fill('Frankfurt');
  await smtp.getByRole('button', { name: 'Add' }).click();
  await expect(chosen).toHaveText('Frankfurt');
  await settings.manageDataCenters.click();
  await smtp.getByLabel('Rename this data center').fill('Paris');
  await smtp.getByRole('button', { name: 'Rename' }).click();
  await expect(chosen).toHaveText('Paris');
  await settings.dataCenter.selectOption({ label: 'Default' });
  await smtp.getByRole('button', { name: 'Show' }).click();
  await expect(chosen).toHaveText('Default');
  await settings.dataCenter.selectOption({ label: 'Paris' });
  await smtp.getByRole('button', { name: 'Show' }).click();
  await settings.manageDataCenters.click();
  await smtp.getByRole('button', { name: 'Remove this data center' }).click();
  await expect(settings.dataCenter.locator('option')).toHaveText(['Default']);
});
