// Secrets are entered and used in every way the page offers, and then searched for wherever they
// must not appear.
import type { BrowserContext } from '@playwright/test';
import { administrator, person } from '../harness/person.ts';
import { expect, test } from '../harness/test.ts';
import { alice, bob, client } from '../harness/real/accounts.ts';
import { Mailgrant } from '../harness/mailgrant.ts';
import { AccessPage } from '../pages/access.ts';
import { AuthorizedPage } from '../pages/authorized.ts';
import { ChoosePage } from '../pages/setup.ts';
import { SignInPage } from '../pages/sign-in.ts';
import { SmtpSettingsPage } from '../pages/smtp-settings.ts';

test('no secret is in a page, an answer, a URL or the log', async ({ page, context, real }) => {
  const mailgrant = await Mailgrant.start({
    extraRoots: real.certificates.authorityFile,
    environment: { MAILGRANT_LOG: 'trace' },
  });
  await context.addCookies(mailgrant.cookies);
  const { seen, settled } = listen(mailgrant.url);
  seen(context);
  const pages: string[] = [];
  const settings = new SmtpSettingsPage(page, mailgrant.url);
  // The password of the mailbox is wrong throughout the test.
  const deliveredOnly = () =>
    expect(settings.connection.getByText('Delivered, but the mailbox cannot be read')).toBeVisible({ timeout: 10_000 });
  const typed = { mailbox: 'planted-mailbox-password', password: 'planted-smtp-password', client: client.secret };
  try {
    await settings.open();
    await settings.fillSmtp({ host: 'localhost', port: real.dovecot.submissionPort, fromAddress: alice.address });
    await settings.fillMailbox({ email: alice.address, password: typed.mailbox, host: 'localhost', port: real.dovecot.imapsPort, security: 'Implicit TLS' });

    await settings.fillBasic(alice.address, typed.password);
    await settings.sendTest(bob.address);
    await settings.notDelivered();
    pages.push(await page.content());
    await settings.fillBasic(alice.address, alice.mailPassword);
    await settings.save.click();
    await expect(settings.outcome).toContainText('Settings saved');
    await settings.test.click();
    await deliveredOnly();
    pages.push(await page.content());

    await settings.fillOAuth(real.client, alice.address);
    const tab = await settings.authorize();
    await new SignInPage(tab).allow(alice);
    await new AuthorizedPage(tab).expectSuccess(alice.address);
    await tab.reload();
    pages.push(await tab.content());
    await settings.test.click();
    await deliveredOnly();
    const tokens = real.authorizationServer.secrets;
    real.authorizationServer.expireAccessTokens();
    await settings.test.click();
    await expect(settings.test).toHaveText('Test');
    await deliveredOnly();
    await page.reload();
    await settings.alive();
    pages.push(await page.content());
    await mailgrant.stop();

    tokens.push(...real.authorizationServer.secrets);
    expect(tokens.length).toBeGreaterThanOrEqual(4);
    expect(mailgrant.log).toContain('/oauth/callback');
    const heard = await settled();
    const places = { pages: pages.join('\n'), answers: heard.answers.map(({ text }) => text).join('\n'), log: mailgrant.log };
    // By the protocol, a code is part of a URL; it is valid once.
    const addresses = heard.addresses.map((url) => url.replace(/([?&]code=)[^&]*/, '$1')).join('\n');
    const found: string[] = [];
    for (const secret of [...Object.values(typed), alice.mailPassword, ...tokens]) {
      for (const [place, text] of Object.entries({ ...places, addresses })) {
        if (disguises(secret).some((disguise) => text.includes(disguise))) found.push(`${secret} in ${place}`);
      }
    }
    expect(found).toEqual([]);
  } finally {
    await mailgrant.dispose();
  }
});

test('tokens of sessions, browsers, links and keys are where they belong and nowhere else', async ({ page, context, otherBrowser }) => {
  const mailgrant = await Mailgrant.start({ setUp: false, environment: { MAILGRANT_LOG: 'trace' } });
  const { seen, settled } = listen(mailgrant.url);
  seen(context);
  try {
    const { name, password } = administrator;
    const setup = new ChoosePage(page);
    const setupLink = mailgrant.setupLink;
    await page.goto(setupLink);
    await setup.name.fill(name);
    await setup.fill(password);
    await setup.setUp.click();
    await expect(page).toHaveURL(`${mailgrant.url}/settings/smtp`);
    const access = new AccessPage(page, mailgrant.url);
    await access.open();
    const key = await access.makeKey('monitoring', 'messages');
    await access.open();
    const link = await access.addAccount('olga', 'viewer');

    const hers = await otherBrowser();
    seen(hers.context());
    const choose = new ChoosePage(hers);
    const chosen = person('olga').password;
    await hers.goto(link);
    await choose.fill('short');
    await choose.setPassword.click();
    await expect(choose.error('password')).toBeVisible();
    await choose.fill(chosen);
    await choose.setPassword.click();
    await expect(hers).toHaveURL(`${mailgrant.url}/settings/smtp`);
    expect((await fetch(`${mailgrant.url}/api/v1/status`, { headers: { authorization: `Bearer ${key}` } })).status).toBe(200);
    for (const path of ['/settings/smtp', '/account', '/access', '/activity', '/activity/export?who=admin', '/login', '/no-such-page']) {
      for (const browser of [page, hers]) await browser.goto(mailgrant.url + path).catch(() => undefined);
    }
    const cookies = [...(await context.cookies()), ...(await hers.context().cookies())].map(({ value }) => value);
    expect(cookies).toHaveLength(4);
    await page.getByRole('button', { name: 'Sign out' }).click();
    const exported = (await mailgrant.command(['audit', 'export'])).output;
    expect(exported).toContain('key_made');
    await mailgrant.stop();

    const token = (url: string): string => new URL(url).searchParams.get('token') ?? '';
    const { addresses, answers } = await settled();
    const places = {
      // The setup link is printed and opened; the key and the password link are shown once.
      log: mailgrant.log.replace(/^Set up Mailgrant: .*$/m, ''),
      exported,
      addresses: addresses.filter((url) => ![setupLink, link].includes(url)),
      answers: answers.filter(({ url, text }) => !url.includes('?token=') && !text.includes('shown-once')).map(({ text }) => text),
      'what is shown once, a second time': answers.filter(({ text }) => text.includes('shown-once')).map(({ text }) => text.replace(/(id="shown-once".*?value=")[^"]*/s, '$1')),
    };
    expect(places['what is shown once, a second time']).toHaveLength(2);
    const found: string[] = [];
    for (const secret of [...cookies, token(setupLink), token(link), key.slice(4), password, chosen]) {
      expect(secret.length).toBeGreaterThan(20);
      for (const [place, text] of Object.entries(places)) if (text.toString().includes(secret)) found.push(`${secret} in ${place}`);
    }
    expect(found).toEqual([]);
  } finally {
    await mailgrant.dispose();
  }
});

interface Answer {
  url: string;
  text: string;
}

/** Records the requests of browsers to a server, and its responses. */
function listen(origin: string): { seen: (context: BrowserContext) => void; settled: () => Promise<{ addresses: string[]; answers: Answer[] }> } {
  const addresses: string[] = [];
  const answers: Promise<Answer>[] = [];
  const seen = (context: BrowserContext): void => {
    context.on('request', (request) => addresses.push(request.url()));
    context.on('response', (response) => {
      // A redirect has no body, and an event stream may not end.
      const type = response.headers()['content-type'] ?? '';
      const url = response.url();
      if (url.startsWith(origin) && /html|json|text\/plain/.test(type)) answers.push(response.text().then((text) => ({ url, text }), () => ({ url, text: '' })));
    });
  };
  return { seen, settled: async () => ({ addresses, answers: await Promise.all(answers) }) };
}

/** Returns a secret in all encodings in which it is sent. */
function disguises(secret: string): string[] {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  return [
    secret,
    base64(secret),
    base64(`\0${alice.address}\0${secret}`),
    base64(`${client.id}:${secret}`),
    base64(`user=${alice.address}\x01auth=Bearer ${secret}\x01\x01`),
  ];
}
