//! Records of what clients sent.

use serde::{Deserialize, Serialize};

/// Message that was accepted, or stored before a fault closed the connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceivedMessage {
    /// Queue identifier, as in the final reply.
    pub id: String,
    /// Reverse path of `MAIL FROM`.
    pub from: String,
    /// Forward paths of `RCPT TO`.
    pub to: Vec<String>,
    /// Account that had signed in, if any.
    pub account: Option<String>,
    /// Time of arrival in Unix seconds.
    pub received_at: u64,
    /// `1.2` or `1.3`; absent if the message came without TLS.
    pub tls_version: Option<String>,
    /// Decoded `Subject`.
    pub subject: Option<String>,
    /// `Message-ID`, without angle brackets.
    pub message_id: Option<String>,
    /// Address in the header `From`.
    pub header_from: Option<String>,
    /// Message after dot-unstuffing. Bytes that are not UTF-8 are replaced.
    pub raw: String,
}

/// Method of client authentication at the token endpoint (RFC 6749 §2.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientAuthentication {
    /// `Authorization: Basic`.
    Basic,
    /// `client_secret` in the body.
    Post,
    /// Both together, which RFC 6749 §2.3 forbids.
    Both,
    /// Neither.
    None,
}

/// Request to the token endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenRequest {
    /// Time of the request in Unix seconds.
    pub at: u64,
    /// `authorization_code`, `refresh_token`, or another value that was sent.
    pub grant_type: String,
    /// `issued`, the error code that was returned, or the fault: `silent`, `cut`, `garbage`,
    /// `huge`, `redirect`, `followed_redirect`.
    pub outcome: String,
    /// Method of client authentication.
    pub client_authentication: ClientAuthentication,
    /// Account of the issued tokens.
    pub account: Option<String>,
}

/// AUTH command of SMTP, or a sign-in at IMAP.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthAttempt {
    /// Time of the command in Unix seconds.
    pub at: u64,
    /// `XOAUTH2`, `OAUTHBEARER`, `PLAIN`, `LOGIN`, or `UNKNOWN`.
    pub mechanism: String,
    /// True if the AUTH command itself contained the credentials.
    pub with_initial_response: bool,
    /// True if the sign-in succeeded.
    pub accepted: bool,
    /// User name that was sent, if it could be parsed.
    pub account: Option<String>,
    /// `1.2` or `1.3`; absent without TLS.
    pub tls_version: Option<String>,
}
