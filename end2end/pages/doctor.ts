import { expect, type Locator, type Page } from '@playwright/test';

/** The section "Connection": a check, its steps and what came of it. */
export class Doctor {
  readonly section: Locator;
  readonly check: Locator;
  readonly checkAgain: Locator;
  readonly stop: Locator;
  readonly dkimSelector: Locator;
  /** How the check ended, and its steps. */
  readonly report: Locator;
  readonly remedy: Locator;
  /** How long ago the last check was. */
  readonly age: Locator;
  readonly download: Locator;
  readonly email: Locator;
  readonly findSettings: Locator;
  /** What an email address leads to. */
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

  /** The steps of a part ("SMTP", "Domain"), as they stand there. */
  steps(part: string): Locator {
    return this.report.getByRole('list', { name: part, exact: true }).locator('> li');
  }

  /** Waits for the end of a check that goes on. */
  async ended(timeout = 15_000): Promise<void> {
    await expect(this.report.locator('.banner-title').first()).toBeVisible({ timeout });
  }

  async find(email: string): Promise<void> {
    await this.email.fill(email);
    await this.findSettings.click();
  }
}

/** The finding with this code within a report or a banner, with a cause and a fix. */
export async function expectFinding(within: Locator, code: string, timeout = 15_000): Promise<void> {
  const exactly = new RegExp(`^Code: ${code}$`);
  const finding = within.locator('.explained').filter({ has: within.page().locator('.code', { hasText: exactly }) }).first();
  await expect(finding).toBeVisible({ timeout });
  await expect(finding.locator('.cause')).toHaveText(/\S.{10,}/s);
  await expect(finding.locator('.fix')).toHaveText(/\S.{5,}/s);
}
