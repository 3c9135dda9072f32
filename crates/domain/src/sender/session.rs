//! Recorded SMTP sessions of senders and of unknown clients. Their content comes from other
//! machines, so it is made safe to display when it is recorded.

use serde::{Deserialize, Serialize};

use super::SenderId;
use crate::{Finding, UnixTime, id::random_id, untrusted};

random_id! {
    /// ID of a recorded session. IDs sort by the time at which the session began.
    SenderSessionId
}

/// Origin of a line in a recorded session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Speaker {
    /// The program or device.
    Client,
    /// Mailgrant, over the connection.
    Server,
    /// Mailgrant, about the connection.
    Note,
}

/// Line of a recorded session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionLine {
    /// Origin.
    pub by: Speaker,
    /// Redacted text.
    pub text: String,
}

/// Recorded SMTP session, redacted: without credentials and without the content of messages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SenderSession {
    /// Identifier.
    pub id: SenderSessionId,
    /// Sender, once it is known. After a wrong password, the sender with this user name.
    pub sender: Option<SenderId>,
    /// Address of the client.
    pub address: String,
    /// Address and port that the client connected to.
    pub listener: String,
    /// Use of TLS of the listener: `starttls`, `tls`, or `plain`.
    pub mode: String,
    /// TLS version and cipher. `None` without TLS.
    pub tls: Option<String>,
    /// Time of the connection.
    pub began_at: UnixTime,
    /// Time of the end. `None` while the session lasts.
    pub ended_at: Option<UnixTime>,
    /// Number of accepted messages.
    pub accepted: u32,
    /// Reason for which something was refused.
    pub finding: Option<Finding>,
    /// First and last lines.
    pub lines: Vec<SessionLine>,
    /// Number of lines that were left out between them.
    pub omitted: u32,
}

impl SenderSession {
    /// Maximum length of a line, in characters.
    pub const MAX_LINE: usize = 300;
    /// Number of lines at the beginning that are kept.
    pub const FIRST_LINES: usize = 60;
    /// Number of lines at the end that are kept.
    pub const LAST_LINES: usize = 40;

    /// Adds a line. The text must already be redacted. Leaves out lines in the middle of a long
    /// session.
    pub fn push(&mut self, by: Speaker, text: &str) {
        if self.lines.len() >= Self::FIRST_LINES + Self::LAST_LINES {
            self.lines.remove(Self::FIRST_LINES);
            self.omitted = self.omitted.saturating_add(1);
        }
        let text = untrusted::line(text, Self::MAX_LINE);
        self.lines.push(SessionLine { by, text });
    }

    /// Returns true if nothing was refused.
    pub fn is_clean(&self) -> bool {
        self.finding.is_none()
    }

    /// Returns the session as text: `C:` and `S:` before the lines of the client and the server.
    pub fn transcript(&self) -> String {
        let mut text = String::new();
        for (at, line) in self.lines.iter().enumerate() {
            if at == Self::FIRST_LINES && self.omitted > 0 {
                text.push_str(&["* (", &self.omitted.to_string(), " lines left out)\n"].concat());
            }
            let mark = match line.by {
                Speaker::Client => "C: ",
                Speaker::Server => "S: ",
                Speaker::Note => "* ",
            };
            text.extend([mark, &line.text, "\n"]);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session() -> SenderSession {
        SenderSession {
            id: SenderSessionId::parse("a").unwrap(),
            sender: None,
            address: "192.0.2.1".into(),
            listener: "192.0.2.2:587".into(),
            mode: "starttls".into(),
            tls: None,
            began_at: UnixTime(0),
            ended_at: None,
            accepted: 0,
            finding: None,
            lines: Vec::new(),
            omitted: 0,
        }
    }

    #[test]
    fn a_long_session_keeps_its_beginning_and_its_end() {
        let mut session = session();
        for number in 0..1_000 {
            session.push(Speaker::Client, &format!("line {number}"));
        }
        assert_eq!((session.lines.len(), session.omitted), (100, 900));
        let transcript = session.transcript();
        assert!(
            transcript.contains("C: line 59\n* (900 lines left out)\nC: line 960\n"),
            "{transcript}"
        );
        assert!(transcript.ends_with("C: line 999\n"));
    }

    #[test]
    fn a_line_is_cut_and_cannot_look_like_another_one() {
        let mut session = session();
        let text = format!("EHLO a\r\nS: 250 ok\u{1b}[2J\u{202e}{}", "x".repeat(1_000));
        session.push(Speaker::Client, &text);
        assert_eq!(
            session.lines[0].text.chars().count(),
            SenderSession::MAX_LINE
        );
        let transcript = session.transcript();
        assert!(
            transcript.starts_with("C: EHLO a  S: 250 ok[2Jxxx"),
            "{transcript}"
        );
        assert_eq!(transcript.lines().count(), 1);
    }
}
