import { expect, type Locator, type Page } from '@playwright/test';
import type { Role } from '../harness/person.ts';

/** A scope of an API key. */
type Scope = 'send' | 'messages' | 'mailbox' | 'metrics';

const roles = { viewer: 'Viewer', operator: 'Operator', administrator: 'Administrator' } satisfies Record<Role, string>;

/** The page "Access". */
export class AccessPage {
  readonly accounts: Locator;
  readonly keys: Locator;
  readonly sessions: Locator;
  readonly addForm: Locator;
  readonly keyForm: Locator;
  /** A secret that is shown once: a link or a key. */
  readonly once: Locator;

  constructor(
    readonly page: Page,
    private readonly mailgrantUrl: string,
  ) {
    this.accounts = page.getByRole('region', { name: 'Accounts' });
    this.keys = page.getByRole('region', { name: 'API keys' });
    this.sessions = page.getByRole('region', { name: 'Sessions' });
    this.addForm = page.getByRole('form', { name: 'Add an account' });
    this.keyForm = page.getByRole('form', { name: 'Create a key' });
    this.once = page.locator('#shown-once');
  }

  async open(): Promise<void> {
    await this.page.goto(`${this.mailgrantUrl}/access`);
    await expect(this.accounts).toBeVisible();
  }

  /** The row of an account. */
  account(name: string): Locator {
    return this.accounts.getByRole('row').filter({ has: this.page.getByText(name, { exact: true }) });
  }

  key(name: string): Locator {
    return this.keys.getByRole('row').filter({ has: this.page.getByRole('rowheader', { name, exact: true }) });
  }

  session(account: string): Locator {
    return this.sessions.getByRole('row').filter({ has: this.page.locator('.account-name').getByText(account, { exact: true }) });
  }

  /** Adds an account and returns the link for its owner. */
  async addAccount(name: string, role: Role): Promise<string> {
    await this.addForm.getByLabel('User name').fill(name);
    await this.addForm.getByRole('radio', { name: new RegExp(`^${roles[role]}`) }).check();
    await this.addForm.getByRole('button', { name: 'Add account' }).click();
    await expect(this.page.getByText(`Link for ${name} to choose a password`)).toBeVisible();
    return this.once.inputValue();
  }

  /** Creates a link to choose another password. */
  async newPasswordLink(name: string): Promise<string> {
    await this.account(name).getByText('New password link').click();
    await this.account(name).getByRole('button', { name: 'Create link' }).click();
    await expect(this.page.getByText(`Link for ${name} to choose a password`)).toBeVisible();
    return this.once.inputValue();
  }

  async setRole(name: string, role: Role): Promise<void> {
    await this.account(name).getByLabel(`Role of ${name}`, { exact: true }).selectOption(role);
    await this.account(name).getByRole('button', { name: `Change the role of ${name}` }).click();
    await expect(this.page.getByText('Role changed. The change takes effect immediately')).toBeVisible();
  }

  async remove(name: string): Promise<void> {
    await this.account(name).getByText('Remove', { exact: true }).click();
    await this.account(name).getByRole('button', { name: `Remove ${name}` }).click();
    await expect(this.page.getByText('Account and its sessions removed.')).toBeVisible();
  }

  /** Creates an API key and returns it. */
  async makeKey(name: string, ...scopes: Scope[]): Promise<string> {
    await this.keyForm.getByLabel('Name', { exact: true }).fill(name);
    for (const scope of scopes) await this.keyForm.getByRole('checkbox', { name: new RegExp(`\\(${scope}\\)`) }).check();
    await this.keyForm.getByRole('button', { name: 'Create key' }).click();
    await expect(this.page.getByText(`API key ${name}`)).toBeVisible();
    return this.once.inputValue();
  }

  async endKey(name: string): Promise<void> {
    await this.key(name).getByText('End', { exact: true }).click();
    await this.key(name).getByRole('button', { name: `End ${name}` }).click();
    await expect(this.page.getByText('API key ended.')).toBeVisible();
  }

  async endSession(account: string): Promise<void> {
    await this.session(account).getByRole('button', { name: `End the session of ${account}` }).click();
    await expect(this.page.getByText('Session ended.')).toBeVisible();
  }
}
