//! What is handed over, and how it went.

use std::fmt::Write as _;

use domain::Finding;

/// A message and its envelope.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Letter<'a> {
    pub(crate) from: &'a str,
    pub(crate) to: &'a [&'a str],
    pub(crate) content: &'a [u8],
}

/// How handing a message over went.
#[derive(Debug)]
pub(crate) struct Handed {
    /// For each recipient what the server said when it refused it, and what that means.
    pub(crate) refused: Vec<Option<(String, Finding)>>,
    /// For the others: the final reply, or why there is no good one.
    pub(crate) ended: Ended,
    /// The conversation, redacted.
    pub(crate) transcript: String,
}

/// How a transaction ended for the recipients that were not refused on their own.
#[derive(Debug)]
pub(crate) enum Ended {
    /// The server has accepted the message.
    Accepted(String),
    /// It has not; or it is not known (`ClosedAfterMessage`).
    Failed(Finding),
    /// The message is not ours any more; it was not handed over.
    NotOurs,
    /// The connection was of no use any more before anything was said: it has to be made anew.
    Stale(Finding),
}

/// What the server offers (RFC 1870, 6152, 6531).
#[derive(Clone, Copy, Debug)]
pub(super) struct Offers {
    pub(super) size: bool,
    pub(super) eight_bit: bool,
    pub(super) utf8: bool,
}

impl Letter<'_> {
    /// The command that begins its transaction.
    pub(super) fn mail_from(&self, offers: Offers) -> String {
        let mut line = format!("MAIL FROM:<{}>", self.from);
        if offers.size {
            let _ = write!(line, " SIZE={}", self.content.len());
        }
        if offers.eight_bit && !self.content.is_ascii() {
            line.push_str(" BODY=8BITMIME");
        }
        if offers.utf8 && self.needs_smtputf8() {
            line.push_str(" SMTPUTF8");
        }
        line
    }

    /// Returns true if an address or the header is not ASCII (RFC 6531 §3.4).
    pub(super) fn needs_smtputf8(&self) -> bool {
        !self.from.is_ascii()
            || self.to.iter().any(|to| !to.is_ascii())
            || (!self.content.is_ascii() && !headers(self.content).is_ascii())
    }
}

/// Everything before the first empty line.
fn headers(content: &[u8]) -> &[u8] {
    let end = content.windows(4).position(|four| four == b"\r\n\r\n");
    &content[..end.unwrap_or(content.len())]
}
