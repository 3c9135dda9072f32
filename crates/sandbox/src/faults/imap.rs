//! Faults of the IMAP server.

use serde::{Deserialize, Serialize};

/// Failure to read mail, with the texts of real providers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImapFault {
    /// The server sends no greeting.
    Silent,
    /// The server sends `* BYE [LIMIT]` instead of the greeting.
    TooManyConnections,
    /// `[AUTHENTICATIONFAILED]`: the credentials are wrong.
    WrongCredentials,
    /// Google: an app password is required.
    ApplicationPasswordRequired,
    /// Google: IMAP is disabled for the account.
    Disabled,
    /// Microsoft: `AUTHENTICATE failed.`, for a token without the scope for IMAP and for disabled
    /// IMAP.
    Microsoft,
    /// `[UNAVAILABLE]`: the server cannot check credentials.
    Unavailable,
    /// `[LIMIT]`: the account has too many connections.
    Limit,
    /// The sign-in succeeds, but INBOX does not exist.
    NoInbox,
    /// The port speaks SMTP instead of IMAP.
    NotImap,
    /// Accepted mail never arrives in INBOX.
    NotDelivered,
    /// Mail arrives with another From address.
    FromRewritten,
    /// IDLE is not offered.
    NoIdle,
    /// SEARCH is rejected with `[BADCHARSET]`.
    SearchRefused,
    /// The connection is closed in the middle of the response to FETCH.
    CutInFetch,
    /// The response to FETCH announces a literal of four gigabytes.
    HugeLiteral,
    /// The response to FETCH is a line of eight megabytes.
    EndlessLine,
    /// The response to FETCH is not valid IMAP.
    BrokenFetch,
    /// The responses to FETCH have spaces and dates that the standard does not allow.
    OddFetch,
    /// FETCH is rejected if it includes a message with the subject `unreadable`.
    UnreadableMessage,
}

impl ImapFault {
    /// Returns the reply that rejects the sign-in, or `None` if the fault does not affect it.
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
            | Self::BrokenFetch
            | Self::OddFetch
            | Self::UnreadableMessage => return None,
        })
    }
}
