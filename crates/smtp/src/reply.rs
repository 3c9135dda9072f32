//! Replies (RFC 5321 §4.2), read from a stream as they arrive.

use std::time::Duration;

use domain::{FindingCode, untrusted::is_displayable};
use encoding_rs::WINDOWS_1252;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _},
    time::timeout,
};

/// Longest reply, in bytes. Without a limit, a server could send endlessly.
const MAX_REPLY: usize = 64 * 1024;
/// Size of one read, in bytes.
const CHUNK: usize = 4 * 1024;

/// A reply of the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) code: u16,
    /// All lines, without the last line end. A line that is not UTF-8 is read as Windows-1252.
    pub(crate) text: String,
}

impl Reply {
    pub(crate) fn is_positive(&self) -> bool {
        (200..300).contains(&self.code)
    }

    pub(crate) fn is_refusal(&self) -> bool {
        (400..600).contains(&self.code)
    }
}

/// The reason why there is no reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoReply {
    /// The connection is closed.
    Closed,
    /// The text is not SMTP.
    Garbage,
}

/// Reads replies, and keeps what arrived after one for the next.
#[derive(Debug, Default)]
pub(crate) struct Replies {
    buffer: Vec<u8>,
}

impl Replies {
    /// Returns the next reply within a time. An error has a code, and the text if it is not a
    /// reply.
    pub(crate) async fn within(
        &mut self,
        stream: &mut (impl AsyncRead + Unpin),
        time: Duration,
    ) -> Result<Reply, (FindingCode, String)> {
        match timeout(time, self.next(stream)).await {
            Ok(Ok(reply)) => Ok(reply),
            Ok(Err(NoReply::Closed)) => Err((FindingCode::ConnectionClosed, String::new())),
            Ok(Err(NoReply::Garbage)) => Err((FindingCode::NotSmtp, self.unreadable())),
            Err(_) => Err((FindingCode::Timeout, String::new())),
        }
    }

    /// Returns the next reply. Nothing is lost if the future is dropped before it completes.
    pub(crate) async fn next(
        &mut self,
        stream: &mut (impl AsyncRead + Unpin),
    ) -> Result<Reply, NoReply> {
        loop {
            if let Some(length) = complete(&self.buffer)? {
                let reply = parse(&self.buffer[..length]);
                self.buffer.drain(..length);
                return Ok(reply);
            }
            if self.buffer.len() > MAX_REPLY {
                return Err(NoReply::Garbage);
            }
            self.buffer.reserve(CHUNK);
            match stream.read_buf(&mut self.buffer).await {
                Ok(0) | Err(_) => return Err(NoReply::Closed),
                Ok(_) => {}
            }
        }
    }

    /// Returns the start of received text that is not a reply.
    pub(crate) fn unreadable(&self) -> String {
        let start = &self.buffer[..self.buffer.len().min(200)];
        let start = start.trim_ascii_start();
        let text = text_of(start);
        let text = text.lines().next().unwrap_or_default();
        text.replace(|c: char| !is_displayable(c), " ")
            .trim()
            .to_owned()
    }

    /// Returns true if the server has sent nothing but empty lines after the last reply.
    pub(crate) fn is_empty(&self) -> bool {
        self.buffer.trim_ascii().is_empty()
    }
}

/// Returns the length of the first reply if its last line is complete. Empty lines before it are
/// skipped. Lines without a code between the lines of a reply are text, as in some greetings.
fn complete(buffer: &[u8]) -> Result<Option<usize>, NoReply> {
    let mut from = 0;
    let mut is_inside = false;
    while let Some(end) = buffer[from..].iter().position(|byte| *byte == b'\n') {
        let line = &buffer[from..from + end];
        from += end + 1;
        match (has_code(line), line.get(3)) {
            (true, Some(b'-')) => is_inside = true,
            (true, None | Some(b' ' | b'\t' | b'\r')) => return Ok(Some(from)),
            _ if is_inside || line.trim_ascii().is_empty() => {}
            _ => return Err(NoReply::Garbage),
        }
    }
    Ok(None)
}

/// Returns true if a line begins with a code. Its first digit is 2 to 5 (RFC 5321 §4.2).
fn has_code(line: &[u8]) -> bool {
    line.get(..3).is_some_and(|code| {
        matches!(code[0], b'2'..=b'5') && code[1..].iter().all(u8::is_ascii_digit)
    })
}

fn parse(reply: &[u8]) -> Reply {
    let text = text_of(reply.trim_ascii());
    let last = text.lines().last().unwrap_or_default();
    let code = last.get(..3).and_then(|code| code.parse().ok());
    let code = code.unwrap_or(0);
    Reply { code, text }
}

/// Returns octets as text, without CR.
fn text_of(octets: &[u8]) -> String {
    let lines = octets.split(|byte| *byte == b'\n').map(|line| {
        let line = match std::str::from_utf8(line) {
            Ok(line) => line.to_owned(),
            Err(_) => WINDOWS_1252
                .decode_without_bom_handling(line)
                .0
                .into_owned(),
        };
        line.replace('\r', "")
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn replies_are_read_one_after_the_other_however_they_are_cut() {
        let said = b"250-a\r\n250 b\r\n354\r\n550 5.1.1 no\xff\n";
        for cut in 0..said.len() {
            let (one, two) = said.split_at(cut);
            let mut stream = tokio_test_stream(&[one, two]);
            let mut replies = Replies::default();
            let mut heard = Vec::new();
            for _ in 0..3 {
                heard.push(replies.next(&mut stream).await.unwrap());
            }
            assert_eq!(heard[0].text, "250-a\n250 b");
            assert_eq!((heard[1].code, heard[2].code), (354, 550));
            assert!(replies.is_empty());
            assert_eq!(replies.next(&mut stream).await, Err(NoReply::Closed));
        }
    }

    #[tokio::test]
    async fn malformed_replies_are_rejected_and_endless_ones_end() {
        for said in [
            &b"hello\r\n"[..],
            b"25\r\n",
            b"250x\r\n",
            b"150 go on\r\n",
            b"650 no\r\n",
            b"000\r\n",
        ] {
            let mut stream = said;
            let heard = Replies::default().next(&mut stream).await;
            assert_eq!(heard, Err(NoReply::Garbage));
        }
        let endless = b"250-x\r\n".repeat(100_000);
        let heard = Replies::default().next(&mut &endless[..]).await;
        assert_eq!(heard, Err(NoReply::Garbage));
    }

    #[tokio::test]
    async fn a_reply_needs_no_text_and_its_last_line_counts() {
        for (said, code, text) in [
            (&b"220\r\n"[..], 220, "220"),
            (b"\r\n\r\n220\r\n", 220, "220"),
            (b"250-\r\n250-\r\n250\r\n", 250, "250-\n250-\n250"),
            (b"250\tok\n", 250, "250\tok"),
            (b"220-hello\r\n521 no\r\n", 521, "220-hello\n521 no"),
            (
                b"220-hello\r\nonly for us\r\n220 x\r\n",
                220,
                "220-hello\nonly for us\n220 x",
            ),
            (b"220 b\xeente pr\xeate\r\n", 220, "220 bînte prête"),
            (b"550 \x80 \x93x\x94\r\n", 550, "550 € “x”"),
            ("550 prête\r\n".as_bytes(), 550, "550 prête"),
        ] {
            let mut stream = said;
            let reply = Replies::default().next(&mut stream).await.unwrap();
            assert_eq!((reply.code, reply.text.as_str()), (code, text));
        }
    }

    fn tokio_test_stream(parts: &[&[u8]]) -> impl AsyncRead + Unpin + use<> {
        let parts: Vec<Vec<u8>> = parts.iter().map(|part| part.to_vec()).collect();
        let (mut writer, reader) = tokio::io::duplex(1_024);
        tokio::spawn(async move {
            use tokio::io::AsyncWriteExt as _;
            for part in parts {
                let _ = writer.write_all(&part).await;
                tokio::task::yield_now().await;
            }
        });
        reader
    }
}
