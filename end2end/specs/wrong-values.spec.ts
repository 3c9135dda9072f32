// Validation on the page. Every rule of every field is tested in crates/domain and server/tests.
import { expect, test } from '../harness/test.ts';
import { SmtpSettingsPage } from '../pages/smtp-settings.ts';

test('an error appears when its field loses focus, and disappears when it is corrected', async ({ page, mailgrant }) => {
  const settings = new SmtpSettingsPage(page, mailgrant.url);
  await settings.open();
  await settings.host.click();
  await page.keyboard.type('https://smtp.example.com');
  await expect(settings.error('smtp_host')).toBeHidden();
  await page.keyboard.press('Tab');
  await expect(settings.error('smtp_host')).toHaveText('This is a URL. Enter only the host name, without https:// and without a path.');
  await expect(settings.host).toHaveAttribute('aria-invalid', 'true');
  await expect(settings.host).toHaveAccessibleDescription(/This is a URL/);
  await settings.host.fill('  smtp.example.com ');
  await expect(settings.error('smtp_host')).toBeHidden();
  await expect(settings.host).not.toHaveAttribute('aria-invalid');
});

test('saving shows all errors, focuses the first wrong field and keeps what was typed', async ({ page, mailgrant }) => {
  const settings = new SmtpSettingsPage(page, mailgrant.url);
  await settings.open();
  await settings.fillSmtp({ host: 'smtp.example.com', port: 99_999, fromAddress: 'a@example.com, b@example.com' });
  await settings.emailBox.check();
  await settings.type('OAuth').check();
  await settings.clientSecret.fill('typed-secret');
  await settings.field(settings.authentication, 'Token endpoint').fill('http://login.example.com/token');
  await settings.field(settings.authentication, 'Scope').fill('https://outlook.office.com/SMTP.Send https://graph.microsoft.com/Mail.Send');
  await settings.saveAndAuthorize.click();

  await expect(settings.port).toBeFocused();
  await expect(settings.error('smtp_port')).toHaveText('This is not a port number. Enter a number from 1 to 65535.');
  await expect(settings.error('from_address')).toContainText('This is more than one address');
  await expect(settings.error('mailbox_password')).toContainText('No secret is saved');
  await expect(settings.error('client_id')).toContainText('This field is required');
  await expect(settings.error('client_secret')).toBeHidden();
  await expect(settings.error('token_endpoint')).toContainText('not encrypted');
  await expect(settings.error('scope')).toContainText('cannot be requested together');
  await expect(settings.clientSecret).toHaveValue('typed-secret');
  await expect(settings.port).toHaveValue('99999');
  expect(page.context().pages()).toHaveLength(1);

  const summary = page.getByRole('alert');
  await expect(summary).toContainText('Not saved');
  await summary.getByRole('link', { name: 'Scope' }).click();
  await expect(settings.field(settings.authentication, 'Scope')).toBeFocused();
  // Disabled sections are neither displayed nor validated.
  await settings.emailBox.uncheck();
  await expect(summary.getByRole('link', { name: 'Host name' })).toHaveCount(0);
});

test('a secret that looks like an identifier, and a consent screen of Google in testing, are warned about', async ({ page, mailgrant }) => {
  const settings = new SmtpSettingsPage(page, mailgrant.url);
  await settings.open();
  await settings.provider.selectOption({ label: 'Google (Gmail, Workspace)' });
  await expect(settings.warning('authorization_endpoint')).toContainText('7 days');
  await settings.clientSecret.fill('0f8fad5b-d9cb-469f-a165-70867728950e');
  await expect(settings.warning('client_secret')).toContainText('Value');
});

test('port and security move together', async ({ page, mailgrant }) => {
  const settings = new SmtpSettingsPage(page, mailgrant.url);
  await settings.open();
  await expect(settings.security('STARTTLS, required')).toBeChecked();
  await settings.port.fill('465');
  await expect(settings.security('Implicit TLS')).toBeChecked();
  await settings.security('STARTTLS, required').check();
  await expect(settings.port).toHaveValue('587');
  await settings.security('Implicit TLS').check();
  await expect(settings.port).toHaveValue('465');
  await settings.port.fill('2525');
  await expect(settings.security('STARTTLS, required')).toBeChecked();
});

test('a preset fills in, but asks before it replaces what was typed', async ({ page, mailgrant }) => {
  const settings = new SmtpSettingsPage(page, mailgrant.url);
  await settings.open();
  await settings.provider.selectOption({ label: 'Microsoft 365' });
  await expect(settings.host).toHaveValue('smtp.office365.com');
  await settings.provider.selectOption({ label: 'Google (Gmail, Workspace)' });
  await expect(settings.host).toHaveValue('smtp.gmail.com');

  await settings.host.fill('smtp.example.com');
  await settings.provider.selectOption({ label: 'Microsoft 365' });
  const question = page.getByRole('dialog', { name: 'Replace what you typed?' });
  await expect(question.getByRole('listitem')).toHaveText(['SMTP host']);
  await question.getByRole('button', { name: 'Keep my values' }).click();
  await expect(settings.host).toHaveValue('smtp.example.com');
  await expect(settings.provider.locator('option:checked')).toHaveText('Google (Gmail, Workspace)');

  await settings.provider.selectOption({ label: 'Microsoft 365' });
  await page.keyboard.press('Escape');
  await expect(question).toBeHidden();
  await expect(settings.host).toHaveValue('smtp.example.com');

  await settings.provider.selectOption({ label: 'Microsoft 365' });
  await question.getByRole('button', { name: 'Replace' }).click();
  await expect(settings.host).toHaveValue('smtp.office365.com');
});

test('unsaved changes are visible and warned about before leaving', async ({ page, mailgrant }) => {
  const settings = new SmtpSettingsPage(page, mailgrant.url);
  await settings.open();
  await settings.host.click();
  await page.keyboard.type('smtp.example.com');
  await expect(settings.unsaved).toHaveText('Unsaved changes');
  await expect(page).toHaveTitle(/unsaved/);

  const warned = page.waitForEvent('dialog').then(async (dialog) => {
    await dialog.dismiss();
    return dialog.type();
  });
  // The page was not left, so the click never leads to a page.
  await page.getByRole('link', { name: 'Mailgrant', exact: true }).click({ noWaitAfter: true });
  expect(await warned).toBe('beforeunload');
  await expect(settings.host).toHaveValue('smtp.example.com');

  await settings.fromAddress.fill('printer@example.com');
  await settings.authenticationRequired.uncheck();
  await settings.save.click();
  await expect(settings.outcome).toContainText('Settings saved');
  await expect(settings.unsaved).toHaveText('');
  await page.reload();
  await expect(settings.host).toHaveValue('smtp.example.com');
});

test('the second of two administrators is notified, and the typed values are kept', async ({ page, mailgrant, otherBrowser }) => {
  const first = new SmtpSettingsPage(page, mailgrant.url);
  await first.open();
  const other = await otherBrowser();
  await other.context().addCookies(await mailgrant.signIn(await mailgrant.addAccount('bob', 'administrator')));
  const second = new SmtpSettingsPage(other, mailgrant.url);
  await second.open();
  for (const [settings, host] of [[first, 'first.example.com'], [second, 'second.example.com']] as const) {
    await settings.fillSmtp({ host, fromAddress: 'printer@example.com' });
    await settings.authenticationRequired.uncheck();
    await settings.save.click();
  }
  await expect(first.outcome).toContainText('Settings saved');
  await expect(second.outcome).toContainText('Another administrator changed these settings');
  await expect(second.host).toHaveValue('second.example.com');
  await expect(second.outcome.getByRole('link', { name: 'Show their changes' })).toBeVisible();
  await second.outcome.getByRole('button', { name: 'Overwrite their changes' }).click();
  await expect(second.outcome).toContainText('Settings saved');
  await page.reload();
  await expect(first.host).toHaveValue('second.example.com');
});

test('a server that is gone is named, and what was typed is kept', async ({ page, mailgrant }) => {
  const settings = new SmtpSettingsPage(page, mailgrant.url);
  await settings.open();
  await settings.fillSmtp({ host: 'smtp.example.com', fromAddress: 'printer@example.com' });
  await settings.authenticationRequired.uncheck();
  await mailgrant.stop();
  await settings.save.click();
  await expect(settings.outcome).toContainText('Mailgrant could not be reached');
  await mailgrant.restart();
  await settings.save.click();
  await expect(settings.outcome).toContainText('Settings saved');
});

test('internationalized names are accepted while typing, as the server accepts them', async ({ page, mailgrant }) => {
  const settings = new SmtpSettingsPage(page, mailgrant.url);
  await settings.open();
  for (const [typed, error] of [['smtp.exämple.de', null], ['smtp.ex\u{202e}ämple.de', /host name/i], ['例え。テスト', null]] as const) {
    await settings.host.fill(typed);
    await settings.host.blur();
    if (error === null) await expect(settings.error('smtp_host')).toBeHidden();
    else await expect(settings.error('smtp_host')).toHaveText(error);
  }
});
