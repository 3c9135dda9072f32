//! Serves one connection: moves octets between the client and the [`Session`].

use std::{net::IpAddr, sync::Arc, time::Duration};

use access::Submitter;
use domain::{Arrival, ArrivalProtocol, Finding, FindingCode};
use listener::{Accepted, Credentials, HANDSHAKE, Input, Line, Peer, Stream, linger};
use message::Received;
use tokio::{
    net::TcpStream,
    sync::OwnedSemaphorePermit,
    time::{Instant, timeout, timeout_at},
};
use tokio_util::sync::CancellationToken;

use crate::{
    Intake, Limits, ListenerOptions, Mode, TlsConfig,
    command::Mail,
    data::{BareLineEnd, Content, DataReader},
    intake::Arrived,
    record::{Outcome, Record},
    reply::Reply,
    session::{Offer, Session, Step, too_large},
};

/// Octets read in one piece.
const BUFFER: usize = 4_096;
/// Octets of a message read in one piece.
const MESSAGE_BUFFER: usize = 65_536;
/// Octets by which the reserved part of the body budget grows.
const RESERVE: usize = 262_144;
/// Time to read the rest of what a client sends after the last reply.
const LINGER: Duration = Duration::from_secs(1);

/// Parts that all connections share.
#[derive(Debug)]
pub struct Shared {
    /// Signs in and submits.
    pub intake: Intake,
    /// The certificate.
    pub tls: TlsConfig,
    /// The name of the server.
    pub name: String,
    /// Limits on clients.
    pub limits: Limits,
}

/// Reason why a connection ended before the session did.
#[derive(Debug)]
enum Ended {
    /// The client has closed the connection, or it failed.
    Lost,
    /// The client was too slow.
    TimedOut,
    /// The server stops.
    Stopping,
}

/// Input of a client before the greeting.
enum Early {
    Nothing,
    Handshake,
    Other,
    Lost,
}

/// A connection with its session.
struct Connection {
    stream: Stream,
    input: Input,
    output: Vec<u8>,
    buffer: Vec<u8>,
    session: Session,
    submitter: Option<Submitter>,
    peer: Peer,
    listener: Arc<ListenerOptions>,
    /// Address and mode of the listener, as text.
    listener_name: Arc<str>,
    /// When the transaction began, for the metrics.
    mail_at: Option<Instant>,
    record: Record,
    shared: Arc<Shared>,
    stopping: CancellationToken,
}

/// Serves a connection until the client or the server closes it.
pub async fn serve(accepted: Accepted, shared: Arc<Shared>, stopping: CancellationToken) {
    let Accepted {
        stream,
        peer,
        listener,
        listener_name,
    } = accepted;
    let (limits, mode, address) = (shared.limits, listener.mode, peer.address);
    // Read before the client is watched, so nothing it sends early goes unnoticed.
    let smtputf8 = shared.intake.offers_smtputf8(&listener).await;
    let early = match mode {
        // Health checks connect and send nothing.
        Mode::Tls => match timeout(limits.handshake, stream.peek(&mut [0])).await {
            Ok(Ok(1..)) => Early::Handshake,
            _ => Early::Lost,
        },
        Mode::StartTls | Mode::Plain => before_greeting(&stream, address, &limits).await,
    };
    let offer = Offer {
        name: shared.name.clone(),
        starttls: mode == Mode::StartTls,
        auth_without_tls: mode == Mode::Plain,
        smtputf8,
        limits,
    };
    let record = Record::begin(
        shared.intake.sessions(),
        address.to_string(),
        stream.local_addr().ok(),
        mode,
    );
    let mut connection = Connection {
        stream: Stream::Plain(stream),
        input: Input::default(),
        output: Vec::new(),
        buffer: vec![0; BUFFER],
        session: Session::new(offer, false),
        submitter: None,
        peer,
        listener,
        listener_name,
        mail_at: None,
        record,
        shared,
        stopping,
    };
    let result = match early {
        Early::Lost => return,
        Early::Nothing => connection.run().await,
        Early::Handshake => match connection.start_tls(false).await {
            Ok(()) => connection.run().await,
            Err(ended) => Err(ended),
        },
        Early::Other => {
            connection.count_reply("connection", 554);
            connection.queue(&violation(554, address, "Data arrived before the greeting"));
            connection.flush().await
        }
    };
    let metrics = connection.shared.intake.metrics();
    metrics.count_smtp_session(connection.stream.tls_version());
    connection.close(result).await;
}

/// Waits a moment before the greeting. Some devices begin with a TLS handshake on ports without
/// TLS; anything else is a client that does not wait for replies.
async fn before_greeting(stream: &TcpStream, address: IpAddr, limits: &Limits) -> Early {
    let time = if address.is_loopback() {
        limits.early_loopback
    } else {
        limits.early
    };
    let mut first = [0];
    match timeout(time, stream.peek(&mut first)).await {
        Err(_) => Early::Nothing,
        Ok(Ok(1..)) if first == [HANDSHAKE] => Early::Handshake,
        Ok(Ok(1..)) => Early::Other,
        Ok(_) => Early::Lost,
    }
}

/// Returns the reply to a client that sends something before it is its turn.
fn violation(code: u16, address: IpAddr, text: &str) -> Reply {
    tracing::info!(%address, reason = text, "SMTP session ended by the server");
    Reply::new(code, "5.5.1", text).because(FindingCode::InboundEarlyInput)
}

impl Connection {
    async fn run(&mut self) -> Result<(), Ended> {
        let greeting = self.session.greeting();
        self.queue(&greeting);
        loop {
            let line = self.line().await?;
            self.record.client(&line, self.session.expects_response());
            let mut step = self.session.line(line);
            self.count_rejection().await;
            if let Step::Reply(reply) | Step::Close(reply) = &step
                && reply.code() >= 400
            {
                self.count_reply("command", reply.code());
            }
            let begun = self.session.has_transaction();
            self.mail_at = begun.then(|| self.mail_at.unwrap_or_else(Instant::now));
            loop {
                match step {
                    Step::Reply(reply) => {
                        self.queue(&reply);
                        break;
                    }
                    Step::Recognize(mail) => step = self.recognize(mail).await,
                    Step::SignIn(credentials) => step = self.sign_in(&credentials).await,
                    Step::ReadMessage(reply) => step = self.message(&reply).await?,
                    Step::StartTls(reply) if self.has_input() => {
                        // What arrived in plain text is never executed after TLS (CVE-2011-0411).
                        drop(reply);
                        step = Step::Close(violation(
                            554,
                            self.peer.address,
                            "Data arrived between STARTTLS and TLS",
                        ));
                    }
                    Step::StartTls(reply) => {
                        self.queue(&reply);
                        self.flush().await?;
                        self.start_tls(true).await?;
                        break;
                    }
                    Step::Close(reply) => {
                        self.queue(&reply);
                        return self.flush().await;
                    }
                }
            }
        }
    }

    /// Returns true if the client has sent something that was not processed.
    fn has_input(&mut self) -> bool {
        if self.input.is_empty() {
            let read = self.stream.read_available(&mut self.buffer);
            self.input.push(&self.buffer[..read]);
        }
        !self.input.is_empty()
    }

    /// Performs a TLS handshake, after STARTTLS or at the beginning of the connection.
    async fn start_tls(&mut self, after_starttls: bool) -> Result<(), Ended> {
        let handshake = self.stream.start_tls(self.shared.tls.current());
        let result = match timeout(self.shared.limits.handshake, handshake).await {
            Ok(Ok(())) => {
                self.session.encrypted();
                self.record.encrypted(self.stream.tls());
                // A sign-in before STARTTLS does not count (RFC 3207 §4.2).
                self.submitter = None;
                return Ok(());
            }
            Ok(Err(error)) => {
                self.record
                    .handshake_failed(Some(&error), self.listener.mode, after_starttls);
                error.to_string()
            }
            Err(_) => {
                self.record
                    .handshake_failed(None, self.listener.mode, after_starttls);
                "timed out".to_owned()
            }
        };
        self.shared.intake.metrics().count_smtp_tls_failure();
        tracing::info!(address = %self.peer.address, error = result, "TLS handshake with an SMTP client failed");
        Err(Ended::Lost)
    }

    /// Finds out whether a client that has not signed in is a sender that is known by its address.
    async fn recognize(&mut self, mail: Mail) -> Step {
        let found = self
            .shared
            .intake
            .recognize(self.peer, &self.listener)
            .await;
        match found {
            Ok(found) => {
                let is_known = found.is_some();
                if let Some(submitter) = &found {
                    self.record.submitter(submitter);
                }
                self.act_for(found).await;
                let step = self.session.recognized(Ok(is_known), mail);
                self.count_rejection().await;
                step
            }
            Err(reply) if reply.code() == 421 => Step::Close(reply),
            Err(reply) => self.session.recognized(Err(reply), mail),
        }
    }

    async fn sign_in(&mut self, credentials: &Credentials) -> Step {
        let intake = &self.shared.intake;
        let result = intake
            .sign_in(credentials, self.peer.address, &self.listener)
            .await;
        let code = result.as_ref().map_or_else(Reply::code, |_| 235);
        intake.metrics().count_smtp_reply("sign_in", code);
        if let Ok(submitter) = &result {
            self.record.submitter(submitter);
        } else {
            let sender = intake.sender_of_user(&credentials.user).await;
            if let Some(sender) = sender {
                self.record.claimed(sender);
            }
        }
        let result = match result {
            Ok(submitter) => {
                self.act_for(Some(submitter)).await;
                Ok(())
            }
            Err(reply) => Err(reply),
        };
        self.session.signed_in(result)
    }

    /// Continues for this sender, whose rules apply to the envelope.
    async fn act_for(&mut self, submitter: Option<Submitter>) {
        let sender = submitter.as_ref().and_then(Submitter::sender);
        let rules = sender.map(|sender| sender.settings.rules.clone());
        let accepts_utf8 = match &submitter {
            Some(submitter) => {
                let data_center = submitter.data_center();
                self.shared.intake.accepts_utf8(&data_center).await
            }
            None => false,
        };
        self.session.follow(rules, accepts_utf8);
        self.submitter = submitter;
    }

    /// Counts a message that the rules of the sender have rejected by its envelope.
    async fn count_rejection(&mut self) {
        if self.session.take_rejection()
            && let Some(sender) = self.submitter.as_ref().and_then(Submitter::sender)
        {
            self.shared.intake.count_rejection(&sender.id).await;
        }
    }

    /// Returns the next line.
    async fn line(&mut self) -> Result<Line, Ended> {
        let limits = &self.shared.limits;
        let time = if self.session.may_send() {
            limits.command
        } else {
            limits.command_before_sign_in
        };
        let deadline = Instant::now() + time;
        loop {
            if let Some(line) = self.input.line() {
                return Ok(line);
            }
            // Replies to pipelined commands are sent together.
            self.flush().await?;
            let read = tokio::select! {
                biased;
                () = self.stopping.cancelled() => return Err(Ended::Stopping),
                read = timeout_at(deadline, self.stream.read(&mut self.buffer)) => read,
            };
            match read {
                Err(_) => return Err(Ended::TimedOut),
                Ok(Ok(read @ 1..)) => self.input.push(&self.buffer[..read]),
                Ok(Ok(_)) => return Err(Ended::Lost),
                Ok(Err(error)) => {
                    self.record.connection_failed(&error);
                    return Err(Ended::Lost);
                }
            }
        }
    }

    /// Reads a message and submits it.
    async fn message(&mut self, reply: &Reply) -> Result<Step, Ended> {
        if self.has_input() {
            return Ok(Step::Close(violation(
                503,
                self.peer.address,
                "Data arrived before the reply to DATA",
            )));
        }
        let envelope = self.session.take_envelope();
        if let Err(reply) = self.shared.intake.accepts_mail() {
            return Ok(self.session.message_ended(reply));
        }
        self.queue(reply);
        self.flush().await?;
        let (content, held, octets) = match self.content().await {
            Ok(read) => read,
            Err(ended) => {
                if matches!(ended, Ended::TimedOut | Ended::Lost) {
                    let finding = Finding::new(FindingCode::InboundUnterminatedMessage);
                    self.record.failed(finding);
                }
                return Err(ended);
            }
        };
        let reply = match content {
            Content::Whole(content) => {
                let received = self.received(envelope.utf8);
                let arrived = Arrived {
                    envelope,
                    content,
                    received,
                    arrival: self.arrival(),
                };
                self.submit(arrived).await
            }
            Content::TooLarge => too_large(self.shared.limits.message_octets),
            Content::Bare(bare) => {
                let name = match bare {
                    BareLineEnd::Lf => "LF",
                    BareLineEnd::Cr => "CR",
                };
                let text = format!("The message has a line that ends with {name} instead of CRLF");
                Reply::new(550, "5.6.11", &text).because(FindingCode::InboundBareLineFeed)
            }
            Content::NoMemory => {
                let text =
                    "Other submissions use all memory for messages. Try again in a few seconds";
                Reply::new(452, "4.3.1", text).because(FindingCode::InboundUnavailable)
            }
        };
        drop(held);
        let code = reply.code();
        self.count_reply("message", code);
        let metrics = self.shared.intake.metrics();
        metrics.count_smtp_octets(code == 250, octets);
        if let (250, Some(begun)) = (code, self.mail_at) {
            metrics.observe_smtp_acceptance(begun.elapsed());
        }
        if code == 421 {
            return Ok(Step::Close(reply));
        }
        Ok(self.session.message_ended(reply))
    }

    /// Reads a message up to its end. Returns it with its share of the body budget, and the number
    /// of its octets.
    async fn content(&mut self) -> Result<(Content, Option<OwnedSemaphorePermit>, usize), Ended> {
        let limits = self.shared.limits;
        // Devices that are known by their address are often too old to know better.
        let is_known = self.submitter.as_ref();
        let is_known = is_known.is_some_and(Submitter::is_known_by_address);
        let mut octets = 0;
        let mut reader = DataReader::new(limits.message_octets).normalizing(is_known);
        let (mut held, mut reserved): (Option<OwnedSemaphorePermit>, usize) = (None, 0);
        let end = Instant::now() + limits.message;
        self.buffer.resize(MESSAGE_BUFFER, 0);
        while !reader.is_at_end() {
            let deadline = end.min(Instant::now() + limits.block);
            match timeout_at(deadline, self.stream.read(&mut self.buffer)).await {
                Err(_) => return Err(Ended::TimedOut),
                Ok(Ok(read @ 1..)) => {
                    octets += read;
                    self.input.push(&self.buffer[..read]);
                }
                Ok(_) => return Err(Ended::Lost),
            }
            self.input.feed(|octets| reader.read(octets));
            while reader.octets() > reserved {
                let more = self.shared.intake.budget().reserve(RESERVE as u64).await;
                match (more, &mut held) {
                    (Some(more), Some(held)) => held.merge(more),
                    (Some(more), None) => held = Some(more),
                    (None, _) => {
                        reader.discard();
                        held = None;
                    }
                }
                reserved += RESERVE;
            }
        }
        self.buffer.truncate(BUFFER);
        self.buffer.shrink_to_fit();
        self.record.message(octets);
        Ok((reader.finish(), held, octets))
    }

    async fn submit(&mut self, arrived: Arrived) -> Reply {
        let Some(submitter) = &self.submitter else {
            return Reply::new(530, "5.7.0", "Sign in first");
        };
        match self.shared.intake.submit(submitter, arrived).await {
            Ok(id) => {
                self.record.accepted();
                Reply::new(250, "2.0.0", &format!("Queued as {}", id.as_str()))
            }
            Err(reply) => reply,
        }
    }

    fn received(&self, utf8: bool) -> Received {
        let hello = self.session.hello();
        let protocol = match (hello, self.session.is_encrypted()) {
            (Some(hello), _) if !hello.is_extended => "SMTP",
            // RFC 6531 §4.3.
            (_, true) if utf8 && self.session.is_signed_in() => "UTF8SMTPSA",
            (_, true) if utf8 => "UTF8SMTPS",
            (_, false) if utf8 && self.session.is_signed_in() => "UTF8SMTPA",
            (_, false) if utf8 => "UTF8SMTP",
            (_, true) if self.session.is_signed_in() => "ESMTPSA",
            (_, true) => "ESMTPS",
            (_, false) if self.session.is_signed_in() => "ESMTPA",
            (_, false) => "ESMTP",
        };
        Received {
            client: hello.map(|hello| hello.name.clone()).unwrap_or_default(),
            address: self.peer.address,
            server: self.shared.name.clone(),
            protocol,
        }
    }

    fn count_reply(&self, to: &'static str, code: u16) {
        self.shared.intake.metrics().count_smtp_reply(to, code);
    }

    fn arrival(&self) -> Arrival {
        let hello = self.session.hello();
        Arrival {
            client_address: Some(self.peer.address),
            client_name: hello.map(|hello| hello.name.clone()),
            tls: self.stream.tls_version().map(str::to_owned),
            listener: Some(self.listener_name.to_string()),
            ..Arrival::over(ArrivalProtocol::Smtp)
        }
    }

    fn queue(&mut self, reply: &Reply) {
        self.record.server(reply);
        self.output.extend(reply.to_bytes());
    }

    async fn flush(&mut self) -> Result<(), Ended> {
        if self.output.is_empty() {
            return Ok(());
        }
        let output = std::mem::take(&mut self.output);
        let written = timeout(self.shared.limits.write, self.stream.write(&output)).await;
        match written {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(Ended::Lost),
        }
    }

    /// Sends the last reply, ends the record, and closes the connection.
    async fn close(mut self, result: Result<(), Ended>) {
        let is_stopping = matches!(result, Err(Ended::Stopping));
        let is_open = self.last_reply(result).await;
        let outcome = Outcome {
            may_send: self.session.may_send(),
            has_greeted: self.session.hello().is_some() && !is_stopping,
            offers_sign_in: self.session.offers_auth(),
        };
        let Self {
            record,
            mut stream,
            mut buffer,
            ..
        } = self;
        record.end(outcome);
        if is_open {
            // The client may be gone, which ends the connection as well.
            let _ = timeout(LINGER, linger(&mut stream, &mut buffer)).await;
        }
    }

    /// Sends the last reply. Returns false if the connection is lost.
    async fn last_reply(&mut self, result: Result<(), Ended>) -> bool {
        match result {
            Ok(()) => {}
            Err(Ended::Lost) => {
                self.record.note("The client closed the connection.");
                return false;
            }
            Err(Ended::TimedOut) => {
                tracing::info!(address = %self.peer.address, "SMTP session timed out");
                let text = "Timed out. A message ends with CRLF, a dot, and CRLF";
                self.queue(&Reply::new(421, "4.4.2", text));
            }
            Err(Ended::Stopping) => {
                self.queue(&Reply::new(421, "4.3.2", "The server is stopping"));
            }
        }
        self.flush().await.is_ok()
    }
}
