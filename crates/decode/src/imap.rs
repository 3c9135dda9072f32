//! Findings about replies of IMAP servers (RFC 5530: response codes).

use domain::{FindingCode, FindingCode as F};

/// The stage of a session in which a reply was received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImapStage {
    /// The greeting.
    Greeting,
    /// LOGIN or AUTHENTICATE.
    SignIn {
        /// True if the client signed in with a token.
        with_token: bool,
    },
    /// EXAMINE.
    Examine,
}

/// Row of a table: the response code, a part of the text in lower case (`""` matches any),
/// `Some(true)` for sign-ins with a token (`None` matches any), and the finding. The first match
/// counts.
type Row = (&'static str, &'static str, Option<bool>, FindingCode);

/// Replies to a sign-in. The texts are those of Google ("`[ALERT] …`") and Microsoft ("AUTHENTICATE
/// failed.").
const SIGN_IN: &[Row] = &[
    (
        "",
        "application-specific password",
        None,
        F::AppPasswordNeeded,
    ),
    ("", "not enabled for imap", None, F::ImapDisabled),
    (
        "",
        "log in via your web browser",
        None,
        F::AppPasswordNeeded,
    ),
    ("WEBALERT", "", None, F::AppPasswordNeeded),
    ("UNAVAILABLE", "", None, F::AuthenticationUnavailable),
    ("LIMIT", "", None, F::TooManyConnections),
    ("INUSE", "", None, F::TooManyConnections),
    ("OVERQUOTA", "", None, F::QuotaExceeded),
    (
        "",
        "too many simultaneous connections",
        None,
        F::TooManyConnections,
    ),
    ("PRIVACYREQUIRED", "", None, F::StarttlsNotOffered),
    ("EXPIRED", "", None, F::MailboxPasswordRefused),
    ("AUTHENTICATIONFAILED", "", Some(true), F::TokenRefused),
    (
        "AUTHENTICATIONFAILED",
        "",
        Some(false),
        F::MailboxPasswordRefused,
    ),
    ("AUTHORIZATIONFAILED", "", None, F::ImapScopeMissing),
    ("", "authenticate failed", Some(true), F::ImapScopeMissing),
    ("", "login failed", Some(false), F::MailboxPasswordRefused),
    ("CANNOT", "", None, F::MechanismNotOffered),
    ("", "enable imap", None, F::ImapDisabled),
    ("", "imap is disabled", None, F::ImapDisabled),
    ("", "imap access is disabled", None, F::ImapDisabled),
];

/// Texts about wrong credentials, in lower case, of servers that send no response code. RFC 9051
/// §6.2.3 requires none.
const WRONG_CREDENTIALS: &[&str] = &[
    "authentication fail",
    "authentication error",
    "authenticate failed",
    "authorization failed",
    "bad password",
    "bad username",
    "incorrect",
    "invalid credentials",
    "invalid login",
    "invalid password",
    "invalid user",
    "login denied",
    "login error",
    "login fail",
    "login incorrect",
    "login invalid",
    "logon fail",
    "password error",
    "unable to authenticate",
    "unknown user",
    "wrong password",
];

/// Returns the finding about a rejection.
pub fn imap_reply(stage: ImapStage, code: &str, text: &str) -> FindingCode {
    let text = text.to_lowercase();
    match stage {
        ImapStage::SignIn { with_token } => SIGN_IN
            .iter()
            .find(|(row_code, row_text, row_token, _)| {
                (row_code.is_empty() || *row_code == code)
                    && text.contains(row_text)
                    && row_token.is_none_or(|row_token| row_token == with_token)
            })
            .map_or_else(|| credentials(with_token, &text), |(.., finding)| *finding),
        ImapStage::Greeting if code == "LIMIT" || text.contains("too many") => {
            F::TooManyConnections
        }
        ImapStage::Greeting if code == "UNAVAILABLE" => F::AuthenticationUnavailable,
        ImapStage::Examine if code == "NONEXISTENT" => F::InboxMissing,
        ImapStage::Greeting | ImapStage::Examine => F::Refused,
    }
}

/// Returns the finding about a sign-in that was refused without a known response code.
fn credentials(with_token: bool, text: &str) -> FindingCode {
    let is_about_them = WRONG_CREDENTIALS.iter().any(|one| text.contains(one));
    match with_token {
        _ if !is_about_them && !text.is_empty() => F::Refused,
        true => F::TokenRefused,
        false => F::MailboxPasswordRefused,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recognizes_the_replies_of_providers_to_sign_ins() {
        for (with_token, code, text, finding) in [
            (
                true,
                "AUTHENTICATIONFAILED",
                "Invalid credentials (Failure)",
                F::TokenRefused,
            ),
            (
                false,
                "AUTHENTICATIONFAILED",
                "Invalid credentials (Failure)",
                F::MailboxPasswordRefused,
            ),
            (
                false,
                "ALERT",
                "Application-specific password required: https://support.google.com/ (Failure)",
                F::AppPasswordNeeded,
            ),
            (
                false,
                "ALERT",
                "Your account is not enabled for IMAP use. Please visit your Gmail settings page",
                F::ImapDisabled,
            ),
            (true, "", "AUTHENTICATE failed.", F::ImapScopeMissing),
            (false, "", "LOGIN failed.", F::MailboxPasswordRefused),
            (
                false,
                "UNAVAILABLE",
                "Temporary authentication failure.",
                F::AuthenticationUnavailable,
            ),
            (
                true,
                "LIMIT",
                "Maximum number of connections from user+IP exceeded",
                F::TooManyConnections,
            ),
            (true, "", "something nobody has heard of", F::Refused),
            (
                false,
                "",
                "authentication failure",
                F::MailboxPasswordRefused,
            ),
            (true, "", "authentication failure", F::TokenRefused),
            (false, "", "", F::MailboxPasswordRefused),
        ] {
            let stage = ImapStage::SignIn { with_token };
            assert_eq!(imap_reply(stage, code, text), finding, "{code} {text}");
        }
    }

    #[test]
    fn recognizes_greetings_and_replies_to_examine() {
        let first = |code, text| imap_reply(ImapStage::Greeting, code, text);
        assert_eq!(first("LIMIT", ""), F::TooManyConnections);
        assert_eq!(first("", "Too many connections"), F::TooManyConnections);
        assert_eq!(first("", "Go away"), F::Refused);
        let examine = |code| imap_reply(ImapStage::Examine, code, "Unknown Mailbox");
        assert_eq!(examine("NONEXISTENT"), F::InboxMissing);
        assert_eq!(examine(""), F::Refused);
    }
}
