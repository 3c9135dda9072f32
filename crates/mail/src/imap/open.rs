//! From a name to a connection that is protected and greeted.

use decode::{ImapStage, imap_reply};
use domain::{FactName, Finding, FindingCode, StepKind, UnixTime, finding::FindingValue};
use imap_codec::imap_types::command::CommandBody;
use net::{CertificateChain, Outgoing, RecordingStream};
use rustls::pki_types::ServerName;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::{
    Mailbox,
    client::{Client, Ending},
    connect::connect,
    connection::{Connection, no_answer},
    steps::{Step, Steps},
};
use net::Timeouts;

/// How TLS is spoken, and when.
struct Protection {
    connector: TlsConnector,
    now: UnixTime,
}

impl Connection {
    pub(crate) async fn open(
        mailbox: &Mailbox,
        outgoing: &Outgoing,
        timeouts: Timeouts,
        steps: &mut Steps,
    ) -> Result<Self, Finding> {
        let tcp = connect(mailbox, outgoing, timeouts, steps).await?;
        let wire = RecordingStream::new(tcp).map_err(|error| {
            mailbox
                .finding(FindingCode::ConnectionFailed)
                .saying(error.to_string())
        })?;
        let protection = Protection {
            connector: TlsConnector::from(outgoing.tls(mailbox.tls_minimum)),
            now: outgoing.now(),
        };
        if mailbox.implicit_tls() {
            handshake(mailbox, &wire, &protection, timeouts, steps).await?;
        }
        let mut connection = Self {
            mailbox: mailbox.clone(),
            client: Client::new(wire.clone()),
            wire,
            timeouts,
            capabilities: Vec::new(),
        };
        connection.greeting(steps).await?;
        if !mailbox.implicit_tls() {
            connection = connection.start_tls(&protection, steps).await?;
        }
        connection.ask_capabilities(steps).await?;
        Ok(connection)
    }

    async fn greeting(&mut self, steps: &mut Steps) -> Result<(), Finding> {
        let mut step = Step::new(StepKind::Greeting, "");
        let greeted = timeout(self.timeouts.reply, self.client.greeting()).await;
        step.received = self.heard();
        let code = match greeted {
            Ok(Ok(answer)) if answer.ending == Ending::Ok => {
                self.note_capabilities(&answer);
                steps.passed(step);
                return Ok(());
            }
            Ok(Ok(answer)) => imap_reply(ImapStage::Greeting, &answer.code, &answer.text),
            Ok(Err(error)) => no_answer(error),
            Err(_) => FindingCode::Timeout,
        };
        let finding = self.mailbox.finding(code).saying(&step.received);
        Err(steps.failed(step, finding))
    }

    /// STARTTLS, required: a server that does not offer it gets nothing from us.
    async fn start_tls(
        mut self,
        protection: &Protection,
        steps: &mut Steps,
    ) -> Result<Self, Finding> {
        if self.capabilities.is_empty() {
            self.ask_capabilities(steps).await?;
        }
        let mut step = Step::new(StepKind::StartTls, "STARTTLS");
        if !self.offers("STARTTLS") {
            let finding = self.mailbox.finding(FindingCode::StarttlsNotOffered);
            return Err(steps.failed(step, finding));
        }
        let answer = self.ask(CommandBody::StartTLS).await;
        step.received = self.heard();
        match answer {
            Ok(answer) if answer.ending == Ending::Ok => steps.passed(step),
            Ok(_) => {
                let finding = self.mailbox.finding(FindingCode::StarttlsNotOffered);
                return Err(steps.failed(step, finding.saying(self.heard())));
            }
            Err(code) => {
                let finding = self.mailbox.finding(code);
                return Err(steps.failed(step, finding));
            }
        }
        let wire = self.client.into_wire();
        handshake(&self.mailbox, &wire, protection, self.timeouts, steps).await?;
        Ok(Self {
            client: Client::new(wire.clone()),
            wire,
            // What was offered before TLS may have been said by anybody.
            capabilities: Vec::new(),
            mailbox: self.mailbox,
            timeouts: self.timeouts,
        })
    }

    pub(super) async fn ask_capabilities(&mut self, steps: &mut Steps) -> Result<(), Finding> {
        let mut step = Step::new(StepKind::Capability, "CAPABILITY");
        let answer = self.ask(CommandBody::Capability).await;
        step.received = self.heard();
        match answer {
            Ok(answer) if answer.ending == Ending::Ok => {
                self.note_capabilities(&answer);
                step.fact(FactName::Mechanisms, self.mechanisms().join(" "));
                steps.passed(step);
                Ok(())
            }
            Ok(_) => {
                let finding = self
                    .mailbox
                    .finding(FindingCode::NotImap)
                    .saying(&step.received);
                Err(steps.failed(step, finding))
            }
            Err(code) => {
                let finding = self.mailbox.finding(code).saying(&step.received);
                Err(steps.failed(step, finding))
            }
        }
    }
}

async fn handshake(
    mailbox: &Mailbox,
    wire: &RecordingStream,
    protection: &Protection,
    timeouts: Timeouts,
    steps: &mut Steps,
) -> Result<(), Finding> {
    let mut step = Step::new(StepKind::Tls, "");
    let Ok(name) = ServerName::try_from(mailbox.host.as_str().to_owned()) else {
        let finding = mailbox.finding(FindingCode::CertificateOtherName);
        return Err(steps.failed(step, finding));
    };
    let finding = match timeout(timeouts.connect, wire.upgrade(&protection.connector, name)).await {
        Ok(Ok(session)) => {
            step.received = format!("{} {}", session.version, session.cipher);
            step.fact(FactName::TlsVersion, session.version);
            step.fact(FactName::Cipher, session.cipher);
            let chain = CertificateChain::read(&wire.certificates());
            for (name, value) in chain.facts() {
                step.fact(name, value);
            }
            match chain.ends_soon(protection.now) {
                Some(ends) => {
                    let finding = mailbox.finding(FindingCode::CertificateEndsSoon);
                    steps.warned(step, finding.with(FindingValue::Ends, ends));
                }
                None => steps.passed(step),
            }
            return Ok(());
        }
        Ok(Err(error)) => {
            let code = decode::tls_handshake(&error, mailbox.tls_minimum);
            mailbox.finding(code).saying(error.to_string())
        }
        Err(_) => mailbox.finding(FindingCode::Timeout),
    };
    Err(steps.failed(step, finding))
}
