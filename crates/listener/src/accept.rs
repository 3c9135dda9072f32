//! Accepts connections within the limits.

use std::{
    future::Future,
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::Instant,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{ConnectionLimits, ListenerOptions, Mode, slots::Slots};

/// Pause after the system failed to accept a connection, often because file descriptors ran out.
const AFTER_ERROR: Duration = Duration::from_millis(100);
/// Minimum interval between two log lines about refused connections.
const LOG_EVERY: Duration = Duration::from_mins(1);

/// A bound socket.
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    options: ListenerOptions,
}

impl Listener {
    /// Binds the address.
    ///
    /// # Errors
    /// If the address is in use or cannot be used.
    pub async fn bind(options: ListenerOptions) -> io::Result<Self> {
        let socket = TcpListener::bind(options.address).await?;
        Ok(Self { socket, options })
    }

    /// Returns its address with the port that was chosen.
    ///
    /// # Errors
    /// If the system does not tell.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }
}

/// A connection that was let in.
#[derive(Debug)]
pub struct Accepted {
    /// The connection.
    pub stream: TcpStream,
    /// The address of the client.
    pub address: IpAddr,
    /// The mode of the listener.
    pub mode: Mode,
    /// The address and the mode of the listener, as text.
    pub listener: Arc<str>,
}

/// A connection that is refused.
#[derive(Debug)]
pub struct Refused {
    /// The reason.
    pub refusal: Refusal,
    /// The address of the client.
    pub address: IpAddr,
    /// The address of the listener.
    pub listener: SocketAddr,
    /// The mode of the listener.
    pub mode: Mode,
}

/// Reason why a connection is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The address is not in the networks of the listener.
    Address,
    /// A limit on connections is reached.
    TooMany,
}

/// A protocol that clients speak.
pub trait Service: Send + Sync + 'static {
    /// Returns the name of the protocol, for the log.
    fn name(&self) -> &'static str;

    /// Returns the limits on the number of connections.
    fn limits(&self) -> ConnectionLimits;

    /// Counts a refused client, and returns the line that it reads.
    fn refused(&self, refused: &Refused) -> Vec<u8>;

    /// Serves a connection until the client or the server closes it.
    fn serve(
        self: Arc<Self>,
        accepted: Accepted,
        stopping: CancellationToken,
    ) -> impl Future<Output = ()> + Send + 'static;
}

/// Accepts connections until the stop signal, then waits until each session has ended.
pub async fn accept<S: Service>(
    listeners: Vec<Listener>,
    service: Arc<S>,
    stopping: CancellationToken,
) {
    let sessions = TaskTracker::new();
    let slots = Slots::default();
    let mut accepting = JoinSet::new();
    for listener in listeners {
        accepting.spawn(accept_from(
            listener,
            Arc::clone(&service),
            slots.clone(),
            sessions.clone(),
            stopping.clone(),
        ));
    }
    while accepting.join_next().await.is_some() {}
    sessions.close();
    sessions.wait().await;
}

async fn accept_from<S: Service>(
    listener: Listener,
    service: Arc<S>,
    slots: Slots,
    sessions: TaskTracker,
    stopping: CancellationToken,
) {
    let Listener { socket, options } = listener;
    let own_address = socket.local_addr().unwrap_or(options.address);
    let name: Arc<str> = format!("{own_address} {}", options.mode.name()).into();
    let mut refusals = Refusals {
        protocol: service.name(),
        logged_at: None,
        count: 0,
    };
    while let Some(accepted) = stopping.run_until_cancelled(socket.accept()).await {
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                after_error(service.name(), &error).await;
                continue;
            }
        };
        let address = peer.ip().to_canonical();
        let refuse = |refusal| {
            let refused = Refused {
                refusal,
                address,
                listener: own_address,
                mode: options.mode,
            };
            refuse(&stream, options.mode, &service.refused(&refused));
        };
        let is_allowed = options.networks.is_empty()
            || options.networks.iter().any(|one| one.contains(&address));
        if !is_allowed {
            let reason = "the address is not in the networks of the listener";
            refusals.count(address, reason);
            refuse(Refusal::Address);
            continue;
        }
        let Some(slot) = slots.take(address, service.limits()) else {
            refusals.count(address, "too many connections");
            refuse(Refusal::TooMany);
            continue;
        };
        // Without Nagle's algorithm, replies are sent immediately.
        if stream.set_nodelay(true).is_err() {
            continue;
        }
        let accepted = Accepted {
            stream,
            address,
            mode: options.mode,
            listener: Arc::clone(&name),
        };
        let session = Arc::clone(&service).serve(accepted, stopping.clone());
        sessions.spawn(async move {
            session.await;
            drop(slot);
        });
    }
}

/// Connections refused since the last log line.
#[derive(Debug)]
struct Refusals {
    protocol: &'static str,
    logged_at: Option<Instant>,
    count: u64,
}

impl Refusals {
    /// Counts a refused connection, and logs the first one of a minute.
    fn count(&mut self, address: IpAddr, reason: &str) {
        self.count += 1;
        if self.logged_at.is_some_and(|at| at.elapsed() < LOG_EVERY) {
            return;
        }
        let (refused, protocol) = (self.count, self.protocol);
        tracing::warn!(refused, %address, reason, protocol, "connections refused");
        self.logged_at = Some(Instant::now());
        self.count = 0;
    }
}

/// Writes as much of a reply as fits into the system's buffer; the server never waits for a refused
/// client. A client that expects TLS could not read it.
fn refuse(stream: &TcpStream, mode: Mode, reply: &[u8]) {
    if mode != Mode::Tls {
        let _ = stream.try_write(reply);
    }
}

async fn after_error(protocol: &str, error: &io::Error) {
    if !matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset
    ) {
        tracing::error!(
            error = error as &dyn std::error::Error,
            protocol,
            "connection could not be accepted"
        );
        tokio::time::sleep(AFTER_ERROR).await;
    }
}
