// Checks of the connection, and proposals for an email address.
import { readFile } from 'node:fs/promises';
import { freePort } from '../harness/ports.ts';
import { expect, test } from '../harness/test.ts';
import { Doctor, expectFinding } from '../pages/doctor.ts';
import { SmtpSettingsPage } from '../pages/smtp-settings.ts';
import { authorizeAtSandbox } from '../pages/tasks.ts';

test('a healthy check passes in every part, sends nothing and leaves a transcript without secrets', async ({ page, mailgrant, sandbox }) => {
  const settings = await authorizeAtSandbox(page, mailgrant, sandbox);
  const doctor = new Doctor(page);
  await doctor.dkimSelector.fill('mailgrant');
  await doctor.check.click();
  await expect(doctor.report).toContainText('The connection works');
  for (const part of ['OAuth', 'SMTP', 'Domain']) await expect(doctor.steps(part).first()).toBeVisible();
  await expect(doctor.report.locator('.step.failed, .step.warned')).toHaveCount(0);
  await expect(settings.step('QUIT')).toBeVisible();
  expect(await sandbox.messages()).toEqual([]);

  await settings.open();
  await expect(doctor.report).toContainText('The connection works');
  await expect(doctor.age).toContainText('just now');
  const downloaded = page.waitForEvent('download');
  await doctor.download.click();
  const file = await downloaded;
  expect(file.suggestedFilename()).toMatch(/\.txt$/);
  const text = await readFile(await file.path(), 'utf8');
  expect(text).toContain('Mailgrant: transcript of a check');
  expect(text).toContain('AUTH XOAUTH2');
  expect(text).not.toContain(sandbox.client.clientSecret);
  expect(text).not.toMatch(/Bearer \S|auth=Bearer/);
});

test('steps appear while the check runs, and Stop ends it immediately', async ({ page, mailgrant, sandbox }) => {
  await authorizeAtSandbox(page, mailgrant, sandbox);
  await sandbox.setScenario('silent_greeting');
  const doctor = new Doctor(page);
  await doctor.check.click();
  await expect(doctor.steps('SMTP').filter({ hasText: 'Connect' }).first()).toBeVisible();
  await expect(doctor.report).toHaveAttribute('aria-busy', 'true');
  await expect(doctor.section.getByText('Checking…')).toBeVisible();
  await doctor.stop.click();
  await expect(doctor.report).toContainText('The check was stopped before it finished', { timeout: 3_000 });
  await expect(doctor.stop).toBeHidden();
  await expect(doctor.report).toHaveAttribute('aria-busy', 'false');
});

test('plain text at the port for TLS: one click chooses STARTTLS, and it works', async ({ page, mailgrant, sandbox }) => {
  const settings = await authorizeAtSandbox(page, mailgrant, sandbox);
  const doctor = new Doctor(page);
  // The port for STARTTLS with the other security setting.
  await settings.security('Implicit TLS').check();
  await settings.port.fill(String(sandbox.descriptor.smtp_starttls_port));
  await settings.security('Implicit TLS').check();
  await doctor.check.click();
  await expectFinding(doctor.report, 'plaintext_on_tls_port');
  await doctor.remedy.click();
  await expect(settings.security('STARTTLS, required')).toBeChecked();
  await expect(doctor.checkAgain).toBeFocused();
  await doctor.checkAgain.click();
  await expect(doctor.report).toContainText('The connection works');
});

test('an operator checks what is saved; a viewer has no button', async ({ page, mailgrant, sandbox, otherBrowser }) => {
  await authorizeAtSandbox(page, mailgrant, sandbox);
  for (const role of ['operator', 'viewer'] as const) {
    const other = await otherBrowser();
    await other.context().addCookies(await mailgrant.signIn(await mailgrant.addAccount(role, role)));
    await new SmtpSettingsPage(other, mailgrant.url).open();
    const doctor = new Doctor(other);
    if (role === 'viewer') {
      await expect(doctor.section).toHaveCount(0);
      await expect(doctor.email).toHaveCount(0);
    } else {
      await doctor.check.click();
      await expect(doctor.report).toContainText('The connection works');
    }
  }
});

test('an email address leads to servers with their source, which one click fills in', async ({ page, mailgrant, sandbox }) => {
  const settings = new SmtpSettingsPage(page, mailgrant.url);
  const doctor = new Doctor(page);
  const { smtp_host: host, smtp_tls_port: port } = sandbox.descriptor;
  await settings.open();
  await doctor.find('alice@sandbox.test');
  const proposal = doctor.proposals.getByRole('listitem').filter({ hasText: `${host}:${port}` }).first();
  await expect(proposal).toContainText('Published by the domain in DNS (SRV)', { timeout: 15_000 });
  await expect(settings.host).toHaveValue('');
  await proposal.getByRole('button', { name: 'Use this' }).click();
  await expect(settings.host).toHaveValue(host);
  await expect(settings.port).toHaveValue(String(port));
  await expect(settings.security('Implicit TLS')).toBeChecked();
  await expect(settings.fromAddress).toHaveValue('alice@sandbox.test');
});

test('the URL of an issuer leads to its endpoints, and nothing else is filled in', async ({ page, mailgrant, sandbox }) => {
  const settings = new SmtpSettingsPage(page, mailgrant.url);
  const doctor = new Doctor(page);
  await settings.open();
  await settings.host.fill('mail.example.com');
  await doctor.find(sandbox.descriptor.issuer);
  const proposal = doctor.proposals.getByRole('listitem');
  await expect(proposal).toContainText(sandbox.client.tokenEndpoint);
  await proposal.getByRole('button', { name: 'Use this' }).click();
  const endpoint = (label: string) => settings.field(settings.authentication, label);
  await expect(endpoint('Authorization endpoint')).toHaveValue(sandbox.client.authorizationEndpoint);
  await expect(endpoint('Token endpoint')).toHaveValue(sandbox.client.tokenEndpoint);
  await expect(settings.host).toHaveValue('mail.example.com');

  await doctor.find(`${sandbox.descriptor.issuer}/nobody`);
  await expect(doctor.proposals).toContainText('no discovery document');
  await expect(doctor.proposals.getByRole('button')).toHaveCount(0);
});

test('a check that finds the grant revoked takes the news of the sign-in away', async ({ page, mailgrant, sandbox }) => {
  const settings = await authorizeAtSandbox(page, mailgrant, sandbox);
  await expect(settings.outcome).toContainText('SMTP settings authorized');
  await sandbox.revoke();
  const doctor = new Doctor(page);
  await doctor.check.click();
  await expect(doctor.report).toContainText('The connection does not work');
  await expect(settings.status).toContainText('Needs authorization');
  await expect(settings.outcome).not.toContainText('authorized');
});

test('without a name server nothing is proposed, and the page says why', async ({ page, mailgrant, sandbox }) => {
  const settings = new SmtpSettingsPage(page, mailgrant.url);
  const doctor = new Doctor(page);
  await settings.open();
  await sandbox.setScenario('dns_silent');
  // The provider of sandbox.test is known without queries.
  await doctor.find('alice@elsewhere.test');
  await expect(doctor.proposals).toContainText('This server may be offline', { timeout: 15_000 });
  await expect(doctor.proposals.getByRole('button')).toHaveCount(0);
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('the button checks what is on the form, and the page shows the report', async ({ page, mailgrant }) => {
    const settings = new SmtpSettingsPage(page, mailgrant.url);
    const doctor = new Doctor(page);
    // A port without a listener.
    const port = await freePort();
    await settings.openWithoutWasm();
    await settings.fillSmtp({ host: '127.0.0.1', port, fromAddress: 'printer@example.com' });
    await settings.authenticationRequired.uncheck();
    await doctor.check.click();
    await page.waitForURL(/#connection$/);
    await expect(doctor.report).toContainText('The connection does not work');
    await expectFinding(doctor.report, 'connection_refused');
    await expect(settings.port).toHaveValue(String(port));
  });
});
