// Signing in and out, and sessions that end during use.
import type { Page } from '@playwright/test';
import { setTimeout as sleep } from 'node:timers/promises';
import { postForm } from '../harness/forms.ts';
import type { Mailgrant } from '../harness/mailgrant.ts';
import { administrator } from '../harness/person.ts';
import { expect, test } from '../harness/test.ts';
import { AccessPage } from '../pages/access.ts';
import { LoginPage } from '../pages/login.ts';
import { SmtpSettingsPage } from '../pages/smtp-settings.ts';

const SESSION = 'mailgrant_session';
const DEVICE = 'mailgrant_device';

test('signs in and out, and the back button shows nothing of it any more', async ({ page, mailgrant }) => {
  const settings = new SmtpSettingsPage(page, mailgrant.url);
  const login = new LoginPage(page, mailgrant.url);
  await settings.open();
  await page.goto(`${mailgrant.url}/account`);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await login.expectShown();
  await expect(page.getByRole('navigation', { name: 'Pages' })).toHaveCount(0);
  for (let back = 0; back < 2; back += 1) {
    await page.goBack();
    await login.expectShown();
    await expect(page.getByText('Current password')).toHaveCount(0);
    await expect(settings.smtp).toHaveCount(0);
  }
  await login.open();
  await login.signIn(administrator);
  await expect(page).toHaveURL(`${mailgrant.url}/settings/smtp`);
});

test('signing out ends the session on the server: a copy of its cookie is dead', async ({ page, mailgrant, otherBrowser }) => {
  const copy = await otherBrowser();
  await copy.context().addCookies(mailgrant.cookies);
  await copy.goto(`${mailgrant.url}/account`);
  await expect(copy.locator('#own-name')).toHaveText(administrator.name);

  await page.goto(mailgrant.url);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await new LoginPage(page, mailgrant.url).expectShown();
  expect((await page.context().cookies()).map(({ name }) => name)).toEqual([DEVICE]);
  await copy.reload();
  await new LoginPage(copy, mailgrant.url).expectShown();
});

test('signing in gives a session with a new token and ends the one before', async ({ page, mailgrant }) => {
  const login = new LoginPage(page, mailgrant.url);
  const session = async (): Promise<string> => (await page.context().cookies()).find(({ name }) => name === SESSION)?.value ?? '';
  const before = await session();
  await login.open();
  await login.signIn(administrator);
  const after = await session();
  expect(after).not.toBe(before);
  const old = await fetch(`${mailgrant.url}/account`, { redirect: 'manual', headers: { accept: 'text/html', cookie: `${SESSION}=${before}` } });
  expect([old.status, old.headers.get('location')]).toEqual([303, '/login?next=/account']);

  // A session token planted by an attacker is neither valid nor adopted.
  const planted = 'P'.repeat(43);
  await page.context().clearCookies();
  await page.context().addCookies([{ name: SESSION, value: planted, url: mailgrant.url }]);
  await login.open();
  await login.signIn(administrator);
  expect(await session()).not.toBe(planted);
});

test('a wrong password is answered like an account that does not exist', async ({ mailgrant, otherBrowser }) => {
  const stranger = await otherBrowser();
  const login = new LoginPage(stranger, mailgrant.url);
  const answers: string[] = [];
  for (const name of [administrator.name, 'nobody', 'a name that none can have']) {
    await login.open();
    const answered = stranger.waitForResponse(`${mailgrant.url}/login`);
    await login.submit({ name, password: 'not-the-password' });
    expect((await answered).status()).toBe(401);
    await expect(login.problem).toContainText('The user name or the password is wrong.');
    await expect(login.name).toHaveValue(name);
    await expect(login.password).toHaveValue('');
    answers.push((await stranger.locator('main').innerHTML()).replace(name, ''));
  }
  expect(new Set(answers).size).toBe(1);
});

test('repeated failures are slowed down, but not a browser that has signed in before', async ({ page, mailgrant, otherBrowser }) => {
  const stranger = new LoginPage(await otherBrowser(), mailgrant.url);
  await stranger.open();
  const wait = await failUntilSlow(mailgrant);
  expect(wait).toBeGreaterThanOrEqual(4);
  await stranger.submit(administrator);
  await expect(stranger.problem).toContainText('Too many failed attempts.');
  await expect(stranger.problem).toContainText(/Wait \d+ seconds, then try again/);
  await expect(stranger.name).toHaveValue(administrator.name);

  const known = new LoginPage(page, mailgrant.url);
  await page.goto(mailgrant.url);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await known.signIn(administrator);
});

/**
 * Tries wrong passwords as fast as allowed until the next attempt has to wait. Returns the seconds
 * to wait.
 */
async function failUntilSlow(mailgrant: Mailgrant): Promise<number> {
  for (let tries = 0; tries < 20; tries += 1) {
    const answer = await postForm(`${mailgrant.url}/login`, { name: administrator.name, password: 'wrong-every-time', next: '' });
    if (answer.status === 401) continue;
    expect(answer.status).toBe(429);
    const seconds = Number(answer.headers.get('retry-after'));
    if (seconds >= 4) return seconds;
    await sleep(seconds * 1_000);
  }
  throw new Error('wrong sign-ins are never slowed down');
}

test.describe('signed out', () => {
  test.use({ signedIn: false });

  test('signing in leads to the page that was asked for', async ({ page, mailgrant }) => {
    const login = new LoginPage(page, mailgrant.url);
    await page.goto(`${mailgrant.url}/activity?who=admin&subject=a%26b`);
    await login.expectShown();
    // A wrong password in between does not lose it.
    await login.submit({ name: administrator.name, password: 'wrong' });
    await expect(login.problem).toBeVisible();
    await login.signIn(administrator);
    await expect(page).toHaveURL(`${mailgrant.url}/activity?who=admin&subject=a%26b`);
    await expect(page.getByLabel('About')).toHaveValue('a&b');
  });

  test('signing in never leads to another site', async ({ page, mailgrant }) => {
    const login = new LoginPage(page, mailgrant.url);
    for (const next of ['https://evil.example/', '//evil.example/', '/\\evil.example/', '/\t/evil.example/', 'javascript:alert(1)']) {
      await login.open(`?next=${encodeURIComponent(next)}`);
      await login.signIn(administrator);
      await expect(page, next).toHaveURL(`${mailgrant.url}/settings/smtp`);
      await page.context().clearCookies();
    }
  });

  test('the pages before a sign-in load no script', async ({ page, mailgrant }) => {
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    for (const path of ['/login', '/password?token=x', '/setup']) {
      await page.goto(mailgrant.url + path);
    }
    expect(asked.map((url) => new URL(url).pathname).filter((path) => /\.(js|wasm)$/.test(path))).toEqual([]);
  });
});

test('a session that ends while a form is edited is reported with a link, and no typed value is lost', async ({ page, mailgrant, otherBrowser }) => {
  const settings = new SmtpSettingsPage(page, mailgrant.url);
  await settings.open();
  await settings.fillSmtp({ host: 'smtp.example.com', fromAddress: 'printer@example.com' });
  await settings.fillBasic('printer@example.com', 'typed-before-the-end');
  await endSessions(mailgrant, await otherBrowser());
  await settings.save.click();
  await expect(settings.outcome).toContainText('Your session has ended.');
  await expect(settings.host).toHaveValue('smtp.example.com');
  await expect(settings.password).toHaveValue('typed-before-the-end');

  await signInInNewTab(settings.outcome.getByRole('link', { name: 'Sign in in a new tab' }).click(), page, mailgrant);
  await settings.save.click();
  await expect(settings.outcome).toContainText('Settings saved');
  await page.reload();
  await expect(settings.host).toHaveValue('smtp.example.com');
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('a session that ends while a form is edited is reported, and reloading saves the typed values', async ({ page, mailgrant, otherBrowser }) => {
    const settings = new SmtpSettingsPage(page, mailgrant.url);
    await settings.openWithoutWasm();
    await settings.fillSmtp({ host: 'smtp.example.com', fromAddress: 'printer@example.com' });
    await settings.authenticationRequired.uncheck();
    await endSessions(mailgrant, await otherBrowser());
    const answered = page.waitForResponse((response) => response.request().method() === 'POST');
    await settings.save.click();
    expect((await answered).status()).toBe(401);
    await expect(page.getByRole('heading', { name: 'Session ended' })).toBeVisible();

    await signInInNewTab(page.getByRole('link', { name: 'Sign in in a new tab' }).click(), page, mailgrant);
    await page.reload();
    await expect(settings.outcome).toContainText('Settings saved');
    await expect(settings.host).toHaveValue('smtp.example.com');
  });
});

/** Ends the first administrator's session as another administrator. */
async function endSessions(mailgrant: Mailgrant, other: Page): Promise<void> {
  await other.context().addCookies(await mailgrant.signIn(await mailgrant.addAccount('bob', 'administrator')));
  const access = new AccessPage(other, mailgrant.url);
  await access.open();
  await access.endSession(administrator.name);
}

async function signInInNewTab(click: Promise<void>, page: Page, mailgrant: Mailgrant): Promise<void> {
  const [tab] = await Promise.all([page.context().waitForEvent('page'), click]);
  await new LoginPage(tab, mailgrant.url).signIn(administrator);
  await tab.close();
}
