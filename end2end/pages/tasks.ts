import { expect, type Page } from '@playwright/test';
import type { Mailgrant } from '../harness/mailgrant.ts';
import type { Sandbox } from '../harness/sandbox.ts';
import { AuthorizedPage } from './authorized.ts';
import { SignInPage } from './sign-in.ts';
import { SmtpSettingsPage } from './smtp-settings.ts';

/** Opens the settings, chooses the sandbox, and fills in the values that its preset leaves open. */
export async function fillForSandbox(page: Page, mailgrant: Mailgrant, sandbox: Sandbox): Promise<SmtpSettingsPage> {
  const { address } = sandbox.account();
  const settings = new SmtpSettingsPage(page, mailgrant.url);
  await settings.open();
  await settings.provider.selectOption({ label: 'Sandbox (on this machine)' });
  await settings.fromAddress.fill(address);
  await settings.username.fill(address);
  await settings.clientId.fill(sandbox.client.clientId);
  await settings.clientSecret.fill(sandbox.client.clientSecret);
  return settings;
}

/** Also saves and authorizes; the tab of the sign-in is closed again. */
export async function authorizeAtSandbox(page: Page, mailgrant: Mailgrant, sandbox: Sandbox): Promise<SmtpSettingsPage> {
  const settings = await fillForSandbox(page, mailgrant, sandbox);
  await allowInTab(settings, sandbox);
  await expect(settings.status).toContainText(`Authorized as ${sandbox.account().address}`);
  return settings;
}

/** Presses "Save & Authorize" and allows the request in the new tab. */
export async function allowInTab(settings: SmtpSettingsPage, sandbox: Sandbox): Promise<void> {
  const tab = await settings.authorize();
  await new SignInPage(tab).allow(sandbox.account());
  await new AuthorizedPage(tab).expectSuccess(sandbox.account().address);
  await tab.close();
}
