import { createHash, randomBytes } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import { text } from 'node:stream/consumers';
import type { Page } from '@playwright/test';
import { SignInPage } from '../pages/sign-in.ts';
import type { Account } from './account.ts';

/** An OAuth client as an administrator enters it in the settings. */
export interface OAuthClient {
  clientId: string;
  clientSecret: string;
  authorizationEndpoint: string;
  tokenEndpoint: string;
  scope: string;
  /** PEM of the authority to trust at an https token endpoint. */
  authority?: string;
}

export interface Tokens {
  access_token: string;
  refresh_token: string;
}

const redirectUrl = 'http://127.0.0.1/oauth/callback';

/** Gets tokens as any OAuth client does: with code and PKCE, and a user at the sign-in page. */
export async function authorize(page: Page, client: OAuthClient, person: Account): Promise<Tokens> {
  const verifier = randomBytes(32).toString('base64url');
  const state = randomBytes(32).toString('base64url');
  await page.route(`${redirectUrl}?*`, (route) => route.fulfill({ body: 'back' }));
  const question = new URLSearchParams({
    response_type: 'code',
    client_id: client.clientId,
    redirect_uri: redirectUrl,
    scope: client.scope,
    state,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  await page.goto(`${client.authorizationEndpoint}?${question}`);
  await new SignInPage(page).allow(person);
  await page.waitForURL(`${redirectUrl}?*`);
  const answer = new URL(page.url()).searchParams;
  if (answer.get('state') !== state) throw new Error('the state came back changed');
  return requestTokens(client, {
    grant_type: 'authorization_code',
    code: answer.get('code') ?? '',
    redirect_uri: redirectUrl,
    code_verifier: verifier,
  });
}

/** Refreshes a token; fails with the error code of the response. */
export async function refresh(client: OAuthClient, refreshToken: string): Promise<Tokens> {
  return requestTokens(client, { grant_type: 'refresh_token', refresh_token: refreshToken });
}

async function requestTokens(client: OAuthClient, fields: Record<string, string>): Promise<Tokens> {
  const options: https.RequestOptions = {
    method: 'POST',
    auth: `${client.clientId}:${client.clientSecret}`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    ...(client.authority !== undefined && { ca: client.authority }),
  };
  const answer = await new Promise<http.IncomingMessage>((resolve, reject) => {
    const { request } = client.tokenEndpoint.startsWith('https:') ? https : http;
    request(client.tokenEndpoint, options, resolve)
      .once('error', reject)
      .end(String(new URLSearchParams(fields)));
  });
  const body: unknown = JSON.parse(await text(answer));
  if (answer.statusCode !== 200) {
    throw new Error(`token endpoint: ${answer.statusCode} ${(body as { error: string }).error}`);
  }
  return body as Tokens;
}
