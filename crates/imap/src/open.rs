//! Opening a connection: connect, TLS, greeting, and capabilities.

use decode::{ImapStage, imap_reply};
use domain::{FactName, Finding, FindingCode, StepKind, UnixTime, Verdict, finding::FindingValue};
use imap_codec::imap_types::command::CommandBody;
use net::{CertificateChain, Outgoing, Recorder, RecordingStream, Timeouts};
use rustls::pki_types::ServerName;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use crate::{
    Mailbox,
    client::Client,
    connect::connect,
    connection::{Connection, no_reply},
    response::Ending,
};

/// The TLS configuration, and the time for judging certificates.
struct Protection {
    connector: TlsConnector,
    now: UnixTime,
}

impl Connection {
    /// Connects, starts TLS as the settings require, and asks for the capabilities.
    ///
    /// # Errors
    /// The finding of the step that failed.
    pub async fn open(
        mailbox: &Mailbox,
        outgoing: &Outgoing,
        timeouts: Timeouts,
        recorder: &Recorder,
    ) -> Result<Self, Finding> {
        let tcp = connect(mailbox, outgoing, timeouts, recorder).await?;
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
            handshake(mailbox, &wire, &protection, timeouts, recorder).await?;
        }
        let mut connection = Self {
            mailbox: mailbox.clone(),
            client: Client::new(wire.clone()),
            wire,
            timeouts,
            capabilities: Vec::new(),
        };
        connection.greeting(recorder).await?;
        if !mailbox.implicit_tls() {
            connection = connection.start_tls(&protection, recorder).await?;
        }
        connection.ask_capabilities(recorder).await?;
        Ok(connection)
    }

    async fn greeting(&mut self, recorder: &Recorder) -> Result<(), Finding> {
        let step = recorder.begin(StepKind::Greeting, "");
        let greeted = timeout(self.timeouts.reply, self.client.greeting()).await;
        let received = self.take_received();
        let code = match greeted {
            Ok(Ok(answer)) if answer.ending == Ending::Ok => {
                self.note_capabilities(&answer);
                recorder.passed(step, &received);
                return Ok(());
            }
            Ok(Ok(answer)) => imap_reply(ImapStage::Greeting, &answer.code, &answer.text),
            Ok(Err(error)) => no_reply(error),
            Err(_) => FindingCode::Timeout,
        };
        let finding = self.mailbox.finding(code).saying(&received);
        Err(recorder.failed(step, &received, finding))
    }

    /// Sends STARTTLS, which is required. A server that does not offer it receives nothing.
    async fn start_tls(
        mut self,
        protection: &Protection,
        recorder: &Recorder,
    ) -> Result<Self, Finding> {
        if self.capabilities.is_empty() {
            self.ask_capabilities(recorder).await?;
        }
        let step = recorder.begin(StepKind::StartTls, "STARTTLS");
        if !self.offers("STARTTLS") {
            let finding = self.mailbox.finding(FindingCode::StarttlsNotOffered);
            return Err(recorder.failed(step, "", finding));
        }
        let answer = self.ask(CommandBody::StartTLS).await;
        let received = self.take_received();
        match answer {
            Ok(answer) if answer.ending == Ending::Ok => recorder.passed(step, &received),
            Ok(_) => {
                let finding = self.mailbox.finding(FindingCode::StarttlsNotOffered);
                return Err(recorder.failed(step, &received, finding.saying(&received)));
            }
            Err(code) => {
                let finding = self.mailbox.finding(code);
                return Err(recorder.failed(step, &received, finding));
            }
        }
        let wire = self.client.into_wire();
        handshake(&self.mailbox, &wire, protection, self.timeouts, recorder).await?;
        Ok(Self {
            client: Client::new(wire.clone()),
            wire,
            // Capabilities from before TLS may be an attacker's.
            capabilities: Vec::new(),
            mailbox: self.mailbox,
            timeouts: self.timeouts,
        })
    }

    pub(crate) async fn ask_capabilities(&mut self, recorder: &Recorder) -> Result<(), Finding> {
        let mut step = recorder.begin(StepKind::Capability, "CAPABILITY");
        let answer = self.ask(CommandBody::Capability).await;
        let received = self.take_received();
        match answer {
            Ok(answer) if answer.ending == Ending::Ok => {
                self.note_capabilities(&answer);
                step.fact(FactName::Mechanisms, self.mechanisms().join(" "));
                recorder.passed(step, &received);
                Ok(())
            }
            Ok(_) => {
                let finding = self.mailbox.finding(FindingCode::NotImap).saying(&received);
                Err(recorder.failed(step, &received, finding))
            }
            Err(code) => {
                let finding = self.mailbox.finding(code).saying(&received);
                Err(recorder.failed(step, &received, finding))
            }
        }
    }
}

async fn handshake(
    mailbox: &Mailbox,
    wire: &RecordingStream,
    protection: &Protection,
    timeouts: Timeouts,
    recorder: &Recorder,
) -> Result<(), Finding> {
    let mut step = recorder.begin(StepKind::Tls, "");
    let Ok(name) = ServerName::try_from(mailbox.host.as_str().to_owned()) else {
        let finding = mailbox.finding(FindingCode::CertificateOtherName);
        return Err(recorder.failed(step, "", finding));
    };
    let finding = match timeout(timeouts.connect, wire.upgrade(&protection.connector, name)).await {
        Ok(Ok(session)) => {
            let received = format!("{} {}", session.version, session.cipher);
            step.fact(FactName::TlsVersion, session.version);
            step.fact(FactName::Cipher, session.cipher);
            let chain = CertificateChain::read(&wire.certificates());
            for (name, value) in chain.facts() {
                step.fact(name, value);
            }
            match chain.ends_soon(protection.now) {
                Some(ends) => {
                    let finding = mailbox.finding(FindingCode::CertificateEndsSoon);
                    recorder.end(
                        step,
                        Verdict::Warned,
                        &received,
                        Some(finding.with(FindingValue::Ends, ends)),
                    );
                }
                None => recorder.passed(step, &received),
            }
            return Ok(());
        }
        Ok(Err(error)) => {
            let code = decode::tls_handshake(&error, mailbox.tls_minimum);
            mailbox.finding(code).saying(error.to_string())
        }
        Err(_) => mailbox.finding(FindingCode::Timeout),
    };
    Err(recorder.failed(step, "", finding))
}
