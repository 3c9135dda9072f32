import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Account } from './account.ts';
import type { OAuthClient } from './oauth-client.ts';
import { BackgroundProcess, binary } from './process.ts';
import { waitFor } from './wait.ts';

/** The content of `sandbox.json`. */
export interface SandboxDescriptor {
  http: string;
  issuer: string;
  authorization_endpoint: string;
  token_endpoint: string;
  revocation_endpoint: string;
  client_id: string;
  client_secret: string;
  scope: string;
  smtp_host: string;
  smtp_starttls_port: number;
  smtp_tls_port: number;
  imap_host: string;
  imap_starttls_port: number;
  imap_tls_port: number;
  /** `127.0.0.1:PORT` of its DNS server. */
  dns: string;
  accounts: Account[];
  ca_pem: string;
}

/** Faults by name, with the place where each is visible and the expected finding. */
export interface Scenario {
  name: string;
  title: string;
  at: 'authorize' | 'token' | 'token_twice' | 'test' | 'check' | 'mailbox' | 'domain';
  given: 'nothing' | 'password' | 'named_host' | 'no_sign_in' | 'plain_no_sign_in' | 'implicit_tls' | 'tls13' | 'secret_id' | 'other_from' | 'to_itself' | 'same_authorization';
  /** The code of the finding; undefined if everything works. */
  finding: string | null;
}

/** A message the sandbox has accepted. */
export interface ReceivedMessage {
  id: string;
  from: string;
  to: string[];
  account: string | null;
  tls_version: string | null;
  subject: string | null;
  message_id: string | null;
  header_from: string | null;
  raw: string;
}

export interface SandboxLog {
  token_requests: { at: number; grant_type: string; outcome: string; client_authentication: string; account: string | null }[];
  auth_attempts: {
    at: number;
    mechanism: string;
    with_initial_response: boolean;
    accepted: boolean;
    account: string | null;
    tls_version: string | null;
  }[];
}

/** Faults to enable, by their names in the sandbox. These are the most common ones. */
export interface Faults {
  token_error?: string | { status: number; error: string; error_description?: string; times?: number; retry_after?: string };
  callback_error?: string;
  issue_refresh_token?: boolean;
  rotate_refresh_token?: boolean;
  access_token_lifetime_seconds?: number;
  access_token_length?: number;
  granted_scope?: string;
  account_in_id_token?: boolean;
  account_in_userinfo?: boolean;
  signed_in_account?: string;
  wrong_iss?: boolean;
  iss_path?: string;
  omit_iss?: boolean;
  no_metadata?: boolean;
  refuse_tokens?: string;
  refuse_passwords?: string;
  replies?: { stage: string; reply: string; times?: number }[];
  cut_at?: string;
  offer_smtputf8?: boolean;
  offer_starttls?: boolean;
  authentication_required?: boolean;
  send_as_denied?: boolean;
  plaintext_on_tls_port?: boolean;
  min_tls?: '1.2' | '1.3';
  max_tls?: '1.2' | '1.3';
  certificate?: 'good' | 'wrong_name' | 'expired' | 'unknown_ca';
  [name: string]: unknown;
}

/** The sandbox provider as a process, and its control endpoint. */
export class Sandbox {
  private constructor(
    private readonly process: BackgroundProcess,
    private readonly directory: string,
    readonly descriptor: SandboxDescriptor,
  ) {}

  static async start(): Promise<Sandbox> {
    const directory = await mkdtemp(path.join(os.tmpdir(), 'mailgrant-e2e-sandbox-'));
    const ports = ['--http-port', '0', '--smtp-port', '0', '--smtps-port', '0', '--imap-port', '0', '--imaps-port', '0', '--dns-port', '0'];
    const sandbox = new BackgroundProcess(
      binary('SANDBOX_BINARY', 'sandbox'),
      [...ports, '--directory', directory],
      process.env,
    );
    try {
      const descriptor = await sandbox.ready(10_000, async () => {
        const text = await readFile(path.join(directory, 'sandbox.json'), 'utf8').catch(() => '');
        return text.trimEnd().endsWith('}') && (JSON.parse(text) as SandboxDescriptor);
      });
      return new Sandbox(sandbox, directory, descriptor);
    } catch (error) {
      await sandbox.end();
      await rm(directory, { recursive: true, force: true });
      throw error;
    }
  }

  /** The value for MAILGRANT_SANDBOX_FILE. */
  get descriptorFile(): string {
    return path.join(this.directory, 'sandbox.json');
  }

  /** The value for MAILGRANT_EXTRA_ROOTS. */
  get authorityFile(): string {
    return path.join(this.directory, 'ca.pem');
  }

  /** The client registered for Mailgrant. */
  get client(): OAuthClient {
    const { client_id, client_secret, authorization_endpoint, token_endpoint, scope } = this.descriptor;
    return {
      clientId: client_id,
      clientSecret: client_secret,
      authorizationEndpoint: authorization_endpoint,
      tokenEndpoint: token_endpoint,
      scope,
    };
  }

  /** Returns the account at this index; 0 is alice. */
  account(index = 0): Account {
    const account = this.descriptor.accounts[index];
    if (account === undefined) throw new Error(`the sandbox has no account ${index}`);
    return account;
  }

  /** Enables faults. Others stay as they are, and `null` disables one (RFC 7396). */
  async setFaults(faults: Faults): Promise<void> {
    await this.call('PUT', '/control/faults', faults);
  }

  /** Returns all scenarios. */
  async scenarios(): Promise<Scenario[]> {
    return (await this.call('GET', '/scenarios')) as Scenario[];
  }

  /** Replaces all faults with one scenario; grants and messages stay. */
  async setScenario(name: string): Promise<void> {
    const answer = await fetch(`${this.descriptor.http}/control/scenario`, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ name }) });
    if (answer.status !== 303) throw new Error(`sandbox: scenario ${name}: ${answer.status}`);
  }

  /** Restores the initial state: no faults, tokens, or messages. */
  async reset(): Promise<void> {
    await this.call('POST', '/control/reset');
  }

  /** Revokes every grant, as the user does at the provider. */
  async revoke(): Promise<void> {
    await this.call('POST', '/control/revoke');
  }

  /** Invalidates every access token; refresh tokens stay valid. */
  async expire(): Promise<void> {
    await this.call('POST', '/control/expire');
  }

  /**
   * Puts a number of copies of a message into a folder of Alice; `{n}` is replaced by the number of
   * the copy.
   */
  async deliver(raw: string, { folder = 'INBOX', times = 1 } = {}): Promise<void> {
    await this.call('POST', '/control/mail', { account: this.account().address, folder, raw, times });
  }

  /** Gives all messages of all mailboxes new UIDs under a new UIDVALIDITY. */
  async renumber(): Promise<void> {
    await this.call('POST', '/control/renumber');
  }

  async messages(): Promise<ReceivedMessage[]> {
    return (await this.call('GET', '/messages')) as ReceivedMessage[];
  }

  async deleteMessages(): Promise<void> {
    await this.call('DELETE', '/messages');
  }

  /** Returns the number of token requests and AUTH commands so far. */
  async log(): Promise<SandboxLog> {
    return (await this.call('GET', '/control/log')) as SandboxLog;
  }

  /** Waits for a message to this recipient. */
  async messageTo(recipient: string, timeout = 10_000): Promise<ReceivedMessage> {
    return waitFor(`a message to ${recipient}`, timeout, async () =>
      (await this.messages()).find((message) => message.to.includes(recipient)),
    );
  }

  async stop(): Promise<void> {
    await this.process.end();
    await rm(this.directory, { recursive: true, force: true });
  }

  private async call(method: string, route: string, body?: unknown): Promise<unknown> {
    const answer = await fetch(this.descriptor.http + route, {
      method,
      // The forms of its page lead back to the page.
      redirect: 'manual',
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (answer.status >= 400) throw new Error(`sandbox: ${method} ${route}: ${answer.status} ${text}`);
    return answer.headers.get('content-type')?.startsWith('application/json') ? JSON.parse(text) : undefined;
  }
}
