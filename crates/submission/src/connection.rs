//! Serves one connection: moves octets between the client and the [`Session`].

use std::{net::IpAddr, sync::Arc, time::Duration};

use access::Submitter;
use message::Received;
use tokio::{
    net::TcpStream,
    sync::OwnedSemaphorePermit,
    time::{Instant, timeout, timeout_at},
};
use tokio_util::sync::CancellationToken;

use crate::{
    Intake, Limits, ListenerOptions, Mode, TlsConfig,
    auth::Credentials,
    command::Mail,
    data::{BareLineEnd, Content, DataReader},
    intake::Arrived,
    line::{Input, Line},
    peer::Peer,
    reply::Reply,
    session::{Offer, Session, Step, too_large},
    stream::Stream,
};

/// First octet of a TLS handshake (RFC 8446 §5.1).
const HANDSHAKE: u8 = 0x16;
/// Octets read in one piece.
const BUFFER: usize = 4_096;
/// Octets of a message read in one piece.
const MESSAGE_BUFFER: usize = 65_536;
/// Octets by which the reserved part of the body budget grows.
const RESERVE: usize = 262_144;
/// Time to read the rest of what a client sends after the last reply. Closing a connection with
/// unread octets would discard the reply.
const LINGER: Duration = Duration::from_secs(1);
/// Octets that are read then.
const LINGER_OCTETS: usize = 262_144;

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
    shared: Arc<Shared>,
    stopping: CancellationToken,
}

/// Serves a connection until the client or the server closes it.
pub async fn serve(
    stream: TcpStream,
    peer: Peer,
    listener: Arc<ListenerOptions>,
    shared: Arc<Shared>,
    stopping: CancellationToken,
) {
    let (limits, mode, address) = (shared.limits, listener.mode, peer.address);
    // Read before the client is watched, so nothing it sends early goes unnoticed.
    let smtputf8 = shared.intake.offers_smtputf8(&listener).await;
    let early = match mode {
        Mode::Tls => Early::Handshake,
        Mode::StartTls | Mode::Plain => before_greeting(&stream, address, &limits).await,
    };
    let offer = Offer {
        name: shared.name.clone(),
        starttls: mode == Mode::StartTls,
        auth_without_tls: mode == Mode::Plain,
        smtputf8,
        limits,
    };
    let mut connection = Connection {
        stream: Stream::Plain(stream),
        input: Input::default(),
        output: Vec::new(),
        buffer: vec![0; BUFFER],
        session: Session::new(offer, false),
        submitter: None,
        peer,
        listener,
        shared,
        stopping,
    };
    let result = match early {
        Early::Lost => return,
        Early::Nothing => connection.run().await,
        Early::Handshake => match connection.start_tls().await {
            Ok(()) => connection.run().await,
            Err(ended) => Err(ended),
        },
        Early::Other => {
            connection.queue(&violation(554, address, "Data arrived before the greeting"));
            connection.flush().await
        }
    };
    let metrics = connection.shared.intake.metrics();
    metrics.count_smtp_session(connection.session.is_encrypted());
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
    Reply::new(code, "5.5.1", text)
}

impl Connection {
    async fn run(&mut self) -> Result<(), Ended> {
        let greeting = self.session.greeting();
        self.queue(&greeting);
        loop {
            let line = self.line().await?;
            let mut step = self.session.line(line);
            self.count_rejection().await;
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
                        self.start_tls().await?;
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

    async fn start_tls(&mut self) -> Result<(), Ended> {
        let handshake = self.stream.start_tls(self.shared.tls.current());
        let result = match timeout(self.shared.limits.handshake, handshake).await {
            Ok(Ok(())) => {
                self.session.encrypted();
                // A sign-in before STARTTLS does not count (RFC 3207 §4.2).
                self.submitter = None;
                return Ok(());
            }
            Ok(Err(error)) => error.to_string(),
            Err(_) => "timed out".to_owned(),
        };
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
                Ok(_) => return Err(Ended::Lost),
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
        let (content, held) = self.content().await?;
        let reply = match content {
            Content::Whole(content) => {
                let received = self.received(envelope.utf8);
                let arrived = Arrived {
                    envelope,
                    content,
                    received,
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
                Reply::new(550, "5.6.11", &text)
            }
            Content::NoMemory => {
                let text =
                    "Other submissions use all memory for messages. Try again in a few seconds";
                Reply::new(452, "4.3.1", text)
            }
        };
        drop(held);
        let code = reply.code();
        self.shared
            .intake
            .metrics()
            .count_smtp_reply("message", code);
        if code == 421 {
            return Ok(Step::Close(reply));
        }
        Ok(self.session.message_ended(reply))
    }

    /// Reads a message up to its end. Returns it with its share of the body budget.
    async fn content(&mut self) -> Result<(Content, Option<OwnedSemaphorePermit>), Ended> {
        let limits = self.shared.limits;
        // Devices that are known by their address are often too old to know better.
        let is_known = self.submitter.as_ref();
        let is_known = is_known.is_some_and(Submitter::is_known_by_address);
        let mut reader = DataReader::new(limits.message_octets).normalizing(is_known);
        let (mut held, mut reserved): (Option<OwnedSemaphorePermit>, usize) = (None, 0);
        let end = Instant::now() + limits.message;
        self.buffer.resize(MESSAGE_BUFFER, 0);
        while !reader.is_at_end() {
            let deadline = end.min(Instant::now() + limits.block);
            match timeout_at(deadline, self.stream.read(&mut self.buffer)).await {
                Err(_) => return Err(Ended::TimedOut),
                Ok(Ok(read @ 1..)) => self.input.push(&self.buffer[..read]),
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
        Ok((reader.finish(), held))
    }

    async fn submit(&mut self, arrived: Arrived) -> Reply {
        let Some(submitter) = &self.submitter else {
            return Reply::new(530, "5.7.0", "Sign in first");
        };
        match self.shared.intake.submit(submitter, arrived).await {
            Ok(id) => Reply::new(250, "2.0.0", &format!("Queued as {}", id.as_str())),
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

    fn queue(&mut self, reply: &Reply) {
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

    /// Sends the last reply and closes the connection.
    async fn close(mut self, result: Result<(), Ended>) {
        match result {
            Ok(()) => {}
            Err(Ended::Lost) => return,
            Err(Ended::TimedOut) => {
                tracing::info!(address = %self.peer.address, "SMTP session timed out");
                let text = "Timed out. A message ends with CRLF, a dot, and CRLF";
                self.queue(&Reply::new(421, "4.4.2", text));
            }
            Err(Ended::Stopping) => {
                self.queue(&Reply::new(421, "4.3.2", "The server is stopping"));
            }
        }
        if self.flush().await.is_err() {
            return;
        }
        // The client may be gone, which ends the connection as well.
        let _ = timeout(LINGER, self.linger()).await;
    }

    async fn linger(&mut self) -> std::io::Result<()> {
        self.stream.shutdown().await?;
        let mut octets = 0;
        while octets < LINGER_OCTETS {
            match self.stream.read(&mut self.buffer).await? {
                0 => break,
                read => octets += read,
            }
        }
        Ok(())
    }
}
