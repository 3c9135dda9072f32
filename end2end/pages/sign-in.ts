import type { Page } from '@playwright/test';

/** Login and consent of an authorization server of the tests; the sandbox's look the same. */
export class SignInPage {
  constructor(private readonly page: Page) {}

  async signIn(address: string, password: string): Promise<void> {
    await this.page.getByLabel('Email').fill(address);
    await this.page.getByLabel('Password').fill(password);
    await this.page.getByRole('button', { name: 'Sign in' }).click();
  }

  /** Signs in and grants what is asked. */
  async allow(address: string, password: string): Promise<void> {
    await this.signIn(address, password);
    await this.page.getByRole('button', { name: 'Allow' }).click();
  }

  /** Signs in and refuses. */
  async deny(address: string, password: string): Promise<void> {
    await this.signIn(address, password);
    await this.page.getByRole('button', { name: 'Deny' }).click();
  }
}
