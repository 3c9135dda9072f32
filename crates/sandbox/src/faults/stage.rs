//! Where in an SMTP session a fault strikes.

use serde::{Deserialize, Serialize};

/// A point where the server replies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The banner.
    Greeting,
    /// EHLO and HELO.
    Ehlo,
    /// STARTTLS.
    Starttls,
    /// AUTH, when the credentials have arrived.
    Auth,
    /// MAIL FROM.
    Mail,
    /// RCPT TO.
    Rcpt,
    /// DATA.
    Data,
    /// After the final dot.
    Final,
}

/// Where the connection is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CutAt {
    /// In place of the banner.
    Greeting,
    /// In place of the reply to EHLO.
    Ehlo,
    /// In place of the reply to STARTTLS.
    Starttls,
    /// In place of the reply to AUTH.
    Auth,
    /// In place of the reply to MAIL FROM.
    Mail,
    /// In place of the reply to RCPT TO.
    Rcpt,
    /// In place of the reply to DATA.
    Data,
    /// After the final dot; the message is lost.
    Final,
    /// After the final dot; the message is stored, and the client cannot know.
    AfterFinalDotBeforeReply,
}

impl CutAt {
    /// Whether a reply of this stage is where the cut happens.
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

/// A reply put in place of the real one. One that begins with 4 or 5 also prevents what was
/// asked; after 421 the connection is closed (RFC 5321 §3.8).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageReply {
    /// Where.
    pub stage: Stage,
    /// The full text, also of several lines.
    pub reply: String,
    /// How often; absent means always.
    #[serde(default)]
    pub times: Option<u32>,
}
