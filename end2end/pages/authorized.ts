import { expect, type Locator, type Page } from '@playwright/test';

/** Where the provider sends the new tab back to. */
export class AuthorizedPage {
  readonly tryAgain: Locator;
  readonly finding: Locator;

  constructor(readonly page: Page) {
    this.tryAgain = page.getByRole('button', { name: 'Try again' });
    this.finding = page.locator('#authorization-finding');
  }

  async expectSuccess(account: string): Promise<void> {
    await expect(this.page.getByText('SMTP settings authorized')).toBeVisible();
    await expect(this.page.locator('#authorized-account')).toHaveText(account);
    // Code and state have left the address bar.
    expect(new URL(this.page.url()).search).toBe('');
  }

  /** The refusal with its code, which cause and fix go before. */
  async expectRefusal(code: string, words: RegExp): Promise<void> {
    await expect(this.page.getByText('Not authorized', { exact: true })).toBeVisible();
    await expect(this.finding.getByText(`Code: ${code}`)).toBeVisible();
    await expect(this.finding).toContainText(words);
  }
}
