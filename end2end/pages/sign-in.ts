import type { Page } from '@playwright/test';
import type { Account } from '../harness/sandbox.ts';

/** Login and consent of an authorization server of the tests; the sandbox's look the same. */
export class SignInPage {
  constructor(private readonly page: Page) {}

  async signIn({ address, password }: Account): Promise<void> {
    await this.page.getByLabel('Email').fill(address);
    await this.page.getByLabel('Password').fill(password);
    await this.page.getByRole('button', { name: 'Sign in' }).click();
  }

  /** Signs in and grants what is asked. */
  async allow(person: Account): Promise<void> {
    await this.signIn(person);
    await this.consent();
  }

  /** Grants what is asked, where the browser is signed in already. */
  async consent(): Promise<void> {
    await this.page.getByRole('button', { name: 'Allow' }).click();
  }

  /** Signs in and refuses. */
  async deny(person: Account): Promise<void> {
    await this.signIn(person);
    await this.page.getByRole('button', { name: 'Deny' }).click();
  }
}
