//! Greeting, EHLO, and STARTTLS.

use std::io;

use domain::{Finding, FindingCode, Security, StepKind, Verdict, finding::FindingValue};
use net::{AllowedAddress, Recorder, RecordingStream, Step};
use tokio::{io::AsyncWriteExt as _, time::timeout};

use crate::{
    answer::{Answer, conclude},
    dial::Dialed,
    ehlo::{extensions, note_extensions, offers},
    reply::{Replies, Reply},
    server::{ConnectOptions, Server},
};

/// A connection while it is greeted and, if the settings require it, encrypted.
pub(crate) struct Handshake<'a> {
    options: &'a ConnectOptions<'a>,
    address: AllowedAddress,
    recorder: &'a Recorder,
    /// The name that EHLO sends.
    name: String,
    /// The server. Its findings also name the EHLO name.
    pub(crate) server: Server,
    pub(crate) wire: RecordingStream,
    pub(crate) replies: Replies,
    pub(crate) extensions: Vec<String>,
}

impl<'a> Handshake<'a> {
    /// Greets the server, and starts TLS as the settings require.
    pub(crate) async fn run(
        options: &'a ConnectOptions<'a>,
        (tcp, address): Dialed,
        recorder: &'a Recorder,
    ) -> Result<Self, Finding> {
        let mut server = options.server.clone();
        let failed = |error: io::Error| {
            let finding = options.server.finding(FindingCode::ConnectionFailed);
            finding.saying(error.to_string())
        };
        let local = tcp.local_addr().map_err(failed)?;
        let name = server.own_name(local.ip()).to_string();
        server.named.push((FindingValue::EhloName, name.clone()));
        let mut this = Self {
            options,
            address,
            recorder,
            name,
            server,
            wire: RecordingStream::new(tcp).map_err(failed)?,
            replies: Replies::default(),
            extensions: Vec::new(),
        };
        if this.server.security == Security::ImplicitTls {
            options.handshake(address, &this.wire, recorder).await?;
        }
        this.greeting().await?;
        this.hello().await?;
        if this.server.security == Security::StartTls {
            this.start_tls().await?;
        }
        Ok(this)
    }

    /// Reads the greeting. Its last line counts, because a server may announce itself with `220-`
    /// and then reject the client with `521`.
    async fn greeting(&mut self) -> Result<(), Finding> {
        let step = self.recorder.begin(StepKind::Greeting, "");
        let time = self.options.timeouts.reply;
        let reply = self.replies.within(&mut self.wire, time).await;
        let silent = matches!(&reply, Err((FindingCode::Timeout, text)) if text.is_empty());
        let implicit = self.server.security == Security::ImplicitTls;
        let answer = if silent && !implicit && self.options.answers_in_tls(self.address).await {
            let finding = self.server.finding(FindingCode::TlsOnPlaintextPort);
            Err((String::new(), finding))
        } else {
            self.answer(StepKind::Greeting, reply)
        };
        conclude(step, answer, Verdict::Failed, self.recorder)?;
        Ok(())
    }

    /// Sends EHLO, or HELO to a server that does not know EHLO (RFC 5321 §3.2).
    async fn hello(&mut self) -> Result<(), Finding> {
        let line = format!("EHLO {}", self.name);
        let (mut step, mut answer) = self.ask(StepKind::Ehlo, &line).await;
        if let Err((text, finding)) = &answer
            && is_unknown_command(text)
            && finding.code != FindingCode::EhloNameRefused
        {
            self.recorder.end(step, Verdict::Warned, text, None);
            let line = format!("HELO {}", self.name);
            (step, answer) = self.ask(StepKind::Ehlo, &line).await;
        }
        self.extensions = match &answer {
            Ok(reply) => extensions(&reply.text),
            Err(_) => Vec::new(),
        };
        note_extensions(&mut step, &self.extensions);
        conclude(step, answer, Verdict::Failed, self.recorder)?;
        Ok(())
    }

    /// Sends STARTTLS (RFC 3207), which is required. A server that does not offer it receives
    /// nothing.
    async fn start_tls(&mut self) -> Result<(), Finding> {
        if !offers(&self.extensions, "STARTTLS") {
            let finding = self.server.finding(FindingCode::StarttlsNotOffered);
            let step = self.recorder.begin(StepKind::StartTls, "");
            return Err(self.recorder.failed(step, "", finding));
        }
        let (step, answer) = self.ask(StepKind::StartTls, "STARTTLS").await;
        let answer = match answer {
            // Text after the reply was sent before TLS and may be an attacker's (CVE-2011-0411).
            Ok(reply) if !self.replies.is_empty() => {
                let text = format!("{}\n{}", reply.text, self.replies.unreadable());
                let finding = self.server.finding(FindingCode::NotSmtp);
                let finding = finding.saying(self.recorder.clean(&text));
                Err((text, finding))
            }
            answer => answer,
        };
        conclude(step, answer, Verdict::Failed, self.recorder)?;
        self.replies = Replies::default();
        self.options
            .handshake(self.address, &self.wire, self.recorder)
            .await?;
        self.hello().await
    }

    /// Sends a line. The caller ends the step.
    async fn ask(&mut self, kind: StepKind, line: &str) -> (Step, Answer) {
        let step = self.recorder.begin(kind, line);
        let time = self.options.timeouts.reply;
        let line = format!("{line}\r\n");
        let write = async {
            self.wire.write_all(line.as_bytes()).await?;
            self.wire.flush().await
        };
        // A server that closes the connection may have sent the reason before.
        let written = timeout(time, write).await;
        let reply = match written {
            Ok(_) => self.replies.within(&mut self.wire, time).await,
            Err(_) => Err((FindingCode::Timeout, String::new())),
        };
        (step, self.answer(kind, reply))
    }

    /// Returns a positive reply, or the finding about anything else.
    fn answer(&self, kind: StepKind, reply: Result<Reply, (FindingCode, String)>) -> Answer {
        let (code, text) = match reply {
            Ok(reply) => {
                self.recorder.heard(&reply.text);
                if reply.is_positive() {
                    return Ok(reply);
                }
                let code = if reply.is_refusal() {
                    decode::smtp_reply(kind, false, reply.code, &reply.text)
                } else {
                    FindingCode::NotSmtp
                };
                (code, reply.text)
            }
            Err((code, text)) => {
                if !text.is_empty() {
                    self.recorder.heard(&text);
                }
                (code, text)
            }
        };
        let finding = decode::with_blocklist(self.server.finding(code), &text);
        let finding = finding.saying(self.recorder.clean(&text));
        Err((text, finding))
    }
}

/// Returns true for the replies to a command that the server does not know or implement.
fn is_unknown_command(reply: &str) -> bool {
    ["500", "502", "504"]
        .iter()
        .any(|code| reply.starts_with(code))
}
