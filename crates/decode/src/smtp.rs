//! Replies of SMTP servers.

use domain::{FindingCode, FindingCode as F, StepKind};

/// Known reply. Empty parts match everything.
struct Reply {
    codes: &'static [u16],
    /// Enhanced status code (RFC 3463) at the start of the text.
    enhanced: &'static str,
    /// Text that the reply must contain, in lower case.
    contains: &'static str,
    steps: &'static [StepKind],
    /// True for a token, false for a password, `None` if either matches.
    with_token: Option<bool>,
    finding: FindingCode,
}

const fn reply(
    codes: &'static [u16],
    enhanced: &'static str,
    contains: &'static str,
    finding: FindingCode,
) -> Reply {
    Reply {
        codes,
        enhanced,
        contains,
        steps: &[],
        with_token: None,
        finding,
    }
}

impl Reply {
    const fn at(self, steps: &'static [StepKind]) -> Self {
        Self { steps, ..self }
    }

    /// Limits the reply to AUTH with a token.
    const fn for_token(self) -> Self {
        Self {
            steps: AUTH,
            with_token: Some(true),
            ..self
        }
    }

    fn matches(
        &self,
        step: StepKind,
        with_token: bool,
        code: u16,
        enhanced: &str,
        text: &str,
    ) -> bool {
        (self.codes.is_empty() || self.codes.contains(&code))
            && (self.enhanced.is_empty() || self.enhanced == enhanced)
            && (self.steps.is_empty() || self.steps.contains(&step))
            && self.with_token.is_none_or(|one| one == with_token)
            && text.contains(self.contains)
    }
}

const AUTH: &[StepKind] = &[StepKind::Authenticate];
const RCPT: &[StepKind] = &[StepKind::RcptTo];
/// Steps in which a server may report too many recipients.
const ENVELOPE: &[StepKind] = &[StepKind::RcptTo, StepKind::Data, StepKind::Message];
/// Codes for too many recipients. 552 counts as 452 here (RFC 5321 §4.5.3.1.10).
const TOO_MANY: &[u16] = &[450, 451, 452, 552];

/// Known replies. The first match counts.
#[rustfmt::skip]
const REPLIES: &[Reply] = &[
    // Microsoft
    reply(&[421], "4.7.66", "", F::TlsTooOld),
    // Not retried although the code is 4xx, because a permission is missing.
    reply(&[430], "4.2.0", "storedrv", F::MailboxPermissionMissing),
    reply(&[432], "4.3.2", "", F::TooManyConnections),
    reply(&[535], "5.7.139", "disabled for the tenant", F::SmtpAuthDisabledForTenant),
    reply(&[535], "5.7.139", "disabled for the mailbox", F::SmtpAuthDisabledForMailbox),
    reply(&[535], "5.7.139", "credentials were incorrect", F::CredentialsIncorrect),
    reply(&[535], "5.7.139", "did not meet the criteria", F::CriteriaNotMet),
    reply(&[535], "5.7.139", "security defaults policy", F::CriteriaNotMet),
    reply(&[535], "5.7.139", "basic authentication is disabled", F::PasswordSignInRetired),
    reply(&[535], "5.7.139", "", F::Refused),
    reply(&[550], "5.7.30", "", F::PasswordSignInRetired),
    reply(&[550], "5.7.60", "", F::SendAsDenied),
    reply(&[554], "5.2.252", "", F::SendAsDenied),
    reply(&[554], "5.2.0", "sendasdenied", F::SendAsDenied),
    // Retried although the code is 5xx, because quotas are renewed.
    reply(&[554], "5.2.0", "submissionquotaexceeded", F::QuotaExceeded),
    reply(&[535], "5.7.3", "", F::TokenForOtherResource).for_token(),
    // Google
    reply(&[534], "5.7.9", "", F::AppPasswordNeeded),
    reply(&[534], "5.7.14", "", F::AppPasswordNeeded),
    reply(&[550], "5.4.5", "", F::QuotaExceeded),
    reply(&[421, 454], "4.7.0", "too many login attempts", F::TooManySignIns),
    // Postfix uses 535 for many errors that are not about credentials.
    reply(&[535], "", "base64", F::TokenTooLong).for_token(),
    reply(&[535], "", "invalid authentication mechanism", F::MechanismNotOffered).at(AUTH),
    reply(&[535], "", "connection lost to authentication server", F::AuthenticationUnavailable).at(AUTH),
    reply(&[535], "", "temporary authentication failure", F::AuthenticationUnavailable).at(AUTH),
    // Any server
    reply(&[500], "", "too long", F::TokenTooLong).for_token(),
    reply(&[535], "", "", F::TokenRefused).for_token(),
    reply(&[535], "", "", F::PasswordRefused).at(AUTH),
    reply(&[421, 450, 451, 452, 454], "", "too many connections", F::TooManyConnections),
    reply(&[421, 450, 451, 452, 454], "", "maximum number of connections", F::TooManyConnections),
    reply(TOO_MANY, "4.5.3", "", F::TooManyRecipients).at(ENVELOPE),
    reply(TOO_MANY, "5.5.3", "", F::TooManyRecipients).at(ENVELOPE),
    reply(TOO_MANY, "", "too many recipients", F::TooManyRecipients).at(ENVELOPE),
    reply(TOO_MANY, "", "too many rcpt", F::TooManyRecipients).at(ENVELOPE),
    reply(TOO_MANY, "", "number of recipients", F::TooManyRecipients).at(RCPT),
    reply(TOO_MANY, "", "recipient limit", F::TooManyRecipients).at(RCPT),
    reply(&[552], "5.3.4", "", F::MessageTooLarge),
    reply(&[454], "", "", F::AuthenticationUnavailable).at(AUTH),
    reply(&[504], "", "", F::MechanismNotOffered).at(AUTH),
    reply(&[530], "", "", F::AuthenticationWanted),
    reply(&[550, 554], "5.7.1", "relay", F::RelayDenied).at(RCPT),
    reply(&[550, 554], "5.7.1", "", F::PolicyRefused),
    reply(&[550, 551, 552, 553, 554], "", "", F::RecipientRefused).at(RCPT),
    reply(&[550, 551, 552, 553, 554], "", "", F::SenderRefused).at(&[StepKind::MailFrom]),
];

/// Returns the finding about a rejection by an SMTP server. `with_token` is true if AUTH sent a
/// token, and false if it sent a password.
pub fn smtp_reply(step: StepKind, with_token: bool, code: u16, text: &str) -> FindingCode {
    let text = text.to_lowercase();
    let enhanced = enhanced_code(&text);
    REPLIES
        .iter()
        .find(|reply| reply.matches(step, with_token, code, enhanced, &text))
        .map_or_else(
            || match code {
                400..500 => F::Temporary,
                500..600 => F::Refused,
                _ => F::NotSmtp,
            },
            |reply| reply.finding,
        )
}

/// Returns `5.7.139` of `535 5.7.139 text` or `535-5.7.139 text`.
fn enhanced_code(text: &str) -> &str {
    let first = text
        .get(4..)
        .unwrap_or_default()
        .split_whitespace()
        .next()
        .unwrap_or_default();
    let is_code = first.split('.').count() == 3
        && first
            .split('.')
            .all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
    if is_code { first } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;

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
                F::Temporary,
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
            (RcptTo, "550 5.1.1 User unknown", F::RecipientRefused),
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
            (RcptTo, "452 4.2.2 Mailbox full", F::Temporary),
            (RcptTo, "552 5.2.2 Mailbox full", F::RecipientRefused),
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
}
