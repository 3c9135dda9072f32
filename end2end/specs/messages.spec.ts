// The outbox pages: the list, one message, and its actions.
import { readFile } from 'node:fs/promises';
import { Program } from '../harness/messages.ts';
import { expect, test } from '../harness/test.ts';
import { tabTo, typeInto } from '../pages/keyboard.ts';
import { MessagesPage } from '../pages/messages.ts';
import { authorizeAtSandbox, fillForSandbox } from '../pages/tasks.ts';

const to = ['bob@sandbox.test'];

test('an empty outbox says how programs send', async ({ page, mailgrant }) => {
  const messages = new MessagesPage(page, mailgrant.url);
  await messages.open();
  await expect(page.getByText(`${mailgrant.url}/api/v1/messages`)).toBeVisible();
  await expect(page.getByText('mailgrant send bob@example.com')).toBeVisible();
  await expect(page.getByText('There are no SMTP settings yet')).toBeVisible();
  await page.getByRole('main').getByRole('link', { name: 'API key' }).click();
  await expect(page).toHaveURL(`${mailgrant.url}/access`);
  await page.getByRole('link', { name: 'API for programs' }).click();
  await expect(page.getByRole('link', { name: 'POST /api/v1/messages', exact: true })).toBeVisible();
});

test('a message appears by itself, and its state changes by itself', async ({ page, mailgrant, sandbox }) => {
  await authorizeAtSandbox(page, mailgrant, sandbox);
  const program = await Program.of(mailgrant);
  const messages = new MessagesPage(page, mailgrant.url);
  await messages.open();
  await expect(page.getByText('No messages yet')).toBeVisible();
  await program.send({ to, subject: 'The first', text: 'Hello' });
  await expect(messages.of('The first')).toContainText('Delivered');
  await expect.poll(() => messages.count('Delivered')).toBe(1);
  await expect(page.locator('.chart rect.delivered')).toHaveCount(1);
  await sandbox.messageTo('bob@sandbox.test');

  await program.send({ to, subject: 'The second', text: 'Hello' });
  await expect(messages.messages.first()).toContainText('The second');
  await expect(messages.messages).toHaveCount(2);
});

test('the focus stays where it is when the page changes', async ({ page, mailgrant }) => {
  const program = await Program.whoseMessagesWait(mailgrant);
  await program.send({ to, subject: 'The first', text: 'Hello' });
  const messages = new MessagesPage(page, mailgrant.url);
  await messages.open();
  const link = messages.of('The first').getByRole('link');
  await tabTo(page, link);
  await program.send({ to, subject: 'The second', text: 'Hello' });
  await expect(messages.messages).toHaveCount(2);
  await expect(link).toBeFocused();
});

test('messages are filtered and found', async ({ page, mailgrant }) => {
  const program = await Program.whoseMessagesWait(mailgrant);
  for (const subject of ['An invoice', 'A newsletter', 'A reminder']) await program.send({ to, subject, text: 'x' });
  const messages = new MessagesPage(page, mailgrant.url);
  await messages.open();
  await expect(messages.messages).toHaveCount(3);
  await messages.show({ search: 'NEWS' });
  await expect(messages.messages).toHaveCount(1);
  await expect(messages.of('A newsletter')).toBeVisible();
  // Messages that do not match the filter do not appear live either.
  await program.send({ to, subject: 'Something else', text: 'x' });
  await program.send({ to, subject: 'More news', text: 'x' });
  await expect(messages.messages).toHaveCount(2);
  await messages.show({ state: 'Failed' });
  await expect(page.getByText('No matches.')).toBeVisible();
  await page.getByRole('link', { name: 'Show all messages' }).click();
  await expect(messages.messages).toHaveCount(5);
});

test('a message that waits is cancelled, tried again and sent once more', async ({ page, mailgrant, sandbox }) => {
  const program = await Program.whoseMessagesWait(mailgrant);
  const id = await program.send({ to, subject: 'Hello', text: 'Hello Bob' });
  const messages = new MessagesPage(page, mailgrant.url);
  await messages.openMessage(id);
  await expect(messages.state).toHaveText('Waiting');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(messages.state).toHaveText('Cancelled');
  await expect(page.getByText('Cancelled. You can retry it.')).toBeVisible();

  await authorizeAtSandbox(page, mailgrant, sandbox);
  await messages.openMessage(id);
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(messages.state).toHaveText('Delivered');
  await expect(messages.recipients).toContainText('Accepted');
  await messages.attempts.getByText('Transcript').first().click();
  await expect(messages.attempts).toContainText('RCPT TO:<bob@sandbox.test>');

  await page.getByText('Send again', { exact: true }).click();
  await page.getByRole('button', { name: 'Send this message again' }).click();
  await expect(page).not.toHaveURL(new RegExp(id));
  await expect(page.getByText('This is the new message.')).toBeVisible();
  await expect(messages.state).toHaveText('Delivered');
});

test('a grant that is missing is named, with the way to it', async ({ page, mailgrant, sandbox }) => {
  const settings = await fillForSandbox(page, mailgrant, sandbox);
  const tab = await settings.authorize();
  await tab.close();
  const program = await Program.of(mailgrant);
  const id = await program.send({ to, subject: 'Hello', text: 'Hello' });
  const messages = new MessagesPage(page, mailgrant.url);
  for (const open of [() => messages.open(), () => messages.openMessage(id)]) {
    await open();
    await expect(page.getByText('Default has not been authorized yet: its messages wait')).toBeVisible();
    await expect(page.getByRole('link', { name: /Go to its settings/ })).toHaveAttribute('href', '/settings/smtp?data_center=default');
  }
});

test('the preview of a message loads nothing and runs nothing', async ({ page, mailgrant }) => {
  const program = await Program.whoseMessagesWait(mailgrant);
  const html = `<h1>Our news</h1><p onclick="alert(1)">Words <a href="https://example.com/a">a link</a></p>
    <img src="https://tracker.example.com/pixel.gif" alt="A cat"><script>document.title = 'Owned'</script>
    <style>@import url(https://tracker.example.com/a.css)</style><iframe src="https://tracker.example.com/"></iframe>`;
  const id = await program.send({ to, subject: 'News', html });
  const messages = new MessagesPage(page, mailgrant.url);
  await messages.openMessage(id);
  const frame = page.frameLocator('iframe');
  await expect(frame.getByRole('heading', { name: 'Our news' })).toBeVisible();
  await expect(frame.locator('script, iframe, [onclick], [src], link')).toHaveCount(0);
  await expect(page).toHaveTitle(/News/);
  // Every test checks that nothing outside of the machine is requested.
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator('#download').click()]);
  expect(await readFile(await download.path(), 'utf8')).toContain('Subject: News');
});

test('an unreachable server is reported, and the shown content stays', async ({ page, mailgrant, watched }) => {
  const program = await Program.whoseMessagesWait(mailgrant);
  await program.send({ to, subject: 'Hello', text: 'Hello' });
  const messages = new MessagesPage(page, mailgrant.url);
  await messages.open();
  await expect(page.locator('html.wasm')).toBeAttached();
  await expect(messages.offline).toBeHidden();
  watched.expect(/./);
  await mailgrant.stop();
  await expect(messages.offline).toBeVisible({ timeout: 15_000 });
  await expect(messages.of('Hello')).toBeVisible();
  await mailgrant.restart();
  await expect(messages.offline).toBeHidden({ timeout: 15_000 });
});

test('listing, opening, cancelling and trying again work with the keyboard alone', async ({ page, mailgrant }) => {
  const program = await Program.whoseMessagesWait(mailgrant);
  await program.send({ to, subject: 'Hello', text: 'Hello' });
  await program.send({ to, subject: 'Other', text: 'Hello' });
  const messages = new MessagesPage(page, mailgrant.url);
  await page.goto(`${mailgrant.url}/settings/smtp`);
  await tabTo(page, page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Messages' }));
  await page.keyboard.press('Enter');
  await typeInto(page, messages.filter.getByLabel('Search'), 'hello');
  await page.keyboard.press('Enter');
  await expect(messages.messages).toHaveCount(1);
  await tabTo(page, messages.of('Hello').getByRole('link'));
  await page.keyboard.press('Enter');
  await tabTo(page, page.getByRole('button', { name: 'Cancel' }));
  await page.keyboard.press('Enter');
  await expect(messages.state).toHaveText('Cancelled');
  await tabTo(page, page.getByRole('button', { name: 'Try again' }));
  await page.keyboard.press('Space');
  await expect(messages.state).toHaveText('Waiting');
});

test('a viewer reads messages and changes none', async ({ mailgrant, otherBrowser }) => {
  const program = await Program.whoseMessagesWait(mailgrant);
  const id = await program.send({ to, subject: 'Hello', text: 'Hello Bob' });
  const page = await otherBrowser();
  await page.context().addCookies(await mailgrant.signIn(await mailgrant.addAccount('victor', 'viewer')));
  const messages = new MessagesPage(page, mailgrant.url);
  await messages.openMessage(id);
  await expect(page.getByText('Hello Bob')).toBeVisible();
  await expect(page.getByRole('button', { name: /Cancel|Try/ })).toHaveCount(0);
  await page.goto(`${mailgrant.url}/settings/smtp`);
  await expect(page.getByRole('navigation', { name: 'Settings' }).getByRole('link', { name: 'Sending' })).toHaveCount(0);
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('the list is read and reloaded, and messages are changed', async ({ page, mailgrant }) => {
    const program = await Program.whoseMessagesWait(mailgrant);
    await program.send({ to, subject: 'The first', text: 'Hello' });
    const messages = new MessagesPage(page, mailgrant.url);
    await messages.open('?state=waiting');
    await expect(messages.messages).toHaveCount(1);
    await program.send({ to, subject: 'The second', text: 'Hello' });
    await page.getByRole('link', { name: 'Reload' }).click();
    await expect(messages.messages).toHaveCount(2);
    await expect(page).toHaveURL(/state=waiting/);
    await messages.of('The first').getByRole('link').click();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await expect(messages.state).toHaveText('Cancelled');
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect(messages.state).toHaveText('Waiting');
  });
});
