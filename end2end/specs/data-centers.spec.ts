import { expect, test } from '../harness/test.ts';
import { SmtpSettingsPage } from '../pages/smtp-settings.ts';
import { authorizeAtSandbox } from '../pages/tasks.ts';

test('a data center is added, renamed, has settings and a grant of its own, and goes when it is unused', async ({ page, mailgrant, sandbox }) => {
  const settings = await authorizeAtSandbox(page, mailgrant, sandbox);
  const { smtp } = settings;
  const names = settings.dataCenter.locator('option');
  const remove = smtp.getByRole('button', { name: 'Remove this data center' });
  await expect(names).toHaveText(['Default']);
  await settings.manageDataCenters.click();
  await expect(remove).toBeDisabled();

  await smtp.getByLabel('Add a data center').fill('default');
  await smtp.getByRole('button', { name: 'Add' }).click();
  await expect(smtp).toContainText('This name is already in use');
  await smtp.getByLabel('Add a data center').fill('Frankfurt');
  await smtp.getByRole('button', { name: 'Add' }).click();
  await expect(settings.dataCenter.locator('option:checked')).toHaveText('Frankfurt');
  await settings.alive();
  await expect(settings.host).toHaveValue('');
  await expect(settings.status).not.toContainText('Authorized as');

  await settings.manageDataCenters.click();
  await smtp.getByLabel('Rename this data center').fill('Paris');
  await smtp.getByRole('button', { name: 'Rename' }).click();
  await expect(settings.dataCenter.locator('option:checked')).toHaveText('Paris');
  await settings.fillSmtp({ host: 'paris.example.com', fromAddress: 'paris@example.com' });
  await settings.authenticationRequired.uncheck();
  await settings.save.click();
  await expect(settings.outcome).toContainText('Settings saved');

  await settings.dataCenter.selectOption({ label: 'Default' });
  await expect(settings.host).toHaveValue(sandbox.descriptor.smtp_host);
  await settings.alive();
  await expect(settings.status).toContainText(`Authorized as ${sandbox.account().address}`);
  await settings.dataCenter.selectOption({ label: 'Paris' });
  await expect(settings.host).toHaveValue('paris.example.com');
  await settings.alive();
  await settings.manageDataCenters.click();
  await expect(remove).toBeDisabled();
  await expect(smtp).toContainText('A data center with settings cannot be removed.');

  await smtp.getByLabel('Add a data center').fill('Oslo');
  await smtp.getByRole('button', { name: 'Add' }).click();
  await expect(settings.dataCenter.locator('option:checked')).toHaveText('Oslo');
  await settings.alive();
  await settings.manageDataCenters.click();
  await remove.click();
  await expect(settings.dataCenter.locator('option:checked')).toHaveText('Default');
  await expect(names).toHaveText(['Default', 'Paris']);
});

test('unsaved changes are asked about before another data center is shown', async ({ page, mailgrant }) => {
  const settings = new SmtpSettingsPage(page, mailgrant.url);
  await settings.open();
  await settings.manageDataCenters.click();
  await settings.smtp.getByLabel('Add a data center').fill('Frankfurt');
  await settings.smtp.getByRole('button', { name: 'Add' }).click();
  await expect(settings.dataCenter.locator('option:checked')).toHaveText('Frankfurt');
  await settings.alive();
  await settings.host.click();
  await page.keyboard.type('smtp.example.com');
  page.once('dialog', (dialog) => void dialog.dismiss());
  const warned = page.waitForEvent('dialog');
  await settings.dataCenter.selectOption({ label: 'Default' });
  expect((await warned).type()).toBe('beforeunload');
  await expect(settings.dataCenter.locator('option:checked')).toHaveText('Frankfurt');
  await expect(settings.host).toHaveValue('smtp.example.com');
});
