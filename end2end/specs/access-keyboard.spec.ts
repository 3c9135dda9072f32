import { administrator } from '../harness/person.ts';
import { expect, test } from '../harness/test.ts';
import { AccessPage } from '../pages/access.ts';
import { tabTo, typeInto } from '../pages/keyboard.ts';
import { LoginPage } from '../pages/login.ts';
import { ChoosePage } from '../pages/setup.ts';

test.use({ setUp: false });

test('setting up, signing out and in, and making and ending a key work with the keyboard alone', async ({ page, mailgrant }) => {
  const { name, password } = administrator;
  const setup = new ChoosePage(page);
  await page.goto(mailgrant.setupLink);
  await expect(setup.name).toBeFocused();
  await page.keyboard.type(name);
  await typeInto(page, setup.password, password);
  await typeInto(page, setup.repeated, password);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(`${mailgrant.url}/settings/smtp`);

  await tabTo(page, page.getByRole('button', { name: 'Sign out' }));
  await page.keyboard.press('Enter');
  const login = new LoginPage(page, mailgrant.url);
  await expect(login.name).toBeFocused();
  await page.keyboard.type(name);
  await typeInto(page, login.password, password);
  await tabTo(page, login.signInButton);
  await page.keyboard.press('Space');
  await expect(page).toHaveURL(`${mailgrant.url}/settings/smtp`);

  await tabTo(page, page.getByRole('link', { name: 'Access' }));
  await page.keyboard.press('Enter');
  const access = new AccessPage(page, mailgrant.url);
  await typeInto(page, access.keyForm.getByLabel('Name', { exact: true }), 'monitoring');
  await tabTo(page, access.keyForm.getByRole('checkbox', { name: /\(messages\)/ }));
  await page.keyboard.press('Space');
  await tabTo(page, access.keyForm.getByRole('button', { name: 'Create key' }));
  await page.keyboard.press('Enter');
  await expect(access.once).toBeFocused();
  await page.keyboard.press('Control+A');
  const selected = await access.once.evaluate((input: HTMLInputElement) => input.value.slice(input.selectionStart ?? 0, input.selectionEnd ?? 0));
  expect(selected).toMatch(/^mgk_/);

  await tabTo(page, access.key('monitoring').locator('summary'));
  await page.keyboard.press('Enter');
  await tabTo(page, access.key('monitoring').getByRole('button', { name: 'End monitoring' }));
  await page.keyboard.press('Enter');
  await expect(page.getByText('API key ended.')).toBeVisible();
});
