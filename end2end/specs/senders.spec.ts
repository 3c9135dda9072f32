// Senders: their page with and without WASM, its appearance, and the password that is shown once.
import { expectPresentable } from '../harness/accessibility.ts';
import { Mailgrant } from '../harness/mailgrant.ts';
import { freePort } from '../harness/ports.ts';
import { expect, test } from '../harness/test.ts';

// On a slow machine axe takes some seconds per page.
test.setTimeout(120_000);

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with JavaScript' : 'without JavaScript', () => {
    test.use({ javaScriptEnabled });

    test('a sender is added, gets another password, and is removed', async ({ page, context }, testInfo) => {
      const [local, plain] = [await freePort(), await freePort()];
      const listeners = `127.0.0.1:${local} starttls,0.0.0.0:${plain} plain 127.0.0.0/8`;
      const mailgrant = await Mailgrant.start({ environment: { MAILGRANT_SMTP_LISTENERS: listeners } });
      await context.addCookies(mailgrant.cookies);
      const presentable = async (name: string): Promise<void> => {
        if (javaScriptEnabled) await expectPresentable(page, testInfo, name);
      };
      await page.goto(`${mailgrant.url}/settings/smtp`);
      await page.getByRole('navigation', { name: 'Settings' }).getByRole('link', { name: 'Senders' }).click();
      await expect(page.getByText('Others on the network can read passwords and mail.')).toBeVisible();
      await presentable('senders-empty');
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Download certificate' }).click()]);
      expect(download.suggestedFilename()).toBe('mailgrant-smtp-certificate.pem');
      await page.getByRole('link', { name: 'Add a sender' }).click();
      await page.getByLabel('Name', { exact: true }).fill('Printer, 2nd floor');
      await page.getByLabel('Addresses and networks').fill('198.51.100.0/24');
      await page.getByRole('button', { name: 'Add sender' }).click();
      await expect(page.locator('#sender-networks-error')).toContainText('can be reached from the internet');
      await expect(page.getByLabel('Name', { exact: true })).toHaveValue('Printer, 2nd floor');
      await presentable('senders-refused');
      await page.getByLabel('Allow networks that are not private').check();
      await page.getByRole('button', { name: 'Add sender' }).click();
      const once = page.locator('#shown-once');
      await expect(once).toHaveValue(/^[A-Za-z2-9]{16}$/);
      await presentable('senders-password');
      if (javaScriptEnabled) {
        await page.getByRole('button', { name: 'Copy Password' }).click();
        await expect(page.getByText(/^(Copied|Selected: press Ctrl\+C)$/)).toBeVisible();
      } else {
        await expect(page.getByRole('button', { name: 'Copy Password' })).toBeHidden();
      }

      await page.getByRole('link', { name: 'Edit Printer, 2nd floor' }).click();
      await expect(once).toHaveCount(0);
      await presentable('senders-edit');
      await page.getByText('Create a new password').click();
      await page.getByRole('button', { name: 'Create password' }).click();
      await expect(once).toHaveValue(/^[A-Za-z2-9]{16}$/);
      await page.getByRole('link', { name: 'Edit Printer, 2nd floor' }).click();
      await page.getByText('Remove this sender').click();
      await page.getByRole('button', { name: 'Remove Printer, 2nd floor' }).click();
      await expect(page.getByText('Sender removed.')).toBeVisible();
      await mailgrant.dispose();
    });
  });
}
