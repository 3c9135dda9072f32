import { expect, type Locator, type Page } from '@playwright/test';

/** The mailbox pages, located by their visible texts. */
export class MailboxPage {
  readonly folders: Locator;
  readonly mails: Locator;
  /** Mail that arrived while the page is open. */
  readonly newMails: Locator;
  readonly text: Locator;

  constructor(
    readonly page: Page,
    private readonly mailgrantUrl: string,
  ) {
    this.folders = page.getByRole('navigation', { name: 'Folders' });
    this.mails = page.getByRole('list', { name: 'Mail', exact: true }).getByRole('listitem');
    this.newMails = page.getByRole('list', { name: 'New mail' }).getByRole('listitem');
    this.text = page.locator('#mail-text');
  }

  async open(query = ''): Promise<void> {
    await this.page.goto(`${this.mailgrantUrl}/mailbox${query}`);
    await expect(this.page.getByRole('heading', { name: 'Mailbox', level: 1 })).toBeVisible();
  }

  /** Waits until WASM has hydrated the page. */
  async alive(): Promise<void> {
    await expect(this.page.locator('html')).toHaveClass(/wasm/, { timeout: 15_000 });
  }

  /** Opens a message of the list. */
  async read(subject: string): Promise<void> {
    await this.page.getByRole('link', { name: subject }).first().click();
    await expect(this.page.getByRole('heading', { level: 1 })).toHaveText(subject);
  }

  async search(words: string, where = 'Everywhere'): Promise<void> {
    const form = this.page.getByRole('search');
    await form.getByLabel('Search', { exact: true }).fill(words);
    await form.getByLabel('Where').selectOption({ label: where });
    await form.getByRole('button', { name: 'Search' }).click();
  }

  /** The document with a message's HTML. */
  get html() {
    return this.page.frameLocator('#mail-html');
  }
}
