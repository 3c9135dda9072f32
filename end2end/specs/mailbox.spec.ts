// Reading received mail: hostile content in the sandbox, and a real Dovecot.
import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { expectAccessible, expectPresentable } from '../harness/accessibility.ts';
import type { Mailgrant } from '../harness/mailgrant.ts';
import { alice } from '../harness/real/accounts.ts';
import type { Sandbox } from '../harness/sandbox.ts';
import { expect, test } from '../harness/test.ts';
import { AuthorizedPage } from '../pages/authorized.ts';
import { MailboxPage } from '../pages/mailbox.ts';
import { SignInPage } from '../pages/sign-in.ts';
import { SmtpSettingsPage } from '../pages/smtp-settings.ts';

// A debug build on a busy machine is slow.
test.setTimeout(120_000);

const plain = (subject: string, text = 'Words'): string =>
  `From: Bob <bob@example.com>\r\nTo: alice@sandbox.test\r\nSubject: ${subject}\r\nDate: Mon, 23 Nov 2026 20:15:00 +0000\r\n\r\n${text}\r\n`;

const withFiles = `From: =?utf-8?q?J=C3=BCrgen?= <j@example.com>\r\nTo: alice@sandbox.test\r\nSubject: Report and files\r\n` +
  `MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\nContent-Type: multipart/alternative; boundary=a\r\n\r\n` +
  `--a\r\n\r\nPlain words\r\n--a\r\nContent-Type: text/html\r\n\r\n<h1>Rich words</h1><table><tr><td>a<td>b</table>` +
  `<p>See <a href="https://example.com/report">the report</a></p>\r\n--a--\r\n` +
  `--m\r\nContent-Type: text/csv; name="figures 2026.csv"\r\nContent-Disposition: attachment\r\n\r\n1,2\r\n--m--\r\n`;

const hostile = `From: "<script>alert(1)</script>" <x@example.com>\r\nSubject: <img src=https://tracker.example/s.gif onerror=alert(1)>\r\n` +
  `Content-Type: text/html\r\n\r\n<body onload=alert(1)><script>document.title='owned'</script><p onclick=alert(1)>Hostile words</p>` +
  `<img src="https://tracker.example/p.gif"><link rel=stylesheet href="https://tracker.example/a.css"><style>@import 'https://tracker.example/b.css';</style>` +
  `<div style="background:url(https://tracker.example/c.gif)">d</div><iframe src="https://tracker.example"></iframe>` +
  `<meta http-equiv=refresh content="0;url=https://tracker.example"><base href="https://tracker.example">` +
  `<form action="https://tracker.example"><button>Send</button></form><svg onload=alert(1)></svg><a href="javascript:alert(1)">js</a>`;

/** Returns settings with the mailbox of the sandbox's first account, saved with passwords. */
async function saved(page: Page, mailgrant: Mailgrant, sandbox: Sandbox): Promise<SmtpSettingsPage> {
  const { address, password } = sandbox.account();
  const { smtp_host, smtp_starttls_port, imap_host, imap_tls_port } = sandbox.descriptor;
  const settings = new SmtpSettingsPage(page, mailgrant.url);
  await settings.open();
  await settings.fillSmtp({ host: smtp_host, port: smtp_starttls_port, fromAddress: address });
  await settings.fillBasic(address, password);
  await settings.fillMailbox({ email: address, password, host: imap_host, port: imap_tls_port });
  await settings.mailbox.getByRole('radio', { name: 'Implicit TLS' }).check();
  await settings.save.click();
  await expect(settings.outcome).toContainText('Settings saved');
  return settings;
}

test('a test email to oneself is read back, and new mail appears by itself', async ({ page, mailgrant, sandbox }) => {
  const settings = await saved(page, mailgrant, sandbox);
  await settings.sendTest(sandbox.account().address);
  await settings.delivered();
  const mailbox = new MailboxPage(page, mailgrant.url);
  await page.getByRole('link', { name: 'Mailbox' }).click();
  await expect(mailbox.mails).toHaveCount(1);
  const subject = (await sandbox.messages())[0]?.subject ?? '';
  await mailbox.read(subject);
  await expect(page.locator('.mail-head')).toContainText(sandbox.account().address);
  await expect(mailbox.text).not.toBeEmpty();

  await mailbox.open();
  await mailbox.alive();
  await expect(mailbox.newMails).toHaveCount(0);
  await sandbox.deliver(plain('While you look'));
  await expect(mailbox.newMails).toHaveText([/While you look/], { timeout: 20_000 });
  await expect(page.getByRole('status').filter({ hasText: '1 new mail' })).toHaveCount(1);
  await sandbox.deliver(plain('And another'));
  await expect(mailbox.newMails).toHaveText([/And another/, /While you look/], { timeout: 20_000 });
  await mailbox.read('And another');
  await expect(mailbox.text).toHaveText('Words');
});

test('folders, pages, search and files work with the keyboard alone and without JavaScript', async ({ page, mailgrant, sandbox, otherBrowser }) => {
  await saved(page, mailgrant, sandbox);
  await sandbox.deliver(plain('Number {n}', 'Text {n}'), { times: 120 });
  await sandbox.deliver(withFiles);
  await sandbox.deliver(plain('Put away'), { folder: 'Archive/2026' });
  const still = await otherBrowser({ javaScriptEnabled: false });
  await still.context().addCookies(mailgrant.cookies);
  const mailbox = new MailboxPage(still, mailgrant.url);
  await mailbox.open();
  await expect(mailbox.mails).toHaveCount(50);
  await expect(mailbox.mails.first()).toContainText('Jürgen');
  await still.getByRole('link', { name: 'Older' }).click();
  await still.getByRole('link', { name: 'Older' }).click();
  await expect(mailbox.mails.last()).toContainText('Number 1');
  await expect(mailbox.mails).toHaveCount(21);
  await still.getByRole('link', { name: 'Newest' }).click();
  await expect(mailbox.mails).toHaveCount(50);

  await mailbox.search('number 77', 'In the subject');
  await expect(mailbox.mails).toHaveText([/Number 77/]);
  await mailbox.search('nothing like it');
  await expect(still.getByText('No matches.')).toBeVisible();
  await mailbox.folders.getByRole('link', { name: 'Archive' }).click();
  await expect(mailbox.mails).toHaveText([/Put away/]);
  await mailbox.folders.getByRole('link', { name: 'Drafts' }).click();
  await expect(still.getByText('No mail in this folder.')).toBeVisible();

  await mailbox.folders.getByRole('link', { name: 'Inbox' }).click();
  await mailbox.mails.first().getByRole('link').focus();
  await still.keyboard.press('Enter');
  await expect(mailbox.text).toHaveText('Plain words');
  await still.getByRole('link', { name: 'Show with formatting' }).click();
  await expect(mailbox.html.getByRole('heading', { name: 'Rich words' })).toBeVisible();
  await expect(mailbox.html.getByRole('link', { name: 'the report' })).toHaveAttribute('rel', 'noopener noreferrer nofollow');
  const downloaded = still.waitForEvent('download');
  await still.getByRole('link', { name: 'figures 2026.csv' }).click();
  const download = await downloaded;
  expect(download.suggestedFilename()).toBe('figures 2026.csv');
  expect(await readFile(await download.path(), 'utf8')).toBe('1,2');
  const raw = still.waitForEvent('download');
  await still.getByRole('link', { name: 'Download the original' }).click();
  expect(await readFile(await (await raw).path(), 'utf8')).toBe(withFiles);
});

test('hostile mail harms neither page nor server', async ({ page, mailgrant, sandbox }) => {
  await saved(page, mailgrant, sandbox);
  await sandbox.deliver(plain('Before'));
  await sandbox.deliver(hostile);
  await sandbox.deliver(`Subject: ${'s'.repeat(1_048_576)}\r\n\r\nMegabyte`);
  await sandbox.deliver(`Subject: Headers\r\n${'X-Header: x\r\n'.repeat(10_000)}\r\nMany`);
  await sandbox.deliver('Content-Type: message/rfc822\r\n\r\n'.repeat(100_000));
  await sandbox.deliver(`Subject: Deep\r\nContent-Type: text/html\r\n\r\n${'<div>'.repeat(180_000)}Deep words`);
  await sandbox.deliver(`Subject: Fonts\r\nContent-Type: text/html\r\n\r\n${'<p><font color=a><b title=b>'.repeat(30_000)}`);
  await sandbox.deliver('Content-Type: multipart/mixed; boundary=b\r\n\r\n--b');
  await sandbox.deliver(plain('After'));
  const mailbox = new MailboxPage(page, mailgrant.url);
  const dialogs: string[] = [];
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  await mailbox.open();
  await expect(mailbox.mails).toHaveCount(9);
  const addresses = await mailbox.mails.getByRole('link').evaluateAll((links) => links.map((link) => (link as HTMLAnchorElement).href));
  for (const address of addresses) {
    const answer = await page.goto(address);
    expect(answer?.status(), address).toBe(200);
    const frame = page.locator('#mail-html');
    if ((await frame.count()) > 0) await expect(mailbox.html.locator('body')).toBeAttached();
    expect(await page.title()).not.toBe('owned');
  }
  await mailbox.open();
  await page.getByRole('link', { name: 'onerror' }).click();
  await expect(mailbox.html.getByText('Hostile words')).toBeVisible();
  for (const gone of ['script', 'img[src]', 'style:not(head *)', 'iframe', 'form', 'svg', 'link', 'base', '[onclick]', '[style]', '[href^="javascript"]'])
    await expect(mailbox.html.locator(`body ${gone}, ${gone}`).and(mailbox.html.locator('body *')), gone).toHaveCount(0);
  await mailbox.open();
  await mailbox.read('After');
  await expect(mailbox.text).toHaveText('Words');
  expect(dialogs).toEqual([]);
});

test('a renumbered folder and failing servers are reported as such', async ({ page, mailgrant, sandbox }) => {
  await saved(page, mailgrant, sandbox);
  await sandbox.deliver(plain('One'));
  const mailbox = new MailboxPage(page, mailgrant.url);
  await mailbox.open();
  await mailbox.read('One');
  await sandbox.renumber();
  await page.reload();
  await expect(page.getByRole('status')).toContainText('renumbered this folder');
  await page.getByRole('link', { name: 'Open the folder' }).click();
  await mailbox.read('One');

  await sandbox.setFaults({ imap: 'cut_in_fetch' });
  await page.reload();
  await expect(page.getByRole('alert')).toContainText('The mailbox cannot be read.');
  await expect(page.getByRole('alert')).toContainText('connection_closed');
  await sandbox.setFaults({ imap: null });
  await page.getByRole('link', { name: 'Try again' }).click();
  await expect(mailbox.text).toHaveText('Words');
});

test('the mailbox in every state looks right', async ({ page, mailgrant, sandbox }, testInfo) => {
  const mailbox = new MailboxPage(page, mailgrant.url);
  await mailbox.open();
  await expect(page.getByText('The email box is off.')).toBeVisible();
  await expectPresentable(page, testInfo, 'mailbox-off');
  await saved(page, mailgrant, sandbox);
  await mailbox.open();
  await expectPresentable(page, testInfo, 'mailbox-empty');
  await sandbox.deliver(plain('Number {n}'), { times: 5 });
  await sandbox.deliver(plain(`A very long subject that ${'goes on and '.repeat(12)}on`));
  await sandbox.deliver(`From: ${'x'.repeat(120)}@example.com\r\nSubject: ${'y'.repeat(200)}\r\n\r\nx`);
  await sandbox.deliver(withFiles);
  await mailbox.open();
  await expectPresentable(page, testInfo, 'mailbox-list');
  await mailbox.read('Report and files');
  await page.getByText('All headers').click();
  await expectPresentable(page, testInfo, 'mailbox-message');
  await page.getByRole('link', { name: 'Show with formatting' }).click();
  await expect(mailbox.html.getByRole('heading', { name: 'Rich words' })).toBeVisible();
  await expectPresentable(page, testInfo, 'mailbox-html');
  await sandbox.setFaults({ imap: 'limit' });
  await mailgrant.restart();
  await page.goto(`${mailgrant.url}/mailbox`);
  await expect(page.getByRole('alert')).toBeVisible();
  await expectPresentable(page, testInfo, 'mailbox-failing');
});

test('mail is read back from Dovecot, with a password and with the same authorization', async ({ page, mailgrantForReal, real }) => {
  const settings = new SmtpSettingsPage(page, mailgrantForReal.url);
  await settings.open();
  await settings.fillSmtp({ host: 'localhost', port: real.dovecot.submissionPort, fromAddress: alice.address });
  await settings.fillOAuth(real.client, alice.address);
  await settings.fillMailbox({ email: alice.address, password: alice.mailPassword, host: 'localhost', port: real.dovecot.imapsPort });
  await settings.mailbox.getByRole('radio', { name: 'Implicit TLS' }).check();
  const mailbox = new MailboxPage(page, mailgrantForReal.url);
  const authorize = async (agree: (provider: SignInPage) => Promise<void>): Promise<void> => {
    const tab = await settings.authorize();
    await agree(new SignInPage(tab));
    await new AuthorizedPage(tab).expectSuccess(alice.address);
    await tab.close();
  };
  await authorize((provider) => provider.allow(alice));
  await settings.sendTest(alice.address);
  const id = await settings.delivered();
  await expectReadBack(page, mailbox, id);

  await settings.open();
  await settings.mailbox.getByRole('radio', { name: 'The same authorization as SMTP' }).check();
  await authorize((provider) => provider.consent());
  await settings.sendTest(alice.address);
  await expectReadBack(page, mailbox, await settings.delivered());
  await expectAccessible(page, 'a mail at Dovecot');

  await mailbox.open();
  await mailbox.alive();
  const before = await mailbox.newMails.count();
  const other = await page.context().newPage();
  const again = new SmtpSettingsPage(other, mailgrantForReal.url);
  await again.open();
  await again.sendTest(alice.address);
  await again.delivered();
  await expect(mailbox.newMails).toHaveCount(before + 1, { timeout: 20_000 });
  await mailbox.search(alice.address, 'In the sender');
  await expect(mailbox.mails.first()).toBeVisible();
});

async function expectReadBack(page: Page, mailbox: MailboxPage, messageId: string): Promise<void> {
  await mailbox.open();
  await mailbox.mails.first().getByRole('link').click();
  await page.getByText('All headers').click();
  await expect(page.locator('.facts')).toContainText(messageId);
  await expect(mailbox.text).not.toBeEmpty();
}
