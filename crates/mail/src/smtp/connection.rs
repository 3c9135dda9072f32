//! An open connection and its commands.

use domain::{Finding, FindingCode, Security, StepKind, Verdict};
use lettre::transport::smtp::{client::AsyncSmtpConnection, extension::ClientId};
use net::{AllowedAddress, Recorder, RecordingStream, Step, Stream};
use tokio::time::timeout;

use super::{
    Target, Way,
    dial::Dialled,
    greeting::{extensions, note_extensions, record_greeting, reply_code, silence},
    lettre_stream::LettreStream,
};
use net::Timeouts;

/// An open connection.
pub(crate) struct Connection {
    pub(super) target: Target,
    pub(super) timeouts: Timeouts,
    pub(super) smtp: AsyncSmtpConnection,
    wire: RecordingStream,
    /// Keywords of the last EHLO reply, upper case, each with its parameters.
    pub(super) extensions: Vec<String>,
    pub(super) encrypted: bool,
}

/// A positive reply; or what was said and what that means.
pub(super) type Answer = Result<String, (String, Finding)>;

/// What lettre made of a reply within its time.
type Heard<T> = Result<Result<T, lettre::transport::smtp::Error>, tokio::time::error::Elapsed>;

impl Connection {
    /// Greets, and protects the connection as the target asks.
    pub(crate) async fn start(
        way: &Way<'_>,
        (tcp, address): Dialled,
        recorder: &Recorder,
    ) -> Result<Self, Finding> {
        let target = way.target;
        let wire = RecordingStream::new(tcp).map_err(|error| {
            target
                .finding(FindingCode::ConnectionFailed)
                .saying(error.to_string())
        })?;
        let implicit = target.security == Security::ImplicitTls;
        if implicit {
            way.handshake(address, &wire, recorder).await?;
        }
        let smtp = Self::greet(way, address, &wire, recorder).await?;
        let (smtp, extensions) = smtp;
        let mut connection = Self {
            target: target.clone(),
            timeouts: way.timeouts,
            smtp,
            wire,
            extensions,
            encrypted: implicit,
        };
        if target.security == Security::StartTls {
            connection.start_tls(way, address, recorder).await?;
        }
        Ok(connection)
    }

    /// The greeting and EHLO.
    async fn greet(
        way: &Way<'_>,
        address: AllowedAddress,
        wire: &RecordingStream,
        recorder: &Recorder,
    ) -> Result<(AsyncSmtpConnection, Vec<String>), Finding> {
        let step = recorder.begin(StepKind::Greeting, "");
        let stream = Box::new(LettreStream(wire.clone()));
        let client = ClientId::default();
        let greeting = AsyncSmtpConnection::connect_with_transport(stream, &client);
        let greeting = timeout(way.timeouts.reply, greeting).await;
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
        let Some((step, said, code)) = record_greeting(step, &replies, Some(reason), recorder)
        else {
            return Err(way.target.finding(reason));
        };
        let quiet = code == FindingCode::Timeout && replies.is_empty();
        let implicit = way.target.security == Security::ImplicitTls;
        let finding = if quiet && !implicit && way.answers_in_tls(address).await {
            way.target.finding(FindingCode::TlsOnPlaintextPort)
        } else {
            way.target.finding(code).saying(&said)
        };
        Err(recorder.failed(step, &said, finding))
    }

    /// STARTTLS (RFC 3207), required: a server that does not offer it gets nothing from us.
    async fn start_tls(
        &mut self,
        way: &Way<'_>,
        address: AllowedAddress,
        recorder: &Recorder,
    ) -> Result<(), Finding> {
        if !self.offers("STARTTLS") {
            let finding = self.target.finding(FindingCode::StarttlsNotOffered);
            let step = recorder.begin(StepKind::StartTls, "");
            return Err(recorder.failed(step, "", finding));
        }
        let (step, answer) = self
            .ask(StepKind::StartTls, "STARTTLS", None, false, recorder)
            .await;
        let answer = match answer {
            // What follows the reply was written before TLS, by whomever (CVE-2011-0411).
            Ok(reply) if reply.trim_end().contains('\n') => {
                let finding = self.target.finding(FindingCode::NotSmtp).saying(&reply);
                Err((reply, finding))
            }
            answer => answer,
        };
        Self::conclude(step, answer, Verdict::Failed, recorder)?;
        way.handshake(address, &self.wire, recorder).await?;
        self.encrypted = true;
        let hello = format!("EHLO {}", ClientId::default());
        let (mut step, answer) = self
            .ask(StepKind::Ehlo, &hello, None, false, recorder)
            .await;
        if let Ok(reply) = &answer {
            self.extensions = extensions(reply);
            note_extensions(&mut step, &self.extensions);
        }
        Self::conclude(step, answer, Verdict::Failed, recorder)?;
        Ok(())
    }

    /// QUIT; how the server takes it does not matter any more.
    pub(crate) async fn quit(mut self, recorder: &Recorder) {
        let last_reply = recorder.last_reply();
        let (step, answer) = self
            .ask(StepKind::Quit, "QUIT", None, false, recorder)
            .await;
        // No finding: mail is not touched by it.
        match answer {
            Ok(text) => recorder.passed(step, &text),
            Err((text, _)) => recorder.end(step, Verdict::Warned, &text, None),
        }
        recorder.set_last_reply(last_reply);
    }

    /// The stream, for whoever goes on with it; lettre has read all that was said.
    pub(super) fn take_stream(&self) -> Option<Stream> {
        self.wire.take_stream()
    }

    pub(super) fn offers(&self, keyword: &str) -> bool {
        self.extensions
            .iter()
            .any(|line| line.split([' ', '=']).next() == Some(keyword))
    }

    /// Sends a line; the reply if it is positive.
    pub(super) async fn command(
        &mut self,
        kind: StepKind,
        line: &str,
        recorder: &Recorder,
    ) -> Result<String, Finding> {
        let (step, answer) = self.ask(kind, line, None, false, recorder).await;
        Self::conclude(step, answer, Verdict::Failed, recorder)
    }

    /// Sends a line, `shown` in its place in the record. The step is to be ended.
    pub(super) async fn ask(
        &mut self,
        kind: StepKind,
        line: &str,
        shown: Option<&str>,
        with_token: bool,
        recorder: &Recorder,
    ) -> (Step, Answer) {
        let step = recorder.begin(kind, shown.unwrap_or(line));
        let command = self.smtp.command(format!("{line}\r\n"));
        let result = timeout(self.timeouts.reply, command).await;
        let answer = self.answer(kind, with_token, &result, recorder);
        (step, answer)
    }

    /// What came, and what it means.
    pub(super) fn answer<T>(
        &self,
        kind: StepKind,
        with_token: bool,
        result: &Heard<T>,
        recorder: &Recorder,
    ) -> Answer {
        let replies = self.wire.take_replies().into_iter();
        let text: String = replies.map(|reply| reply.text).collect();
        if !text.trim().is_empty() {
            recorder.heard(&text);
        }
        let code = match result {
            Ok(Ok(_)) => return Ok(text),
            Err(_) => FindingCode::Timeout,
            // lettre does not take every refusal that servers send (571) for one.
            Ok(Err(_)) if matches!(reply_code(&text), 400..600) => {
                decode::smtp_reply(kind, with_token, reply_code(&text), &text)
            }
            Ok(Err(_)) if self.wire.is_closed() => FindingCode::ConnectionClosed,
            Ok(Err(_)) => FindingCode::NotSmtp,
        };
        let finding = self.target.finding(code).saying(recorder.clean(&text));
        Err((text, finding))
    }

    /// Ends a step: well, or with `verdict`.
    pub(super) fn conclude(
        step: Step,
        answer: Answer,
        verdict: Verdict,
        recorder: &Recorder,
    ) -> Result<String, Finding> {
        match answer {
            Ok(text) => {
                recorder.passed(step, &text);
                Ok(text)
            }
            Err((text, finding)) => {
                recorder.end(step, verdict, &text, Some(finding.clone()));
                Err(recorder.cleaned(finding))
            }
        }
    }
}
