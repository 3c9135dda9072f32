import type { Page } from '@playwright/test';
import type { Account } from '../harness/account.ts';

/**
 * Sign-in and consent at an authorization server of the tests; the sandbox's pages look the same.
 */
export class SignInPage {
  constructor(private readonly page: Page) {}

  async signIn({ address, password }: Account): Promise<void> {
    await this.page.getByLabel('Email').fill(address);
    await this.page.getByLabel('Password').fill(password);
    await this.page.getByRole('button', { name: 'Sign in' }).click();
  }

  /** Signs in and allows the request. */
  async allow(person: Account): Promise<void> {
    await this.signIn(person);
    await this.consent();
  }

  /** Allows the request if the browser is already signed in. */
  async consent(): Promise<void> {
    await this.page.getByRole('button', { name: 'Allow' }).click();
  }

  /** Signs in and denies the request. */
  async deny(person: Account): Promise<void> {
    await this.signIn(person);
    await this.page.getByRole('button', { name: 'Deny' }).click();
  }
}
