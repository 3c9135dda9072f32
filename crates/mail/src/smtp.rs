//! One SMTP connection (RFC 5321): connect, TLS, sign in, hand over a message.
//!
//! lettre parses the replies; the stream below is [`Wire`], which keeps what was said. Each step is
//! recorded as it goes, and each failure becomes a finding where it is known what it means.

use std::{collections::BTreeSet, io, net::IpAddr, time::Instant};

use domain::{
    Finding, FindingCode, Host, Security, SmtpSettings, StepKind, TlsMinimum, Verdict,
    finding::FindingValue,
};
use lettre::{
    Address,
    transport::smtp::{client::AsyncSmtpConnection, extension::ClientId},
};
use rustls::pki_types::ServerName;
use secrecy::{ExposeSecret, SecretString};
use tokio::{net::TcpStream, time::timeout};
use tokio_rustls::TlsConnector;

use crate::{
    decode,
    options::Timeouts,
    recorder::Recorder,
    sasl::{Credential, Mechanism, decode_challenge},
    tls::{self, Tls},
    wire::{Reply, Wire},
};

/// Where to connect to, and how.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) host: Host,
    pub(crate) port: u16,
    pub(crate) security: Security,
    pub(crate) tls_minimum: TlsMinimum,
}

impl Target {
    pub(crate) fn of<S>(settings: &SmtpSettings<S>) -> Self {
        Self {
            host: settings.host.clone(),
            port: settings.port,
            security: settings.security,
            tls_minimum: settings.tls_minimum,
        }
    }

    /// `host:port`, IPv6 addresses in brackets.
    pub(crate) fn address(&self) -> String {
        match self.host.ip() {
            Some(IpAddr::V6(ip)) => format!("[{ip}]:{}", self.port),
            _ => format!("{}:{}", self.host, self.port),
        }
    }

    fn finding(&self, code: FindingCode) -> Finding {
        Finding::new(code).with(FindingValue::Server, self.address())
    }
}

/// An open connection.
pub(crate) struct Connection {
    target: Target,
    timeouts: Timeouts,
    smtp: AsyncSmtpConnection,
    wire: Wire,
    /// Keywords of the last EHLO reply, upper case, each with its parameters.
    extensions: Vec<String>,
    encrypted: bool,
}

impl Connection {
    /// Connects, and protects the connection as the target asks.
    pub(crate) async fn open(
        target: &Target,
        tls: &Tls,
        timeouts: Timeouts,
        recorder: &mut Recorder,
    ) -> Result<Self, Finding> {
        let tcp = connect(target, timeouts, recorder).await?;
        let wire = Wire::new(tcp).map_err(|error| {
            target
                .finding(FindingCode::ConnectionFailed)
                .saying(error.to_string())
        })?;
        let connector = TlsConnector::from(tls.config(target.tls_minimum));
        let implicit = target.security == Security::ImplicitTls;
        if implicit {
            handshake(target, &wire, &connector, timeouts, recorder).await?;
        }
        let greeting = timeout(
            timeouts.reply * 2,
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
                    && answers_in_tls(target, &connector, timeouts).await;
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

    /// Signs in. The exchange is our own, because the challenge that tells why a token was refused has to
    /// be answered before the server says 535.
    pub(crate) async fn authenticate(
        &mut self,
        credential: &Credential,
        recorder: &mut Recorder,
    ) -> Result<(), Finding> {
        if !self.encrypted && !self.target.host.is_loopback() {
            return Err(self.target.finding(FindingCode::CredentialInPlaintext));
        }
        let offered = self.mechanisms();
        let Some(mechanism) = Mechanism::choose(credential, &offered) else {
            return Err(self
                .target
                .finding(FindingCode::MechanismNotOffered)
                .with(FindingValue::Offered, offered.join(" ")));
        };
        let messages = mechanism.messages(credential, &self.target.host, self.target.port);
        for message in &messages {
            recorder.hide(message);
        }
        let result = self
            .exchange(mechanism, credential, messages, recorder)
            .await;
        result.map_err(|finding| match credential {
            Credential::Token { username, .. } | Credential::Password { username, .. } => {
                finding.with(FindingValue::Username, username)
            }
        })
    }

    async fn exchange(
        &mut self,
        mechanism: Mechanism,
        credential: &Credential,
        messages: Vec<SecretString>,
        recorder: &mut Recorder,
    ) -> Result<(), Finding> {
        let with_token = matches!(credential, Credential::Token { .. });
        let mut messages = messages.into_iter().peekable();
        let command = format!("AUTH {}", mechanism.name());
        let shown = format!("{command} [redacted]");
        let mut reply = match messages.next_if(|message| mechanism.fits_auth_line(message)) {
            Some(message) => {
                let line = format!("{command} {}", message.expose_secret());
                self.say(&line, Some(&shown), with_token, recorder).await?
            }
            None => self.say(&command, None, with_token, recorder).await?,
        };
        for message in messages {
            if !is_challenge(&reply) {
                break;
            }
            reply = self
                .say(
                    message.expose_secret(),
                    Some("[redacted]"),
                    with_token,
                    recorder,
                )
                .await?;
        }
        let mut challenge = None;
        if is_challenge(&reply) {
            // The reason of a refusal, before the refusal itself.
            challenge = decode_challenge(reply.get(4..).unwrap_or_default());
            if let (Some(text), Some(step)) = (&challenge, recorder.steps.last_mut()) {
                step.verdict = Verdict::Failed;
                step.received = format!("{}\n{text}", step.received);
            }
            let said = self
                .say(mechanism.acknowledgement(), None, with_token, recorder)
                .await;
            reply = said.map_err(|finding| match (&challenge, &finding.said) {
                (Some(text), Some(said)) => {
                    let said = format!("{text}\n{said}");
                    finding.saying(said)
                }
                _ => finding,
            })?;
        }
        if reply.starts_with('2') && challenge.is_none() {
            Ok(())
        } else {
            Err(self
                .target
                .finding(FindingCode::Refused)
                .saying(recorder.clean(&reply)))
        }
    }

    async fn say(
        &mut self,
        line: &str,
        shown: Option<&str>,
        with_token: bool,
        recorder: &mut Recorder,
    ) -> Result<String, Finding> {
        self.command_with(StepKind::Authenticate, line, shown, with_token, recorder)
            .await
    }

    /// Hands a message over; the server's final reply.
    pub(crate) async fn send(
        &mut self,
        from: &Address,
        to: &Address,
        message: &[u8],
        recorder: &mut Recorder,
    ) -> Result<String, Finding> {
        let size = if self.offers("SIZE") {
            format!(" SIZE={}", message.len())
        } else {
            String::new()
        };
        let line = format!("MAIL FROM:<{from}>{size}");
        self.command(StepKind::MailFrom, &line, None, recorder)
            .await?;
        self.command(StepKind::RcptTo, &format!("RCPT TO:<{to}>"), None, recorder)
            .await?;
        self.command(StepKind::Data, "DATA", None, recorder).await?;
        let since = Instant::now();
        let result = timeout(self.timeouts.message, self.smtp.message(message)).await;
        let shown = format!("{}\n.", String::from_utf8_lossy(message));
        let said = self.conclude(StepKind::Message, &shown, since, false, result, recorder);
        said.map_err(|finding| match finding.code {
            FindingCode::ConnectionClosed | FindingCode::Timeout => {
                self.target.finding(FindingCode::ClosedAfterMessage)
            }
            _ => finding,
        })
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

    fn offers(&self, keyword: &str) -> bool {
        self.extensions
            .iter()
            .any(|line| line.split([' ', '=']).next() == Some(keyword))
    }

    /// The mechanisms of `AUTH a b`, and of the old form `AUTH=a b`.
    fn mechanisms(&self) -> Vec<String> {
        let all: BTreeSet<_> = self
            .extensions
            .iter()
            .filter_map(|line| line.strip_prefix("AUTH")?.strip_prefix([' ', '=']))
            .flat_map(str::split_whitespace)
            .map(str::to_owned)
            .collect();
        all.into_iter().collect()
    }

    async fn command(
        &mut self,
        kind: StepKind,
        line: &str,
        shown: Option<&str>,
        recorder: &mut Recorder,
    ) -> Result<String, Finding> {
        self.command_with(kind, line, shown, false, recorder).await
    }

    /// Sends a line, `shown` in its place in the record, and returns the reply if it is positive.
    async fn command_with(
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
            result,
            recorder,
        )
    }

    fn conclude<T>(
        &self,
        kind: StepKind,
        shown: &str,
        since: Instant,
        with_token: bool,
        result: Result<Result<T, lettre::transport::smtp::Error>, tokio::time::error::Elapsed>,
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
            recorder.last_reply = Some(said.trim_end().to_owned());
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

/// Resolves the name and tries each address in turn.
async fn connect(
    target: &Target,
    timeouts: Timeouts,
    recorder: &mut Recorder,
) -> Result<TcpStream, Finding> {
    let since = Instant::now();
    let found = timeout(
        timeouts.connect,
        tokio::net::lookup_host((target.host.to_string(), target.port)),
    )
    .await;
    let addresses: Vec<_> = match found {
        Ok(Ok(addresses)) => addresses.collect(),
        Ok(Err(_)) | Err(_) => Vec::new(),
    };
    let names = addresses
        .iter()
        .map(|address| address.ip().to_string())
        .collect::<Vec<_>>()
        .join(", ");
    if addresses.is_empty() {
        recorder.step_since(
            StepKind::Resolve,
            Verdict::Failed,
            since,
            target.host.as_str(),
            "",
        );
        return Err(target.finding(FindingCode::HostNotFound));
    }
    recorder.step_since(
        StepKind::Resolve,
        Verdict::Passed,
        since,
        target.host.as_str(),
        &names,
    );
    let mut finding = target.finding(FindingCode::ConnectionFailed);
    let last = addresses.len() - 1;
    for (at, address) in addresses.into_iter().enumerate() {
        let since = Instant::now();
        let sent = address.to_string();
        let (code, text) = match timeout(timeouts.connect, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => {
                // Each command is one small write, whose answer we wait for.
                let _ = stream.set_nodelay(true);
                recorder.step_since(StepKind::Connect, Verdict::Passed, since, &sent, "");
                return Ok(stream);
            }
            Ok(Err(error)) if error.kind() == io::ErrorKind::ConnectionRefused => {
                (FindingCode::ConnectionRefused, error.to_string())
            }
            Ok(Err(error)) => (FindingCode::ConnectionFailed, error.to_string()),
            Err(_) => (FindingCode::Timeout, String::new()),
        };
        let verdict = if at == last {
            Verdict::Failed
        } else {
            Verdict::Warned
        };
        recorder.step_since(StepKind::Connect, verdict, since, &sent, &text);
        finding = target.finding(code).saying(text);
    }
    Err(finding)
}

async fn handshake(
    target: &Target,
    wire: &Wire,
    connector: &TlsConnector,
    timeouts: Timeouts,
    recorder: &mut Recorder,
) -> Result<(), Finding> {
    let since = Instant::now();
    let name = ServerName::try_from(target.host.as_str().to_owned())
        .map_err(|_| target.finding(FindingCode::CertificateOtherName))?;
    let (code, said) = match timeout(timeouts.connect, wire.upgrade(connector, name)).await {
        Ok(Ok(session)) => {
            let text = format!("{} {}", session.version, session.cipher);
            recorder.step_since(StepKind::Tls, Verdict::Passed, since, "", &text);
            recorder.tls = Some(session);
            return Ok(());
        }
        Ok(Err(error)) => (tls::decode(&error, target.tls_minimum), error.to_string()),
        Err(_) => (FindingCode::Timeout, String::new()),
    };
    recorder.step_since(StepKind::Tls, Verdict::Failed, since, "", &said);
    Err(target.finding(code).saying(said))
}

/// Whether a server that did not greet us answers a TLS handshake instead.
async fn answers_in_tls(target: &Target, connector: &TlsConnector, timeouts: Timeouts) -> bool {
    let Ok(name) = ServerName::try_from(target.host.as_str().to_owned()) else {
        return false;
    };
    let address = (target.host.to_string(), target.port);
    let handshake = async move {
        let tcp = TcpStream::connect(address).await?;
        connector.connect(name, tcp).await
    };
    match timeout(timeouts.connect, handshake).await {
        Ok(Ok(_)) => true,
        // A certificate that we do not accept came in a handshake all the same.
        Ok(Err(error)) => error
            .get_ref()
            .and_then(|inner| inner.downcast_ref::<rustls::Error>())
            .is_some_and(|error| matches!(error, rustls::Error::InvalidCertificate(_))),
        Err(_) => false,
    }
}

/// The greeting and the reply to EHLO, which lettre reads in one call.
fn record_greeting(replies: &[Reply], recorder: &mut Recorder) {
    let steps = [
        (StepKind::Greeting, String::new()),
        (StepKind::Ehlo, format!("EHLO {}", ClientId::default())),
    ];
    for ((kind, sent), reply) in steps.into_iter().zip(replies) {
        let verdict = if reply.text.starts_with('2') {
            Verdict::Passed
        } else {
            Verdict::Failed
        };
        recorder.step(kind, verdict, reply.micros, &sent, &reply.text);
        recorder.last_reply = Some(recorder.clean(reply.text.trim_end()));
    }
}

fn greeting_failure(
    target: &Target,
    timed_out: bool,
    wire: &Wire,
    replies: &[Reply],
    recorder: &Recorder,
) -> Finding {
    let last = replies.last().map_or("", |reply| reply.text.as_str());
    let kind = if replies.len() > 1 {
        StepKind::Ehlo
    } else {
        StepKind::Greeting
    };
    let code = if timed_out {
        FindingCode::Timeout
    } else if matches!(reply_code(last), 400..600) {
        decode::smtp_reply(kind, false, reply_code(last), last)
    } else if wire.is_closed() {
        FindingCode::ConnectionClosed
    } else {
        FindingCode::NotSmtp
    };
    target.finding(code).saying(recorder.clean(last))
}

/// The lines of an EHLO reply after the first, upper case (RFC 5321 §4.1.1.1).
fn extensions(reply: Option<&Reply>) -> Vec<String> {
    reply.map_or_else(Vec::new, |reply| {
        let lines = reply.text.lines().skip(1);
        lines
            .filter_map(|line| line.get(4..))
            .map(|line| line.trim().to_ascii_uppercase())
            .collect()
    })
}

fn reply_code(text: &str) -> u16 {
    text.get(..3)
        .and_then(|code| code.parse().ok())
        .unwrap_or(0)
}

fn is_challenge(reply: &str) -> bool {
    reply.starts_with("334")
}
