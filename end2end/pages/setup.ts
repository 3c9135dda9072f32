import type { Locator, Page } from '@playwright/test';

/** The page behind the setup link, and the one behind a link to choose a password. */
export class ChoosePage {
  readonly name: Locator;
  readonly password: Locator;
  readonly repeated: Locator;
  readonly setUp: Locator;
  readonly setPassword: Locator;

  constructor(readonly page: Page) {
    this.name = page.getByLabel('User name');
    this.password = page.getByLabel(/^(New p|P)assword$/);
    this.repeated = page.getByLabel(/^(New p|P)assword again$/);
    this.setUp = page.getByRole('button', { name: 'Set up' });
    this.setPassword = page.getByRole('button', { name: 'Set password and sign in' });
  }

  async fill(password: string, repeated = password): Promise<void> {
    await this.password.fill(password);
    await this.repeated.fill(repeated);
  }

  /** Returns the error at a field, by the end of its ID. */
  error(field: 'name' | 'password' | 'repeated'): Locator {
    return this.page.locator(`[id$="-${field}-error"]`);
  }
}
