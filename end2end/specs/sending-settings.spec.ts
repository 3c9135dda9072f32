// Settings for all mail that a data center sends.
import { expect, test } from '../harness/test.ts';
import { tabTo, typeInto } from '../pages/keyboard.ts';

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with JavaScript' : 'without JavaScript', () => {
    test.use({ javaScriptEnabled });

    test('is saved, refused at its field, and never overwritten unseen', async ({ page, mailgrant }) => {
      const url = `${mailgrant.url}/settings/sending`;
      await page.goto(`${mailgrant.url}/settings/smtp`);
      await page.getByRole('navigation', { name: 'Settings' }).getByRole('link', { name: 'Sending' }).click();
      await expect(page).toHaveURL(url);
      const other = await page.context().newPage();
      await other.goto(url);

      await page.getByLabel('Other From addresses').fill('shop@example.com\nnobody');
      await page.getByLabel('Concurrent connections').fill('2');
      await page.getByRole('button', { name: 'Save' }).click();
      await expect(page.locator('#allowed_from-error')).toContainText('“nobody” is not an email address');
      await expect(page.getByLabel('Concurrent connections')).toHaveValue('2');
      await page.getByLabel('Other From addresses').fill('shop@example.com');
      await page.getByRole('button', { name: 'Save' }).click();
      await expect(page.getByText('Saved. The changes take effect immediately.')).toBeVisible();

      await other.getByLabel('Days that messages are kept').fill('7');
      await other.getByRole('button', { name: 'Save' }).click();
      await expect(other.getByText('another administrator changed these settings')).toBeVisible();
      await expect(other.getByLabel('Days that messages are kept')).toHaveValue('7');
      await other.getByRole('button', { name: 'Overwrite their changes' }).click();
      await expect(other.getByText('Saved. The changes take effect immediately.')).toBeVisible();
      await expect(other.getByLabel('Other From addresses')).toHaveValue('');
    });
  });
}

test('is changed with the keyboard alone', async ({ page, mailgrant }) => {
  await page.goto(`${mailgrant.url}/settings/sending`);
  await typeInto(page, page.getByLabel('Messages per day'), '250');
  await tabTo(page, page.getByLabel('Delete contents after delivery'));
  await page.keyboard.press('Space');
  await tabTo(page, page.getByRole('button', { name: 'Save' }));
  await page.keyboard.press('Enter');
  await expect(page.getByText('Saved. The changes take effect immediately.')).toBeVisible();
  await expect(page.getByLabel('Messages per day')).toHaveValue('250');
  await expect(page.getByLabel('Delete contents after delivery')).toBeChecked();
});

test('is for administrators only', async ({ mailgrant, otherBrowser }) => {
  const page = await otherBrowser();
  await page.context().addCookies(await mailgrant.signIn(await mailgrant.addAccount('olga', 'operator')));
  await page.goto(`${mailgrant.url}/settings/sending`);
  await expect(page.getByRole('heading', { name: 'Not allowed' })).toBeVisible();
});
