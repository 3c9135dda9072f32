// Attacks through a browser. Attacks below the browser are in server/tests.
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { postForm } from '../harness/forms.ts';
import { OtherSite } from '../harness/other-site.ts';
import { administrator } from '../harness/person.ts';
import { expect, test as base } from '../harness/test.ts';
import { AccessPage } from '../pages/access.ts';
import { ActivityPage } from '../pages/activity.ts';
import { AuthorizedPage } from '../pages/authorized.ts';
import { LoginPage } from '../pages/login.ts';
import { SignInPage } from '../pages/sign-in.ts';
import { fillForSandbox } from '../pages/tasks.ts';

const test = base.extend<{ otherSite: OtherSite }>({
  otherSite: async ({}, use) => {
    const site = await OtherSite.start();
    await use(site);
    await site.stop();
  },
});

test('a callback that was stolen is turned away in another session, and the first can still finish', async ({ page, mailgrant, sandbox, otherBrowser }) => {
  const settings = await fillForSandbox(page, mailgrant, sandbox);
  const tab = await settings.authorize();
  const stolen = await withheldCallback(tab, mailgrant.callbackUrl, async () => new SignInPage(tab).allow(sandbox.account()));

  const stranger = await otherBrowser();
  const answer = await stranger.goto(stolen);
  expect(answer?.status()).toBe(401);
  await expect(stranger.getByRole('heading', { name: 'Sign in first' })).toBeVisible();
  const code = new URL(stolen).searchParams.get('code') ?? '';
  expect(await stranger.content()).not.toContain(code);

  // Also a browser that is signed in, even to the same account.
  for (const who of [administrator, await mailgrant.addAccount('eve', 'administrator')]) {
    const thief = await otherBrowser();
    await thief.context().addCookies(await mailgrant.signIn(who));
    await thief.goto(stolen);
    await new AuthorizedPage(thief).expectRefusal('other_browser', /Start and finish it in the same browser/);
  }
  expect((await sandbox.log()).token_requests).toEqual([]);

  await tab.goto(stolen);
  await new AuthorizedPage(tab).expectSuccess(sandbox.account().address);
});

test('no cookie of Mailgrant reaches the provider', async ({ page, context, mailgrant, sandbox }) => {
  const requests: Promise<{ host: string; cookie: string }>[] = [];
  context.on('request', (request) => {
    const { host } = new URL(request.url());
    requests.push(request.allHeaders().then(({ cookie = '' }) => ({ host, cookie })));
  });
  const settings = await fillForSandbox(page, mailgrant, sandbox);
  const tab = await settings.authorize();
  await new SignInPage(tab).allow(sandbox.account());
  await new AuthorizedPage(tab).expectSuccess(sandbox.account().address);

  const sent = await Promise.all(requests);
  const to = (url: string) => sent.filter(({ host }) => host === new URL(url).host).map(({ cookie }) => cookie);
  expect(to(mailgrant.url).some((cookie) => cookie.includes('mailgrant_session'))).toBe(true);
  expect(to(sandbox.descriptor.http).length).toBeGreaterThan(1);
  expect(to(sandbox.descriptor.http).join()).not.toContain('mailgrant');
});

test('a code that belongs to another session is not taken', async ({ page, mailgrant, sandbox, otherBrowser }) => {
  const thief = await otherBrowser();
  await thief.context().addCookies(await mailgrant.signIn(await mailgrant.addAccount('eve', 'administrator')));
  const theirs = await fillForSandbox(thief, mailgrant, sandbox);
  const theirTab = await theirs.authorize();
  const injected = await withheldCallback(theirTab, mailgrant.callbackUrl, async () => new SignInPage(theirTab).allow(sandbox.account(1)));

  const settings = await fillForSandbox(page, mailgrant, sandbox);
  const tab = await settings.authorize();
  const own = await withheldCallback(tab, mailgrant.callbackUrl, async () => new SignInPage(tab).allow(sandbox.account()));
  const mixed = new URL(own);
  mixed.searchParams.set('code', new URL(injected).searchParams.get('code') ?? '');
  await tab.goto(mixed.href);
  await expect(tab.getByText('Not authorized', { exact: true })).toBeVisible();
  await expect(settings.status).not.toContainText('Authorized as');
});

test('no page is shown in a frame of another site', async ({ page, mailgrant, otherSite, watched }) => {
  watched.expect(/frame-ancestors|Refused to frame|Framing '/);
  for (const host of ['localhost', '127.0.0.1'] as const) {
    for (const framed of ['/settings/smtp', '/access', '/account', '/activity', '/login', '/no-such-page']) {
      const loaded = page.waitForEvent('console', (message) => /frame-ancestors/.test(message.text()));
      await page.goto(otherSite.page('/', `<iframe src="${mailgrant.url}${framed}" width="800" height="600"></iframe>`, host));
      await loaded;
      const frame = page.frames()[1];
      expect(await frame?.locator('body').innerText().catch(() => ''), `${host} ${framed}`).not.toMatch(/Mailgrant|Sign in|Password/);
    }
  }
});

test('nothing of Mailgrant is embedded in a page of another site', async ({ page, mailgrant, otherSite, watched }) => {
  watched.expect(/ERR_BLOCKED_BY_RESPONSE/);
  for (const host of ['localhost', '127.0.0.1'] as const) {
    const failed: string[] = [];
    page.on('requestfailed', (request) => failed.push(request.url()));
    const urls = ['/activity/export', '/account', '/api/v1/openapi.json'].flatMap((path) =>
      ['img', 'script', 'style'].map((kind) => `${mailgrant.url}${path}?${host}-${kind}`),
    );
    const element = (url: string): string => {
      if (url.endsWith('img')) return `<img src="${url}">`;
      return url.endsWith('script') ? `<script src="${url}"></script>` : `<link rel="stylesheet" href="${url}">`;
    };
    await page.goto(otherSite.page('/', urls.map(element).join(''), host));
    expect(failed.filter((url) => url.startsWith(mailgrant.url)).sort(), host).toEqual([...urls].sort());
    page.removeAllListeners('requestfailed');
  }
});

test('a form on another site changes nothing, whatever it posts to', async ({ page, context, mailgrant, otherSite }) => {
  // Two pages for each of many paths.
  test.slow();
  const paths = await mutations();
  const activity = new ActivityPage(page, mailgrant.url);
  await activity.open();
  const before = await activity.entries.count();
  for (const host of ['localhost', '127.0.0.1'] as const) {
    for (const target of paths) {
      const form = `<form method="post" action="${mailgrant.url}${target}"><input name="do" value="end_other_sessions"><input name="name" value="evil"><button>Win</button></form>`;
      const tab = await context.newPage();
      await tab.goto(otherSite.page('/', form, host));
      const answered = tab.waitForResponse((response) => response.request().method() === 'POST');
      await tab.getByRole('button').click();
      expect((await answered).status(), `${host} ${target}`).toBe(403);
      await tab.close();
    }
  }
  // The session still exists, and nothing was changed.
  await activity.open();
  await expect(activity.entries).toHaveCount(before);
});

test('a script of another site reads nothing and changes nothing', async ({ page, mailgrant, otherSite, watched }) => {
  watched.expect(/CORS policy/);
  const key = await (async () => {
    const access = new AccessPage(page, mailgrant.url);
    await access.open();
    return access.makeKey('monitoring', 'messages');
  })();
  for (const host of ['localhost', '127.0.0.1'] as const) {
    await page.goto(otherSite.page('/', 'attack', host));
    const outcome = await page.evaluate(
      async ([url, bearer]) => {
        const tries = [
          fetch(`${url}/account`, { credentials: 'include' }),
          fetch(`${url}/activity/export`, { credentials: 'include' }),
          fetch(`${url}/api/v1/status`, { headers: { authorization: `Bearer ${bearer}` } }),
          fetch(`${url}/api/save_smtp_settings`, { method: 'POST', credentials: 'include', headers: { 'content-type': 'application/json' }, body: '{}' }),
        ];
        return (await Promise.allSettled(tries)).map(({ status }) => status);
      },
      [mailgrant.url, key] as const,
    );
    expect(outcome, host).toEqual(Array(4).fill('rejected'));
  }
});

test('markup and scripts in names and browsers are shown as text', async ({ page, mailgrant, otherBrowser }) => {
  const markup = '<img src=x onerror="document.title=\'run\'"><script>document.title="run"</script>';
  const agent = `${markup} javascript:alert(1)`;
  const stranger = await otherBrowser({ userAgent: agent });
  const login = new LoginPage(stranger, mailgrant.url);
  await login.open(`?next=${encodeURIComponent(`/activity"><script>document.title="run"</script>`)}`);
  await login.submit({ name: `"><script>document.title='run'</script>`, password: 'x' });
  await expect(login.name).toHaveValue(`"><script>document.title='run'</script>`);
  await expect(stranger).toHaveTitle('Sign in – Mailgrant');
  await login.open();
  await login.signIn(administrator);

  const access = new AccessPage(page, mailgrant.url);
  await access.open();
  await expect(access.sessions).toContainText(agent.slice(0, 60));
  const name = '<b onclick="alert(1)">javascript:alert(1)</b>';
  await access.makeKey(name, 'messages');
  await access.open();
  await expect(access.key(name)).toBeVisible();
  await expect(page).toHaveTitle('Access – Mailgrant');
  const activity = new ActivityPage(page, mailgrant.url);
  await activity.open(`?who=${encodeURIComponent('"><script>document.title="run"</script>')}`);
  await expect(activity.filter.getByLabel('Who')).toHaveValue('"><script>document.title="run"</script>');
  await activity.open();
  await expect(activity.of('key_made')).toContainText(name);
  await expect(page).toHaveTitle('Activity – Mailgrant');
  expect(await page.locator('main b, main script, main img').count()).toBe(0);
});

test('line breaks in what is typed get into no header and no mail', async ({ page, mailgrant, sandbox }) => {
  const breaks = 'alice\r\nSet-Cookie: mailgrant_session=evil\r\nBcc: evil@example.com';
  const refused = await postForm(`${mailgrant.url}/login`, { name: breaks, password: 'x', next: `/activity\r\nSet-Cookie: evil=1` });
  expect(refused.status).toBe(401);
  expect(refused.headers.getSetCookie().join()).not.toContain('evil');
  const { name, password } = administrator;
  const led = await postForm(`${mailgrant.url}/login`, { name, password, next: `/activity\r\nSet-Cookie: evil=1` });
  expect([led.status, led.headers.get('location')]).toEqual([303, '/']);
  expect(led.headers.getSetCookie().join()).not.toContain('evil');

  const settings = await fillForSandbox(page, mailgrant, sandbox);
  for (const field of ['from_address', 'username', 'smtp_host', 'client_id']) {
    // A text field accepts no line break, so the test inserts it below the page.
    const answer = await page.evaluate(
      async ([target, value]) => {
        const form = new URLSearchParams([...new FormData(document.querySelector('form#smtp-settings') as HTMLFormElement)].map(([key, typed]) => [key, key.includes(target) ? value : String(typed)]));
        return (await fetch('/api/save_smtp_settings', { method: 'POST', body: form, headers: { accept: 'application/json' } })).status;
      },
      [field, breaks] as const,
    );
    expect(answer, field).toBe(422);
  }
  await expect(settings.outcome).not.toContainText('Settings saved');
});

/** Returns every POST route from the table of permissions. */
async function mutations(): Promise<string[]> {
  const source = (file: string): Promise<string> => readFile(path.join(import.meta.dirname, '../..', file), 'utf8');
  const [permissions, declared] = await Promise.all([source('server/src/web/permissions.rs'), source('crates/domain/src/paths.rs')]);
  const [pages = '', api = ''] = declared.split('pub mod api {');
  const pathOf = (name: string): string => {
    const inApi = name.startsWith('api::');
    const declaration = new RegExp(`^ +${name.replace('api::', '')} = "([^"]+)";`, 'm');
    return declaration.exec(inApi ? api : pages)?.[1] ?? `no path of ${name}`;
  };
  const posts = [...permissions.matchAll(/^ {4}post::<paths::([^>]+)>/gm)].map(([, name]) => pathOf(name ?? ''));
  const folder = path.join(import.meta.dirname, '../../app/src/api');
  const files = (await readdir(folder)).filter((file) => file.endsWith('.rs'));
  const sources = await Promise.all(files.map((file) => readFile(path.join(folder, file), 'utf8')));
  const functions = sources.flatMap((text) => [...text.matchAll(/#\[server\([^)]*endpoint = "([^"]+)"/g)].map(([, name]) => `/api/${name ?? ''}`));
  const all = [...posts, ...functions];
  expect(all.length).toBeGreaterThanOrEqual(24);
  expect(all.filter((one) => !one.startsWith('/'))).toEqual([]);
  return all;
}

/** Signs in at the provider, intercepts the callback, and returns its URL. */
async function withheldCallback(tab: Page, callbackUrl: string, act: () => Promise<void>): Promise<string> {
  await tab.waitForURL(/^http:/);
  const provider = `${new URL(tab.url()).origin}/**`;
  let found: (url: string) => void;
  const url = new Promise<string>((resolve) => (found = resolve));
  // Playwright routes do not see redirects, so the test intercepts the response that contains it.
  await tab.route(provider, async (route) => {
    const response = await route.fetch({ maxRedirects: 0 });
    const location = response.headers()['location'] ?? '';
    if (!location.startsWith(callbackUrl)) return route.fulfill({ response });
    found(location);
    return route.fulfill({ body: 'kept' });
  });
  await act();
  const kept = await url;
  await tab.unroute(provider);
  return kept;
}
