import { expect, type Locator, type Page } from '@playwright/test';

/** The page "Messages" and the page of one message. */
export class MessagesPage {
  /** All messages on the page, newest first. */
  readonly messages: Locator;
  readonly summary: Locator;
  readonly filter: Locator;
  readonly state: Locator;
  readonly recipients: Locator;
  readonly attempts: Locator;
  /** The notice that the server cannot be reached. */
  readonly offline: Locator;

  constructor(
    readonly page: Page,
    private readonly mailgrantUrl: string,
  ) {
    this.messages = page.locator('#message-list > li');
    this.summary = page.getByRole('region', { name: 'Summary' });
    this.filter = page.getByRole('form', { name: 'Filter' });
    this.state = page.locator('#message-state');
    this.recipients = page.getByRole('region', { name: 'Recipients' });
    this.attempts = page.getByRole('region', { name: 'Attempts' });
    this.offline = page.locator('.when-offline');
  }

  async open(query = ''): Promise<void> {
    await this.page.goto(`${this.mailgrantUrl}/messages${query}`);
    await expect(this.page.getByRole('heading', { name: 'Messages', level: 1 })).toBeVisible();
  }

  /** Opens the page of a message. */
  async openMessage(id: string): Promise<void> {
    await this.page.goto(`${this.mailgrantUrl}/messages/${id}`);
    await expect(this.state).toBeVisible();
  }

  /** Returns the message in the list with this subject. */
  of(subject: string): Locator {
    return this.messages.filter({ has: this.page.getByRole('link', { name: subject, exact: true }) });
  }

  async show(filter: { search?: string; state?: string }): Promise<void> {
    await this.filter.getByLabel('Search').fill(filter.search ?? '');
    await this.filter.getByLabel('State').selectOption({ label: filter.state ?? 'All' });
    await this.filter.getByRole('button', { name: 'Show' }).click();
  }

  /** Returns a number of the summary. */
  async count(name: 'Waiting' | 'Delivered' | 'Failed'): Promise<number> {
    const count = this.summary.locator('.message-counts').filter({ hasText: name });
    return Number((await count.locator('dd').textContent())?.replace(/,/g, ''));
  }
}
