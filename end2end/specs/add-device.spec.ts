// The guide that adds a device, and its sheet on the screen and on paper.
import { expectPresentable } from '../harness/accessibility.ts';
import { expect, test } from '../harness/test.ts';
import { tabTo } from '../pages/keyboard.ts';

const path = '/settings/senders/add-device';

test('adds a device, copies a value, and prints the sheet only', async ({ page, mailgrant }, testInfo) => {
  test.setTimeout(120_000);
  await page.goto(`${mailgrant.url}${path}`);
  await expectPresentable(page, testInfo, 'add-device-kinds');
  await tabTo(page, page.getByRole('radio', { name: 'Printer or scanner' }));
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('Grafana');
  await page.getByLabel('Name', { exact: true }).fill('Grafana "1" # ; $x');
  await page.getByLabel('From address').fill('Grafana <grafana@example.com>');
  await page.getByRole('radio', { name: /^By its address/ }).check();
  await page.getByRole('button', { name: 'Add device' }).click();
  await expect(page.locator('#networks-error')).toBeVisible();
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('Grafana "1" # ; $x');
  await expectPresentable(page, testInfo, 'add-device-refused');
  await page.getByRole('radio', { name: /^User name and password/ }).check();
  await page.getByRole('button', { name: 'Add device' }).click();

  await expect(page.getByText('The password is not shown again.')).toBeVisible();
  const password = await page.locator('#value-4').innerText();
  await expect(page.locator('#recipe-0')).toContainText(`password = ${password}`);
  expect(page.url()).toBe(`${mailgrant.url}${path}`);
  await page.getByRole('button', { name: 'Copy Password' }).click();
  await expect(page.getByText('Copied', { exact: true })).toBeVisible();
  await expectPresentable(page, testInfo, 'add-device-sheet');

  // On paper it is dark on white, also if the screen is dark.
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  await expect(page.locator('#value-4')).toBeVisible();
  await expect(page.locator('#value-4')).toHaveCSS('color', 'rgb(26, 30, 35)');
  await expect(page.locator('#recipe-0')).toBeVisible();
  for (const hidden of ['.page-header', '.breadcrumb', '#wait-for-device', '.copy >> nth=0', '.banner >> nth=0']) {
    await expect(page.locator(hidden)).toBeHidden();
  }
  await page.screenshot({ path: testInfo.outputPath('sheet-print.png'), fullPage: true });
  await page.pdf({ path: testInfo.outputPath('sheet.pdf'), format: 'A4' });
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('adds a printer that is known by its address', async ({ page, mailgrant }) => {
    await page.goto(`${mailgrant.url}${path}`);
    await page.getByRole('radio', { name: 'Printer or scanner' }).check();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('radio', { name: /^By its address/ }).check();
    await page.getByLabel('IP address or network of the device').fill('192.168.1.20');
    await page.getByLabel('From address').fill('Printer <printer@example.com>');
    await page.getByRole('button', { name: 'Add device' }).click();
    await expect(page.getByText('It needs no password.')).toBeVisible();
    await expect(page.getByRole('heading', { name: 'Konica Minolta' })).toBeVisible();
  });
});
