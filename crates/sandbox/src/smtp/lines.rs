//! Reading lines and writing replies.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

/// Maximum length of a line: a SASL message of 12,288 octets (RFC 4954 §4) and its CRLF.
pub(super) const MAX_LINE: usize = 12_288 + 2;

/// Line from the client.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// Line with its line feed.
    Whole(Vec<u8>),
    /// Line longer than [`MAX_LINE`], which was read to its end and discarded.
    TooLong,
}

pub(super) struct Lines<S> {
    stream: S,
    buffer: Vec<u8>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Lines<S> {
    pub(super) fn new(stream: S) -> Self {
        Self {
            stream,
            buffer: Vec::new(),
        }
    }

    /// Reads the next line. Returns `None` at the end of the connection.
    pub(super) async fn line(&mut self) -> io::Result<Option<Line>> {
        let mut searched = 0;
        let mut too_long = false;
        loop {
            let unsearched = self.buffer.iter().skip(searched);
            if let Some(offset) = unsearched.into_iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.buffer.drain(..=searched + offset).collect();
                let too_long = too_long || line.len() > MAX_LINE;
                return Ok(Some(if too_long {
                    Line::TooLong
                } else {
                    Line::Whole(line)
                }));
            }
            if self.buffer.len() > MAX_LINE {
                too_long = true;
                self.buffer.clear();
            }
            searched = self.buffer.len();
            if self.fill().await? == 0 {
                return Ok(None);
            }
        }
    }

    /// Returns received input that was not consumed yet. Waits until there is some. Empty at the
    /// end of the connection.
    pub(super) async fn arrived(&mut self) -> io::Result<&mut Vec<u8>> {
        if self.buffer.is_empty() {
            self.fill().await?;
        }
        Ok(&mut self.buffer)
    }

    async fn fill(&mut self) -> io::Result<usize> {
        let mut chunk = [0; 8192];
        let read = self.stream.read(&mut chunk).await?;
        self.buffer
            .extend_from_slice(chunk.get(..read).unwrap_or_default());
        Ok(read)
    }

    /// Sends a reply. Converts line ends to CRLF and adds one at the end.
    pub(super) async fn reply(&mut self, text: &str) -> io::Result<()> {
        let mut wire = String::with_capacity(text.len() + 2);
        for line in text.lines() {
            wire.push_str(line);
            wire.push_str("\r\n");
        }
        self.stream.write_all(wire.as_bytes()).await?;
        self.stream.flush().await
    }

    /// Returns the stream. Discards early input of the client, because plaintext must not be used
    /// inside TLS (RFC 3207 §4.2).
    pub(super) fn into_stream(self) -> S {
        self.stream
    }

    /// Closes the connection gracefully.
    pub(super) async fn close(mut self) {
        let _ = self.stream.shutdown().await;
    }
}
