//! Accepts connections within the limits.

use std::{
    future::Future,
    io,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    net::{TcpListener, TcpSocket, TcpStream},
    task::JoinSet,
    time::{Instant, timeout},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    ConnectionLimits, ListenerOptions, Mode, Peer, proxy,
    slots::{Slot, Slots},
};

/// Pause after the system failed to accept a connection, often because file descriptors ran out.
const AFTER_ERROR: Duration = Duration::from_millis(100);
/// Connections that wait to be accepted. The system may allow fewer (`net.core.somaxconn`). With few,
/// clients that connect at the same moment wait for seconds.
const BACKLOG: u32 = 4_096;
/// Minimum interval between two log lines about refused connections.
const LOG_EVERY: Duration = Duration::from_mins(1);

/// A bound socket.
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    options: Arc<ListenerOptions>,
}

impl Listener {
    /// Binds the address.
    ///
    /// # Errors
    /// If the address is in use or cannot be used.
    pub fn bind(options: ListenerOptions) -> io::Result<Self> {
        let socket = match options.address {
            SocketAddr::V4(_) => TcpSocket::new_v4()?,
            SocketAddr::V6(_) => TcpSocket::new_v6()?,
        };
        // Otherwise a restart would have to wait for old connections to disappear.
        socket.set_reuseaddr(true)?;
        socket.bind(options.address)?;
        Ok(Self {
            socket: socket.listen(BACKLOG)?,
            options: Arc::new(options),
        })
    }

    /// Takes a socket that another program has opened. The address in the options does not matter.
    ///
    /// # Errors
    /// If the socket cannot be used.
    pub fn adopt(socket: std::net::TcpListener, options: ListenerOptions) -> io::Result<Self> {
        socket.set_nonblocking(true)?;
        Ok(Self {
            socket: TcpListener::from_std(socket)?,
            options: Arc::new(options),
        })
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
    /// The client.
    pub peer: Peer,
    /// The listener.
    pub listener: Arc<ListenerOptions>,
    /// The address and the mode of the listener, as text.
    pub listener_name: Arc<str>,
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

impl Refusal {
    fn reason(self) -> &'static str {
        match self {
            Self::Address => "the address is not in the networks of the listener",
            Self::TooMany => "too many connections",
        }
    }
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
        let Listener { socket, options } = listener;
        let address = socket.local_addr().unwrap_or(options.address);
        let door = Door {
            name: format!("{address} {}", options.mode.name()).into(),
            address,
            options,
            service: Arc::clone(&service),
            slots: slots.clone(),
            stopping: stopping.clone(),
            refusals: Arc::default(),
        };
        accepting.spawn(accept_from(socket, door, sessions.clone()));
    }
    while accepting.join_next().await.is_some() {}
    sessions.close();
    sessions.wait().await;
}

async fn accept_from<S: Service>(socket: TcpListener, door: Door<S>, sessions: TaskTracker) {
    while let Some(accepted) = door.stopping.run_until_cancelled(socket.accept()).await {
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                after_error(door.service.name(), &error).await;
                continue;
            }
        };
        // Without Nagle's algorithm, replies are sent immediately.
        if stream.set_nodelay(true).is_err() {
            continue;
        }
        let address = peer.ip().to_canonical();
        if door.options.is_proxy(address) {
            if let Some(slot) = door.slot_of_proxy(&stream, address) {
                sessions.spawn(door.clone().enter_from_proxy(stream, address, slot));
            }
        } else if let Some(slot) = door.slot(&stream, address) {
            sessions.spawn(door.clone().enter(stream, Peer::direct(address), slot));
        }
    }
}

/// The way from a listener to a session.
struct Door<S> {
    name: Arc<str>,
    address: SocketAddr,
    options: Arc<ListenerOptions>,
    service: Arc<S>,
    slots: Slots,
    stopping: CancellationToken,
    refusals: Arc<Mutex<Refusals>>,
}

impl<S> Clone for Door<S> {
    fn clone(&self) -> Self {
        Self {
            name: Arc::clone(&self.name),
            address: self.address,
            options: Arc::clone(&self.options),
            service: Arc::clone(&self.service),
            slots: self.slots.clone(),
            stopping: self.stopping.clone(),
            refusals: Arc::clone(&self.refusals),
        }
    }
}

impl<S: Service> Door<S> {
    /// Counts the connection of a client. Refuses it and returns `None` if it is not allowed.
    fn slot(&self, stream: &TcpStream, address: IpAddr) -> Option<Slot> {
        if !self.options.allows(address) {
            self.refuse(stream, address, Refusal::Address);
            return None;
        }
        let slot = self.slots.take(address, self.service.limits());
        if slot.is_none() {
            self.refuse(stream, address, Refusal::TooMany);
        }
        slot
    }

    /// Counts the connection of a proxy until its client is known. Only the total is limited.
    fn slot_of_proxy(&self, stream: &TcpStream, address: IpAddr) -> Option<Slot> {
        let limits = ConnectionLimits {
            per_address: None,
            ..self.service.limits()
        };
        let slot = self.slots.take(address, limits);
        if slot.is_none() {
            self.refuse(stream, address, Refusal::TooMany);
        }
        slot
    }

    /// Reads the header of a proxy, and serves its client.
    async fn enter_from_proxy(self, mut stream: TcpStream, proxy: IpAddr, slot: Slot) {
        let time = self.service.limits().proxy_header;
        let header = async { timeout(time, proxy::read(&mut stream)).await };
        let header = match self.stopping.run_until_cancelled(header).await {
            None => return,
            Some(Ok(read)) => read,
            Some(Err(_)) => Err(io::ErrorKind::TimedOut.into()),
        };
        let source = match header {
            Ok(source) => source,
            Err(error) => {
                let error: &dyn std::error::Error = &error;
                tracing::warn!(%proxy, error, "connection of a proxy has no header of the PROXY protocol");
                return;
            }
        };
        let peer = Peer::behind(proxy, source);
        if !peer.is_client {
            // The proxy itself, which checks that the server is there. Its networks do not matter.
            return self.enter(stream, peer, slot).await;
        }
        drop(slot);
        if let Some(slot) = self.slot(&stream, peer.address) {
            self.enter(stream, peer, slot).await;
        }
    }

    async fn enter(self, stream: TcpStream, peer: Peer, slot: Slot) {
        let accepted = Accepted {
            stream,
            peer,
            listener: self.options,
            listener_name: self.name,
        };
        self.service.serve(accepted, self.stopping).await;
        drop(slot);
    }

    /// Writes as much of a reply as fits into the system's buffer; the server never waits for a
    /// refused client. A client that expects TLS could not read it.
    fn refuse(&self, stream: &TcpStream, address: IpAddr, refusal: Refusal) {
        let refusals = self.refusals.lock();
        let mut refusals = refusals.unwrap_or_else(PoisonError::into_inner);
        refusals.count(self.service.name(), address, refusal.reason());
        let reply = self.service.refused(&Refused {
            refusal,
            address,
            listener: self.address,
            mode: self.options.mode,
        });
        if self.options.mode != Mode::Tls {
            let _ = stream.try_write(&reply);
        }
    }
}

/// Connections refused since the last log line.
#[derive(Debug, Default)]
struct Refusals {
    logged_at: Option<Instant>,
    count: u64,
}

impl Refusals {
    /// Counts a refused connection, and logs the first one of a minute.
    fn count(&mut self, protocol: &str, address: IpAddr, reason: &str) {
        self.count += 1;
        if self.logged_at.is_some_and(|at| at.elapsed() < LOG_EVERY) {
            return;
        }
        let refused = self.count;
        tracing::warn!(refused, %address, reason, protocol, "connections refused");
        *self = Self {
            logged_at: Some(Instant::now()),
            count: 0,
        };
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
