//! A message with its envelope, and the outcome of its transaction.

use std::{borrow::Cow, fmt::Write as _};

use domain::Finding;

/// A message and its envelope.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    /// The address in `MAIL FROM`.
    pub sender: &'a str,
    /// The addresses in `RCPT TO`.
    pub recipients: &'a [&'a str],
    /// The content: header and body.
    pub content: &'a [u8],
    /// Rewrites a content whose header is not ASCII, for a server without SMTPUTF8 (RFC 6857).
    pub with_ascii_header: fn(&[u8]) -> Cow<'_, [u8]>,
}

/// The outcome of one transaction.
#[derive(Debug)]
pub struct TransactionOutcome {
    /// For each recipient that the server refused: its reply, and the finding about it.
    pub refused: Vec<Option<(String, Finding)>>,
    /// The end of the transaction for the other recipients.
    pub end: TransactionEnd,
    /// The transcript, redacted.
    pub transcript: String,
}

/// The end of a transaction for the recipients that were not refused individually.
#[derive(Debug)]
pub enum TransactionEnd {
    /// The server accepted the message with this reply.
    Accepted(String),
    /// The server did not accept the message, or the outcome is unknown (`ClosedAfterMessage`).
    Failed(Finding),
    /// The caller gave the message up before its end was sent.
    Abandoned,
    /// The connection was closed before the transaction began. The caller should open another one.
    Stale(Finding),
}

/// The extensions of a server that matter to `MAIL FROM` (RFC 1870, RFC 6152, RFC 6531).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Extensions {
    pub(crate) size: bool,
    pub(crate) eight_bit: bool,
    pub(crate) utf8: bool,
}

impl Message<'_> {
    /// Returns the command that begins the transaction.
    pub(crate) fn mail_from(&self, extensions: Extensions) -> String {
        let mut line = format!("MAIL FROM:<{}>", self.sender);
        if extensions.size && !self.content.is_empty() {
            let _ = write!(line, " SIZE={}", self.content.len());
        }
        if extensions.eight_bit && !self.content.is_ascii() {
            line.push_str(" BODY=8BITMIME");
        }
        if extensions.utf8 && self.needs_smtputf8() {
            line.push_str(" SMTPUTF8");
        }
        line
    }

    /// Returns true if an address or the header is not ASCII (RFC 6531 §3.4).
    pub(crate) fn needs_smtputf8(&self) -> bool {
        !self.sender.is_ascii()
            || self.recipients.iter().any(|to| !to.is_ascii())
            || (!self.content.is_ascii() && !header(self.content).is_ascii())
    }
}

/// Returns everything before the first empty line.
fn header(content: &[u8]) -> &[u8] {
    let end = content.windows(4).position(|four| four == b"\r\n\r\n");
    &content[..end.unwrap_or(content.len())]
}
