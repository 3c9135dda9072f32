// Alert channels and notifications.
import { createHmac } from 'node:crypto';
import { expectPresentable } from '../harness/accessibility.ts';
import { Hooks } from '../harness/hooks.ts';
import { expect, test } from '../harness/test.ts';
import { AlertsPage } from '../pages/alerts.ts';
import { tabTo, typeInto } from '../pages/keyboard.ts';
import { allowInTab, authorizeAtSandbox } from '../pages/tasks.ts';

// On a slow machine axe takes two seconds per page.
test.setTimeout(120_000);

const secret = 'whsec_cGxhbnRlZC1zaWduaW5nLXNlY3JldC1vZi1hbGVydHM=';
let hooks: Hooks;

test.beforeEach(async () => {
  hooks = await Hooks.start();
});

test.afterEach(async () => {
  await hooks.stop();
});

test('a webhook is added and tried, is signed, and its URL and secret are never shown again', async ({ page, mailgrant }, testInfo) => {
  const alerts = new AlertsPage(page, mailgrant.url);
  await alerts.open();
  await expect(alerts.channels).toContainText('No notification channels yet');
  await expectPresentable(page, testInfo, 'alerts-empty');
  await alerts.add('Webhook', { url: hooks.url('/services/planted-path'), secret: 'hunter2' });
  await expect(page.locator('#add-channel-secret-error')).toContainText('not a signing secret');
  await expect(alerts.addForm.getByLabel('Signing secret')).toBeFocused();
  await expectPresentable(page, testInfo, 'alerts-refused');
  await alerts.add('Webhook', { url: hooks.url('/services/planted-path'), secret });
  await expect(page.getByText('Channel added. Send a test alert')).toBeVisible();
  const channel = alerts.channel('Webhook at 127.0.0.1');
  await channel.getByRole('button', { name: /Send a test alert/ }).click();
  await expect(channel).toContainText('Test alert delivered');
  const [posted] = hooks.posted;
  expect(posted?.path).toBe('/services/planted-path');
  expect(posted?.body.type).toBe('alert.test');
  const key = Buffer.from(secret.slice(6), 'base64');
  const [id, at] = [posted?.headers['webhook-id'], posted?.headers['webhook-timestamp']];
  const signature = createHmac('sha256', key).update(`${String(id)}.${String(at)}.${JSON.stringify(posted?.body)}`);
  expect(posted?.headers['webhook-signature']).toBe(`v1,${signature.digest('base64')}`);
  hooks.status = 404;
  await channel.getByRole('button', { name: /Send a test alert/ }).click();
  await expect(channel).toContainText('The host responded with status 404');
  for (const summary of await channel.locator('summary').all()) await summary.click();
  await expectPresentable(page, testInfo, 'alerts-not-taken');
  expect(await page.content()).not.toContain('planted-path');
});

test('a grant that needs authorization sends a notification, is shown, and sends another when it is resolved', async ({ page, mailgrant, sandbox }, testInfo) => {
  const settings = await authorizeAtSandbox(page, mailgrant, sandbox);
  const alerts = new AlertsPage(page, mailgrant.url);
  await alerts.open();
  await alerts.add('Slack', { url: hooks.url('/slack') });
  await expect(alerts.channel('Slack at 127.0.0.1')).toBeVisible();
  await alerts.add('Webhook', { url: hooks.url('/own'), secret });
  await expect(alerts.channel('Webhook at 127.0.0.1')).toBeVisible();
  await sandbox.revoke();
  await settings.open();
  await settings.sendTest('someone@example.org');
  await settings.notDelivered();
  await expect.poll(() => hooks.told('/slack').length).toBe(1);
  await expect.poll(() => hooks.told('/own')).toEqual(['alert.began']);
  await alerts.open();
  await expect(alerts.wrong).toContainText('A grant needs authorization');
  await expectPresentable(page, testInfo, 'alerts-wrong');

  await settings.open();
  await allowInTab(settings, sandbox);
  await expect.poll(() => hooks.told('/slack').length).toBe(2);
  await expect.poll(() => hooks.told('/own')).toEqual(['alert.began', 'alert.ended']);
  await alerts.open();
  await expect(alerts.wrong).not.toContainText('A grant needs authorization');
});

test('alert conditions can be selected with the keyboard alone, and need no script', async ({ page, mailgrant, otherBrowser }, testInfo) => {
  const alerts = new AlertsPage(page, mailgrant.url);
  await alerts.open();
  await tabTo(page, alerts.rules.getByRole('checkbox', { name: 'Messages wait too long' }));
  await page.keyboard.press('Space');
  await typeInto(page, alerts.rules.getByLabel('Messages wait too long after (minutes)'), '45');
  await tabTo(page, alerts.rules.getByRole('button', { name: 'Save' }));
  await page.keyboard.press('Enter');
  await expect(page.getByText('Saved.')).toBeVisible();
  const other = await otherBrowser({ javaScriptEnabled: false });
  await other.context().addCookies(await mailgrant.signIn(await mailgrant.addAccount('vera', 'viewer')));
  const read = new AlertsPage(other, mailgrant.url);
  await read.open();
  await expect(read.rules.getByLabel('Messages wait too long after (minutes)')).toHaveValue(/45/);
  await expect(read.rules.getByRole('checkbox', { name: 'Messages wait too long' })).not.toBeChecked();
  await expect(other.getByRole('button', { name: 'Save' })).toHaveCount(0);
  await other.bringToFront();
  await expectPresentable(page, testInfo, 'alerts-saved');
});
