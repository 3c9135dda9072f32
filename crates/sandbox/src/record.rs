//! What the sandbox remembers of its visitors.

use serde::{Deserialize, Serialize};

/// A message that was accepted, or that was stored before the connection was cut.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceivedMessage {
    /// Queue identifier, as named in the final reply.
    pub id: String,
    /// Reverse path of `MAIL FROM`.
    pub from: String,
    /// Forward paths of `RCPT TO`.
    pub to: Vec<String>,
    /// Who had signed in, if anyone.
    pub account: Option<String>,
    /// Unix seconds.
    pub received_at: u64,
    /// `1.2` or `1.3`; absent when the message came in the clear.
    pub tls_version: Option<String>,
    /// The decoded `Subject`.
    pub subject: Option<String>,
    /// `Message-ID`, without angle brackets.
    pub message_id: Option<String>,
    /// Address in the header `From`.
    pub header_from: Option<String>,
    /// The message with dots unstuffed; bytes that are not UTF-8 are replaced.
    pub raw: String,
}

/// How a client named itself at the token endpoint (RFC 6749 §2.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientAuthentication {
    /// `Authorization: Basic`.
    Basic,
    /// `client_secret` in the body.
    Post,
    /// Both at once, which RFC 6749 §2.3 forbids.
    Both,
    /// Neither.
    None,
}

/// A request to the token endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenRequest {
    /// Unix seconds.
    pub at: u64,
    /// `authorization_code`, `refresh_token` or whatever was sent.
    pub grant_type: String,
    /// `issued`, the error code sent, or the fault: `silent`, `cut`, `garbage`, `huge`,
    /// `redirect`, `followed_redirect`.
    pub outcome: String,
    /// How the client named itself.
    pub client_authentication: ClientAuthentication,
    /// Whose tokens were issued.
    pub account: Option<String>,
}

/// An AUTH command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthAttempt {
    /// Unix seconds.
    pub at: u64,
    /// `XOAUTH2`, `OAUTHBEARER`, `PLAIN`, `LOGIN`, or `UNKNOWN`.
    pub mechanism: String,
    /// Whether the credentials stood in the AUTH command itself.
    pub with_initial_response: bool,
    /// Whether the reply was 235.
    pub accepted: bool,
    /// The user name that was sent, when one could be read.
    pub account: Option<String>,
    /// `1.2` or `1.3`; absent when it came in the clear.
    pub tls_version: Option<String>,
}
