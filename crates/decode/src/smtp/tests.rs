use domain::{FindingCode as F, StepKind};

use super::smtp_reply;

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn knows_the_replies_of_the_large_providers() {
    use StepKind::{Authenticate, Data, Greeting, MailFrom, Message, RcptTo};
    let disabled = |what: &str| {
        format!(
            "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the {what}. Visit https://aka.ms/smtp_auth_disabled"
        )
    };
    for (step, text, finding) in [
        (
            Authenticate,
            disabled("Tenant").as_str(),
            F::SmtpAuthDisabledForTenant,
        ),
        (
            Authenticate,
            disabled("Mailbox").as_str(),
            F::SmtpAuthDisabledForMailbox,
        ),
        (
            Authenticate,
            "535 5.7.139 Authentication unsuccessful, the user credentials were incorrect. [x]",
            F::CredentialsIncorrect,
        ),
        (
            Authenticate,
            "535 5.7.139 Authentication unsuccessful, the request did not meet the criteria to be authenticated successfully.",
            F::CriteriaNotMet,
        ),
        (Authenticate, "535 5.7.139 something new", F::Refused),
        (
            Authenticate,
            "535 5.7.139 Authentication unsuccessful, basic authentication is disabled. [x]",
            F::PasswordSignInRetired,
        ),
        (
            Authenticate,
            "535 5.7.139 Authentication unsuccessful, user is locked by your organization's security defaults policy.",
            F::CriteriaNotMet,
        ),
        (
            Authenticate,
            "454 4.7.0 Too many login attempts, please try again later. x - gsmtp",
            F::TooManySignIns,
        ),
        (Authenticate, "500 5.5.2 Line too long", F::TokenTooLong),
        (
            Authenticate,
            "535 5.7.8 Error: authentication failed: Invalid base64 data in initial response",
            F::TokenTooLong,
        ),
        (
            Authenticate,
            "535 5.7.8 Error: authentication failed: Connection lost to authentication server",
            F::AuthenticationUnavailable,
        ),
        (
            Authenticate,
            "535 5.7.8 Error: authentication failed: Invalid authentication mechanism",
            F::MechanismNotOffered,
        ),
        (
            Authenticate,
            "504 5.5.4 Unrecognized authentication type",
            F::MechanismNotOffered,
        ),
        (
            Authenticate,
            "535 5.7.3 Authentication unsuccessful [AM0PR10.eurprd10.prod.outlook.com]",
            F::TokenForOtherResource,
        ),
        (
            Authenticate,
            "535-5.7.8 Username and Password not accepted. For more information, go to\r\n535 5.7.8  https://support.google.com/mail/?p=BadCredentials x - gsmtp",
            F::TokenRefused,
        ),
        (
            Authenticate,
            "534-5.7.9 Application-specific password required.",
            F::AppPasswordNeeded,
        ),
        (
            Authenticate,
            "534-5.7.14 <https://accounts.google.com/signin/continue> Please log in",
            F::AppPasswordNeeded,
        ),
        (
            Authenticate,
            "550 5.7.30 Basic authentication is not supported for Client Submission.",
            F::PasswordSignInRetired,
        ),
        (
            Authenticate,
            "454 4.7.0 Temporary authentication failure",
            F::AuthenticationUnavailable,
        ),
        (
            Authenticate,
            "421 4.7.0 Maximum number of connections from user+IP exceeded",
            F::TooManyConnections,
        ),
        (
            Greeting,
            "421 4.7.66 TLS 1.0 and 1.1 are not supported",
            F::TlsTooOld,
        ),
        (
            Greeting,
            "421 4.7.0 Try again later, closing connection.",
            F::Temporary,
        ),
        (
            MailFrom,
            "530 5.7.57 Client not authenticated to send mail.",
            F::AuthenticationWanted,
        ),
        (
            MailFrom,
            "530 5.7.0 Authentication required",
            F::AuthenticationWanted,
        ),
        (
            MailFrom,
            "450 4.2.1 The user is receiving mail too quickly",
            F::RecipientRateLimited,
        ),
        (
            MailFrom,
            "552 5.3.4 Message size exceeds fixed limit",
            F::MessageTooLarge,
        ),
        (
            MailFrom,
            "553 5.7.1 Sender address rejected: not owned by user",
            F::SenderRefused,
        ),
        (RcptTo, "550 5.1.1 User unknown", F::NoSuchUser),
        (
            RcptTo,
            "452 4.5.3 Too many recipients (AS780090)",
            F::TooManyRecipients,
        ),
        (
            RcptTo,
            "452 4.5.3 Error: too many recipients",
            F::TooManyRecipients,
        ),
        (RcptTo, "452 too many recipients", F::TooManyRecipients),
        (RcptTo, "552 Too many recipients", F::TooManyRecipients),
        (RcptTo, "552 5.5.3 limit", F::TooManyRecipients),
        (Data, "451 4.5.3 limit", F::TooManyRecipients),
        (RcptTo, "452 4.2.2 Mailbox full", F::MailboxFull),
        (RcptTo, "552 5.2.2 Mailbox full", F::MailboxFull),
        (RcptTo, "650 too late", F::NotSmtp),
        (RcptTo, "150 too early", F::NotSmtp),
        (
            RcptTo,
            "554 5.7.1 <b@x.y>: Relay access denied",
            F::RelayDenied,
        ),
        (RcptTo, "554 5.7.1 <b@x.y>: Access denied", F::PolicyRefused),
        (MailFrom, "451 4.3.0 Try again", F::Temporary),
        (MailFrom, "452 4.2.2 Over quota", F::Temporary),
        (
            Data,
            "550 5.4.5 Daily user sending limit exceeded",
            F::QuotaExceeded,
        ),
        (
            Message,
            "550 5.7.60 SMTP; Client does not have permissions to send as this sender",
            F::SendAsDenied,
        ),
        (
            Message,
            "554 5.2.252 SendAsDenied; a@b.c not allowed to send as d@e.f",
            F::SendAsDenied,
        ),
        (
            Message,
            "554 5.2.0 STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied",
            F::SendAsDenied,
        ),
        (
            Message,
            "554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException",
            F::QuotaExceeded,
        ),
        (
            Message,
            "432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded",
            F::TooManyConnections,
        ),
        (
            Message,
            "430 4.2.0 STOREDRV; mailbox logon failure; message context",
            F::MailboxPermissionMissing,
        ),
        (
            Message,
            "550 5.7.1 Message rejected under policy",
            F::PolicyRefused,
        ),
        (Message, "554 something of its own", F::Refused),
    ] {
        let code = text[..3].parse().unwrap();
        assert_eq!(smtp_reply(step, true, code, text), finding, "{text}");
    }
    assert_eq!(
        smtp_reply(Authenticate, false, 535, "535 5.7.8 no"),
        F::PasswordRefused
    );
}

#[test]
fn each_row_names_its_source() {
    for table in [
        include_str!("account.rs"),
        include_str!("content.rs"),
        include_str!("domain_policy.rs"),
        include_str!("envelope.rs"),
        include_str!("mailbox.rs"),
        include_str!("recipient.rs"),
        include_str!("reputation.rs"),
        include_str!("server.rs"),
        include_str!("sign_in.rs"),
        include_str!("status.rs"),
        include_str!("words.rs"),
    ] {
        let rows = table.lines().map(str::trim);
        for row in rows.filter(|row| row.starts_with("reply(") || row.starts_with("text(")) {
            assert!(row.contains("), // "), "{row}");
        }
    }
}

#[test]
fn each_text_is_in_lower_case() {
    let others = [super::words::ROWS, super::status::ROWS];
    for table in super::phrases(StepKind::RcptTo).into_iter().chain(others) {
        for row in table {
            let text = row.pattern();
            assert_eq!(text, text.to_lowercase());
        }
    }
}

#[test]
fn the_sender_is_named_when_it_is_rejected_at_rcpt_to() {
    use StepKind::{Message, RcptTo};
    for (step, reply, finding) in [
        (
            RcptTo,
            "553 5.7.1 <a@b.c>: Sender address rejected: not owned by user d@b.c",
            F::SenderRefused,
        ),
        (
            RcptTo,
            "450 4.1.8 <a@b.c>: Sender address rejected: Domain not found",
            F::SenderRefused,
        ),
        (
            RcptTo,
            "554 5.7.1 <a@b.c>: Sender address rejected: Access denied",
            F::SenderRefused,
        ),
        (
            RcptTo,
            "550-Verification failed for <a@b.c>\n550-Unrouteable address\n550 Sender verify failed",
            F::SenderRefused,
        ),
        (
            RcptTo,
            "504 5.5.2 <vm>: Helo command rejected: need fully-qualified hostname",
            F::EhloNameRefused,
        ),
        (
            RcptTo,
            "450 4.7.25 Client host rejected: cannot find your reverse hostname, [192.0.2.1]",
            F::ReverseDnsRefused,
        ),
        (Message, "552 5.2.3 Message too long", F::MessageTooLarge),
        (Message, "552 5.2.3 no", F::MessageTooLarge),
        (
            Message,
            "550 5.4.6 Unusual sending activity detected. Please try after sometime",
            F::AccountSuspended,
        ),
        (
            StepKind::MailFrom,
            "550 Connection frequency limited",
            F::SendingRateLimited,
        ),
        (
            StepKind::Ehlo,
            "504 5.5.2 <vm>: Helo command rejected: need fully-qualified hostname",
            F::EhloNameRefused,
        ),
        (
            StepKind::Ehlo,
            "421 4.7.0 Try again later, closing connection. (EHLO)",
            F::EhloNameRefused,
        ),
        (
            StepKind::Ehlo,
            "501 5.5.4 Invalid domain name",
            F::EhloNameRefused,
        ),
        (
            StepKind::Ehlo,
            "550 Access denied - Invalid HELO name (See RFC2821 4.1.1.1)",
            F::EhloNameRefused,
        ),
        (StepKind::Ehlo, "502 5.5.1 Unrecognized command", F::Refused),
        (
            StepKind::Ehlo,
            "500 5.5.1 Command unrecognized: \"EHLO vm\"",
            F::Refused,
        ),
    ] {
        let code = reply[..3].parse().unwrap();
        assert_eq!(smtp_reply(step, false, code, reply), finding, "{reply}");
    }
}
