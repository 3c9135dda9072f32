//! Checks: runs over a connection, as ordered steps. The test email is the first of them.

use serde::{Deserialize, Serialize};

use crate::{DataCenterId, Finding, UnixTime, id::random_id};

random_id! {
    /// Names a check.
    CheckId
}

/// What a step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// A valid access token is at hand, refreshed if need be.
    Grant,
    /// The name of the server is resolved.
    Resolve,
    /// A TCP connection is made to one address.
    Connect,
    /// The TLS handshake.
    Tls,
    /// The server greets.
    Greeting,
    /// EHLO.
    Ehlo,
    /// STARTTLS.
    StartTls,
    /// AUTH.
    Authenticate,
    /// MAIL FROM.
    MailFrom,
    /// RCPT TO.
    RcptTo,
    /// DATA, up to the server's 354.
    Data,
    /// The message and the server's final reply.
    Message,
    /// QUIT.
    Quit,
}

/// How a step went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Well.
    Passed,
    /// It failed, and another way was tried.
    Warned,
    /// It failed, and the check ended.
    Failed,
}

/// One step of a check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckStep {
    /// What was done.
    pub kind: StepKind,
    /// How it went.
    pub verdict: Verdict,
    /// How long it took: microseconds.
    pub micros: u64,
    /// What was sent, secrets redacted; empty when nothing was.
    pub sent: String,
    /// What came back, or what was found.
    pub received: String,
}

/// What was agreed on in a TLS handshake.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TlsSession {
    /// For people: `TLS 1.3`.
    pub version: String,
    /// The IANA name of the cipher suite: `TLS_AES_256_GCM_SHA384`.
    pub cipher: String,
}

/// How a check ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CheckOutcome {
    /// The server accepted the message.
    Delivered {
        /// The Message-ID of the message, with angle brackets.
        message_id: String,
    },
    /// It did not come to that.
    Failed(Finding),
}

/// A finished check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckReport {
    /// Whose settings were checked.
    pub data_center: DataCenterId,
    /// When it began.
    pub started_at: UnixTime,
    /// `host:port` of the server.
    pub server: String,
    /// Who the test email was for.
    pub recipient: String,
    /// The steps in order.
    pub steps: Vec<CheckStep>,
    /// TLS, when it came to that.
    pub tls: Option<TlsSession>,
    /// The last reply of the server.
    pub last_reply: Option<String>,
    /// How it ended.
    pub outcome: CheckOutcome,
}
