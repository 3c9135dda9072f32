import { expect, type Locator, type Page } from '@playwright/test';

/** The page "Alerts". */
export class AlertsPage {
  readonly wrong: Locator;
  readonly channels: Locator;
  readonly addForm: Locator;
  readonly rules: Locator;

  constructor(
    readonly page: Page,
    private readonly mailgrantUrl: string,
  ) {
    this.wrong = page.getByRole('region', { name: 'Active alerts' });
    this.channels = page.getByRole('region', { name: 'Notification channels' });
    this.addForm = page.getByRole('form', { name: 'Add a channel' });
    this.rules = page.getByRole('form', { name: 'Alert conditions' });
  }

  async open(): Promise<void> {
    await this.page.goto(`${this.mailgrantUrl}/settings/alerts`);
    await expect(this.wrong).toBeVisible();
  }

  /** Returns a channel by its host or its recipient. */
  channel(name: string): Locator {
    return this.channels.getByRole('listitem').filter({ has: this.page.getByRole('heading', { name }) });
  }

  async add(kind: string, fields: { url?: string; secret?: string; recipient?: string; via?: string }): Promise<void> {
    await this.addForm.getByRole('radio', { name: kind, exact: true }).check();
    if (fields.url !== undefined) await this.addForm.getByLabel('URL').fill(fields.url);
    if (fields.secret !== undefined) await this.addForm.getByLabel('Signing secret').fill(fields.secret);
    if (fields.via !== undefined) await this.addForm.getByLabel('Data center that sends it').selectOption({ label: fields.via });
    if (fields.recipient !== undefined) await this.addForm.getByLabel('Recipient').fill(fields.recipient);
    await this.addForm.getByRole('button', { name: 'Add' }).click();
  }
}
