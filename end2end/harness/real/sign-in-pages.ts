import { text } from 'node:stream/consumers';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Interaction, Provider } from 'oidc-provider';

/**
 * Checks the credentials: returns the account's ID, or nothing if address and password do not
 * match.
 */
export type SignIn = (address: string, password: string) => string | undefined;

/** Serves `/interaction/UID` (the sign-in or the consent page) and handles its forms. */
export function signInPages(provider: Provider, signIn: SignIn) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const interaction = await provider.interactionDetails(request, response);
    const finish = (result: object, merge = false): Promise<void> =>
      provider.interactionFinished(request, response, result, { mergeWithLastSubmission: merge });

    if (request.method !== 'POST') {
      return show(response, interaction.prompt.name === 'login' ? login(interaction.params.login_hint) : consent(interaction));
    }
    const form = new URLSearchParams(await text(request));
    switch (form.get('action')) {
      case 'sign-in': {
        const accountId = signIn(form.get('email') ?? '', form.get('password') ?? '');
        if (accountId === undefined) return show(response, login(form.get('email') ?? '', 'Wrong email or password'));
        return finish({ login: { accountId } });
      }
      case 'allow':
        return finish({ consent: { grantId: await allow(provider, interaction) } }, true);
      default:
        return finish({ error: 'access_denied', error_description: 'The user refused' });
    }
  };
}

async function allow(provider: Provider, { session, grantId, params, prompt }: Interaction): Promise<string> {
  const known = grantId === undefined ? undefined : await provider.Grant.find(grantId);
  const grant = known ?? new provider.Grant({ accountId: session?.accountId ?? '', clientId: params.client_id });
  if (prompt.details.missingOIDCScope) grant.addOIDCScope(prompt.details.missingOIDCScope.join(' '));
  if (prompt.details.missingOIDCClaims) grant.addOIDCClaims(prompt.details.missingOIDCClaims);
  return grant.save();
}

const login = (address = '', problem = ''): string => `<h1>Sign in</h1><p role="alert">${escape(problem)}</p>
<form method="post"><label>Email <input name="email" type="email" value="${escape(address)}"></label>
<label>Password <input name="password" type="password"></label>
<button name="action" value="sign-in">Sign in</button> <button name="action" value="deny">Deny</button></form>`;

const consent = ({ params }: Interaction): string => `<h1>Allow access</h1><p>${escape(params.client_id)} asks for</p>
<ul>${(params.scope ?? '').split(' ').map((scope) => `<li>${escape(scope)}</li>`).join('')}</ul>
<form method="post"><button name="action" value="allow">Allow</button> <button name="action" value="deny">Deny</button></form>`;

/** Returns a complete page around `body`. */
export function page(body: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Test identity</title><body>${body}</body></html>`;
}

/** Escapes text for HTML. */
export function escape(unsafe: string): string {
  return unsafe.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function show(response: ServerResponse, body: string): void {
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
  response.end(page(body));
}
