// Accounts, passwords, sessions, and API keys on the pages.
import type { Page } from '@playwright/test';
import { administrator, person } from '../harness/person.ts';
import { expect, test } from '../harness/test.ts';
import { AccessPage } from '../pages/access.ts';
import { AccountPage } from '../pages/account.ts';
import { LoginPage } from '../pages/login.ts';
import { ChoosePage } from '../pages/setup.ts';
import { authorizeAtSandbox } from '../pages/tasks.ts';

const NOT_GOOD = 'This link is no longer valid';

test('a new person chooses a password by the link, which is good once', async ({ page, mailgrant, otherBrowser }) => {
  const access = new AccessPage(page, mailgrant.url);
  const { password } = person('olga');
  await access.open();
  const link = await access.addAccount('olga', 'operator');
  await expect(access.once).toBeFocused();
  await expect(access.account('olga')).toContainText('No password yet');
  // Shown only this once.
  await page.goto(`${mailgrant.url}/access`);
  await expect(access.once).toHaveCount(0);
  expect(await page.content()).not.toContain(new URL(link).searchParams.get('token'));

  const hers = await otherBrowser();
  const choose = new ChoosePage(hers);
  await hers.goto(link);
  await expect(choose.name).toHaveValue('olga');
  await choose.fill(password, 'something-else-that-is-long');
  await choose.setPassword.click();
  await expect(choose.error('repeated')).toContainText('do not match');
  await choose.fill(password);
  await choose.setPassword.click();
  await expect(hers).toHaveURL(`${mailgrant.url}/settings/smtp`);
  await expect(hers.getByRole('link', { name: 'Your account: olga' })).toBeVisible();

  const late = await otherBrowser();
  await late.goto(link);
  await expect(late.getByText(NOT_GOOD)).toBeVisible();
  await access.open();
  await expect(access.account('olga')).toContainText(/Last sign-in: 20/);
});

test('a name that is taken or none is refused at its field, and what was typed stays', async ({ page, mailgrant }) => {
  const access = new AccessPage(page, mailgrant.url);
  await access.open();
  for (const [name, words] of [['ADMIN', 'This name is already in use.'], ['olga smith', 'This contains a character that is not allowed in a user name.']] as const) {
    await access.addForm.getByLabel('User name').fill(name);
    await access.addForm.getByRole('radio', { name: /^Operator/ }).check();
    await access.addForm.getByRole('button', { name: 'Add account' }).click();
    await expect(page.locator('#add-account-name-error')).toContainText(words);
    await expect(access.addForm.getByLabel('User name')).toHaveValue(name);
    await expect(access.addForm.getByRole('radio', { name: /^Operator/ })).toBeChecked();
  }
});

test('a new password link immediately ends the password and the sessions', async ({ page, mailgrant, otherBrowser }) => {
  const olga = await mailgrant.addAccount('olga', 'viewer');
  const hers = await otherBrowser();
  const login = new LoginPage(hers, mailgrant.url);
  await login.open();
  await login.signIn(olga);

  const access = new AccessPage(page, mailgrant.url);
  await access.open();
  const link = await access.newPasswordLink('olga');
  await hers.reload();
  await login.expectShown();
  await login.submit(olga);
  await expect(login.problem).toContainText('The user name or the password is wrong.');

  const choose = new ChoosePage(hers);
  await hers.goto(link);
  await choose.fill('quite-another-sentence-about-tea');
  await choose.setPassword.click();
  await expect(hers.getByRole('link', { name: 'Your account: olga' })).toBeVisible();
});

test('an API key is shown once, reads the status, shows its last use, and is rejected after it has ended', async ({ page, mailgrant, sandbox }) => {
  await authorizeAtSandbox(page, mailgrant, sandbox);
  const access = new AccessPage(page, mailgrant.url);
  await access.open();
  await expect(access.keys).toContainText('No API keys yet.');
  await access.keyForm.getByRole('button', { name: 'Create key' }).click();
  // The browser itself requires the name.
  await expect(access.keyForm.getByLabel('Name', { exact: true })).toBeFocused();
  await access.keyForm.getByLabel('Name', { exact: true }).fill('monitoring');
  await access.keyForm.getByRole('button', { name: 'Create key' }).click();
  await expect(page.locator('#make-key-scopes-error')).toContainText('Select at least one');
  const key = await access.makeKey('monitoring', 'messages');
  expect(key).toMatch(/^mgk_[\w-]{43}$/);
  await page.goto(`${mailgrant.url}/access`);
  expect(await page.content()).not.toContain(key.slice(4));
  await expect(access.key('monitoring')).toContainText('never');

  const answer = await status(mailgrant.url, key);
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({
    data_centers: [{ id: 'default', name: 'Default', grant: { state: 'authorized', account: sandbox.account().address } }],
  });
  await access.open();
  await expect(access.key('monitoring')).not.toContainText('never');

  await access.endKey('monitoring');
  await expect(access.key('monitoring')).toHaveCount(0);
  const refused = await status(mailgrant.url, key);
  expect(refused.status).toBe(401);
  expect(refused.headers.get('www-authenticate')).toContain('invalid_token');
});

test('a key is good for its scope only, and neither a key nor a session is good in place of the other', async ({ page, mailgrant }) => {
  const access = new AccessPage(page, mailgrant.url);
  await access.open();
  const key = await access.makeKey('printer', 'send');
  const outOfScope = await status(mailgrant.url, key);
  expect(outOfScope.status).toBe(403);
  expect(outOfScope.headers.get('www-authenticate')).toContain('insufficient_scope');
  for (const path of ['/access', '/settings/smtp', '/activity/export']) {
    const answer = await fetch(mailgrant.url + path, { redirect: 'manual', headers: { authorization: `Bearer ${key}` } });
    expect(answer.status, path).toBe(401);
  }
  const withSession = await page.request.get(`${mailgrant.url}/api/v1/status`);
  expect(withSession.status()).toBe(401);
});

test('sessions are listed, and end when they are ended there', async ({ page, mailgrant, otherBrowser }) => {
  const second = await signedInElsewhere(mailgrant.url, await otherBrowser({ userAgent: 'Second Browser' }));
  const third = await signedInElsewhere(mailgrant.url, await otherBrowser({ userAgent: 'Third Browser' }));
  const account = new AccountPage(page, mailgrant.url);
  const login = new LoginPage(second, mailgrant.url);
  await account.open();
  await expect(account.ownSession).toHaveCount(1);
  await expect(account.ownSession).toContainText('127.0.0.1');
  await expect(account.ownSession.getByRole('button')).toHaveCount(0);
  await account.sessions.getByRole('row').filter({ hasText: 'Second Browser' }).getByRole('button').click();
  await expect(page.getByText('Session ended.')).toBeVisible();
  await expect(account.sessions).not.toContainText('Second Browser');
  await second.reload();
  await login.expectShown();
  await third.reload();
  await expect(third.locator('#own-name')).toBeVisible();

  await account.sessions.getByRole('button', { name: 'End all others' }).click();
  await expect(page.getByText('All your other sessions have ended.')).toBeVisible();
  await expect(account.sessions).not.toContainText('Third Browser');
  await third.reload();
  await new LoginPage(third, mailgrant.url).expectShown();
});

test('changing the own password needs the present one, and ends all other sessions', async ({ page, mailgrant, otherBrowser }) => {
  const other = await signedInElsewhere(mailgrant.url, await otherBrowser());
  const account = new AccountPage(page, mailgrant.url);
  const next = 'marble-owl-counts-eleven-tickets';
  await account.open();
  await account.changePassword('not-the-present-one', next);
  await expect(page.locator('#change-password-current-error')).toContainText('The current password is wrong.');
  await account.changePassword(administrator.password, 'short');
  await expect(page.locator('#change-password-password-error')).toContainText('at least 12 characters');
  await account.changePassword(administrator.password, next);
  await expect(page.getByText('Password changed. Your other sessions have ended.')).toBeVisible();
  await expect(account.ownSession).toHaveCount(1);

  const login = new LoginPage(other, mailgrant.url);
  await other.reload();
  await login.expectShown();
  await login.submit(administrator);
  await expect(login.problem).toContainText('The user name or the password is wrong.');
  await login.signIn({ name: administrator.name, password: next });
});

async function status(url: string, key: string): Promise<Response> {
  return fetch(`${url}/api/v1/status`, { headers: { authorization: `Bearer ${key}` } });
}

/** Opens the administrator's account page in another browser. */
async function signedInElsewhere(url: string, page: Page): Promise<Page> {
  const login = new LoginPage(page, url);
  await page.goto(`${url}/account`);
  await login.signIn(administrator);
  return page;
}
