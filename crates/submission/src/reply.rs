//! Replies to clients (RFC 5321 §4.2), with enhanced status codes (RFC 2034).

use domain::{EmailAddress, FindingCode, MessageFieldError};
use wording::message_field_error;

/// Octets of text per line, so that a line with its code and CRLF has at most 512 (RFC 5321
/// §4.5.3.1.5).
const MAX_TEXT: usize = 480;

/// The status code of a recipient that is not allowed.
const RECIPIENT_REFUSED: &str = "5.7.1";

/// A reply of one or several lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    code: u16,
    /// The enhanced status code; empty for replies that have none.
    status: &'static str,
    lines: Vec<String>,
    finding: Option<FindingCode>,
}

impl Reply {
    /// Returns a reply with an enhanced status code. Characters that are not printable ASCII are
    /// replaced, and long text is wrapped.
    pub fn new(code: u16, status: &'static str, text: &str) -> Self {
        Self {
            code,
            status,
            lines: wrapped(&printable(text)),
            finding: None,
        }
    }

    /// Returns a reply without an enhanced status code, as the greeting and the replies to EHLO and
    /// AUTH have it.
    pub fn bare(code: u16, lines: &[String]) -> Self {
        Self {
            code,
            status: "",
            lines: lines.iter().map(|line| printable(line)).collect(),
            finding: None,
        }
    }

    /// Adds the reason, for the record of the session. It is not sent.
    #[must_use]
    pub fn because(mut self, finding: FindingCode) -> Self {
        self.finding = Some(finding);
        self
    }

    /// Returns the reason for the record of the session.
    pub fn finding(&self) -> Option<FindingCode> {
        self.finding
    }

    /// Returns the reply to a recipient that the rules of the sender do not allow.
    pub fn recipient_refused(address: &EmailAddress) -> Self {
        let words = message_field_error(MessageFieldError::RecipientNotAllowed).joined();
        Self::new(550, RECIPIENT_REFUSED, &format!("{address}: {words}"))
            .because(FindingCode::InboundRecipientNotAllowed)
    }

    /// Returns true for [`Reply::recipient_refused`].
    pub fn is_recipient_refused(&self) -> bool {
        self.status == RECIPIENT_REFUSED
    }

    /// Returns the reply code.
    pub fn code(&self) -> u16 {
        self.code
    }

    /// Returns true if the reply rejects a command permanently.
    pub fn is_error(&self) -> bool {
        self.code >= 500
    }

    /// Returns the reply as it is sent.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut text = String::new();
        for (at, line) in self.lines.iter().enumerate() {
            let is_last = at + 1 == self.lines.len();
            text.push_str(&self.code.to_string());
            text.push(if is_last { ' ' } else { '-' });
            if !self.status.is_empty() {
                text.push_str(self.status);
                text.push(' ');
            }
            text.push_str(line);
            text.push_str("\r\n");
        }
        text.into_bytes()
    }
}

/// Replaces what is not printable ASCII. Typographic quotes become straight ones.
fn printable(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            ' '..='~' => c,
            '“' | '”' => '"',
            '‘' | '’' => '\'',
            '…' => '.',
            c if c.is_whitespace() => ' ',
            _ => '?',
        })
        .collect()
}

fn wrapped(text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let word = &word[..word.len().min(MAX_TEXT)];
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if line.len() + 1 + word.len() <= MAX_TEXT => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::Reply;

    fn text(reply: &Reply) -> String {
        String::from_utf8(reply.to_bytes()).unwrap()
    }

    #[test]
    fn each_line_has_the_code_and_the_last_one_a_space() {
        let ehlo = Reply::bare(250, &["mail.example".into(), "PIPELINING".into()]);
        assert_eq!(text(&ehlo), "250-mail.example\r\n250 PIPELINING\r\n");
        let ok = Reply::new(250, "2.1.0", "Sender accepted");
        assert_eq!(text(&ok), "250 2.1.0 Sender accepted\r\n");
    }

    #[test]
    fn text_never_breaks_a_line_or_leaves_ascii() {
        let reply = Reply::new(550, "5.7.1", "“ä”\r\n250 fake");
        assert_eq!(text(&reply), "550 5.7.1 \"?\" 250 fake\r\n");
    }

    #[test]
    fn long_text_is_wrapped_within_512_octets() {
        let reply = Reply::new(550, "5.6.0", &"word ".repeat(300));
        let text = text(&reply);
        assert!(text.lines().count() > 2);
        assert!(text.split_inclusive("\r\n").all(|line| line.len() <= 512));
    }
}
