// The permissions of each role; a change takes effect immediately.
import { postForm } from '../harness/forms.ts';
import { administrator } from '../harness/person.ts';
import { expect, test } from '../harness/test.ts';
import { AccessPage } from '../pages/access.ts';
import { LoginPage } from '../pages/login.ts';
import { SmtpSettingsPage } from '../pages/smtp-settings.ts';
import { authorizeAtSandbox } from '../pages/tasks.ts';

test('a viewer sees the settings, no secrets, and can change nothing', async ({ page, mailgrant, sandbox, otherBrowser }) => {
  await authorizeAtSandbox(page, mailgrant, sandbox);
  const viewer = await otherBrowser();
  const cookies = await mailgrant.signIn(await mailgrant.addAccount('vera', 'viewer'));
  await viewer.context().addCookies(cookies);
  const settings = new SmtpSettingsPage(viewer, mailgrant.url);
  await settings.open();
  await expect(viewer.getByText('You can view these settings. Administrators can change them.')).toBeVisible();
  await expect(settings.host).toHaveValue(sandbox.descriptor.smtp_host);
  await expect(settings.status).toContainText(`Authorized as ${sandbox.account().address}`);
  for (const field of [settings.provider, settings.host, settings.port, settings.fromAddress, settings.enableSsl, settings.username, settings.clientId, settings.clientSecret]) {
    await expect(field).toBeDisabled();
  }
  await expect(settings.dataCenter).toBeEnabled();
  for (const absent of [settings.save, settings.saveAndAuthorize, settings.connection, settings.manageDataCenters]) await expect(absent).toHaveCount(0);
  expect(await viewer.content()).not.toContain(sandbox.client.clientSecret);
  await expect(viewer.getByRole('navigation', { name: 'Pages' }).getByRole('link')).toHaveText(['Messages', 'Settings', 'Activity']);

  const refused = await viewer.goto(`${mailgrant.url}/access`);
  expect(refused?.status()).toBe(403);
  await expect(viewer.getByRole('heading', { name: 'Not allowed' })).toBeVisible();
  // Actions that the page does not offer are refused as well.
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
  for (const path of ['/access', '/api/save_smtp_settings', '/api/send_test_email', '/api/apply_preset', '/api/authorize_again', '/api/add_data_center', '/api/rename_data_center', '/api/remove_data_center']) {
    expect((await postForm(mailgrant.url + path, {}, { cookie })).status, path).toBe(403);
  }
});

test('an operator sends a test email with what is saved, and changes nothing', async ({ page, mailgrant, sandbox, otherBrowser }) => {
  await authorizeAtSandbox(page, mailgrant, sandbox);
  const operator = await otherBrowser();
  await operator.context().addCookies(await mailgrant.signIn(await mailgrant.addAccount('otto', 'operator')));
  const settings = new SmtpSettingsPage(operator, mailgrant.url);
  await settings.open();
  await expect(operator.getByText('You can view these settings. Administrators can change them.')).toBeVisible();
  await expect(settings.host).toBeDisabled();
  await expect(settings.save).toHaveCount(0);
  await settings.sendTest('bob@sandbox.test');
  await settings.delivered();
  expect(await sandbox.messageTo('bob@sandbox.test')).toMatchObject({ account: sandbox.account().address });

  // Values inserted into the page are ignored: a saved secret only goes to its saved host.
  const answered = await operator.evaluate(async () => {
    const typed = new URLSearchParams([...new FormData(document.querySelector('form#smtp-settings') as HTMLFormElement)].map(([name, value]) => [name, String(value)]));
    for (const field of document.querySelectorAll<HTMLInputElement>('form#smtp-settings fieldset [name]')) typed.set(field.name, field.name.includes('smtp_host') ? '127.0.0.2' : field.value);
    for (const name of [...typed.keys()]) if (name.includes('from_address')) typed.set(name, 'evil@evil.example');
    typed.set('recipient', 'second@sandbox.test');
    return (await fetch('/api/send_test_email', { method: 'POST', body: typed, headers: { accept: 'application/json' } })).text();
  });
  expect(answered).toContain('second@sandbox.test');
  expect(answered).not.toMatch(/evil|127\.0\.0\.2/);
  expect(await sandbox.messageTo('second@sandbox.test')).toMatchObject({ from: sandbox.account().address });
});

test('a role that is changed counts in a session that is open', async ({ page, mailgrant, otherBrowser }) => {
  const other = await otherBrowser();
  await other.context().addCookies(await mailgrant.signIn(await mailgrant.addAccount('otto', 'administrator')));
  const settings = new SmtpSettingsPage(other, mailgrant.url);
  await settings.open();
  await settings.fillSmtp({ host: 'smtp.example.com', fromAddress: 'printer@example.com' });
  await settings.authenticationRequired.uncheck();

  const access = new AccessPage(page, mailgrant.url);
  await access.open();
  await access.setRole('otto', 'viewer');
  await settings.save.click();
  await expect(settings.outcome).toContainText('Your role does not allow this.');
  await expect(settings.host).toHaveValue('smtp.example.com');
  await access.setRole('otto', 'administrator');
  await settings.save.click();
  await expect(settings.outcome).toContainText('Settings saved');
  await access.setRole('otto', 'operator');
  await other.reload();
  await expect(settings.save).toHaveCount(0);
  await expect(settings.test).toBeVisible();
});

test('a removed account loses access immediately', async ({ page, mailgrant, otherBrowser }) => {
  const other = await otherBrowser();
  const otto = await mailgrant.addAccount('otto', 'operator');
  const login = new LoginPage(other, mailgrant.url);
  await login.open();
  await login.signIn(otto);

  const access = new AccessPage(page, mailgrant.url);
  await access.open();
  // Administrators cannot lock themselves out here.
  await expect(access.account(administrator.name).getByText('Remove')).toHaveCount(0);
  await access.remove('otto');
  await expect(access.account('otto')).toHaveCount(0);
  await expect(access.session('otto')).toHaveCount(0);
  await other.reload();
  await login.expectShown();
  await login.submit(otto);
  await expect(login.problem).toContainText('The user name or the password is wrong.');
});
