// The email box: its ways to sign in, and their effect on the authorization.
import type { Page } from '@playwright/test';
import { expectPresentable } from '../harness/accessibility.ts';
import { alice } from '../harness/real/accounts.ts';
import { expect, test } from '../harness/test.ts';
import { AuthorizedPage } from '../pages/authorized.ts';
import { Doctor } from '../pages/doctor.ts';
import { SignInPage } from '../pages/sign-in.ts';
import { SmtpSettingsPage } from '../pages/smtp-settings.ts';
import { allowInTab, authorizeAtSandbox, fillForSandbox } from '../pages/tasks.ts';

test.setTimeout(120_000);

const sameAuthorization = 'The same authorization as SMTP';

/** Chooses the same authorization for the mailbox at this server. */
async function readWithGrant(settings: SmtpSettingsPage, email: string, host: string, port: number): Promise<void> {
  await settings.emailBox.check();
  await settings.field(settings.mailbox, 'Email').fill(email);
  await settings.mailbox.getByRole('radio', { name: sameAuthorization }).check();
  await settings.field(settings.mailbox, 'Host name').fill(host);
  await settings.field(settings.mailbox, 'Port').fill(String(port));
}

function password(page: Page) {
  return page.locator('#mailbox_password');
}

test('the same authorization opens the mailbox, and no password is asked for', async ({ page, mailgrant, sandbox }, testInfo) => {
  const settings = await fillForSandbox(page, mailgrant, sandbox);
  const { address } = sandbox.account();
  const { imap_host: host, imap_tls_port: port } = sandbox.descriptor;
  await settings.emailBox.check();
  await expect(password(page)).toBeVisible();
  await expectPresentable(page, testInfo, 'email-box-password');
  await readWithGrant(settings, address, host, port);
  await settings.mailbox.getByRole('radio', { name: 'Implicit TLS' }).check();
  await expect(password(page)).toBeHidden();
  await allowInTab(settings, sandbox);

  const doctor = new Doctor(page);
  await doctor.check.click();
  await expect(doctor.report).toContainText('The connection works', { timeout: 30_000 });
  await expect(doctor.report).toContainText('AUTHENTICATE XOAUTH2');
  await expectPresentable(page, testInfo, 'email-box-same-authorization');

  await page.reload();
  await settings.alive();
  await expect(settings.mailbox.getByRole('radio', { name: sameAuthorization })).toBeChecked();
  await expect(settings.mailbox.getByRole('radio', { name: 'Implicit TLS' })).toBeChecked();
});

test('turning it on asks for a new sign-in and says why; turning it off does not', async ({ page, mailgrant, sandbox }, testInfo) => {
  const settings = await authorizeAtSandbox(page, mailgrant, sandbox);
  const { address } = sandbox.account();
  const { imap_host: host, imap_starttls_port: port } = sandbox.descriptor;
  const why = page.locator('#mailbox-authorization');
  await readWithGrant(settings, address, host, port);
  await expect(why).toBeVisible();
  await expect(why).toContainText('sign in at the provider again');
  await expectPresentable(page, testInfo, 'email-box-asks-again');
  await allowInTab(settings, sandbox);
  await expect(why).toBeHidden();

  await settings.field(settings.mailbox, 'Host name').fill('evil.example');
  await expect(why).toBeVisible();
  await settings.field(settings.mailbox, 'Host name').fill(host);
  await settings.emailBox.uncheck();
  await expect(page.locator('#ends-grant')).toBeHidden();
});

test('port and security move together, and all of it goes with the keyboard', async ({ page, mailgrant }) => {
  const settings = new SmtpSettingsPage(page, mailgrant.url);
  await settings.open();
  await settings.emailBox.focus();
  await page.keyboard.press('Space');
  const same = settings.mailbox.getByRole('radio', { name: sameAuthorization });
  await page.keyboard.press('Tab');
  await page.keyboard.type('mail@example.com');
  await page.keyboard.press('Tab');
  await page.keyboard.press('ArrowDown');
  await expect(same).toBeChecked();
  await page.keyboard.press('Tab');
  await page.keyboard.type('imap.example.com');
  await page.keyboard.press('Tab');
  await expect(settings.field(settings.mailbox, 'Port')).toBeFocused();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type('143');
  await expect(settings.mailbox.getByRole('radio', { name: 'STARTTLS' })).toBeChecked();
  await page.keyboard.press('Tab');
  await page.keyboard.press('ArrowUp');
  await expect(settings.mailbox.getByRole('radio', { name: 'Implicit TLS' })).toBeChecked();
  await expect(settings.field(settings.mailbox, 'Port')).toHaveValue('993');

  await settings.type('Basic').check();
  await settings.save.click();
  await expect(settings.error('mailbox_sign_in')).toContainText('SMTP does not use OAuth');
});

test('at a Dovecot the mailbox opens with XOAUTH2, and with a password', async ({ page, mailgrantForReal, real }) => {
  const settings = new SmtpSettingsPage(page, mailgrantForReal.url);
  const doctor = new Doctor(page);
  await settings.open();
  await settings.fillSmtp({ host: 'localhost', port: real.dovecot.submissionPort, security: 'STARTTLS, required', fromAddress: alice.address });
  await readWithGrant(settings, alice.address, 'localhost', real.dovecot.imapsPort);
  await settings.mailbox.getByRole('radio', { name: 'Implicit TLS' }).check();
  await settings.fillOAuth(real.client, alice.address);
  const tab = await settings.authorize();
  await new SignInPage(tab).allow(alice);
  await new AuthorizedPage(tab).expectSuccess(alice.address);
  await tab.close();
  await doctor.check.click();
  await expect(doctor.report).toContainText('The connection works', { timeout: 30_000 });
  await expect(doctor.report).toContainText('AUTHENTICATE XOAUTH2');

  await settings.fillMailbox({ email: alice.address, password: alice.mailPassword, host: 'localhost', port: real.dovecot.imapsPort, security: 'Implicit TLS' });
  await doctor.check.click();
  await expect(doctor.report).toContainText('AUTHENTICATE PLAIN', { timeout: 30_000 });
  await doctor.ended();
  await expect(doctor.report).toContainText('The connection works');
});

test.describe('without WASM', () => {
  test.use({ javaScriptEnabled: false });

  test('the same authorization is chosen, saved and authorized', async ({ page, mailgrant, sandbox }) => {
    const { address } = sandbox.account();
    const { imap_host: host, imap_starttls_port: port } = sandbox.descriptor;
    const settings = new SmtpSettingsPage(page, mailgrant.url);
    await settings.openWithoutWasm();
    await settings.provider.selectOption({ label: 'Sandbox (on this machine)' });
    await page.getByRole('button', { name: 'Fill in' }).click();
    await expect(settings.host).toHaveValue(sandbox.descriptor.smtp_host);
    await settings.fromAddress.fill(address);
    await settings.username.fill(address);
    await settings.clientId.fill(sandbox.client.clientId);
    await settings.clientSecret.fill(sandbox.client.clientSecret);
    await readWithGrant(settings, address, host, port);
    await settings.mailbox.getByRole('radio', { name: 'STARTTLS' }).check();
    await expect(password(page)).toBeHidden();
    await settings.saveAndAuthorize.click();
    await new SignInPage(page).allow(sandbox.account());
    await new AuthorizedPage(page).expectSuccess(address);
    await page.getByRole('link', { name: 'Back to Settings :: SMTP' }).click();
    await expect(settings.mailbox.getByRole('radio', { name: sameAuthorization })).toBeChecked();
  });
});
