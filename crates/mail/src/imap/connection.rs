//! From a name to an open, protected, greeted connection; and its commands.

use std::{future::Future, io, time::Duration};

use domain::{FactName, Finding, FindingCode, StepKind, UnixTime, finding::FindingValue};
use imap_codec::imap_types::{
    command::CommandBody,
    response::{Capability, Data},
};
use rustls::pki_types::ServerName;
use tokio::{net::TcpStream, time::timeout};
use tokio_rustls::TlsConnector;

use super::{
    Mailbox,
    client::{Answer, Client, Ending, NoAnswer, Said},
    steps::{Step, Steps},
};
use crate::{
    certificate::Chain,
    decode::{ImapStage, imap_reply},
    options::Timeouts,
    outgoing::{NoAddress, Outgoing, Passed, listed},
    tls,
    wire::Wire,
};

pub(crate) struct Connection {
    pub(super) mailbox: Mailbox,
    pub(crate) client: Client,
    pub(super) wire: Wire,
    pub(super) timeouts: Timeouts,
    /// Upper case.
    pub(super) capabilities: Vec<String>,
}

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
        let wire = Wire::new(tcp).map_err(|error| {
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

    pub(super) fn note_capabilities(&mut self, answer: &Answer) {
        for data in &answer.data {
            if let Data::Capability(all) = data {
                let all = all.as_ref().iter().map(Capability::to_string);
                self.capabilities = all.map(|one| one.to_ascii_uppercase()).collect();
            }
        }
    }

    pub(crate) fn offers(&self, name: &str) -> bool {
        self.capabilities.iter().any(|one| one == name)
    }

    pub(super) fn mechanisms(&self) -> Vec<String> {
        let all = self.capabilities.iter();
        all.filter_map(|one| one.strip_prefix("AUTH="))
            .map(str::to_owned)
            .collect()
    }

    /// A command within the time for a reply.
    pub(crate) async fn ask(&mut self, body: CommandBody<'static>) -> Result<Answer, FindingCode> {
        within(self.timeouts.reply, self.client.command(body)).await
    }

    /// Begins IDLE (RFC 2177); it has begun when the server asks for more.
    pub(crate) async fn begin_idle(&mut self) -> Result<Said, FindingCode> {
        within(self.timeouts.reply, self.client.begin(CommandBody::Idle)).await
    }

    /// Ends IDLE.
    pub(crate) async fn end_idle(&mut self) -> Result<(), FindingCode> {
        match within(self.timeouts.reply, self.client.answer("DONE")).await? {
            Said::Answer(_) => Ok(()),
            Said::Challenge(_) => Err(FindingCode::NotImap),
        }
    }

    /// Allows longer answers: bytes.
    pub(crate) fn allow(&self, at_most: usize) {
        self.wire.allow(at_most);
    }

    /// EXAMINE INBOX; the number of messages in it.
    pub(super) async fn examine(&mut self, steps: &mut Steps) -> Result<u32, Finding> {
        let mut step = Step::new(StepKind::Examine, "EXAMINE INBOX");
        let body = CommandBody::examine("INBOX")
            .map_err(|_| self.mailbox.finding(FindingCode::InboxMissing))?;
        let answer = self.ask(body).await;
        step.received = self.heard();
        let code = match answer {
            Ok(answer) if answer.ending == Ending::Ok => {
                let messages = answer.data.iter().find_map(|data| match data {
                    Data::Exists(messages) => Some(*messages),
                    _ => None,
                });
                let messages = messages.unwrap_or_default();
                step.fact(FactName::Messages, messages.to_string());
                steps.passed(step);
                return Ok(messages);
            }
            Ok(answer) => imap_reply(ImapStage::Examine, &answer.code, &answer.text),
            Err(code) => code,
        };
        let finding = self.mailbox.finding(code).saying(&step.received);
        Err(steps.failed(step, finding))
    }

    /// LOGOUT; how the server takes it does not matter any more.
    pub(super) async fn log_out(mut self, steps: &mut Steps) {
        let mut step = Step::new(StepKind::Logout, "LOGOUT");
        let _ = self.ask(CommandBody::Logout).await;
        step.received = self.heard();
        steps.passed(step);
    }

    /// What the server has said since the last look.
    pub(crate) fn heard(&self) -> String {
        let replies = self.wire.take_replies();
        replies.into_iter().map(|reply| reply.text).collect()
    }
}

pub(super) async fn within<T>(
    time: Duration,
    answer: impl Future<Output = Result<T, NoAnswer>>,
) -> Result<T, FindingCode> {
    match timeout(time, answer).await {
        Ok(answer) => answer.map_err(no_answer),
        Err(_) => Err(FindingCode::Timeout),
    }
}

pub(crate) fn no_answer(error: NoAnswer) -> FindingCode {
    match error {
        NoAnswer::Closed => FindingCode::ConnectionClosed,
        NoAnswer::Unreadable => FindingCode::NotImap,
    }
}

async fn connect(
    mailbox: &Mailbox,
    outgoing: &Outgoing,
    timeouts: Timeouts,
    steps: &mut Steps,
) -> Result<TcpStream, Finding> {
    let mut step = Step::new(StepKind::Resolve, mailbox.host.as_str());
    let found = timeout(
        timeouts.connect,
        outgoing.resolve(&mailbox.host, mailbox.port),
    );
    let addresses = match found.await.unwrap_or(Err(NoAddress::NotFound)) {
        Ok(found) => {
            for address in &found.passed {
                step.fact(FactName::Address, address.socket().ip().to_string());
            }
            steps.passed(step);
            found.passed
        }
        Err(NoAddress::NotFound) => {
            let finding = mailbox.finding(FindingCode::HostNotFound);
            return Err(steps.failed(step, finding));
        }
        Err(NoAddress::Denied(addresses)) => {
            let finding = mailbox
                .finding(FindingCode::AddressDenied)
                .with(domain::finding::FindingValue::Address, listed(&addresses));
            return Err(steps.failed(step, finding));
        }
    };
    let sent: Vec<_> = addresses
        .iter()
        .map(|one| one.socket().to_string())
        .collect();
    let mut step = Step::new(StepKind::Connect, sent.join(", "));
    match timeout(timeouts.connect, first(addresses)).await {
        Ok(Ok((tcp, address))) => {
            let _ = tcp.set_nodelay(true);
            step.fact(FactName::Address, address.socket().ip().to_string());
            steps.passed(step);
            Ok(tcp)
        }
        Ok(Err(error)) => {
            let code = if error.kind() == io::ErrorKind::ConnectionRefused {
                FindingCode::ConnectionRefused
            } else {
                FindingCode::ConnectionFailed
            };
            let finding = mailbox.finding(code).saying(error.to_string());
            Err(steps.failed(step, finding))
        }
        Err(_) => {
            let finding = mailbox.finding(FindingCode::Timeout);
            Err(steps.failed(step, finding))
        }
    }
}

/// The first address that answers, all tried at once (as RFC 8305 means it); the last error otherwise.
async fn first(addresses: Vec<Passed>) -> io::Result<(TcpStream, Passed)> {
    let mut tries = tokio::task::JoinSet::new();
    for address in addresses {
        tries.spawn(async move { address.connect().await.map(|tcp| (tcp, address)) });
    }
    let mut last = io::Error::from(io::ErrorKind::NotConnected);
    while let Some(tried) = tries.join_next().await {
        match tried {
            Ok(Ok(connected)) => return Ok(connected),
            Ok(Err(error)) => last = error,
            Err(_) => {}
        }
    }
    Err(last)
}

async fn handshake(
    mailbox: &Mailbox,
    wire: &Wire,
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
            let chain = Chain::read(&wire.certificates());
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
            let code = tls::decode(&error, mailbox.tls_minimum);
            mailbox.finding(code).saying(error.to_string())
        }
        Err(_) => mailbox.finding(FindingCode::Timeout),
    };
    Err(steps.failed(step, finding))
}
