// The activity page and its exports.
import { readFile } from 'node:fs/promises';
import { administrator } from '../harness/person.ts';
import { expect, test } from '../harness/test.ts';
import { AccessPage } from '../pages/access.ts';
import { ActivityPage } from '../pages/activity.ts';
import { LoginPage } from '../pages/login.ts';
import { SmtpSettingsPage } from '../pages/smtp-settings.ts';
import { authorizeAtSandbox } from '../pages/tasks.ts';

interface Line {
  sequence: number;
  at: string;
  action: string;
  subject: string;
  actor: { who: { kind: string; name?: string }; address: string };
}

test('actions are listed with actor, time, address, and changes, and never with a secret', async ({ page, mailgrant, sandbox, otherBrowser }) => {
  const settings = await authorizeAtSandbox(page, mailgrant, sandbox);
  await settings.fromAddress.fill('other@sandbox.test');
  await settings.saveAndAuthorize.click();
  await expect(settings.outcome).toContainText('Settings saved');
  await settings.sendTest('someone@example.org');
  await expect(page.locator('#test-result')).not.toBeEmpty();
  await mailgrant.addAccount('otto', 'viewer');
  const access = new AccessPage(page, mailgrant.url);
  await access.open();
  await access.setRole('otto', 'operator');
  const key = await access.makeKey('monitoring', 'messages');
  await access.endKey('monitoring');
  const stranger = new LoginPage(await otherBrowser(), mailgrant.url);
  await stranger.open();
  await stranger.submit({ name: administrator.name, password: 'a-wrong-password' });
  await expect(stranger.problem).toBeVisible();
  await stranger.submit({ name: 'my-password-by-mistake', password: 'x' });
  await expect(stranger.problem).toBeVisible();

  const activity = new ActivityPage(page, mailgrant.url);
  await activity.open();
  for (const [action, ...words] of [
    ['setup_finished', 'admin set Mailgrant up as its first administrator', 'from 127.0.0.1'],
    ['settings_saved', 'admin saved the SMTP settings of Default', 'From address', '→ other@sandbox.test', 'from 127.0.0.1'],
    ['authorization_begun', 'admin started an authorization for Default'],
    ['authorization_finished', sandbox.account().address],
    ['test_email_sent', 'admin sent a test email from Default'],
    ['account_added', 'The command line added the account otto', 'Role: viewer'],
    ['role_changed', 'admin changed the role of otto', 'Role: viewer → operator'],
    ['key_made', 'admin created the API key monitoring', 'messages'],
    ['key_ended', 'admin ended the API key monitoring'],
  ] as const) {
    const entry = activity.of(action).first();
    for (const expected of words) await expect(entry, action).toContainText(expected);
    await expect(entry.locator('time')).toHaveAttribute('datetime', /^20\d\d-\d\d-\d\dT/);
  }
  await expect(activity.of('settings_saved').last()).toContainText('Client Secret: secret changed');
  await expect(activity.of('sign_in_failed')).toHaveText([/under a name that no account has/, /failed to sign in as admin/]);
  const shown = await page.content();
  for (const secret of [sandbox.client.clientSecret, key, administrator.password, 'a-wrong-password', 'my-password-by-mistake']) {
    expect(shown).not.toContain(secret);
  }
});

test('the activity is filtered, exported as JSON lines, and verified by the command line', async ({ page, mailgrant }) => {
  const access = new AccessPage(page, mailgrant.url);
  await access.open();
  for (const name of ['anna', 'bert', 'carl']) await access.addAccount(name, 'viewer');
  await mailgrant.addAccount('dora', 'viewer');
  await access.open();
  await access.setRole('bert', 'operator');

  const activity = new ActivityPage(page, mailgrant.url);
  await activity.open();
  const all = await activity.entries.count();
  await activity.show({ about: 'BERT' });
  // Added, given a link, given another role.
  await expect(activity.entries).toHaveText([/role of bert/, /link for bert/, /account bert/]);
  await expect(page).toHaveURL(/subject=BERT/);
  await activity.show({ who: 'admin', what: 'Account added' });
  await expect(activity.entries).toHaveCount(3);
  const today = new Date().toISOString().slice(0, 10);
  await activity.show({ from: today, to: today });
  await expect(activity.entries).toHaveCount(all);
  await activity.show({ to: '2020-01-01' });
  await expect(page.getByText('No matches.')).toBeVisible();
  await activity.filter.getByRole('link', { name: 'Show all' }).click();
  await expect(activity.entries).toHaveCount(all);

  await activity.show({ what: 'Account added' });
  const downloaded = page.waitForEvent('download');
  await activity.export.click();
  const download = await downloaded;
  expect(download.suggestedFilename()).toBe('mailgrant-activity.jsonl');
  const lines = (await readFile(await download.path(), 'utf8')).trimEnd().split('\n').map((line) => JSON.parse(line) as Line);
  expect(lines.map(({ action, subject }) => [action, subject])).toEqual(['anna', 'bert', 'carl', 'dora'].map((name) => ['account_added', name]));
  expect(lines.map(({ actor }) => actor.who.kind)).toEqual(['account', 'account', 'account', 'command_line']);
  expect(lines[0]?.actor).toEqual({ who: { kind: 'account', name: administrator.name }, address: '127.0.0.1' });
  // The export itself is recorded as well.
  await activity.open();
  await expect(activity.of('activity_exported')).toContainText('admin exported the activity log');

  const verified = await mailgrant.command(['audit', 'verify']);
  expect(verified.errors).toBe('');
  expect(verified.output).toContain(`${all + 1} entries, unbroken`);
});

test('older entries are behind a link', async ({ page, mailgrant }) => {
  const settings = new SmtpSettingsPage(page, mailgrant.url);
  await settings.open();
  // One entry for each name.
  for (let number = 0; number < 55; number += 1) {
    const form = new URLSearchParams({ name: `Data center ${number}` }).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    await page.evaluate(([body, init]) => fetch('/api/add_data_center', { method: 'POST', headers: init, body }).then(({ status }) => status), [form, headers] as const);
  }
  const activity = new ActivityPage(page, mailgrant.url);
  await activity.open();
  await expect(activity.entries).toHaveCount(50);
  await expect(activity.entries.first()).toContainText('Data center 54');
  await page.getByRole('link', { name: 'Older' }).click();
  await expect(activity.of('setup_finished')).toHaveCount(1);
  await page.getByRole('link', { name: 'Newest' }).click();
  await expect(activity.entries.first()).toContainText('Data center 54');
});
