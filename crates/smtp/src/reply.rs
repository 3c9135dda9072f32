//! Replies (RFC 5321 §4.2), read from a stream as they arrive.

use domain::untrusted::is_displayable;
use tokio::io::{AsyncRead, AsyncReadExt as _};

/// Longest reply, in bytes. Without a limit, a server could send endlessly.
const AT_MOST: usize = 128 * 1024;
/// Size of one read, in bytes.
const CHUNK: usize = 4 * 1024;

/// A reply of the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) code: u16,
    /// All lines, without the last line end; invalid UTF-8 is replaced.
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
            if self.buffer.len() > AT_MOST {
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
        let text = String::from_utf8_lossy(start);
        let text = text.lines().next().unwrap_or_default();
        text.replace(|c: char| !is_displayable(c), " ")
            .trim()
            .to_owned()
    }

    /// Returns true if the server has sent nothing after the last reply.
    pub(crate) fn is_empty(&self) -> bool {
        self.buffer.is_empty()
    }
}

/// Returns the length of the first reply if its last line is complete.
fn complete(buffer: &[u8]) -> Result<Option<usize>, NoReply> {
    let mut from = 0;
    while let Some(end) = buffer[from..].iter().position(|byte| *byte == b'\n') {
        let line = &buffer[from..from + end];
        // RFC 5321 §4.2: the first digit is 2 to 5.
        let is_code = |code: &[u8]| {
            matches!(code[0], b'2'..=b'5') && code[1..].iter().all(u8::is_ascii_digit)
        };
        if !line.get(..3).is_some_and(is_code) {
            return Err(NoReply::Garbage);
        }
        from += end + 1;
        match line.get(3) {
            Some(b'-') => {}
            None | Some(b' ' | b'\r') => return Ok(Some(from)),
            Some(_) => return Err(NoReply::Garbage),
        }
    }
    Ok(None)
}

fn parse(reply: &[u8]) -> Reply {
    let text = String::from_utf8_lossy(reply);
    let text = text.trim_end().replace('\r', "");
    let last = text.lines().last().unwrap_or_default();
    let code = last.get(..3).and_then(|code| code.parse().ok());
    let code = code.unwrap_or(0);
    Reply { code, text }
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
    async fn what_is_no_reply_is_refused_and_a_reply_without_end_ends() {
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
