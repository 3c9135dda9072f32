import { expect, type Locator, type Page } from '@playwright/test';

/** The section "Connection": a check, its steps, and the report. */
export class Doctor {
  readonly section: Locator;
  readonly check: Locator;
  readonly checkAgain: Locator;
  readonly stop: Locator;
  readonly dkimSelector: Locator;
  /** The result of the check and its steps. */
  readonly report: Locator;
  readonly remedy: Locator;
  /** The age of the last check. */
  readonly age: Locator;
  readonly download: Locator;
  readonly email: Locator;
  readonly findSettings: Locator;
  /** The settings proposed for an email address. */
  readonly proposals: Locator;

  constructor(page: Page) {
    this.section = page.getByRole('region', { name: 'Connection', exact: true });
    this.check = this.section.getByRole('button', { name: 'Check the connection' });
    this.checkAgain = this.section.getByRole('button', { name: 'Check again' });
    this.stop = this.section.getByRole('button', { name: 'Stop' });
    this.dkimSelector = this.section.getByLabel('DKIM selector (optional)');
    this.report = page.locator('#test-result');
    this.remedy = this.report.locator('#remedy');
    this.age = this.report.locator('#report-age');
    this.download = this.report.getByRole('link', { name: 'Download the transcript' });
    this.email = page.locator('#discover');
    this.findSettings = page.getByRole('button', { name: 'Find settings' });
    this.proposals = page.locator('#found-settings');
  }

  /** Returns the steps of a part ("SMTP", "Domain") in their order. */
  steps(part: string): Locator {
    return this.report.getByRole('list', { name: part, exact: true }).locator('> li');
  }

  /** Waits for the end of a running check. */
  async ended(timeout = 15_000): Promise<void> {
    await expect(this.report.locator('.banner-title').first()).toBeVisible({ timeout });
  }

  async find(email: string): Promise<void> {
    await this.email.fill(email);
    await this.findSettings.click();
  }
}

/** Returns the finding with this code in a report or a banner, with a cause and a fix. */
export async function expectFinding(within: Locator, code: string, timeout = 15_000): Promise<void> {
  const exactly = new RegExp(`^Code: ${code}$`);
  const finding = within.locator('.explained').filter({ has: within.page().locator('.code', { hasText: exactly }) }).first();
  await expect(finding).toBeVisible({ timeout });
  await expect(finding.locator('.cause')).toHaveText(/\S.{10,}/s);
  await expect(finding.locator('.fix')).toHaveText(/\S.{5,}/s);
}
