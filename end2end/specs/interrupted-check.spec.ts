// A server that ends during a check, killed or upgraded, leaves no page waiting.
import type { Page } from '@playwright/test';
import type { Mailgrant } from '../harness/mailgrant.ts';
import type { Sandbox } from '../harness/sandbox.ts';
import { expect, test } from '../harness/test.ts';
import { Doctor } from '../pages/doctor.ts';
import { authorizeAtSandbox } from '../pages/tasks.ts';

/** Authorizes and starts a check that gets no replies. */
async function startSilentCheck(page: Page, mailgrant: Mailgrant, sandbox: Sandbox): Promise<Doctor> {
  await authorizeAtSandbox(page, mailgrant, sandbox);
  await sandbox.setScenario('silent_greeting');
  const doctor = new Doctor(page);
  await doctor.check.click();
  await expect(doctor.steps('SMTP').filter({ hasText: 'Connect' }).first()).toBeVisible();
  return doctor;
}

test('a check that kill -9 cuts ends as interrupted and runs again', async ({ page, mailgrant, sandbox }) => {
  test.setTimeout(90_000);
  const doctor = await startSilentCheck(page, mailgrant, sandbox);
  await mailgrant.kill();
  await mailgrant.restart();
  await expect(doctor.report).toContainText('The check was interrupted', { timeout: 40_000 });
  await expect(doctor.report).toHaveAttribute('aria-busy', 'false');
  await expect(doctor.stop).toBeHidden();

  await sandbox.setFaults({ silent_at: null });
  await doctor.report.getByRole('button', { name: 'Run again' }).click();
  await expect(doctor.report).toContainText('The connection works', { timeout: 15_000 });
});

test('a check that an upgrade cuts ends as interrupted', async ({ page, mailgrant, sandbox }) => {
  test.setTimeout(90_000);
  const doctor = await startSilentCheck(page, mailgrant, sandbox);
  await mailgrant.restart();
  await expect(doctor.report).toContainText('The check was interrupted', { timeout: 40_000 });
  await page.reload();
  await expect(doctor.report).toContainText('The check was interrupted');
});

test('Stop ends the wait also while the server is away', async ({ page, mailgrant, sandbox }) => {
  test.setTimeout(90_000);
  const doctor = await startSilentCheck(page, mailgrant, sandbox);
  await mailgrant.kill();
  await doctor.stop.click();
  await expect(doctor.section).toContainText('Mailgrant could not be reached');
  await expect(doctor.report).toHaveAttribute('aria-busy', 'false');
  await expect(doctor.section.getByText('Checking…')).toBeHidden();
});
