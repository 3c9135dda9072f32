//! One SMTP session: its state, and the faults that can strike at every reply.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};

use super::lines::{Line, Lines};
use crate::faults::Stage;
use crate::state::State;

/// After so many errors the session is ended, as Postfix does.
const MOST_ERRORS: u32 = 20;

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

/// How a session ended.
pub(super) enum End<S> {
    /// The connection is closed.
    Closed,
    /// STARTTLS was agreed; TLS comes next on this stream.
    Upgrade(S),
}

/// What follows a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    Command,
    Close,
    Upgrade,
}

/// What a fault made of a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// Nothing, or a positive reply has been sent already.
    Passed {
        /// The reply has been sent.
        replied: bool,
    },
    /// A negative reply has been sent, and the stage has not been passed.
    Refused,
    /// The connection is to be closed.
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

    /// Serves until the client leaves, a fault ends it, or TLS is to begin.
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

    /// Sends a reply; after 421 the connection is closed.
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
        if self.errors > MOST_ERRORS {
            return self.reply("421 4.7.0 Error: too many errors").await;
        }
        self.reply(text).await
    }

    /// Lets the faults of a stage strike before its reply.
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
            // The client may leave; until then the connection stays open.
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

    /// A stage whose only effect is its reply and what the caller does when it was passed.
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
