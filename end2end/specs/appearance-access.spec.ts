// Every state of the access pages: narrow and wide, light and dark, checked with axe, with
// screenshots in test-results.
import { expectPresentable } from '../harness/accessibility.ts';
import { postForm } from '../harness/forms.ts';
import { administrator } from '../harness/person.ts';
import { expect, test } from '../harness/test.ts';
import { AccessPage } from '../pages/access.ts';
import { AccountPage } from '../pages/account.ts';
import { ActivityPage } from '../pages/activity.ts';
import { LoginPage } from '../pages/login.ts';
import { ChoosePage } from '../pages/setup.ts';
import { SmtpSettingsPage } from '../pages/smtp-settings.ts';
import { authorizeAtSandbox } from '../pages/tasks.ts';

// On a slow machine axe takes some seconds per page.
test.setTimeout(120_000);

test.describe('before Mailgrant has been set up', () => {
  test.use({ setUp: false });

  test('the setup, refused, and its link that is not good', async ({ page, mailgrant }, testInfo) => {
    const setup = new ChoosePage(page);
    await page.goto(mailgrant.url);
    await expectPresentable(page, testInfo, 'setup-no-link');
    await page.goto(mailgrant.setupLink);
    await expectPresentable(page, testInfo, 'setup');
    await setup.name.fill('a name with spaces');
    await setup.fill('short', 'shorter');
    await setup.setUp.click();
    await expect(setup.error('name')).toBeVisible();
    await expectPresentable(page, testInfo, 'setup-refused');
  });
});

test.describe('signed out', () => {
  test.use({ signedIn: false });

  test('the sign-in, refused and slowed down, and choosing a password', async ({ page, mailgrant }, testInfo) => {
    const login = new LoginPage(page, mailgrant.url);
    await login.open();
    await expectPresentable(page, testInfo, 'login');
    await login.submit({ name: administrator.name, password: 'wrong' });
    await expect(login.problem).toBeVisible();
    await expectPresentable(page, testInfo, 'login-refused');
    const { output } = await mailgrant.command(['account', 'add', 'olga', '--role', 'operator']);
    const link = /http\S+/.exec(output)?.[0] ?? '';
    await page.goto(link);
    await expectPresentable(page, testInfo, 'password');
    await page.goto(`${mailgrant.url}/password?token=none`);
    await expectPresentable(page, testInfo, 'password-no-link');
    const fields = { name: administrator.name, password: 'wrong-every-time', next: '' };
    while ((await postForm(`${mailgrant.url}/login`, fields)).status !== 429) await Promise.resolve();
    await login.open();
    await login.submit({ ...administrator, password: 'wrong' });
    await expect(login.problem).toBeVisible();
    await expectPresentable(page, testInfo, 'login-slowed-down');
  });
});

test('the own account', async ({ page, mailgrant, otherBrowser }, testInfo) => {
  const other = await otherBrowser({ userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0 with-a-very-long-name-without-any-space-in-it' });
  const login = new LoginPage(other, mailgrant.url);
  await login.open();
  await login.signIn(administrator);
  const account = new AccountPage(page, mailgrant.url);
  await account.open();
  await expectPresentable(page, testInfo, 'account');
  await account.changePassword('not-this', 'short', 'shorter');
  await expect(page.locator('#change-password-password-error')).toBeVisible();
  await expectPresentable(page, testInfo, 'account-refused');
});

test('access: with nobody else, with a link, with a key, with many, and refused', async ({ page, mailgrant }, testInfo) => {
  const access = new AccessPage(page, mailgrant.url);
  await access.open();
  await expectPresentable(page, testInfo, 'access-empty');
  await access.addAccount('olga', 'operator');
  await expectPresentable(page, testInfo, 'access-link');
  await access.makeKey('Monitoring of the office in Frankfurt', 'send', 'messages');
  await expectPresentable(page, testInfo, 'access-key');
  await access.makeKey(`a-name-without-any-space-${'x'.repeat(39)}`, 'messages');
  await mailgrant.signIn(await mailgrant.addAccount('somebody.with.a.rather-long+name@subdomain.example.com', 'viewer'));
  await access.open();
  for (const summary of await page.locator('summary').all()) await summary.click();
  await expectPresentable(page, testInfo, 'access-full');
  await access.keyForm.getByLabel('Name', { exact: true }).fill('monitoring');
  await access.keyForm.getByLabel('Last day').fill('2020-01-01');
  await access.keyForm.getByRole('button', { name: 'Create key' }).click();
  await expect(page.locator('#make-key-scopes-error')).toBeVisible();
  await expectPresentable(page, testInfo, 'access-key-refused');
});

test('the activity: full, filtered, nothing that matches, and a filter that cannot be read', async ({ page, mailgrant, sandbox }, testInfo) => {
  const settings = await authorizeAtSandbox(page, mailgrant, sandbox);
  await settings.sendTest('someone@example.org');
  await settings.delivered();
  const access = new AccessPage(page, mailgrant.url);
  await access.open();
  await access.addAccount('olga', 'viewer');
  await access.open();
  await access.setRole('olga', 'operator');
  const activity = new ActivityPage(page, mailgrant.url);
  await activity.open();
  await expectPresentable(page, testInfo, 'activity-full');
  await activity.show({ what: 'Role changed' });
  await expect(activity.entries).toHaveCount(1);
  await expectPresentable(page, testInfo, 'activity-filtered');
  await activity.show({ who: 'nobody-of-this-name' });
  await expect(page.getByText('No matches.')).toBeVisible();
  await expectPresentable(page, testInfo, 'activity-empty');
  await activity.open('?from=yesterday');
  await expectPresentable(page, testInfo, 'activity-wrong-filter');
});

test('the settings of a viewer and of an operator, what is not allowed, and a session that has ended', async ({ page, mailgrant, sandbox, otherBrowser }, testInfo) => {
  await authorizeAtSandbox(page, mailgrant, sandbox);
  for (const role of ['viewer', 'operator'] as const) {
    const other = await otherBrowser();
    await other.context().addCookies(await mailgrant.signIn(await mailgrant.addAccount(`${role}-1`, role)));
    await new SmtpSettingsPage(other, mailgrant.url).open();
    await other.bringToFront();
    await expectPresentable(other, testInfo, `settings-${role}`);
    if (role === 'operator') continue;
    await other.goto(`${mailgrant.url}/access`);
    await expect(other.getByRole('heading', { name: 'Not allowed' })).toBeVisible();
    await expectPresentable(other, testInfo, 'forbidden');
  }
  await page.bringToFront();
  const settings = new SmtpSettingsPage(page, mailgrant.url);
  await settings.open();
  await page.context().clearCookies();
  await settings.fromAddress.fill('other@sandbox.test');
  await settings.sendTest('someone@example.org');
  await expect(settings.connection).toContainText('Your session has ended.');
  await expectPresentable(page, testInfo, 'session-ended');
  // Posted as a browser without WASM does.
  await Promise.all([page.waitForURL(/\/api\//), page.locator('form#smtp-settings').evaluate((form: HTMLFormElement) => form.submit())]);
  await expect(page.getByRole('heading', { name: 'Session ended' })).toBeVisible();
  await expectPresentable(page, testInfo, 'session-ended-without-wasm');
  await page.goto(mailgrant.callbackUrl);
  await expect(page.getByRole('heading', { name: 'Sign in first' })).toBeVisible();
  await expectPresentable(page, testInfo, 'callback-signed-out');
});
