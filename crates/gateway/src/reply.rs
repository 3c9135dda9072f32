//! Refusals of a sign-in, and their texts.

use domain::FindingCode;
use mail::{MailError, MailboxError};
use wording::{api_problem, finding_text};

/// Longest text of a reply, in characters. Clients show it in a dialog.
const MAX_TEXT: usize = 600;

/// Kind of a refusal. Clients react to it: after some, they ask for another password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusalKind {
    /// User name or password are wrong.
    WrongPassword,
    /// The sender may not read the mailbox.
    NotAllowed,
    /// There were too many failed sign-ins.
    SlowDown,
    /// Another attempt may succeed later.
    Unavailable,
    /// An administrator has to change something.
    NeedsAdministrator,
}

impl RefusalKind {
    /// Returns the name in the metrics.
    pub fn code(self) -> &'static str {
        match self {
            Self::WrongPassword => "wrong_password",
            Self::NotAllowed => "not_allowed",
            Self::SlowDown => "slowed",
            Self::Unavailable => "unavailable",
            Self::NeedsAdministrator => "needs_administrator",
        }
    }
}

/// Reason why a sign-in failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The kind.
    pub kind: RefusalKind,
    /// Cause and fix, in one line of ASCII.
    pub text: String,
}

impl Refusal {
    /// Returns a refusal with a text that is safe in a reply.
    pub fn new(kind: RefusalKind, text: &str) -> Self {
        let text = text.replace(['\r', '\n'], " ");
        let printable = text.chars().map(|character| match character {
            ' '..='~' => character,
            _ => '?',
        });
        Self {
            kind,
            text: printable.take(MAX_TEXT).collect(),
        }
    }

    /// Returns the refusal for a failure at the mail server.
    pub fn of(error: &MailboxError) -> Self {
        use RefusalKind as Kind;
        match error {
            MailboxError::Off => Self::new(
                Kind::NeedsAdministrator,
                "The password is right, but no mailbox is set up for this data center. Turn on the email box under Settings, SMTP",
            ),
            MailboxError::Mail(MailError::NoSettings | MailError::UnknownDataCenter) => Self::new(
                Kind::NeedsAdministrator,
                "The password is right, but the data center has no settings. Save them under Settings, SMTP",
            ),
            MailboxError::Failed(finding) => {
                let kind = if is_temporary(finding.code) {
                    Kind::Unavailable
                } else {
                    Kind::NeedsAdministrator
                };
                let text = finding_text(finding);
                Self::new(
                    kind,
                    &format!("The password is right, but the mail server cannot be used. {text}"),
                )
            }
            MailboxError::Busy => Self::new(
                Kind::Unavailable,
                "Too many requests read the mailbox. Try again in a minute",
            ),
            _ => Self::new(Kind::Unavailable, api_problem::UNAVAILABLE),
        }
    }
}

fn is_temporary(code: FindingCode) -> bool {
    matches!(
        code.retry(),
        domain::Retry::Later | domain::Retry::AsReplied
    )
}

#[cfg(test)]
mod tests {
    use domain::Finding;

    use super::*;

    #[test]
    fn the_text_is_one_line_of_ascii_with_cause_and_fix() {
        let refusal = Refusal::new(RefusalKind::Unavailable, "ä\r\na1 OK injected\u{7f}");
        assert_eq!(refusal.text, "?  a1 OK injected?");
        let long = Refusal::new(RefusalKind::Unavailable, &"x".repeat(5_000));
        assert_eq!(long.text.len(), MAX_TEXT);
    }

    #[test]
    fn a_failure_that_passes_is_told_from_one_for_an_administrator() {
        let of = |code: FindingCode| {
            let finding = Finding::new(code);
            Refusal::of(&finding.into()).kind
        };
        assert_eq!(of(FindingCode::ConnectionRefused), RefusalKind::Unavailable);
        assert_eq!(of(FindingCode::Timeout), RefusalKind::Unavailable);
        assert_eq!(of(FindingCode::GrantEnded), RefusalKind::NeedsAdministrator);
        assert_eq!(
            Refusal::of(&MailboxError::Off).kind,
            RefusalKind::NeedsAdministrator
        );
    }
}
