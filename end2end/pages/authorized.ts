import { expect, type Locator, type Page } from '@playwright/test';

/** The page in the new tab to which the provider redirects. */
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
    // Code and state are no longer in the address bar.
    expect(new URL(this.page.url()).search).toBe('');
  }

  /** The finding with its code, after its cause and fix. */
  async expectRefusal(code: string, words: RegExp): Promise<void> {
    await expect(this.page.getByText('Not authorized', { exact: true })).toBeVisible();
    await expect(this.finding.getByText(`Code: ${code}`)).toBeVisible();
    await expect(this.finding).toContainText(words);
  }
}
