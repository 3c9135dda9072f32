import { expect, type Locator, type Page } from '@playwright/test';

/** The page "Activity". */
export class ActivityPage {
  readonly filter: Locator;
  /** All entries, newest first. */
  readonly entries: Locator;
  readonly export: Locator;

  constructor(
    readonly page: Page,
    private readonly mailgrantUrl: string,
  ) {
    this.filter = page.getByRole('form', { name: 'Filter' });
    this.entries = page.locator('ol.activity > li');
    this.export = this.filter.getByRole('link', { name: 'Export' });
  }

  async open(query = ''): Promise<void> {
    await this.page.goto(`${this.mailgrantUrl}/activity${query}`);
    await expect(this.page.getByRole('heading', { name: 'Activity' })).toBeVisible();
  }

  /** The entries of an action, by its code. */
  of(action: string): Locator {
    return this.page.locator(`ol.activity > li[data-action="${action}"]`);
  }

  /** Filters by the given values and clears all other filters. */
  async show(filter: { who?: string; what?: string; about?: string; from?: string; to?: string }): Promise<void> {
    await this.filter.getByLabel('Who').fill(filter.who ?? '');
    await this.filter.getByLabel('What').selectOption({ label: filter.what ?? 'Everything' });
    await this.filter.getByLabel('About').fill(filter.about ?? '');
    await this.filter.getByLabel('From').fill(filter.from ?? '');
    await this.filter.getByLabel('To', { exact: true }).fill(filter.to ?? '');
    await this.filter.getByRole('button', { name: 'Show' }).click();
  }
}
