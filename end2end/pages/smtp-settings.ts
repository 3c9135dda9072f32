import { expect, type Locator, type Page } from '@playwright/test';
import type { OAuthClient } from '../harness/oauth-client.ts';

/** Values for the section "SMTP configuration"; those left out stay as they are. */
export interface SmtpConfiguration {
  host?: string;
  port?: number;
  fromAddress?: string;
  enableSsl?: boolean;
  tlsVersion?: '1.2 or higher (recommended)' | '1.3 only';
}

/** The page "Settings :: SMTP", by the labels that people read. */
export class SmtpSettingsPage {
  readonly smtp: Locator;
  readonly authentication: Locator;
  readonly testEmail: Locator;
  readonly saveAndAuthorize: Locator;
  readonly save: Locator;

  constructor(
    readonly page: Page,
    private readonly mailgrantUrl: string,
  ) {
    this.smtp = this.section('SMTP configuration');
    this.authentication = this.section('Authentication');
    this.testEmail = this.section('Test email');
    this.saveAndAuthorize = page.getByRole('button', { name: 'Save & Authorize', exact: true });
    this.save = page.getByRole('button', { name: 'Save', exact: true });
  }

  async open(): Promise<void> {
    await this.page.goto(`${this.mailgrantUrl}/settings/smtp`);
    await expect(this.smtp).toBeVisible();
  }

  /** A section by its heading. */
  section(heading: string): Locator {
    return this.page
      .locator('section, fieldset')
      .filter({ has: this.page.getByRole('heading', { name: heading, exact: true }) });
  }

  /** A field of a section by its label, with or without the mark of a mandatory one. */
  field(section: Locator, label: string): Locator {
    const escaped = label.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    return section.getByLabel(new RegExp(`^\\s*${escaped}\\s*\\*?\\s*$`));
  }

  get provider(): Locator {
    return this.field(this.smtp, 'Provider');
  }

  get dataCenter(): Locator {
    return this.field(this.smtp, 'Data center');
  }

  get mailbox(): Locator {
    return this.page.getByRole('group', { name: 'Email box' });
  }

  get authenticationRequired(): Locator {
    return this.field(this.authentication, 'Authentication required');
  }

  get authenticationType(): Locator {
    return this.field(this.authentication, 'Authentication type');
  }

  get redirectUrl(): Locator {
    return this.field(this.authentication, 'Redirect URL');
  }

  async fillSmtp(values: SmtpConfiguration): Promise<void> {
    const { host, port, fromAddress, enableSsl, tlsVersion } = values;
    if (host !== undefined) await this.field(this.smtp, 'SMTP host').fill(host);
    if (port !== undefined) await this.field(this.smtp, 'SMTP port').fill(String(port));
    if (fromAddress !== undefined) await this.field(this.smtp, 'From address').fill(fromAddress);
    if (enableSsl !== undefined) await this.field(this.smtp, 'Enable SSL').setChecked(enableSsl);
    if (tlsVersion !== undefined) await this.field(this.smtp, 'SMTP TLS Version').selectOption({ label: tlsVersion });
  }

  async fillMailbox(values: { email: string; password: string; host: string; port: number }): Promise<void> {
    await this.field(this.smtp, 'Email box').check();
    await this.field(this.mailbox, 'Email').fill(values.email);
    await this.field(this.mailbox, 'Password').fill(values.password);
    await this.field(this.mailbox, 'Host name').fill(values.host);
    await this.field(this.mailbox, 'Port').fill(String(values.port));
  }

  async fillBasic(username: string, password: string): Promise<void> {
    await this.authenticationRequired.check();
    await this.authenticationType.selectOption({ label: 'Basic' });
    await this.field(this.authentication, 'Username').fill(username);
    await this.field(this.authentication, 'Password').fill(password);
  }

  async fillOAuth(client: OAuthClient, username: string): Promise<void> {
    await this.authenticationRequired.check();
    await this.authenticationType.selectOption({ label: 'OAuth' });
    await this.field(this.authentication, 'Client ID').fill(client.clientId);
    await this.field(this.authentication, 'Client Secret').fill(client.clientSecret);
    await this.field(this.authentication, 'Authorization endpoint').fill(client.authorizationEndpoint);
    await this.field(this.authentication, 'Token endpoint').fill(client.tokenEndpoint);
    await this.field(this.authentication, 'Scope').fill(client.scope);
    await this.field(this.authentication, 'Username').fill(username);
  }

  /** Presses "Save & Authorize" and gives the new tab. */
  async authorize(): Promise<Page> {
    const tab = this.page.waitForEvent('popup');
    await this.saveAndAuthorize.click();
    return tab;
  }

  async sendTest(recipient: string): Promise<void> {
    await this.field(this.testEmail, 'Recipient').fill(recipient);
    await this.testEmail.getByRole('button', { name: 'Test', exact: true }).click();
  }
}
