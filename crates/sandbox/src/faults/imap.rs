//! What can go wrong at the IMAP server.

use serde::{Deserialize, Serialize};

/// A way in which reading mail fails, in the words of the providers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImapFault {
    /// No greeting.
    Silent,
    /// `* BYE [LIMIT]` in place of the greeting.
    TooManyConnections,
    /// `[AUTHENTICATIONFAILED]`: the credentials are wrong.
    WrongCredentials,
    /// Google: an app password is wanted.
    ApplicationPasswordRequired,
    /// Google: IMAP is switched off for the account.
    Disabled,
    /// Microsoft: `AUTHENTICATE failed.`, which is said for a token without the scope for IMAP and for IMAP
    /// that is switched off.
    Microsoft,
    /// `[UNAVAILABLE]`: the server could not ask who that is.
    Unavailable,
    /// `[LIMIT]`: too many connections of this account.
    Limit,
    /// Signing in works, INBOX does not exist.
    NoInbox,
    /// SMTP is spoken where IMAP is expected.
    NotImap,
    /// Mail that was taken never arrives in INBOX.
    NotDelivered,
    /// Mail arrives with another From address.
    FromRewritten,
    /// IDLE is not offered.
    NoIdle,
    /// SEARCH is refused: `[BADCHARSET]`.
    SearchRefused,
    /// The connection is closed in the middle of the answer to FETCH.
    CutInFetch,
    /// The answer to FETCH announces a literal of four gigabytes.
    HugeLiteral,
    /// The answer to FETCH is a line of eight megabytes.
    EndlessLine,
    /// The answer to FETCH is no IMAP.
    BrokenFetch,
}

impl ImapFault {
    /// The reply that ends the sign-in, when it is refused.
    pub(crate) fn refusal(self, with_token: bool) -> Option<&'static str> {
        Some(match self {
            Self::WrongCredentials => "NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)",
            Self::ApplicationPasswordRequired => {
                "NO [ALERT] Application-specific password required: \
                 https://support.google.com/accounts/answer/185833 (Failure)"
            }
            Self::Disabled => {
                "NO [ALERT] Your account is not enabled for IMAP use. Please visit your Gmail \
                 settings page and enable your account for IMAP access. (Failure)"
            }
            Self::Microsoft if with_token => "NO AUTHENTICATE failed.",
            Self::Microsoft => "NO LOGIN failed.",
            Self::Unavailable => "NO [UNAVAILABLE] Temporary authentication failure.",
            Self::Limit => "NO [LIMIT] Maximum number of connections from user+IP exceeded",
            Self::Silent
            | Self::TooManyConnections
            | Self::NoInbox
            | Self::NotImap
            | Self::NotDelivered
            | Self::FromRewritten
            | Self::NoIdle
            | Self::SearchRefused
            | Self::CutInFetch
            | Self::HugeLiteral
            | Self::EndlessLine
            | Self::BrokenFetch => return None,
        })
    }
}
