import { expect, type Page } from '@playwright/test';

/** Where the provider sends the new tab back to. */
export class AuthorizedPage {
  constructor(readonly page: Page) {}

  async expectSuccess(account: string): Promise<void> {
    await expect(this.page.getByRole('heading', { name: 'SMTP settings authorized' })).toBeVisible();
    await expect(this.page.getByText(account).first()).toBeVisible();
  }

  /** The provider's error code is shown, and a way to try again. */
  async expectRefusal(code: string): Promise<void> {
    await expect(this.page.getByText(code).first()).toBeVisible();
    await expect(this.page.getByRole('button', { name: /again/i }).or(this.page.getByRole('link', { name: /again/i }))).toBeVisible();
  }
}
