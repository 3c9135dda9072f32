//! An open connection and its commands.

use std::time::Instant;

use domain::{Finding, FindingCode, Security, StepKind, Verdict};
use lettre::transport::smtp::{client::AsyncSmtpConnection, extension::ClientId};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::{
    Target,
    connect::{answers_in_tls, connect, handshake},
    greeting::{extensions, greeting_failure, record_greeting, reply_code},
};
use crate::{
    decode,
    options::Timeouts,
    outgoing::Outgoing,
    recorder::Recorder,
    wire::{Reply, Wire},
};

/// An open connection.
pub(crate) struct Connection {
    pub(super) target: Target,
    pub(super) timeouts: Timeouts,
    pub(super) smtp: AsyncSmtpConnection,
    wire: Wire,
    /// Keywords of the last EHLO reply, upper case, each with its parameters.
    pub(super) extensions: Vec<String>,
    pub(super) encrypted: bool,
}

impl Connection {
    /// Connects, and protects the connection as the target asks.
    pub(crate) async fn open(
        target: &Target,
        outgoing: &Outgoing,
        timeouts: Timeouts,
        recorder: &mut Recorder,
    ) -> Result<Self, Finding> {
        let (tcp, address) = connect(target, outgoing, timeouts, recorder).await?;
        let wire = Wire::new(tcp).map_err(|error| {
            target
                .finding(FindingCode::ConnectionFailed)
                .saying(error.to_string())
        })?;
        let connector = TlsConnector::from(outgoing.tls(target.tls_minimum));
        let implicit = target.security == Security::ImplicitTls;
        if implicit {
            handshake(target, &wire, &connector, timeouts, recorder).await?;
        }
        let greeting = timeout(
            timeouts.reply,
            AsyncSmtpConnection::connect_with_transport(
                Box::new(wire.clone()),
                &ClientId::default(),
            ),
        )
        .await;
        let replies = wire.take_replies();
        record_greeting(&replies, recorder);
        let smtp = match greeting {
            Ok(Ok(smtp)) => smtp,
            failed => {
                let finding = greeting_failure(target, failed.is_err(), &wire, &replies, recorder);
                let speaks_tls = finding.code == FindingCode::Timeout
                    && replies.is_empty()
                    && !implicit
                    && answers_in_tls(target, address, &connector, timeouts).await;
                return Err(if speaks_tls {
                    target.finding(FindingCode::TlsOnPlaintextPort)
                } else {
                    finding
                });
            }
        };
        let extensions = extensions(replies.last());
        let mut connection = Self {
            target: target.clone(),
            timeouts,
            smtp,
            wire,
            extensions,
            encrypted: implicit,
        };
        if target.security == Security::StartTls {
            connection.start_tls(&connector, recorder).await?;
        }
        Ok(connection)
    }

    /// STARTTLS (RFC 3207), required: a server that does not offer it gets nothing from us.
    async fn start_tls(
        &mut self,
        connector: &TlsConnector,
        recorder: &mut Recorder,
    ) -> Result<(), Finding> {
        if !self.offers("STARTTLS") {
            return Err(self.target.finding(FindingCode::StarttlsNotOffered));
        }
        let reply = self
            .command(StepKind::StartTls, "STARTTLS", None, recorder)
            .await?;
        // What follows the reply was written before TLS, by whomever (CVE-2011-0411).
        if reply.trim_end().contains('\n') {
            return Err(self
                .target
                .finding(FindingCode::NotSmtp)
                .saying(recorder.clean(&reply)));
        }
        handshake(&self.target, &self.wire, connector, self.timeouts, recorder).await?;
        self.encrypted = true;
        let hello = format!("EHLO {}", ClientId::default());
        let reply = self.command(StepKind::Ehlo, &hello, None, recorder).await?;
        self.extensions = extensions(Some(&Reply {
            text: reply,
            micros: 0,
        }));
        Ok(())
    }

    /// QUIT; how the server takes it does not matter any more.
    pub(crate) async fn quit(mut self, recorder: &mut Recorder) {
        let last_reply = recorder.last_reply.clone();
        if self
            .command(StepKind::Quit, "QUIT", None, recorder)
            .await
            .is_err()
            && let Some(step) = recorder.steps.last_mut()
        {
            step.verdict = Verdict::Warned;
        }
        recorder.last_reply = last_reply;
    }

    pub(super) fn offers(&self, keyword: &str) -> bool {
        self.extensions
            .iter()
            .any(|line| line.split([' ', '=']).next() == Some(keyword))
    }

    pub(super) async fn command(
        &mut self,
        kind: StepKind,
        line: &str,
        shown: Option<&str>,
        recorder: &mut Recorder,
    ) -> Result<String, Finding> {
        self.command_with(kind, line, shown, false, recorder).await
    }

    /// Sends a line, `shown` in its place in the record, and returns the reply if it is positive.
    pub(super) async fn command_with(
        &mut self,
        kind: StepKind,
        line: &str,
        shown: Option<&str>,
        with_token: bool,
        recorder: &mut Recorder,
    ) -> Result<String, Finding> {
        let since = Instant::now();
        let result = timeout(
            self.timeouts.reply,
            self.smtp.command(format!("{line}\r\n")),
        )
        .await;
        self.conclude(
            kind,
            shown.unwrap_or(line),
            since,
            with_token,
            &result,
            recorder,
        )
    }

    pub(super) fn conclude<T>(
        &self,
        kind: StepKind,
        shown: &str,
        since: Instant,
        with_token: bool,
        result: &Result<Result<T, lettre::transport::smtp::Error>, tokio::time::error::Elapsed>,
        recorder: &mut Recorder,
    ) -> Result<String, Finding> {
        let text = self
            .wire
            .take_replies()
            .into_iter()
            .map(|reply| reply.text)
            .collect::<String>();
        let verdict = if matches!(result, Ok(Ok(_))) {
            Verdict::Passed
        } else {
            Verdict::Failed
        };
        recorder.step_since(kind, verdict, since, shown, &text);
        let said = recorder.clean(&text);
        if !said.is_empty() {
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
        Err(self.target.finding(code).saying(said))
    }
}
