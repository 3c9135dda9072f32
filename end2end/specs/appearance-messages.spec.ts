// Every state of the message pages: narrow and wide, light and dark, checked with axe, with
// screenshots in test-results.
import { expectPresentable } from '../harness/accessibility.ts';
import { Program } from '../harness/messages.ts';
import { expect, test } from '../harness/test.ts';
import { MessagesPage } from '../pages/messages.ts';
import { allowInTab, fillForSandbox } from '../pages/tasks.ts';

// On a slow machine axe takes some seconds per page.
test.setTimeout(120_000);

const [bob, carol, dave] = ['bob@sandbox.test', 'carol@sandbox.test', 'dave@sandbox.test'] as const;
const nobody = [{ stage: 'rcpt', reply: '550 5.1.1 No such user', times: 1 }];

const bounce = (messageId: string): string =>
  `From: MAILER-DAEMON@mx.example.net\r\nSubject: Undelivered Mail Returned to Sender\r\n` +
  `Content-Type: multipart/report; report-type=delivery-status; boundary=B\r\n\r\n--B\r\n\r\nIt could not be delivered.\r\n` +
  `--B\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.net\r\n\r\nFinal-Recipient: rfc822; ${bob}\r\n` +
  `Action: failed\r\nStatus: 5.2.2\r\nDiagnostic-Code: smtp; 552 5.2.2 Mailbox full\r\n\r\n` +
  `--B\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: ${messageId}\r\n--B--`;

test('messages: none, of every state, filtered, one of each, and what keeps them from going out', async ({ page, mailgrant, sandbox }, testInfo) => {
  const messages = new MessagesPage(page, mailgrant.url);
  await messages.open();
  await expectPresentable(page, testInfo, 'messages-empty');

  const { address, password } = sandbox.account();
  const { imap_host: host, imap_tls_port: port } = sandbox.descriptor;
  const settings = await fillForSandbox(page, mailgrant, sandbox);
  await settings.fillMailbox({ email: address, password, host, port, security: 'Implicit TLS' });
  await allowInTab(settings, sandbox);
  const program = await Program.of(mailgrant);
  const invoice = await program.send({
    to: [bob],
    cc: [carol],
    subject: 'Your invoice 2026-117',
    text: 'Hello Bob,\n\nyour invoice is ready.',
    html: '<h1>Your invoice</h1><p>Hello Bob, it is <a href="https://example.com/117">ready</a>.</p>',
  });
  await program.send({ to: [bob, carol, dave], subject: `Wöchentlicher-Bericht${'-für-alle'.repeat(16)}`, text: 'Hello' });
  const back = await program.send({ to: [bob], subject: 'Comes back', text: 'Hello' });
  await messages.openMessage(back);
  await expect(messages.state).toHaveText('Delivered');
  const received = (await sandbox.messages()).find(({ subject }) => subject === 'Comes back');
  await sandbox.deliver(bounce(received?.message_id ?? ''));
  await sandbox.setFaults({ replies: nobody });
  const failed = await program.send({ to: [dave], subject: 'To nobody', text: 'Hello' });
  await messages.openMessage(failed);
  await expect(messages.state).toHaveText('Failed');
  await sandbox.setFaults({ replies: nobody });
  const partly = await program.send({ to: [dave, bob], subject: 'To one of two', text: 'Hello' });
  await messages.openMessage(partly);
  await expect(messages.state).toHaveText('Partly delivered');
  await expectPresentable(page, testInfo, 'message-partly-delivered');
  await messages.openMessage(failed);
  await expectPresentable(page, testInfo, 'message-failed');
  await messages.openMessage(invoice);
  for (const summary of await page.locator('summary').all()) await summary.click();
  await expectPresentable(page, testInfo, 'message-delivered');
  await messages.openMessage(back);
  await expect(messages.state).toHaveText('Bounced', { timeout: 15_000 });
  await expectPresentable(page, testInfo, 'message-bounced');

  await sandbox.setFaults({ replies: [{ stage: 'mail', reply: '550 5.4.5 Daily user sending limit exceeded' }] });
  const waiting = await program.send({ to: [bob], subject: 'Waits', text: 'Hello' });
  await messages.openMessage(waiting);
  await expect(page.getByText('Default is paused: its messages wait')).toBeVisible();
  await expectPresentable(page, testInfo, 'message-paused');
  await settings.open();
  await settings.manageDataCenters.click();
  await settings.smtp.getByLabel('Add a data center').fill('Frankfurt');
  await settings.smtp.getByRole('button', { name: 'Add' }).click();
  await expect(settings.dataCenter.locator('option:checked')).toHaveText('Frankfurt');
  await messages.open();
  await page.getByText('As a table').click();
  await page.getByText('Days and data center').click();
  await expectPresentable(page, testInfo, 'messages-full');
  await messages.open('?from=yesterday&state=lost');
  await expectPresentable(page, testInfo, 'messages-wrong-filter');
  await messages.show({ search: 'nobody wrote this', state: 'All' });
  await page.getByText('No matches.').waitFor();
  await expectPresentable(page, testInfo, 'messages-nothing-matches');
});

test('a message that waits for a grant, one that is not there, the settings of sending, and the API', async ({ page, mailgrant }, testInfo) => {
  const messages = new MessagesPage(page, mailgrant.url);
  const program = await Program.whoseMessagesWait(mailgrant);
  await messages.openMessage(await program.send({ to: [bob], subject: 'Waits', text: 'Hello' }));
  await expectPresentable(page, testInfo, 'message-not-authorized');
  await page.goto(`${mailgrant.url}/messages/none`);
  await expectPresentable(page, testInfo, 'message-not-found');
  await page.goto(`${mailgrant.url}/settings/sending`);
  await page.getByLabel('Other From addresses').fill('shop@example.com\nnobody');
  await page.getByLabel('Messages per day').fill('many');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.locator('#messages_per_day-error')).toBeVisible();
  await expectPresentable(page, testInfo, 'sending-settings-refused');
  await page.goto(`${mailgrant.url}/api/docs`);
  await expectPresentable(page, testInfo, 'api-docs');
});
