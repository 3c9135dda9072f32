//! Greeting, EHLO, and STARTTLS, through lettre over the recorded stream.

use domain::{Finding, FindingCode, Security, StepKind, Verdict};
use lettre::transport::smtp::{client::AsyncSmtpConnection, extension::ClientId};
use net::{AllowedAddress, Recorder, RecordingStream, Step};
use tokio::time::timeout;

use crate::{
    connection::{Answer, Connection},
    dial::Dialed,
    greeting::{extensions, note_extensions, offers, record_greeting, reply_code, silence},
    lettre_stream::LettreStream,
    server::ConnectOptions,
};

/// A connection that was greeted and, if the settings want it, encrypted.
pub(crate) struct Greeted {
    pub(crate) wire: RecordingStream,
    pub(crate) extensions: Vec<String>,
    pub(crate) encrypted: bool,
}

/// Greets the server, and starts TLS as the settings want it.
pub(crate) async fn greet(
    options: &ConnectOptions<'_>,
    (tcp, address): Dialed,
    recorder: &Recorder,
) -> Result<Greeted, Finding> {
    let server = options.server;
    let wire = RecordingStream::new(tcp).map_err(|error| {
        server
            .finding(FindingCode::ConnectionFailed)
            .saying(error.to_string())
    })?;
    let implicit = server.security == Security::ImplicitTls;
    if implicit {
        options.handshake(address, &wire, recorder).await?;
    }
    let (smtp, extensions) = hello(options, address, &wire, recorder).await?;
    let mut handshake = Handshake {
        options,
        smtp,
        wire,
        recorder,
        extensions,
    };
    if server.security == Security::StartTls {
        handshake.start_tls(address).await?;
    }
    Ok(Greeted {
        wire: handshake.wire,
        extensions: handshake.extensions,
        encrypted: server.security != Security::Plaintext,
    })
}

/// Reads the greeting, and sends EHLO.
async fn hello(
    options: &ConnectOptions<'_>,
    address: AllowedAddress,
    wire: &RecordingStream,
    recorder: &Recorder,
) -> Result<(AsyncSmtpConnection, Vec<String>), Finding> {
    let step = recorder.begin(StepKind::Greeting, "");
    let stream = Box::new(LettreStream(wire.clone()));
    let client = ClientId::default();
    let greeting = AsyncSmtpConnection::connect_with_transport(stream, &client);
    let greeting = timeout(options.timeouts.reply, greeting).await;
    let replies = wire.take_replies();
    let reason = match greeting {
        Ok(Ok(smtp)) => {
            record_greeting(step, &replies, None, recorder);
            let hello = replies.last().map_or("", |reply| reply.text.as_str());
            return Ok((smtp, extensions(hello)));
        }
        Ok(Err(_)) => silence(false, wire),
        Err(_) => silence(true, wire),
    };
    let server = options.server;
    let Some((step, said, code)) = record_greeting(step, &replies, Some(reason), recorder) else {
        return Err(server.finding(reason));
    };
    let quiet = code == FindingCode::Timeout && replies.is_empty();
    let implicit = server.security == Security::ImplicitTls;
    let finding = if quiet && !implicit && options.answers_in_tls(address).await {
        server.finding(FindingCode::TlsOnPlaintextPort)
    } else {
        server.finding(code).saying(&said)
    };
    Err(recorder.failed(step, &said, finding))
}

/// A connection while lettre reads its replies.
struct Handshake<'a> {
    options: &'a ConnectOptions<'a>,
    smtp: AsyncSmtpConnection,
    wire: RecordingStream,
    recorder: &'a Recorder,
    extensions: Vec<String>,
}

impl Handshake<'_> {
    /// Sends STARTTLS (RFC 3207), which is required. A server that does not offer it receives
    /// nothing.
    async fn start_tls(&mut self, address: AllowedAddress) -> Result<(), Finding> {
        let (server, recorder) = (self.options.server, self.recorder);
        if !offers(&self.extensions, "STARTTLS") {
            let finding = server.finding(FindingCode::StarttlsNotOffered);
            let step = recorder.begin(StepKind::StartTls, "");
            return Err(recorder.failed(step, "", finding));
        }
        let (step, answer) = self.ask(StepKind::StartTls, "STARTTLS").await;
        let answer = match answer {
            // Text after the reply was sent before TLS and may be an attacker's (CVE-2011-0411).
            Ok(reply) if reply.trim_end().contains('\n') => {
                let finding = server.finding(FindingCode::NotSmtp).saying(&reply);
                Err((reply, finding))
            }
            answer => answer,
        };
        Connection::conclude(step, answer, Verdict::Failed, recorder)?;
        self.options
            .handshake(address, &self.wire, recorder)
            .await?;
        let hello = format!("EHLO {}", ClientId::default());
        let (mut step, answer) = self.ask(StepKind::Ehlo, &hello).await;
        if let Ok(reply) = &answer {
            self.extensions = extensions(reply);
            note_extensions(&mut step, &self.extensions);
        }
        Connection::conclude(step, answer, Verdict::Failed, recorder)?;
        Ok(())
    }

    /// Sends a line. The caller ends the step.
    async fn ask(&mut self, kind: StepKind, line: &str) -> (Step, Answer) {
        let step = self.recorder.begin(kind, line);
        let command = self.smtp.command(format!("{line}\r\n"));
        let result = timeout(self.options.timeouts.reply, command).await;
        let replies = self.wire.take_replies().into_iter();
        let text: String = replies.map(|reply| reply.text).collect();
        if !text.trim().is_empty() {
            self.recorder.heard(&text);
        }
        let code = match result {
            Ok(Ok(_)) => return (step, Ok(text)),
            Err(_) => FindingCode::Timeout,
            // lettre does not recognize every refusal that servers send (571).
            Ok(Err(_)) if matches!(reply_code(&text), 400..600) => {
                decode::smtp_reply(kind, false, reply_code(&text), &text)
            }
            Ok(Err(_)) if self.wire.is_closed() => FindingCode::ConnectionClosed,
            Ok(Err(_)) => FindingCode::NotSmtp,
        };
        let finding = self.options.server.finding(code);
        let finding = finding.saying(self.recorder.clean(&text));
        (step, Err((text, finding)))
    }
}
