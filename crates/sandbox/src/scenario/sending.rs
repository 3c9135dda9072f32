//! Scenarios of failures after AUTH.

use super::{
    Action::Test,
    Given::{NoSignIn, Nothing, OtherFrom},
    Row,
};

#[rustfmt::skip]
pub(super) const SCENARIOS: &[Row] = &[
    ("send_as_denied", "Only the account's own address may send (554 5.2.252)", r#"{"send_as_denied": true}"#, Test, OtherFrom, "send_as_denied"),
    ("send_as_denied_60", "Answer like Microsoft to another From address (550 5.7.60)", r#"{"replies": [{"stage": "final", "reply": "550 5.7.60 SMTP; Client does not have permissions to send as this sender"}]}"#, Test, Nothing, "send_as_denied"),
    ("send_as_denied_storedrv", "Answer like Microsoft to another From address (554 5.2.0)", r#"{"replies": [{"stage": "final", "reply": "554 5.2.0 STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied; Failed to process message due to a permanent exception"}]}"#, Test, Nothing, "send_as_denied"),
    ("mailbox_permission", "Answer like Microsoft to an application without a permission (430 4.2.0)", r#"{"replies": [{"stage": "final", "reply": "430 4.2.0 STOREDRV; mailbox logon failure; message context 1"}]}"#, Test, Nothing, "mailbox_permission_missing"),
    ("microsoft_quota", "Answer like Microsoft when the quota is used up (554 5.2.0)", r#"{"replies": [{"stage": "final", "reply": "554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException; Failed to process message due to a permanent exception"}]}"#, Test, Nothing, "quota_exceeded"),
    ("quota", "Answer like Google when the day's quota is used up (550 5.4.5)", r#"{"replies": [{"stage": "final", "reply": "550 5.4.5 Daily user sending limit exceeded. sandbox - gsmtp"}]}"#, Test, Nothing, "quota_exceeded"),
    ("google_policy", "Answer like Google that refuses by a policy (550 5.7.1)", r#"{"replies": [{"stage": "final", "reply": "550 5.7.1 The IP you're using to send mail is not authorized to send email directly to our servers. sandbox - gsmtp"}]}"#, Test, Nothing, "policy_refused"),
    ("google_relay", "Answer like Google's relay to a stranger (550 5.7.1)", r#"{"replies": [{"stage": "rcpt", "reply": "550 5.7.1 Invalid credentials for relay [192.0.2.1]. sandbox - gsmtp"}]}"#, Test, Nothing, "relay_denied"),
    ("postfix_relay", "Answer like Postfix without a sign-in (554 5.7.1, at RCPT)", r#"{"authentication_required": false, "replies": [{"stage": "rcpt", "reply": "554 5.7.1 <bob@sandbox.test>: Relay access denied"}]}"#, Test, NoSignIn, "relay_denied"),
    ("dovecot_no_auth", "Answer like Dovecot without a sign-in (530, at MAIL)", r#"{"replies": [{"stage": "mail", "reply": "530 5.7.0 Authentication required."}]}"#, Test, Nothing, "authentication_wanted"),
    ("microsoft_no_auth", "Answer like Microsoft without a sign-in (530 5.7.57)", r#"{"replies": [{"stage": "mail", "reply": "530 5.7.57 Client not authenticated to send mail. [SANDBOX.prod.outlook.test]"}]}"#, Test, Nothing, "authentication_wanted"),
    ("sender_refused", "The sender is refused (553)", r#"{"replies": [{"stage": "mail", "reply": "553 5.7.1 Sender address rejected: not owned by user"}]}"#, Test, Nothing, "sender_refused"),
    ("unknown_recipient", "The recipient is not known (550 5.1.1)", r#"{"replies": [{"stage": "rcpt", "reply": "550 5.1.1 The email account that you tried to reach does not exist."}]}"#, Test, Nothing, "recipient_refused"),
    ("greylisted", "Answer like Google to too much mail for one recipient (450 4.2.1)", r#"{"replies": [{"stage": "rcpt", "reply": "450 4.2.1 The user is receiving mail too quickly."}]}"#, Test, Nothing, "temporary"),
    ("too_many_recipients", "Fewer recipients are taken in one transaction (452 4.5.3)", r#"{"replies": [{"stage": "rcpt", "reply": "452 4.5.3 Error: too many recipients"}]}"#, Test, Nothing, "too_many_recipients"),
    ("error_451", "A temporary error (451)", r#"{"replies": [{"stage": "mail", "reply": "451 4.3.0 Mail server temporarily rejected message. sandbox - gsmtp"}]}"#, Test, Nothing, "temporary"),
    ("error_452", "The server is out of space (452)", r#"{"replies": [{"stage": "data", "reply": "452 4.3.1 Insufficient system storage"}]}"#, Test, Nothing, "temporary"),
    ("too_large", "The message is too large, by its size (552 5.3.4, at MAIL)", r#"{"max_message_octets": 64}"#, Test, Nothing, "message_too_large"),
    ("too_large_late", "The message is too large, after it was sent (552 5.3.4)", r#"{"replies": [{"stage": "final", "reply": "552 5.3.4 Message size exceeds fixed limit"}]}"#, Test, Nothing, "message_too_large"),
    ("too_many_errors", "Too many errors (421, at DATA)", r#"{"replies": [{"stage": "data", "reply": "421 4.7.0 Error: too many errors"}]}"#, Test, Nothing, "temporary"),
    ("unknown_refusal", "A refusal nobody has heard of (554)", r#"{"replies": [{"stage": "final", "reply": "554 5.6.0 Sorry, not on a Tuesday"}]}"#, Test, Nothing, "refused"),
    ("cut_after_data", "The message is taken, then the connection ends", r#"{"cut_at": "after_final_dot_before_reply"}"#, Test, Nothing, "closed_after_message"),
];
