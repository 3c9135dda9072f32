import { expect, type Locator, type Page } from '@playwright/test';
import type { Person } from '../harness/person.ts';

/** The sign-in page of Mailgrant. */
export class LoginPage {
  readonly name: Locator;
  readonly password: Locator;
  readonly signInButton: Locator;
  /** The reason that a sign-in was refused. */
  readonly problem: Locator;

  constructor(
    readonly page: Page,
    private readonly mailgrantUrl: string,
  ) {
    this.name = page.getByLabel('User name');
    this.password = page.getByLabel('Password', { exact: true });
    this.signInButton = page.getByRole('button', { name: 'Sign in' });
    this.problem = page.getByRole('alert');
  }

  async open(query = ''): Promise<void> {
    await this.page.goto(`${this.mailgrantUrl}/login${query}`);
    await this.expectShown();
  }

  async expectShown(): Promise<void> {
    await expect(this.page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  }

  async submit({ name, password }: Person): Promise<void> {
    await this.name.fill(name);
    await this.password.fill(password);
    await this.signInButton.click();
  }

  /** Signs in and waits for the next page. */
  async signIn(person: Person): Promise<void> {
    await this.submit(person);
    await expect(this.page.getByRole('link', { name: `Your account: ${person.name}` })).toBeVisible();
  }
}
