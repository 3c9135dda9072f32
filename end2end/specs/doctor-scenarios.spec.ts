// Every scenario of the sandbox and the finding it causes, with its cause and fix on the page.
import type { Page } from '@playwright/test';
import { Mailgrant } from '../harness/mailgrant.ts';
import { Sandbox, type Scenario } from '../harness/sandbox.ts';
import { expect, test as base } from '../harness/test.ts';
import { Watch } from '../harness/watch.ts';
import { AuthorizedPage } from '../pages/authorized.ts';
import { Doctor, expectFinding } from '../pages/doctor.ts';
import { SignInPage } from '../pages/sign-in.ts';
import { SmtpSettingsPage } from '../pages/smtp-settings.ts';
import { allowInTab, fillForSandbox } from '../pages/tasks.ts';

/** Scenarios that wait for timeouts: up to 20 seconds. */
const SLOW = ['silent_greeting', 'imap_silent', 'silent_tokens', 'slow_tokens', 'not_delivered', 'dns_silent', 'host_dns_silent'];

/** A sandbox, a Mailgrant, and a browser for many scenarios. */
interface Walk {
  sandbox: Sandbox;
  mailgrant: Mailgrant;
  page: Page;
  watch: Watch;
  /** True if the sandbox's own values are saved. */
  saved: boolean;
  /** True if they are authorized as well. */
  authorized: boolean;
}

const test = base.extend<object, { walk: Walk }>({
  walk: [
    async ({ browser }, use) => {
      const sandbox = await Sandbox.start();
      const { descriptorFile: sandboxFile, authorityFile: extraRoots } = sandbox;
      // For the hosts that only the sandbox's name server knows.
      const environment = { MAILGRANT_DNS_SERVER: sandbox.descriptor.dns };
      const mailgrant = await Mailgrant.start({ sandboxFile, extraRoots, environment });
      const context = await browser.newContext();
      await context.addCookies(mailgrant.cookies);
      const watch = new Watch();
      watch.over(context);
      await use({ sandbox, mailgrant, page: await context.newPage(), watch, saved: false, authorized: false });
      await context.close();
      await mailgrant.dispose();
      await sandbox.stop();
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  // The watched browser is the one of this test.
  watched: async ({ walk }, use) => {
    await use(walk.watch);
    expect(walk.watch.problems).toEqual([]);
  },
});

test.describe.configure({ mode: 'parallel' });

for (const scenario of await scenarios()) {
  test(`${scenario.at}: ${scenario.title} (${scenario.name})`, async ({ walk }) => {
    if (SLOW.includes(scenario.name)) test.slow();
    await walk.sandbox.setScenario('none');
    const settings = walk.saved ? await openSaved(walk) : await fillForSandbox(walk.page, walk.mailgrant, walk.sandbox);
    await settings.emailBox.uncheck();
    if (scenario.at === 'authorize') await authorize(settings, walk, scenario);
    else await check(settings, walk, scenario);
  });
}

async function openSaved({ page, mailgrant }: Walk): Promise<SmtpSettingsPage> {
  const settings = new SmtpSettingsPage(page, mailgrant.url);
  await settings.open();
  return settings;
}

async function scenarios(): Promise<Scenario[]> {
  const sandbox = await Sandbox.start();
  try {
    return await sandbox.scenarios();
  } finally {
    await sandbox.stop();
  }
}

async function authorize(settings: SmtpSettingsPage, walk: Walk, scenario: Scenario): Promise<void> {
  // An existing refresh token would hide that none was issued, so another account is used.
  const isOther = scenario.name === 'no_refresh_token';
  const account = walk.sandbox.account(isOther ? 1 : 0);
  await settings.username.fill(account.address);
  if (scenario.given === 'secret_id') await settings.clientSecret.fill('0f8fad5b-d9cb-469f-a165-70867728950e');
  // Values must be saved before they are authorized.
  walk.saved = !isOther && scenario.given !== 'secret_id';
  walk.authorized = false;
  await walk.sandbox.setScenario(scenario.name);
  const tab = await settings.authorize();
  const authorized = new AuthorizedPage(tab);
  await expect(authorized.finding.or(tab.getByLabel('Email'))).toBeVisible();
  if (!(await authorized.finding.isVisible())) await new SignInPage(tab).allow(account);
  if (scenario.finding === null) await expect(tab.getByText('SMTP settings authorized')).toBeVisible();
  else await expectFinding(tab.locator('body'), scenario.finding);
  await tab.close();
  if (scenario.finding !== null) await expectFinding(settings.outcome, scenario.finding);
}

async function check(settings: SmtpSettingsPage, walk: Walk, scenario: Scenario): Promise<void> {
  const doctor = new Doctor(settings.page);
  // The mailbox settings are then part of the authorization.
  const together = scenario.given === 'same_authorization';
  if (together) await given(settings, walk.sandbox, scenario);
  if (together || !walk.authorized) await allowInTab(settings, walk.sandbox);
  walk.saved = !together;
  // A rejected refresh or token may end the grant.
  const refreshes = scenario.at === 'token' || scenario.at === 'token_twice';
  walk.authorized = !together && !refreshes && !scenario.name.startsWith('refuse_');
  if (!together) await given(settings, walk.sandbox, scenario);
  await walk.sandbox.setScenario(scenario.name);
  if (refreshes || scenario.name.endsWith('_tokens')) await walk.sandbox.expire();
  if (scenario.at === 'token_twice') {
    await settings.sendTest('bob@sandbox.test');
    await expectFinding(doctor.report, 'token_endpoint_unreachable');
  }
  if (refreshes || scenario.at === 'test') {
    await settings.sendTest(scenario.given === 'to_itself' ? walk.sandbox.account().address : 'bob@sandbox.test');
  } else {
    await doctor.check.click();
  }
  await doctor.ended(SLOW.includes(scenario.name) ? 40_000 : 15_000);
  if (scenario.finding === null) await settings.delivered();
  else await expectFinding(doctor.report, scenario.finding);
}

/** Fills in the values that a scenario needs, without saving. */
async function given(settings: SmtpSettingsPage, sandbox: Sandbox, scenario: Scenario): Promise<void> {
  const { address, password } = sandbox.account();
  const { smtp_tls_port: port, imap_host, imap_tls_port } = sandbox.descriptor;
  if (scenario.given === 'password') await settings.fillBasic(address, password);
  if (scenario.given === 'named_host') {
    await settings.fillBasic(address, password);
    await settings.fillSmtp({ host: 'smtp.sandbox.test' });
  }
  if (scenario.given === 'no_sign_in') await settings.authenticationRequired.uncheck();
  if (scenario.given === 'plain_no_sign_in') {
    await settings.authenticationRequired.uncheck();
    await settings.enableSsl.uncheck();
  }
  if (scenario.given === 'implicit_tls') await settings.fillSmtp({ security: 'Implicit TLS', port });
  if (scenario.given === 'tls13') await settings.fillSmtp({ tlsVersion: '1.3 only' });
  if (scenario.given === 'other_from') await settings.fillSmtp({ fromAddress: sandbox.account(1).address });
  if (scenario.at === 'mailbox' || scenario.given === 'to_itself') {
    await settings.fillMailbox({ email: address, password, host: imap_host, port: imap_tls_port, security: 'Implicit TLS' });
  }
  if (scenario.given === 'same_authorization') {
    await settings.mailbox.getByRole('radio', { name: 'The same authorization as SMTP' }).check();
  }
  if (scenario.at === 'domain') await new Doctor(settings.page).dkimSelector.fill('mailgrant');
}
