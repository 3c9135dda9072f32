import { expect, type Locator, type Page } from '@playwright/test';

/** The page "Your account". */
export class AccountPage {
  readonly passwordForm: Locator;
  readonly sessions: Locator;
  /** The row of the current session. */
  readonly ownSession: Locator;

  constructor(
    readonly page: Page,
    private readonly mailgrantUrl: string,
  ) {
    this.passwordForm = page.getByRole('form', { name: 'Change the password' });
    this.sessions = page.getByRole('region', { name: 'Your sessions' });
    this.ownSession = this.sessions.getByRole('row').filter({ hasText: 'this session' });
  }

  async open(): Promise<void> {
    await this.page.goto(`${this.mailgrantUrl}/account`);
    await expect(this.passwordForm).toBeVisible();
  }

  async changePassword(current: string, password: string, repeated = password): Promise<void> {
    await this.passwordForm.getByLabel('Current password').fill(current);
    await this.passwordForm.getByLabel('New password', { exact: true }).fill(password);
    await this.passwordForm.getByLabel('New password again').fill(repeated);
    await this.passwordForm.getByRole('button', { name: 'Change password' }).click();
  }
}
