import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { Provider } from 'oidc-provider';
import { freePort } from '../ports.ts';
import { accounts, client, mailScope, resourceServer } from './accounts.ts';
import type { Certificates } from './certificates.ts';
import { escape, page, signInPages } from './sign-in-pages.ts';
import { TokenStore } from './token-store.ts';

const scope = `${mailScope} openid email offline_access`;

/**
 * A real OAuth 2.0 authorization server (oidc-provider) in this process: https for browsers and
 * clients, plain http for Dovecot's introspection. PKCE is mandatory. Refresh tokens rotate, and
 * using one twice ends its grant.
 */
export class AuthorizationServer {
  /** Lifetime of new access tokens in seconds. */
  accessTokenLifetime = 3600;
  /** Size of new tokens in characters; 256 bits of randomness take 43. */
  tokenLength = 43;
  rotateRefreshTokens = true;
  /** Redirect URLs registered for the client. On loopback any port matches (RFC 8252 §7.3). */
  redirectUrls = ['http://127.0.0.1/oauth/callback', 'http://localhost/oauth/callback'];
  tokenEndpointAuthentication: 'client_secret_basic' | 'client_secret_post' = 'client_secret_basic';
  /** Token requests by grant type and outcome, in chronological order. */
  tokenRequests: { grantType: string; status: number; error?: string }[] = [];

  private readonly store = new TokenStore();
  private readonly servers: http.Server[] = [];

  private constructor(
    readonly issuer: string,
    private readonly plainPort: number,
  ) {}

  static async start(certificates: Certificates): Promise<AuthorizationServer> {
    const port = await freePort();
    const server = new AuthorizationServer(`https://localhost:${port}`, await freePort());
    const handler = server.handler();
    const tls = { key: readFileSync(certificates.keyFile), cert: readFileSync(certificates.certificateFile) };
    await server.listen(https.createServer(tls, handler), port);
    await server.listen(http.createServer(handler), server.plainPort);
    return server;
  }

  get authorizationEndpoint(): string {
    return `${this.issuer}/auth`;
  }

  get tokenEndpoint(): string {
    return `${this.issuer}/token`;
  }

  /** The scopes that a client requests: mail, the account, and a refresh token. */
  get scope(): string {
    return scope;
  }

  /** Returns the introspection URL for Dovecot, with its credentials. */
  get introspectionUrl(): string {
    return `http://${resourceServer.id}:${resourceServer.secret}@127.0.0.1:${this.plainPort}/token/introspection`;
  }

  /** Deletes all tokens and sessions and restores the initial settings. */
  reset(): void {
    this.store.entries.clear();
    this.accessTokenLifetime = 3600;
    this.tokenLength = 43;
    this.rotateRefreshTokens = true;
    this.redirectUrls = ['http://127.0.0.1/oauth/callback', 'http://localhost/oauth/callback'];
    this.tokenEndpointAuthentication = 'client_secret_basic';
    this.tokenRequests = [];
  }

  /** Every token and code issued so far; none may appear anywhere else. */
  get secrets(): string[] {
    return this.store.ids(['AccessToken', 'RefreshToken', 'AuthorizationCode']);
  }

  /**
   * Invalidates all access tokens. The client still considers them valid, and a refresh returns new
   * ones.
   */
  expireAccessTokens(): number {
    return this.store.delete(['AccessToken']);
  }

  /** Revokes everything an account has granted, as its owner or an administrator does. */
  revoke(address?: string): number {
    return this.store.delete(['AccessToken', 'RefreshToken', 'AuthorizationCode', 'Grant', 'Session'], address);
  }

  async stop(): Promise<void> {
    for (const server of this.servers) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }

  private handler(): http.RequestListener {
    const provider = new Provider(this.issuer, this.configuration());
    for (const event of ['grant.success', 'grant.error']) {
      provider.on(event, ({ oidc, status }, error) =>
        this.tokenRequests.push({ grantType: oidc.params?.grant_type ?? '', status: error?.status ?? status, ...(error && { error: error.error }) }),
      );
    }
    const pages = signInPages(provider, (address, password) =>
      accounts.find((account) => account.address === address.toLowerCase() && account.password === password)?.address,
    );
    const rest = provider.callback();
    return (request, response) => {
      if (!request.url?.startsWith('/interaction/')) {
        rest(request, response);
        return;
      }
      pages(request, response).catch((error: unknown) => {
        response.writeHead(500, { 'content-type': 'text/html; charset=utf-8' });
        response.end(page(`<h1>Error</h1><p>${escape(String(error))}</p>`));
      });
    };
  }

  private configuration(): object {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    return {
      adapter: this.store.adapter((id) => this.client(id)),
      jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256' }] },
      cookies: { keys: [randomBytes(16).toString('hex')] },
      // Otherwise an expired token stays valid for 15 seconds.
      clockTolerance: 0,
      scopes: scope.split(' '),
      // The ID token names the account, as with Google and Microsoft.
      conformIdTokenClaims: false,
      claims: { openid: ['sub'], email: ['email'] },
      features: {
        // Its pages load a font from another host.
        devInteractions: { enabled: false },
        introspection: { enabled: true, allowedPolicy: (_: unknown, { clientId }: { clientId: string }) => clientId === resourceServer.id },
        revocation: { enabled: true },
        rpInitiatedLogout: { enabled: false },
      },
      pkce: { required: () => true },
      rotateRefreshToken: () => this.rotateRefreshTokens,
      // By default offline_access only counts with prompt=consent, which not every client sends.
      issueRefreshToken: async (_: unknown, asking: { grantTypeAllowed(type: string): boolean }) => asking.grantTypeAllowed('refresh_token'),
      expiresWithSession: async () => false,
      ttl: { AccessToken: () => this.accessTokenLifetime, AuthorizationCode: 60, Grant: 86_400, IdToken: 3600, Interaction: 600, RefreshToken: 86_400, Session: 86_400 },
      // Six bits per character (base64url).
      formats: { bitsOfOpaqueRandomness: () => this.tokenLength * 6 },
      // Introspection returns the mailbox.
      extraTokenClaims: async (_: unknown, token: { accountId?: string }) => (token.accountId === undefined ? undefined : { email: token.accountId }),
      findAccount: async (_: unknown, id: string) =>
        accounts.some(({ address }) => address === id) ? { accountId: id, claims: async () => ({ sub: id, email: id }) } : undefined,
      interactions: { url: (_: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
      renderError: async (context: { type: string; body: string }, problem: Record<string, string>) => {
        context.type = 'html';
        context.body = page(`<h1>Error</h1><p>${escape(JSON.stringify(problem))}</p>`);
      },
    };
  }

  /** Evaluated for each request, because registered values can change. */
  private client(id: string): object | undefined {
    switch (id) {
      case client.id:
        return {
          client_id: client.id,
          client_secret: client.secret,
          token_endpoint_auth_method: this.tokenEndpointAuthentication,
          // Web clients may not have http redirect URLs.
          application_type: 'native',
          redirect_uris: this.redirectUrls,
          grant_types: ['authorization_code', 'refresh_token'],
          response_types: ['code'],
          scope,
        };
      case resourceServer.id:
        return { client_id: resourceServer.id, client_secret: resourceServer.secret, grant_types: [], response_types: [], redirect_uris: [] };
      default:
        return undefined;
    }
  }

  private listen(server: http.Server, port: number): Promise<void> {
    this.servers.push(server);
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
  }
}
