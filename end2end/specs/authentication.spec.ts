// SMTP authentication, and the explanations of the test email if it fails.
import { expect, test } from '../harness/test.ts';
import { SmtpSettingsPage, type Security } from '../pages/smtp-settings.ts';
import { authorizeAtSandbox, fillForSandbox } from '../pages/tasks.ts';

for (const security of ['STARTTLS, required', 'Implicit TLS'] satisfies Security[]) {
  test(`Basic signs in with a saved password over ${security}`, async ({ page, mailgrant, sandbox }) => {
    const person = sandbox.account();
    const { smtp_host: host, smtp_starttls_port, smtp_tls_port } = sandbox.descriptor;
    const port = security === 'Implicit TLS' ? smtp_tls_port : smtp_starttls_port;
    const settings = new SmtpSettingsPage(page, mailgrant.url);
    await settings.open();
    await settings.fillSmtp({ host, port, fromAddress: person.address, security });
    await settings.fillBasic(person.address, person.password);
    for (const hidden of [settings.clientId, settings.redirectUrl, settings.status, settings.saveAndAuthorize]) {
      await expect(hidden).toBeHidden();
    }
    await settings.save.click();
    await expect(settings.outcome).toContainText('Settings saved');
    await expect(page.locator('#password-state')).toHaveText('saved');

    await page.reload();
    await settings.alive();
    await expect(settings.password).toHaveValue('');
    await settings.sendTest('someone@example.org');
    await settings.delivered();
    expect(await sandbox.messageTo('someone@example.org')).toMatchObject({ account: person.address });
    await expect(settings.connection).not.toContainText(person.password);
    await expect(settings.connection).not.toContainText(Buffer.from(`\0${person.address}\0${person.password}`).toString('base64'));

    // A saved password is only valid for the host it was saved for.
    await settings.host.fill('mail.example.com');
    await expect(settings.error('password')).toContainText('The saved secret belongs to a different server');
    await settings.test.click();
    await expect(settings.password).toBeFocused();
  });
}

test('without authentication the rest of the section is hidden and mail is sent', async ({ page, mailgrant, sandbox }) => {
  await sandbox.setFaults({ authentication_required: false });
  const { smtp_host: host, smtp_starttls_port: port } = sandbox.descriptor;
  const settings = new SmtpSettingsPage(page, mailgrant.url);
  await settings.open();
  await settings.fillSmtp({ host, port, fromAddress: 'printer@sandbox.test' });
  await settings.authenticationRequired.uncheck();
  for (const hidden of [settings.username, settings.password, settings.clientId, settings.type('OAuth')]) await expect(hidden).toBeHidden();
  await settings.save.click();
  await expect(settings.outcome).toContainText('Settings saved');
  await settings.sendTest('someone@example.org');
  await settings.delivered();
  expect(await sandbox.messageTo('someone@example.org')).toMatchObject({ account: null, from: 'printer@sandbox.test' });
});

test('a test email with OAuth asks to authorize first', async ({ page, mailgrant, sandbox }) => {
  const settings = await fillForSandbox(page, mailgrant, sandbox);
  await settings.sendTest('someone@example.org');
  await expect(await settings.notDelivered()).toContainText(/authorize/i);
  expect(await sandbox.messages()).toEqual([]);
});

test('a test email that fails says why, what to do, and shows the exchange', async ({ page, mailgrant, sandbox }) => {
  const settings = await authorizeAtSandbox(page, mailgrant, sandbox);

  await sandbox.setFaults({ refuse_tokens: 'google' });
  await settings.sendTest('someone@example.org');
  const finding = await settings.notDelivered();
  await expect(finding).toContainText('Code: token_refused');
  const { address } = sandbox.account();
  await expect(finding).toContainText(`Check that ${address} is the account that signed in (${address})`);
  await expect(settings.step('Authenticate').last()).toContainText('535');
  await expect(settings.step('Authenticate').last()).toContainText('failed');
  // Google sends the reason in the challenge, which most programs hide.
  await expect(settings.connection).toContainText('"status":"400"');

  await sandbox.reset();
  // A port and a security setting that do not match.
  await settings.security('Implicit TLS').check();
  await settings.test.click();
  await expect(finding).toContainText('Code: plaintext_on_tls_port', { timeout: 15_000 });
});

test('plaintext sends no credential to another machine', async ({ page, mailgrant }) => {
  const settings = new SmtpSettingsPage(page, mailgrant.url);
  await settings.open();
  await settings.fillSmtp({ host: 'mail.example.com', port: 25, fromAddress: 'alice@example.com', enableSsl: false });
  await expect(settings.security('Implicit TLS')).toBeHidden();
  await expect(settings.warning('enable_ssl')).toContainText('no password or token over this connection');
  await settings.fillBasic('alice@example.com', 'wrong-horse');
  await settings.save.click();
  await expect(settings.error('enable_ssl')).toContainText('Without SSL, a password or token would be sent unencrypted');
  await expect(settings.outcome).toContainText('Not saved');
});
