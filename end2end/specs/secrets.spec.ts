// Secrets are typed and used in every way the page offers, and then looked for wherever they must not be.
import { expect, test } from '../harness/test.ts';
import { alice, bob, client } from '../harness/real/accounts.ts';
import { Mailgrant } from '../harness/mailgrant.ts';
import { AuthorizedPage } from '../pages/authorized.ts';
import { SignInPage } from '../pages/sign-in.ts';
import { SmtpSettingsPage } from '../pages/smtp-settings.ts';

test('no secret is in a page, an answer, a URL or the log', async ({ page, context, real }) => {
  const mailgrant = await Mailgrant.start({
    extraRoots: real.certificates.authorityFile,
    environment: { MAILGRANT_LOG: 'trace' },
  });
  const urls: string[] = [];
  const bodies: Promise<string>[] = [];
  context.on('request', (request) => urls.push(request.url()));
  context.on('response', (response) => {
    // A redirect has no body, and an event stream may have no end.
    const type = response.headers()['content-type'] ?? '';
    if (response.url().startsWith(mailgrant.url) && /html|json|text\/plain/.test(type)) bodies.push(response.text().catch(() => ''));
  });
  const pages: string[] = [];
  const typed = { mailbox: 'planted-mailbox-password', password: 'planted-smtp-password', client: client.secret };
  try {
    const settings = new SmtpSettingsPage(page, mailgrant.url);
    await settings.open();
    await settings.fillSmtp({ host: 'localhost', port: real.dovecot.submissionPort, fromAddress: alice.address });
    await settings.fillMailbox({ email: alice.address, password: typed.mailbox, host: 'localhost', port: real.dovecot.imapsPort });

    await settings.fillBasic(alice.address, typed.password);
    await settings.sendTest(bob.address);
    await settings.notDelivered();
    pages.push(await page.content());
    await settings.fillBasic(alice.address, alice.mailPassword);
    await settings.save.click();
    await expect(settings.outcome).toContainText('Settings saved');
    await settings.test.click();
    await settings.delivered();
    pages.push(await page.content());

    await settings.fillOAuth(real.client, alice.address);
    const tab = await settings.authorize();
    await new SignInPage(tab).allow(alice);
    await new AuthorizedPage(tab).expectSuccess(alice.address);
    await tab.reload();
    pages.push(await tab.content());
    await settings.test.click();
    await settings.delivered();
    const tokens = real.authorizationServer.secrets;
    real.authorizationServer.expireAccessTokens();
    await settings.test.click();
    await expect(settings.test).toHaveText('Test');
    await settings.delivered();
    await page.reload();
    await settings.alive();
    pages.push(await page.content());
    await mailgrant.stop();

    tokens.push(...real.authorizationServer.secrets);
    expect(tokens.length).toBeGreaterThanOrEqual(4);
    expect(mailgrant.log).toContain('/oauth/callback');
    const places = { pages: pages.join('\n'), answers: (await Promise.all(bodies)).join('\n'), log: mailgrant.log };
    // A code comes in a URL, by the protocol; it is good once.
    const addresses = urls.map((url) => url.replace(/([?&]code=)[^&]*/, '$1')).join('\n');
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

/** A secret and the forms in which it travels. */
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
