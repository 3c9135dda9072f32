//! IMAP session: reads commands and writes replies.

use std::io;
use std::sync::Arc;

use imap_codec::CommandCodec;
use imap_codec::decode::{CommandDecodeError, Decoder as _};
use imap_codec::imap_types::command::Command;
use imap_codec::imap_types::core::LiteralMode;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

use super::mailbox::Mailbox;
use crate::faults::ImapFault;
use crate::state::State;

/// Maximum length of a command with its literals in octets.
const MAX_COMMAND: usize = 65_536;

pub(super) struct Session<S> {
    stream: S,
    buffer: Vec<u8>,
    pub(super) state: Arc<State>,
    pub(super) encrypted: bool,
    pub(super) account: Option<String>,
    pub(super) selected: Option<Mailbox>,
    /// Value of the counter `imap_closed` when this connection was accepted.
    closed_before: u32,
}

/// End of a session.
pub(super) enum End<S> {
    /// The connection is closed.
    Closed,
    /// The client started STARTTLS, so the TLS handshake follows on this stream.
    Upgrade(S),
}

/// Action after a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    Command,
    Close,
    Upgrade,
}

/// Input from the client.
enum Input {
    Command(Box<Command<'static>>),
    Unreadable,
    Gone,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Session<S> {
    pub(super) fn new(stream: S, encrypted: bool, state: Arc<State>) -> Self {
        let closed_before = state.lock().imap_closed;
        Self {
            stream,
            buffer: Vec::new(),
            closed_before,
            state,
            encrypted,
            account: None,
            selected: None,
        }
    }

    /// Serves until the client disconnects, a fault ends the session, or TLS starts.
    pub(super) async fn run(mut self, greet: bool) -> io::Result<End<S>> {
        if greet {
            match self.state.faults().imap {
                Some(ImapFault::Silent) => self.wait_for_end().await?,
                Some(ImapFault::TooManyConnections) => {
                    self.send_line("* BYE [LIMIT] Too many simultaneous connections. (Failure)")
                        .await?;
                    return Ok(End::Closed);
                }
                Some(ImapFault::NotImap) => {
                    self.send_line("220 localhost ESMTP sandbox").await?;
                }
                _ => {
                    let capabilities = self.capabilities();
                    self.send_line(&format!("* OK [CAPABILITY {capabilities}] sandbox ready"))
                        .await?;
                }
            }
        }
        loop {
            let next = match self.command().await? {
                Input::Gone => return Ok(End::Closed),
                Input::Unreadable => {
                    self.send_line("* BAD Invalid command").await?;
                    Next::Command
                }
                Input::Command(_) if self.is_closed() => Next::Close,
                Input::Command(command) => self.answer(*command).await?,
            };
            match next {
                Next::Command => {}
                Next::Close => {
                    let _ = self.stream.shutdown().await;
                    return Ok(End::Closed);
                }
                // Input that the client sent before the TLS handshake is discarded with the buffer.
                Next::Upgrade => return Ok(End::Upgrade(self.stream)),
            }
        }
    }

    fn is_closed(&self) -> bool {
        self.state.lock().imap_closed != self.closed_before
    }

    async fn command(&mut self) -> io::Result<Input> {
        let mut invited = 0;
        loop {
            let decoded = CommandCodec::default().decode_static(&self.buffer);
            match decoded {
                Ok((rest, command)) => {
                    let taken = self.buffer.len() - rest.len();
                    let bytes: Vec<_> = self.buffer.drain(..taken).collect();
                    self.note(&bytes);
                    return Ok(Input::Command(Box::new(command)));
                }
                Err(CommandDecodeError::Incomplete) => {}
                Err(CommandDecodeError::LiteralFound { length, mode, .. }) => {
                    if length as usize > MAX_COMMAND {
                        self.buffer.clear();
                        return Ok(Input::Unreadable);
                    }
                    if mode == LiteralMode::Sync && invited < self.buffer.len() {
                        invited = self.buffer.len();
                        self.send_line("+ OK").await?;
                    }
                }
                Err(CommandDecodeError::Failed) => {
                    let end = self.buffer.iter().position(|byte| *byte == b'\n');
                    self.buffer.drain(..=end.unwrap_or(self.buffer.len() - 1));
                    return Ok(Input::Unreadable);
                }
            }
            if self.buffer.len() > MAX_COMMAND {
                self.buffer.clear();
                return Ok(Input::Unreadable);
            }
            if !self.fill().await? {
                return Ok(Input::Gone);
            }
        }
    }

    /// Records a command without secrets.
    fn note(&self, bytes: &[u8]) {
        let text = String::from_utf8_lossy(bytes);
        let text = text.trim_end().split_once(' ').map_or("", |(_, text)| text);
        let name = text.split(' ').next().unwrap_or_default();
        let kept = match name.to_ascii_uppercase().as_str() {
            "LOGIN" | "AUTHENTICATE" => name,
            _ => text,
        };
        self.state.lock().imap_commands.push(kept.to_owned());
    }

    /// Reads the next line, without its line end. Returns `None` at the end of the connection.
    pub(super) async fn line(&mut self) -> io::Result<Option<Vec<u8>>> {
        loop {
            if let Some(end) = self.buffer.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.buffer.drain(..=end).collect();
                return Ok(Some(line.trim_ascii_end().to_vec()));
            }
            if self.buffer.len() > MAX_COMMAND || !self.fill().await? {
                return Ok(None);
            }
        }
    }

    async fn fill(&mut self) -> io::Result<bool> {
        let mut chunk = [0; 8_192];
        let read = self.stream.read(&mut chunk).await?;
        self.buffer
            .extend_from_slice(chunk.get(..read).unwrap_or_default());
        Ok(read > 0)
    }

    async fn wait_for_end(&mut self) -> io::Result<()> {
        while self.fill().await? {
            self.buffer.clear();
        }
        Ok(())
    }

    /// Sends a line.
    pub(super) async fn send_line(&mut self, line: &str) -> io::Result<()> {
        self.send(format!("{line}\r\n").as_bytes()).await
    }

    /// Sends bytes as they are.
    pub(super) async fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes).await?;
        self.stream.flush().await
    }
}
