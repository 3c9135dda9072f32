//! Serves one connection: moves octets between the client and the [`Session`], and then relays.

use std::{net::IpAddr, sync::Arc, time::Duration};

use listener::{
    Accepted, Credentials, HANDSHAKE, Input, Line, ListenerOptions, Mode, Stream, TlsConfig, linger,
};
use mail::{GatewayOctets, RelayedSession};
use tokio::time::{Instant, timeout, timeout_at};
use tokio_util::sync::CancellationToken;

use crate::{
    Limits, Readers,
    imap::Imap,
    reader::Reader,
    relay::{Octets, Relay},
    reply::{Refusal, RefusalKind},
    step::{Farewell, Protection, Protocol, Session, Step},
};

/// Octets read in one piece.
const BUFFER: usize = 4_096;
/// Time for the client to read the last reply before the connection is closed.
const LINGER: Duration = Duration::from_secs(1);

/// Parts that all connections share.
#[derive(Debug)]
pub struct Shared {
    /// The protocol.
    pub protocol: Protocol,
    /// Signs senders in.
    pub readers: Readers,
    /// The certificate.
    pub tls: TlsConfig,
    /// The name of the server.
    pub name: String,
    /// Limits on clients.
    pub limits: Limits,
}

/// Reason why there is no session to relay.
#[derive(Debug)]
enum Ended {
    /// The connection is lost, or was closed by a reply.
    Lost,
    /// The client gets the reason.
    Said(Farewell),
    /// The last reply has been sent.
    Closed,
}

/// A connection before the sign-in.
struct Connection {
    stream: Stream,
    input: Input,
    output: String,
    buffer: Vec<u8>,
    session: Box<dyn Session>,
    failures_left: u32,
    address: IpAddr,
    listener: Arc<ListenerOptions>,
    deadline: Instant,
    shared: Arc<Shared>,
    stopping: CancellationToken,
}

/// Serves a connection until the client, the mail server, or this server closes it.
pub async fn serve(accepted: Accepted, shared: Arc<Shared>, stopping: CancellationToken) {
    let Accepted {
        stream,
        peer,
        listener,
        ..
    } = accepted;
    let (address, mode) = (peer.address, listener.mode);
    let limits = shared.limits;
    let protection = Protection {
        // Nothing is read before the handshake then.
        is_encrypted: mode == Mode::Tls,
        offers_tls: mode == Mode::StartTls,
        allows_plaintext: mode == Mode::Plain,
    };
    let session: Box<dyn Session> = match shared.protocol {
        Protocol::Imap => Box::new(Imap::new(protection, limits.commands, limits.errors)),
    };
    let mut connection = Connection {
        stream: Stream::Plain(stream),
        input: Input::default(),
        output: String::new(),
        buffer: vec![0; BUFFER],
        session,
        failures_left: limits.failed_sign_ins,
        address,
        listener,
        deadline: Instant::now() + limits.handshake + limits.before_sign_in,
        shared,
        stopping,
    };
    let signed_in = match mode {
        Mode::Tls => match connection.start_tls().await {
            Ok(()) => connection.run().await,
            Err(ended) => Err(ended),
        },
        Mode::StartTls | Mode::Plain => connection.run().await,
    };
    let shared = &connection.shared;
    let tls = connection.stream.tls_version().unwrap_or("none");
    let metrics = shared.readers.metrics();
    metrics.count_gateway_session(shared.protocol.name(), tls);
    match signed_in {
        Ok((reader, upstream)) => connection.relay(&reader, upstream).await,
        Err(ended) => connection.close(ended).await,
    }
}

impl Connection {
    /// Talks to the client until a sign-in succeeds.
    async fn run(&mut self) -> Result<(Reader, RelayedSession), Ended> {
        let greeting = self.session.greeting(&self.shared.name);
        self.output.push_str(&greeting);
        loop {
            let line = self.line().await?;
            let mut step = self.session.line(line);
            if let Step::Literal(prompt, length) = step {
                self.output.push_str(&prompt);
                let literal = self.exactly(length).await?;
                step = self.session.literal(literal);
            }
            match step {
                Step::Reply(reply) => self.output.push_str(&reply),
                // `Session::literal` asks for no other literal.
                Step::Literal(..) => return Err(Ended::Lost),
                Step::StartTls(_) if self.has_input() => {
                    // What arrived in plain text is never executed after TLS (CVE-2011-0411).
                    let reason = Farewell::Injection.text();
                    tracing::info!(address = %self.address, reason, "mailbox session ended by the server");
                    return Err(Ended::Said(Farewell::Injection));
                }
                Step::StartTls(reply) => {
                    self.output.push_str(&reply);
                    self.flush().await?;
                    self.start_tls().await?;
                    self.session.encrypted();
                }
                Step::SignIn(credentials) => {
                    if let Some(signed_in) = self.sign_in(credentials).await? {
                        return Ok(signed_in);
                    }
                }
                Step::Close(reply) => {
                    self.output.push_str(&reply);
                    return Err(Ended::Closed);
                }
            }
        }
    }

    /// Returns true if the client has sent something that was not processed.
    fn has_input(&mut self) -> bool {
        if self.input.is_empty() {
            let read = self.stream.read_available(&mut self.buffer);
            self.input.push(self.buffer.get(..read).unwrap_or_default());
        }
        !self.input.is_empty()
    }

    async fn start_tls(&mut self) -> Result<(), Ended> {
        let handshake = self.stream.start_tls(self.shared.tls.current());
        let error = match timeout(self.shared.limits.handshake, handshake).await {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(error)) => error.to_string(),
            Err(_) => "timed out".to_owned(),
        };
        let protocol = self.shared.protocol.name();
        tracing::info!(address = %self.address, protocol, error, "TLS handshake with a client failed");
        Err(Ended::Lost)
    }

    /// Signs in here and at the mail server. Returns `None` if the client may try again.
    async fn sign_in(
        &mut self,
        credentials: Credentials,
    ) -> Result<Option<(Reader, RelayedSession)>, Ended> {
        let (protocol, address) = (self.shared.protocol, self.address);
        let readers = &self.shared.readers;
        let signing_in = async {
            let reader = readers
                .sign_in(protocol, credentials, address, &self.listener)
                .await?;
            let upstream = Box::pin(readers.open(protocol, &reader)).await?;
            Ok::<_, Refusal>((reader, upstream))
        };
        let stopping = self.stopping.run_until_cancelled(signing_in).await;
        let result = stopping.ok_or(Ended::Said(Farewell::Stopping))?;
        let metrics = readers.metrics();
        match result {
            Ok(signed_in) => {
                metrics.count_gateway_sign_in(protocol.name(), "ok");
                Ok(Some(signed_in))
            }
            Err(refusal) => {
                metrics.count_gateway_sign_in(protocol.name(), refusal.kind.code());
                self.failures_left = self.failures_left.saturating_sub(1);
                let is_last = self.failures_left == 0 || refusal.kind == RefusalKind::SlowDown;
                self.output
                    .push_str(&self.session.refused(&refusal, is_last));
                if is_last {
                    return Err(Ended::Closed);
                }
                Ok(None)
            }
        }
    }

    /// Returns the next line.
    async fn line(&mut self) -> Result<Line, Ended> {
        loop {
            if let Some(line) = self.input.line() {
                return Ok(line);
            }
            self.fill().await?;
        }
    }

    /// Returns so many octets.
    async fn exactly(&mut self, length: usize) -> Result<Vec<u8>, Ended> {
        loop {
            if let Some(octets) = self.input.take(length) {
                return Ok(octets);
            }
            self.fill().await?;
        }
    }

    /// Sends the replies, and waits for octets.
    async fn fill(&mut self) -> Result<(), Ended> {
        self.flush().await?;
        let read = tokio::select! {
            biased;
            () = self.stopping.cancelled() => return Err(Ended::Said(Farewell::Stopping)),
            read = timeout_at(self.deadline, self.stream.read(&mut self.buffer)) => read,
        };
        match read {
            Err(_) => Err(Ended::Said(Farewell::TimedOut)),
            Ok(Ok(read @ 1..)) => {
                let octets = self.buffer.get(..read).unwrap_or_default();
                let is_handshake = self.input.is_empty() && octets.first() == Some(&HANDSHAKE);
                if is_handshake && !self.stream.is_encrypted() {
                    let protocol = self.shared.protocol.name();
                    tracing::info!(address = %self.address, protocol, "client speaks TLS on a port without TLS");
                    return Err(Ended::Lost);
                }
                self.input.push(octets);
                Ok(())
            }
            Ok(_) => Err(Ended::Lost),
        }
    }

    async fn flush(&mut self) -> Result<(), Ended> {
        let output = std::mem::take(&mut self.output);
        if output.is_empty() {
            return Ok(());
        }
        let written = self.stream.write(output.as_bytes());
        match timeout(self.shared.limits.write, written).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(Ended::Lost),
        }
    }

    /// Relays until one side ends.
    async fn relay(mut self, reader: &Reader, upstream: RelayedSession) {
        let RelayedSession {
            stream: upstream,
            received,
            capabilities,
        } = upstream;
        let reply = self.session.signed_in(&capabilities);
        let first = [reply.as_bytes(), &received].concat();
        let written = self.stream.write(&first);
        if !matches!(timeout(self.shared.limits.write, written).await, Ok(Ok(()))) {
            return;
        }
        let (shared, session) = (&self.shared, &self.session);
        let protocol = shared.protocol.name();
        let began = Instant::now();
        tracing::info!(
            sender = reader.name,
            data_center = reader.data_center.as_str(),
            address = %self.address,
            protocol,
            "mailbox session began"
        );
        let readers = &shared.readers;
        let mut counted = Octets::default();
        let mut count = |octets: Octets| {
            let more = GatewayOctets {
                sent: octets.sent - counted.sent,
                received: octets.received - counted.received,
            };
            readers.metrics().count_gateway_octets(protocol, more);
            counted = octets;
        };
        let rest = self.input.take_all();
        let relay = Relay::new(self.stream, upstream, shared.limits);
        let verify = |octets| {
            count(octets);
            readers.may_still_read(reader)
        };
        let relayed = relay.run(&rest, verify, |text| session.ended(text), &self.stopping);
        let (ended, octets) = relayed.await;
        count(octets);
        tracing::info!(
            sender = reader.name,
            address = %self.address,
            protocol,
            reason = ?ended,
            seconds = began.elapsed().as_secs(),
            sent = octets.sent,
            received = octets.received,
            "mailbox session ended"
        );
    }

    /// Sends the last reply and closes the connection.
    async fn close(mut self, ended: Ended) {
        match ended {
            Ended::Lost => return,
            Ended::Said(reason) => {
                let farewell = self.session.farewell(reason);
                self.output.push_str(&farewell);
            }
            Ended::Closed => {}
        }
        if self.flush().await.is_ok() {
            // The client may be gone, which ends the connection as well.
            let _ = timeout(LINGER, linger(&mut self.stream, &mut self.buffer)).await;
        }
    }
}
