import { chmod, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { OAuthClient } from '../oauth-client.ts';
import { freePort } from '../ports.ts';
import { client } from './accounts.ts';
import { AuthorizationServer } from './authorization-server.ts';
import { makeCertificates, type Certificates } from './certificates.ts';
import { Dovecot } from './dovecot.ts';
import { Postfix } from './postfix.ts';
import { checkMachine } from './system.ts';

/** A real authorization server, Dovecot, and Postfix that are connected to each other. */
export class RealServers {
  private constructor(
    private readonly directory: string,
    readonly certificates: Certificates,
    readonly authorizationServer: AuthorizationServer,
    readonly dovecot: Dovecot,
    readonly postfix: Postfix,
  ) {}

  static async start(): Promise<RealServers> {
    await checkMachine();
    const directory = await mkdtemp(path.join(os.tmpdir(), 'mailgrant-e2e-'));
    // The users of Dovecot and Postfix need access to the directory.
    await chmod(directory, 0o755);
    const at = (name: string): string => path.join(directory, name);

    const undo: (() => Promise<void>)[] = [() => rm(directory, { recursive: true, force: true })];
    try {
      const certificates = await makeCertificates(at('certificates'));
      const authorizationServer = await AuthorizationServer.start(certificates);
      undo.unshift(() => authorizationServer.stop());
      const relay = await freePort();
      const dovecot = await Dovecot.start(at('dovecot'), certificates, authorizationServer, relay);
      undo.unshift(() => dovecot.stop());
      const postfix = await Postfix.start(at('postfix'), certificates, { relay, sasl: dovecot.saslPort, lmtp: dovecot.lmtpPort });
      return new RealServers(directory, certificates, authorizationServer, dovecot, postfix);
    } catch (error) {
      for (const step of undo) await step();
      throw error;
    }
  }

  /** The client registered for Mailgrant. */
  get client(): OAuthClient {
    return {
      clientId: client.id,
      clientSecret: client.secret,
      authorizationEndpoint: this.authorizationServer.authorizationEndpoint,
      tokenEndpoint: this.authorizationServer.tokenEndpoint,
      scope: this.authorizationServer.scope,
      authority: this.certificates.authority,
    };
  }

  async stop(): Promise<void> {
    await this.postfix.stop();
    await this.dovecot.stop();
    await this.authorizationServer.stop();
    await rm(this.directory, { recursive: true, force: true });
  }
}
