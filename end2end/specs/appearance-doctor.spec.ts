// The doctor's report and its proposals: narrow and wide, light and dark, checked with axe, with
// screenshots in test-results.
import { expectPresentable } from '../harness/accessibility.ts';
import { expect, test } from '../harness/test.ts';
import { Doctor } from '../pages/doctor.ts';
import { SmtpSettingsPage } from '../pages/smtp-settings.ts';
import { authorizeAtSandbox } from '../pages/tasks.ts';

// On a slow machine axe takes some seconds per page.
test.setTimeout(120_000);

test('a check of everything that goes well, one that fails, and one with another setting', async ({ page, mailgrant, sandbox }, testInfo) => {
  const settings = await authorizeAtSandbox(page, mailgrant, sandbox);
  const { address, password } = sandbox.account();
  const { imap_host: host, imap_tls_port: port } = sandbox.descriptor;
  await settings.fillMailbox({ email: address, password, host, port, security: 'Implicit TLS' });
  const doctor = new Doctor(page);
  await doctor.check.click();
  await expect(doctor.report).toContainText('The connection works');
  await expectPresentable(page, testInfo, 'check-well');

  await sandbox.setScenario('refuse_microsoft_tenant_disabled');
  await doctor.check.click();
  await expect(doctor.report).toContainText('The connection does not work');
  await expectPresentable(page, testInfo, 'check-failing');

  await sandbox.setScenario('plaintext_on_tls_port');
  await settings.fillSmtp({ security: 'Implicit TLS', port: sandbox.descriptor.smtp_tls_port });
  await doctor.check.click();
  await expect(doctor.remedy).toBeVisible({ timeout: 15_000 });
  await expectPresentable(page, testInfo, 'check-remedy');
});

test('a check that goes on', async ({ page, mailgrant, sandbox }, testInfo) => {
  await authorizeAtSandbox(page, mailgrant, sandbox);
  await sandbox.setScenario('silent_greeting');
  const doctor = new Doctor(page);
  await doctor.check.click();
  await expect(doctor.steps('SMTP').filter({ hasText: 'Connect' }).first()).toBeVisible();
  await expectPresentable(page, testInfo, 'check-going-on');
});

test('what an email address and an issuer lead to, and what is offline', async ({ page, mailgrant, sandbox }, testInfo) => {
  const settings = new SmtpSettingsPage(page, mailgrant.url);
  const doctor = new Doctor(page);
  await settings.open();
  await doctor.find('alice@sandbox.test');
  await expect(doctor.proposals.getByRole('button').first()).toBeVisible({ timeout: 15_000 });
  await expectPresentable(page, testInfo, 'found-by-address');
  await doctor.find(sandbox.descriptor.issuer);
  await expect(doctor.proposals).toContainText(sandbox.client.tokenEndpoint);
  await expectPresentable(page, testInfo, 'found-by-issuer');
  await sandbox.setScenario('dns_silent');
  await doctor.find('alice@elsewhere.test');
  await expect(doctor.proposals).toContainText('offline', { timeout: 15_000 });
  await expectPresentable(page, testInfo, 'offline');
});
