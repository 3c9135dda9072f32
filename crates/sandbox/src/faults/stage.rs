//! Stages of an SMTP session at which faults apply.

use serde::{Deserialize, Serialize};

/// Point at which the server replies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Greeting.
    Greeting,
    /// EHLO and HELO.
    Ehlo,
    /// STARTTLS.
    Starttls,
    /// AUTH, after the credentials were received.
    Auth,
    /// MAIL FROM.
    Mail,
    /// RCPT TO.
    Rcpt,
    /// DATA.
    Data,
    /// Message, after the final dot.
    Final,
}

/// Point at which the connection is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CutAt {
    /// Instead of the greeting.
    Greeting,
    /// Instead of the reply to EHLO.
    Ehlo,
    /// Instead of the reply to STARTTLS.
    Starttls,
    /// Instead of the reply to AUTH.
    Auth,
    /// Instead of the reply to MAIL FROM.
    Mail,
    /// Instead of the reply to RCPT TO.
    Rcpt,
    /// Instead of the reply to DATA.
    Data,
    /// After the final dot; the message is lost.
    Final,
    /// After the final dot. The message is stored, but the client gets no reply.
    AfterFinalDotBeforeReply,
}

impl CutAt {
    /// Returns true if the connection is closed instead of the reply of this stage.
    pub(crate) fn is_at(self, stage: Stage) -> bool {
        matches!(
            (self, stage),
            (Self::Greeting, Stage::Greeting)
                | (Self::Ehlo, Stage::Ehlo)
                | (Self::Starttls, Stage::Starttls)
                | (Self::Auth, Stage::Auth)
                | (Self::Mail, Stage::Mail)
                | (Self::Rcpt, Stage::Rcpt)
                | (Self::Data, Stage::Data)
                | (Self::Final, Stage::Final)
        )
    }
}

/// Reply that replaces the real one. A reply with 4xx or 5xx also prevents the command. After 421,
/// the connection is closed (RFC 5321 §3.8).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageReply {
    /// Stage whose reply is replaced.
    pub stage: Stage,
    /// Full text, which may have several lines.
    pub reply: String,
    /// Number of times that the reply is used. `None` means always.
    #[serde(default)]
    pub times: Option<u32>,
}
