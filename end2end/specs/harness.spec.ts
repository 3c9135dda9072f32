// The harness itself: the parts that other specs need work without Mailgrant.
import { randomUUID } from 'node:crypto';
import { MailReader } from '../harness/imap.ts';
import { authorize, refresh } from '../harness/oauth-client.ts';
import { alice, bob } from '../harness/real/accounts.ts';
import type { RealServers } from '../harness/real/servers.ts';
import { submit, type Submission } from '../harness/smtp.ts';
import { expect, test } from '../harness/test.ts';

const listeners = [
  ['Dovecot', 'starttls'],
  ['Dovecot', 'tls'],
  ['Postfix', 'starttls'],
  ['Postfix', 'tls'],
] as const;

function submission(real: RealServers, token: string, [server, security]: (typeof listeners)[number]): Submission {
  const { submissionPort, submissionsPort } = server === 'Dovecot' ? real.dovecot : real.postfix;
  return {
    port: security === 'tls' ? submissionsPort : submissionPort,
    security,
    authority: real.certificates.authority,
    user: alice.address,
    token,
    recipient: bob.address,
    message: `From: ${alice.address}\nTo: ${bob.address}\nSubject: harness\nMessage-ID: <${randomUUID()}@e2e.test>\n\nHello`,
  };
}

for (const listener of listeners) {
  test(`mail submitted by XOAUTH2 to ${listener.join(' over ')} is read back by IMAP`, async ({ page, real }) => {
    const { access_token: token } = await authorize(page, real.client, alice);
    const mail = submission(real, token, listener);

    await submit(mail);

    const reader = await MailReader.open(real.dovecot.imapsPort, real.certificates.authority, { user: bob.address, password: bob.mailPassword });
    const id = /<.*>/.exec(mail.message)?.[0] ?? '';
    expect(await reader.waitForMessage('Message-ID', id)).toContain('\r\n\r\nHello');
    reader.close();
  });
}

test('a mailbox opens with the token of its owner', async ({ page, real }) => {
  const { access_token: token } = await authorize(page, real.client, bob);
  const reader = await MailReader.open(real.dovecot.imapsPort, real.certificates.authority, { user: bob.address, token });
  expect(await reader.find('Subject', 'no such mail')).toEqual([]);
  reader.close();
});

test('an expired access token is refused and its refresh token gives a good one', async ({ page, real }) => {
  const tokens = await authorize(page, real.client, alice);

  real.authorizationServer.expireAccessTokens();
  await expect(submit(submission(real, tokens.access_token, listeners[0]))).rejects.toThrow(/"status":"401".*535/);
  await expect(submit(submission(real, tokens.access_token, listeners[2]))).rejects.toThrow(/535/);

  const fresh = await refresh(real.client, tokens.refresh_token);
  await submit(submission(real, fresh.access_token, listeners[0]));
  expect(real.authorizationServer.tokenRequests.map(({ grantType }) => grantType)).toEqual(['authorization_code', 'refresh_token']);
});

test('a revoked grant is not refreshed', async ({ page, real }) => {
  const tokens = await authorize(page, real.client, alice);
  real.authorizationServer.revoke(alice.address);
  await expect(refresh(real.client, tokens.refresh_token)).rejects.toThrow('400 invalid_grant');
});

test('a rotated refresh token that is used again ends the grant', async ({ page, real }) => {
  const tokens = await authorize(page, real.client, alice);
  const fresh = await refresh(real.client, tokens.refresh_token);
  await expect(refresh(real.client, tokens.refresh_token)).rejects.toThrow('invalid_grant');
  await expect(refresh(real.client, fresh.refresh_token)).rejects.toThrow('invalid_grant');
});

test('the sandbox takes mail by XOAUTH2, forgets it, and refuses on demand', async ({ page, sandbox }) => {
  const person = sandbox.account();
  const { access_token: token } = await authorize(page, sandbox.client, person);
  const mail: Submission = {
    port: sandbox.descriptor.smtp_starttls_port,
    security: 'starttls',
    authority: sandbox.descriptor.ca_pem,
    user: person.address,
    token,
    recipient: 'someone@example.org',
    message: 'Subject: harness\n\nHello',
  };
  await submit(mail);
  await submit({ ...mail, port: sandbox.descriptor.smtp_tls_port, security: 'tls', recipient: 'other@example.org' });
  expect(await sandbox.messageTo('other@example.org')).toMatchObject({ account: person.address, subject: 'harness' });

  await sandbox.setFaults({ refuse_tokens: 'microsoft' });
  await expect(submit(mail)).rejects.toThrow('535 5.7.3');
  expect((await sandbox.log()).auth_attempts.map(({ accepted }) => accepted)).toEqual([true, true, false]);

  await sandbox.reset();
  expect(await sandbox.messages()).toEqual([]);
  await expect(submit(mail)).rejects.toThrow('535');
});
