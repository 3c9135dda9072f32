import { expect } from '@playwright/test';
import { administrator } from './person.ts';
import { postForm } from './forms.ts';
import type { Mailgrant } from './mailgrant.ts';

/** A message as a program submits it. */
export interface Message {
  to: string[];
  subject: string;
  from?: string;
  text?: string;
  html?: string;
  cc?: string[];
  bcc?: string[];
}

/** A program with an API key. */
export class Program {
  private constructor(
    private readonly url: string,
    private readonly key: string,
  ) {}

  /** Creates an API key that may send and read. */
  static async of(mailgrant: Mailgrant): Promise<Program> {
    const cookies = mailgrant.cookies.length > 0 ? mailgrant.cookies : await mailgrant.signIn(administrator);
    const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
    const fields = { do: 'make_key', name: `program-${Date.now()}`, send: 'on', read: 'on', data_center: '', expires: '' };
    const page = await postForm(`${mailgrant.url}/access`, fields, { cookie, origin: mailgrant.url });
    const [, key] = /(mgk_[A-Za-z0-9_-]+)/.exec(await page.text()) ?? [];
    if (key === undefined) throw new Error(`no key was made: ${page.status}`);
    return new Program(mailgrant.url, key);
  }

  /**
   * The same, but the SMTP settings need an authorization that never happens, so messages stay in
   * the queue.
   */
  static async whoseMessagesWait(mailgrant: Mailgrant): Promise<Program> {
    const cookies = mailgrant.cookies.length > 0 ? mailgrant.cookies : await mailgrant.signIn(administrator);
    const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
    const values = {
      data_center: 'default',
      version: '0',
      provider: 'other',
      smtp_host: '127.0.0.1',
      smtp_port: '587',
      from_address: 'shop@sandbox.test',
      security: 'starttls',
      tls_minimum: '1.2',
      authentication_required: 'true',
      authentication_type: 'oauth',
      redirect_url: mailgrant.callbackUrl,
      client_id: 'nobody',
      client_secret: 'nobody knows',
      authorization_endpoint: 'http://127.0.0.1:9/authorize',
      token_endpoint: 'http://127.0.0.1:9/token',
      scope: 'mail',
      username: 'shop@sandbox.test',
    };
    const fields = Object.fromEntries(Object.entries(values).map(([name, value]) => [`form[${name}]`, value]));
    const saved = await postForm(`${mailgrant.url}/api/save_smtp_settings`, fields, { cookie, origin: mailgrant.url, accept: 'application/json' });
    if (saved.status !== 200) throw new Error(`settings: ${saved.status} ${await saved.text()}`);
    return Program.of(mailgrant);
  }

  /** Submits a message and returns its ID. */
  async send(message: Message): Promise<string> {
    const answer = await fetch(`${this.url}/api/v1/messages`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.key}`, 'content-type': 'application/json' },
      body: JSON.stringify(message),
    });
    expect(answer.status, await answer.clone().text()).toBe(202);
    return ((await answer.json()) as { id: string }).id;
  }
}
