import { expect, type Locator, type Page } from '@playwright/test';
import type { OAuthClient } from '../harness/oauth-client.ts';

export type Security = 'STARTTLS, required' | 'Implicit TLS';

/** Values for the section "SMTP configuration"; omitted ones stay unchanged. */
export interface SmtpConfiguration {
  host?: string;
  port?: number;
  fromAddress?: string;
  enableSsl?: boolean;
  security?: Security;
  tlsVersion?: '1.2 or higher (recommended)' | '1.3 only';
}

/** The page "Settings :: SMTP", located by its visible labels. */
export class SmtpSettingsPage {
  readonly smtp: Locator;
  readonly authentication: Locator;
  /** Checks and the test email, with their results. */
  readonly connection: Locator;
  readonly saveAndAuthorize: Locator;
  readonly save: Locator;
  /** The results of the last save and of the sign-in. */
  readonly outcome: Locator;
  /** The state of the grant. */
  readonly status: Locator;
  /** The text "Unsaved changes" next to the button. */
  readonly unsaved: Locator;

  constructor(
    readonly page: Page,
    private readonly mailgrantUrl: string,
  ) {
    this.smtp = page.getByRole('region', { name: 'SMTP configuration' });
    this.authentication = page.getByRole('region', { name: 'Authentication' });
    this.connection = page.getByRole('region', { name: 'Connection' });
    this.saveAndAuthorize = page.getByRole('button', { name: 'Save & Authorize', exact: true });
    this.save = page.getByRole('button', { name: 'Save', exact: true });
    this.outcome = page.locator('#outcome');
    this.status = page.locator('#grant-status');
    this.unsaved = page.locator('.actions').getByRole('status');
  }

  /** Opens the page and waits until it is hydrated. */
  async open(query = ''): Promise<void> {
    await this.openWithoutWasm(query);
    await this.alive();
  }

  async openWithoutWasm(query = ''): Promise<void> {
    await this.page.goto(`${this.mailgrantUrl}/settings/smtp${query}`);
    await expect(this.smtp).toBeVisible();
  }

  /** Waits until WASM has hydrated the page. */
  async alive(): Promise<void> {
    await expect(this.page.locator('html')).toHaveClass(/wasm/, { timeout: 15_000 });
  }

  /** Returns a field of a section by its label, with or without the mark of a required field. */
  field(section: Locator, label: string): Locator {
    const escaped = label.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    return section.getByLabel(new RegExp(`^\\s*${escaped}\\s*\\*?\\s*$`));
  }

  /** Returns the error at a field. */
  error(name: string): Locator {
    return this.page.locator(`#${name}-error`);
  }

  /** Returns the warning at a field. */
  warning(name: string): Locator {
    return this.page.locator(`#${name}-warning`);
  }

  get provider(): Locator {
    return this.field(this.smtp, 'Provider');
  }

  get dataCenter(): Locator {
    return this.field(this.smtp, 'Data center');
  }

  get host(): Locator {
    return this.field(this.smtp, 'SMTP host');
  }

  get port(): Locator {
    return this.field(this.smtp, 'SMTP port');
  }

  get fromAddress(): Locator {
    return this.field(this.smtp, 'From address');
  }

  get enableSsl(): Locator {
    return this.smtp.getByRole('switch', { name: 'Enable SSL' });
  }

  get emailBox(): Locator {
    return this.smtp.getByRole('switch', { name: 'Email box' });
  }

  get mailbox(): Locator {
    return this.page.getByRole('group', { name: 'Email box' });
  }

  get authenticationRequired(): Locator {
    return this.authentication.getByRole('switch', { name: 'Authentication required' });
  }

  get redirectUrl(): Locator {
    return this.field(this.authentication, 'Redirect URL');
  }

  get username(): Locator {
    return this.field(this.authentication, 'Username');
  }

  get clientId(): Locator {
    return this.field(this.authentication, 'Client ID');
  }

  get clientSecret(): Locator {
    return this.field(this.authentication, 'Client Secret');
  }

  get password(): Locator {
    return this.field(this.authentication, 'Password');
  }

  get recipient(): Locator {
    return this.field(this.connection, 'Recipient');
  }

  get test(): Locator {
    return this.connection.getByRole('button', { name: 'Test', exact: true });
  }

  get check(): Locator {
    return this.connection.getByRole('button', { name: 'Check the connection' });
  }

  get messageId(): Locator {
    return this.page.locator('#message-id');
  }

  get manageDataCenters(): Locator {
    return this.smtp.getByText('Manage data centers');
  }

  security(name: Security): Locator {
    return this.smtp.getByRole('radiogroup', { name: 'Security' }).first().getByRole('radio', { name });
  }

  type(name: 'Basic' | 'OAuth'): Locator {
    return this.authentication.getByRole('radio', { name });
  }

  async fillSmtp(values: SmtpConfiguration): Promise<void> {
    const { host, port, fromAddress, enableSsl, security, tlsVersion } = values;
    if (host !== undefined) await this.host.fill(host);
    if (port !== undefined) await this.port.fill(String(port));
    if (fromAddress !== undefined) await this.fromAddress.fill(fromAddress);
    if (enableSsl !== undefined) await this.enableSsl.setChecked(enableSsl);
    if (security !== undefined) await this.security(security).check();
    if (tlsVersion !== undefined) await this.smtp.getByRole('radio', { name: tlsVersion }).check();
  }

  /** Fills in a password. Without a security, the one that follows from the port stays. */
  async fillMailbox(values: { email: string; password: string; host: string; port: number; security?: Security }): Promise<void> {
    await this.emailBox.check();
    await this.field(this.mailbox, 'Email').fill(values.email);
    // A select has the same label.
    await this.mailbox.getByRole('radio', { name: 'Password' }).check();
    await this.page.locator('#mailbox_password').fill(values.password);
    await this.field(this.mailbox, 'Host name').fill(values.host);
    await this.field(this.mailbox, 'Port').fill(String(values.port));
    if (values.security !== undefined) await this.mailbox.getByRole('radio', { name: values.security }).check();
  }

  async fillBasic(username: string, password: string): Promise<void> {
    await this.authenticationRequired.check();
    await this.type('Basic').check();
    await this.username.fill(username);
    await this.password.fill(password);
  }

  async fillOAuth(client: OAuthClient, username: string): Promise<void> {
    await this.authenticationRequired.check();
    await this.type('OAuth').check();
    await this.clientId.fill(client.clientId);
    await this.clientSecret.fill(client.clientSecret);
    await this.field(this.authentication, 'Authorization endpoint').fill(client.authorizationEndpoint);
    await this.field(this.authentication, 'Token endpoint').fill(client.tokenEndpoint);
    await this.field(this.authentication, 'Scope').fill(client.scope);
    await this.username.fill(username);
  }

  /**
   * Presses "Save & Authorize" and returns the new tab once it navigates to the provider. By then
   * everything is saved.
   */
  async authorize(): Promise<Page> {
    const opened = this.page.waitForEvent('popup');
    await this.saveAndAuthorize.click();
    const tab = await opened;
    await expect.poll(() => tab.url()).not.toBe('about:blank');
    return tab;
  }

  async sendTest(recipient: string): Promise<void> {
    await this.recipient.fill(recipient);
    await this.test.click();
  }

  /** Returns the step of the report with this name, with the data sent and received. */
  step(kind: string): Locator {
    return this.connection.getByRole('listitem').filter({ has: this.page.getByText(kind, { exact: true }) });
  }

  /** Waits for "Delivered" and returns the Message-ID. */
  async delivered(): Promise<string> {
    await expect(this.connection.getByText('Delivered', { exact: true })).toBeVisible({ timeout: 10_000 });
    return (await this.messageId.textContent()) ?? '';
  }

  /** Waits for "Not delivered" and returns the explanation. */
  async notDelivered(): Promise<Locator> {
    const finding = this.page.locator('#test-finding');
    await expect(finding).toBeVisible({ timeout: 10_000 });
    return finding;
  }
}
