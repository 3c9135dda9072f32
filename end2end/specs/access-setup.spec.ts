// The first start: a link creates the first administrator, and nothing else is reachable before.
import { postForm } from '../harness/forms.ts';
import { administrator } from '../harness/person.ts';
import { expect, test } from '../harness/test.ts';
import { ChoosePage } from '../pages/setup.ts';
import { SmtpSettingsPage } from '../pages/smtp-settings.ts';

test.use({ setUp: false });

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with JavaScript' : 'without JavaScript', () => {
    test.use({ javaScriptEnabled });

    test('the link that the first start prints leads to the settings page', async ({ page, mailgrant }) => {
      const setup = new ChoosePage(page);
      await page.goto(mailgrant.setupLink);
      await expect(setup.name).toBeFocused();
      await setup.name.fill(administrator.name);
      await setup.fill(administrator.password);
      await setup.setUp.click();
      await expect(page).toHaveURL(`${mailgrant.url}/settings/smtp`);
      await expect(page.getByRole('link', { name: `Your account: ${administrator.name}` })).toBeVisible();
      const settings = new SmtpSettingsPage(page, mailgrant.url);
      if (javaScriptEnabled) await settings.alive();
      await expect(settings.saveAndAuthorize).toBeEnabled();
    });
  });
}

test('nothing else is reachable before Mailgrant has been set up', async ({ page, mailgrant }) => {
  for (const path of ['/', '/settings/smtp', '/login', '/password?token=x', '/account', '/access', '/activity', '/activity/export', '/oauth/callback?code=c&state=s', '/no-such-page']) {
    await page.goto(mailgrant.url + path);
    expect(new URL(page.url()).pathname, path).toBe('/setup');
    await expect(page.getByText('Open the setup link')).toBeVisible();
  }
  for (const path of ['/login', '/password', '/account', '/access', '/api/save_smtp_settings', '/api/send_test_email']) {
    expect((await postForm(mailgrant.url + path, {})).status, path).toBe(503);
  }
  for (const path of ['/api/v1/status', '/events/authorization/x', '/activity/export']) {
    expect((await fetch(mailgrant.url + path, { redirect: 'manual' })).status, path).toBe(503);
  }
  for (const path of ['/healthz', '/readyz']) {
    expect((await fetch(mailgrant.url + path)).status, path).toBe(200);
  }
});

test('a wrong link, one from before a restart and one that was used are not good', async ({ page, mailgrant }) => {
  const wrong = page.getByText('This setup link is no longer valid');
  await page.goto(`${mailgrant.url}/setup?token=${'A'.repeat(43)}`);
  await expect(wrong).toBeVisible();
  const first = mailgrant.setupLink;
  await mailgrant.restart();
  expect(mailgrant.setupLink).not.toBe(first);
  await page.goto(first);
  await expect(wrong).toBeVisible();

  const setup = new ChoosePage(page);
  const link = mailgrant.setupLink;
  await page.goto(link);
  await setup.name.fill(administrator.name);
  await setup.fill(administrator.password);
  await setup.setUp.click();
  await expect(page).toHaveURL(`${mailgrant.url}/settings/smtp`);
  await page.context().clearCookies();
  await page.goto(link);
  await expect(page).toHaveURL(`${mailgrant.url}/login`);
  const token = new URL(link).searchParams.get('token') ?? '';
  const { password } = administrator;
  const again = await postForm(link, { token, name: 'second', password, repeated: password });
  expect(again.status).not.toBe(200);
  expect(again.headers.getSetCookie().join()).not.toMatch(/session=[^;]/);
  expect((await mailgrant.command(['account', 'list'])).output).not.toContain('second');
});

test('weak, short and differing passwords are refused at their fields, and the name stays', async ({ page, mailgrant }) => {
  const setup = new ChoosePage(page);
  await page.goto(mailgrant.setupLink);
  await setup.name.fill('alice');
  for (const [password, repeated, field, words] of [
    ['short-Pa55', 'short-Pa55', 'password', 'The password is too short. It needs at least 12 characters.'],
    ['password1234', 'password1234', 'password', 'This password is easy to guess.'],
    ['alicealicealice', 'alicealicealice', 'password', 'This password is easy to guess.'],
    [administrator.password, 'another-password-typed', 'repeated', 'The two passwords do not match.'],
  ] as const) {
    await setup.fill(password, repeated);
    await setup.setUp.click();
    await expect(setup.error(field)).toContainText(words);
    await expect(setup[field]).toHaveAccessibleDescription(new RegExp(words));
    await expect(setup[field]).toBeFocused();
    await expect(setup.name).toHaveValue('alice');
    await expect(setup.password).toHaveValue('');
    expect(await page.content()).not.toContain(password);
  }
  await setup.name.fill('alice & bob');
  await setup.fill(administrator.password);
  await setup.setUp.click();
  await expect(setup.error('name')).toContainText('This contains a character that is not allowed in a user name.');
  await expect(setup.name).toHaveValue('alice & bob');

  await setup.name.fill('alice');
  await setup.fill(administrator.password);
  await setup.setUp.click();
  await expect(page).toHaveURL(`${mailgrant.url}/settings/smtp`);
});
