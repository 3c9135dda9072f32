import { createHash, randomBytes } from 'node:crypto';
import https from 'node:https';
import { text } from 'node:stream/consumers';
import type { Page } from '@playwright/test';
import { client } from './real/accounts.ts';
import type { RealServers } from './real/servers.ts';
import { SignInPage } from '../pages/sign-in.ts';

const redirectUrl = 'http://127.0.0.1/oauth/callback';

export interface Tokens {
  access_token: string;
  refresh_token: string;
}

/** Gets tokens as any OAuth client does: by code and PKCE, with a person at the login page. */
export async function authorizeAsClient(page: Page, servers: RealServers, address: string, password: string): Promise<Tokens> {
  const { authorizationServer } = servers;
  const verifier = randomBytes(32).toString('base64url');
  const state = randomBytes(32).toString('base64url');
  await page.route(`${redirectUrl}?*`, (route) => route.fulfill({ body: 'back' }));
  const question = new URLSearchParams({
    response_type: 'code',
    client_id: client.id,
    redirect_uri: redirectUrl,
    scope: authorizationServer.scope,
    prompt: 'consent',
    state,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  await page.goto(`${authorizationServer.authorizationEndpoint}?${question}`);
  await new SignInPage(page).allow(address, password);
  await page.waitForURL(`${redirectUrl}?*`);
  const answer = new URL(page.url()).searchParams;
  if (answer.get('state') !== state) throw new Error('the state came back changed');
  return requestTokens(servers, {
    grant_type: 'authorization_code',
    code: answer.get('code') ?? '',
    redirect_uri: redirectUrl,
    code_verifier: verifier,
  });
}

/** Refreshes; fails with the error code of the answer. */
export async function refreshAsClient(servers: RealServers, refreshToken: string): Promise<Tokens> {
  return requestTokens(servers, { grant_type: 'refresh_token', refresh_token: refreshToken });
}

async function requestTokens(servers: RealServers, fields: Record<string, string>): Promise<Tokens> {
  const { status, body } = await new Promise<{ status: number; body: string }>((resolve, reject) => {
    const request = https.request(
      servers.authorizationServer.tokenEndpoint,
      {
        method: 'POST',
        ca: servers.certificates.authority,
        auth: `${client.id}:${client.secret}`,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      },
      (response) => text(response).then((body) => resolve({ status: response.statusCode ?? 0, body }), reject),
    );
    request.once('error', reject);
    request.end(String(new URLSearchParams(fields)));
  });
  if (status !== 200) throw new Error(`token endpoint: ${status} ${(JSON.parse(body) as { error: string }).error}`);
  return JSON.parse(body) as Tokens;
}
