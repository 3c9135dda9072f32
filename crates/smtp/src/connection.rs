//! An open connection: commands and replies after the handshake.

use std::time::Duration;

use domain::{Finding, FindingCode, Security, StepKind, Verdict};
use net::{Recorder, Step, Stream, Timeouts};
use tokio::{io::AsyncWriteExt as _, sync::oneshot, time::timeout};

use crate::{
    answer::Answer,
    dial::{Dialed, dial, resolve},
    handshake::Handshake,
    message::Extensions,
    reply::{Replies, Reply},
    server::{ConnectOptions, Server},
};

/// An open connection to a mail server.
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent states of a connection"
)]
pub struct Connection {
    pub(crate) stream: Stream,
    pub(crate) replies: Replies,
    pub(crate) server: Server,
    pub(crate) timeouts: Timeouts,
    pub(crate) recorder: Recorder,
    /// The keywords of the last EHLO reply, in upper case, each with its parameters.
    pub(crate) extensions: Vec<String>,
    pub(crate) encrypted: bool,
    /// True if the server is inside a transaction.
    pub(crate) dirty: bool,
    pub(crate) broken: bool,
    pub(crate) in_doubt: bool,
    /// The number of transactions that were tried.
    pub(crate) uses: u32,
    pub(crate) out: Vec<u8>,
}

impl Connection {
    /// Resolves the server's name, connects, and greets the server. Starts TLS as the settings
    /// require.
    ///
    /// # Errors
    /// The finding of the step that failed.
    pub async fn open(options: &ConnectOptions<'_>, recorder: &Recorder) -> Result<Self, Finding> {
        let server = options.server;
        let addresses = resolve(options, recorder).await?;
        let (winner, dialed) = oneshot::channel();
        let dialing = dial(options, addresses, recorder, winner);
        let closed = || server.finding(FindingCode::ConnectionFailed);
        let mut dialed = std::pin::pin!(dialed);
        let dialed = tokio::select! {
            biased;
            // A message does not need the other address family.
            dialed = dialed.as_mut() => dialed.map_err(|_| closed()),
            ended = dialing => match ended {
                Ok(()) => dialed.await.map_err(|_| closed()),
                Err(finding) => Err(finding),
            },
        }?;
        Self::start(options, dialed, recorder).await
    }

    /// Greets the server over a connection that was made. Starts TLS as the settings require.
    ///
    /// # Errors
    /// The finding of the step that failed.
    pub async fn start(
        options: &ConnectOptions<'_>,
        dialed: Dialed,
        recorder: &Recorder,
    ) -> Result<Self, Finding> {
        let greeted = Handshake::run(options, dialed, recorder).await?;
        let server = greeted.server;
        let stream = greeted.wire.take_stream();
        let stream = stream.ok_or_else(|| server.finding(FindingCode::ConnectionClosed))?;
        Ok(Self {
            stream,
            replies: greeted.replies,
            encrypted: server.security != Security::Plaintext,
            server,
            timeouts: options.timeouts,
            recorder: recorder.clone(),
            extensions: greeted.extensions,
            dirty: false,
            broken: false,
            in_doubt: false,
            uses: 0,
            out: Vec::new(),
        })
    }

    /// Returns true if nothing more can be sent over this connection.
    pub fn is_broken(&self) -> bool {
        self.broken
    }

    /// Returns true if the end of a message was sent and its reply has not been received.
    pub fn is_in_doubt(&self) -> bool {
        self.in_doubt
    }

    /// Returns true if the server offers SMTPUTF8 (RFC 6531).
    pub fn offers_smtputf8(&self) -> bool {
        self.offers("SMTPUTF8")
    }

    pub(crate) fn offers(&self, keyword: &str) -> bool {
        crate::ehlo::offers(&self.extensions, keyword)
    }

    pub(crate) fn message_extensions(&self) -> Extensions {
        Extensions {
            size: self.offers("SIZE"),
            eight_bit: self.offers("8BITMIME"),
            utf8: self.offers("SMTPUTF8"),
        }
    }

    /// Sends QUIT. The server's reply no longer matters.
    pub async fn quit(mut self) {
        if self.broken || self.in_doubt {
            return;
        }
        self.send_quit().await;
    }

    /// Sends QUIT, and records it as a step of a check.
    pub async fn quit_recorded(mut self) {
        let recorder = self.recorder.clone();
        if self.broken {
            // Waiting again for a silent server would only delay the result.
            return recorder.skip([StepKind::Quit]);
        }
        let last_reply = recorder.last_reply();
        let step = recorder.begin(StepKind::Quit, "QUIT");
        // There is no finding, because a failed QUIT does not affect mail.
        match self.send_quit().await {
            Some(reply) if reply.is_positive() => recorder.passed(step, &reply.text),
            Some(reply) => recorder.end(step, Verdict::Warned, &reply.text, None),
            None => recorder.end(step, Verdict::Warned, "", None),
        }
        recorder.set_last_reply(last_reply);
    }

    async fn send_quit(&mut self) -> Option<Reply> {
        self.out.clear();
        self.out.extend_from_slice(b"QUIT\r\n");
        let time = self.timeouts.connect;
        let quit = async {
            let reply = match self.write(FindingCode::ConnectionClosed).await {
                Ok(()) => self.replies.next(&mut self.stream).await.ok(),
                Err(_) => None,
            };
            let _ = self.stream.shutdown().await;
            reply
        };
        timeout(time, quit).await.ok().flatten()
    }

    /// Sends a line and records `shown` in its place. The caller ends the step.
    pub(crate) async fn ask(
        &mut self,
        kind: StepKind,
        line: &str,
        shown: Option<&str>,
        with_token: bool,
    ) -> (Step, Answer) {
        let step = self.recorder.begin(kind, shown.unwrap_or(line));
        self.out.clear();
        self.out.extend_from_slice(line.as_bytes());
        self.out.extend_from_slice(b"\r\n");
        let written = self.write(FindingCode::ConnectionClosed).await;
        let mut line = std::mem::take(&mut self.out);
        // The line may contain a secret.
        zeroize::Zeroize::zeroize(&mut line);
        if let Err(finding) = written {
            return (step, Err((String::new(), finding)));
        }
        let answer = match self.read_reply(self.timeouts.reply).await {
            Ok(reply) => {
                self.recorder.heard(&reply.text);
                self.broken |= reply.code == 421;
                if reply.is_refusal() {
                    let code = decode::smtp_reply(kind, with_token, reply.code, &reply.text);
                    let finding = self.finding(code).saying(self.recorder.clean(&reply.text));
                    Err((reply.text, finding))
                } else {
                    Ok(reply)
                }
            }
            Err((code, text)) => {
                if !text.is_empty() {
                    self.recorder.heard(&text);
                }
                let finding = self.finding(code).saying(self.recorder.clean(&text));
                Err((text, finding))
            }
        };
        (step, answer)
    }

    /// Writes the content of `out`. `closed` is the finding of a failure.
    pub(crate) async fn write(&mut self, closed: FindingCode) -> Result<(), Finding> {
        let write = async {
            self.stream.write_all(&self.out).await?;
            self.stream.flush().await
        };
        let written = timeout(self.timeouts.message, write).await;
        match written {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => {
                self.broken = true;
                Err(self.finding(closed))
            }
            Err(_) => {
                self.broken = true;
                let silent = closed == FindingCode::ConnectionClosed;
                let code = if silent { FindingCode::Timeout } else { closed };
                Err(self.finding(code))
            }
        }
    }

    /// Reads a reply. An error has a code and the text that is not a reply.
    pub(crate) async fn read_reply(
        &mut self,
        time: Duration,
    ) -> Result<Reply, (FindingCode, String)> {
        let reply = self.replies.within(&mut self.stream, time).await;
        self.broken |= reply.is_err();
        reply
    }

    pub(crate) fn finding(&self, code: FindingCode) -> Finding {
        self.server.finding(code)
    }
}
