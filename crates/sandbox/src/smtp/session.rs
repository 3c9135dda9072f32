//! SMTP session: its state, and the faults that apply to every reply.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};

use super::lines::{Line, Lines};
use crate::faults::Stage;
use crate::state::State;

/// Number of errors after which the session is ended, as in Postfix.
const MAX_ERRORS: u32 = 20;

pub(super) struct Session<S> {
    pub(super) lines: Lines<S>,
    pub(super) state: Arc<State>,
    pub(super) tls_version: Option<&'static str>,
    pub(super) greeted: bool,
    pub(super) account: Option<String>,
    pub(super) from: Option<String>,
    pub(super) to: Vec<String>,
    errors: u32,
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

/// Effect of the faults on a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// The stage succeeds.
    Passed {
        /// True if a fault has already sent a positive reply.
        replied: bool,
    },
    /// A negative reply was sent, so the stage has failed.
    Refused,
    /// The connection must be closed.
    Close,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Session<S> {
    pub(super) fn new(stream: S, tls_version: Option<&'static str>, state: Arc<State>) -> Self {
        Self {
            lines: Lines::new(stream),
            state,
            tls_version,
            greeted: false,
            account: None,
            from: None,
            to: Vec::new(),
            errors: 0,
        }
    }

    /// Serves until the client disconnects, a fault ends the session, or TLS starts.
    pub(super) async fn run(mut self, greet: bool) -> io::Result<End<S>> {
        if greet {
            match self.fault(Stage::Greeting).await? {
                Fault::Passed { replied: false } => {
                    self.lines.reply("220 localhost ESMTP sandbox").await?;
                }
                Fault::Passed { replied: true } | Fault::Refused => {}
                Fault::Close => return self.close().await,
            }
        }
        loop {
            let Some(line) = self.lines.line().await? else {
                return Ok(End::Closed);
            };
            let next = match line {
                Line::Whole(line) => self.command(&line).await?,
                Line::TooLong => self.error("500 5.5.2 Line too long").await?,
            };
            match next {
                Next::Command => {}
                Next::Close => return self.close().await,
                Next::Upgrade => return Ok(End::Upgrade(self.lines.into_stream())),
            }
        }
    }

    async fn close(self) -> io::Result<End<S>> {
        self.lines.close().await;
        Ok(End::Closed)
    }

    /// Sends a reply. After 421, the connection is closed.
    pub(super) async fn reply(&mut self, text: &str) -> io::Result<Next> {
        self.lines.reply(text).await?;
        Ok(if text.starts_with("421") {
            Next::Close
        } else {
            Next::Command
        })
    }

    /// Sends an error reply and counts it.
    pub(super) async fn error(&mut self, text: &str) -> io::Result<Next> {
        self.errors += 1;
        if self.errors > MAX_ERRORS {
            return self.reply("421 4.7.0 Error: too many errors").await;
        }
        self.reply(text).await
    }

    /// Applies the faults of a stage before its reply.
    pub(super) async fn fault(&mut self, stage: Stage) -> io::Result<Fault> {
        let (silent, slow, cut, reply) = {
            let mut inner = self.state.lock();
            let silent = inner.faults.silent_at == Some(stage);
            let slow = inner.faults.slow_ms.get(&stage).copied();
            let cut = !silent && inner.take_cut(|at| at.is_at(stage));
            let reply = if silent || cut {
                None
            } else {
                inner.take_reply(stage)
            };
            (silent, slow, cut, reply)
        };
        if silent {
            // The connection stays open until the client disconnects.
            while !self.lines.arrived().await?.is_empty() {
                self.lines.arrived().await?.clear();
            }
            return Ok(Fault::Close);
        }
        if let Some(milliseconds) = slow {
            tokio::time::sleep(Duration::from_millis(milliseconds)).await;
        }
        if cut {
            return Ok(Fault::Close);
        }
        let Some(reply) = reply else {
            return Ok(Fault::Passed { replied: false });
        };
        self.lines.reply(&reply).await?;
        Ok(if reply.starts_with("421") {
            Fault::Close
        } else if reply.starts_with(['4', '5']) {
            Fault::Refused
        } else {
            Fault::Passed { replied: true }
        })
    }

    /// Runs a stage that only sends a reply. Returns true if the stage succeeded and the caller may
    /// act.
    pub(super) async fn stage(&mut self, stage: Stage, reply: &str) -> io::Result<(bool, Next)> {
        match self.fault(stage).await? {
            Fault::Passed { replied } => {
                let next = if replied {
                    Next::Command
                } else {
                    self.reply(reply).await?
                };
                Ok((true, next))
            }
            Fault::Refused => Ok((false, Next::Command)),
            Fault::Close => Ok((false, Next::Close)),
        }
    }
}
