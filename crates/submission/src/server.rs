//! Listens, and accepts connections within the limits.

use std::{
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
    Intake, Limits, ListenerOptions, Mode, TlsConfig,
    connection::{Shared, serve},
    peer::Peer,
    proxy,
    slots::{Slot, Slots},
};

/// Pause after the system failed to accept a connection, often because file descriptors ran out.
const AFTER_ERROR: Duration = Duration::from_millis(100);
/// Connections that wait to be accepted. The system may allow fewer (`net.core.somaxconn`). With few,
/// clients that connect at the same moment wait for seconds.
const BACKLOG: u32 = 4_096;
/// Minimum interval between two log lines about refused connections.
const LOG_EVERY: Duration = Duration::from_mins(1);

/// The SMTP server.
#[derive(Debug)]
pub struct Server {
    listeners: Vec<Arc<Listener>>,
    shared: Arc<Shared>,
    slots: Slots,
}

#[derive(Debug)]
struct Listener {
    socket: TcpListener,
    options: Arc<ListenerOptions>,
}

impl Server {
    /// Returns a server without listeners. `name` is the host name in the greeting.
    pub fn new(name: String, intake: Intake, tls: TlsConfig, limits: Limits) -> Self {
        Self {
            listeners: Vec::new(),
            shared: Arc::new(Shared {
                intake,
                tls,
                name,
                limits,
            }),
            slots: Slots::default(),
        }
    }

    /// Adds a listener. Returns its address with the port that was chosen.
    ///
    /// # Errors
    /// If the address is in use or cannot be used.
    pub fn bind(&mut self, options: ListenerOptions) -> io::Result<SocketAddr> {
        let socket = match options.address {
            SocketAddr::V4(_) => TcpSocket::new_v4()?,
            SocketAddr::V6(_) => TcpSocket::new_v6()?,
        };
        // Otherwise a restart would have to wait for old connections to disappear.
        socket.set_reuseaddr(true)?;
        socket.bind(options.address)?;
        self.listen(socket.listen(BACKLOG)?, options)
    }

    /// Adds a listener with a socket that another program has opened. The address in the options
    /// does not matter. Returns that of the socket.
    ///
    /// # Errors
    /// If the socket cannot be used.
    pub fn adopt(
        &mut self,
        socket: std::net::TcpListener,
        options: ListenerOptions,
    ) -> io::Result<SocketAddr> {
        socket.set_nonblocking(true)?;
        self.listen(TcpListener::from_std(socket)?, options)
    }

    fn listen(&mut self, socket: TcpListener, options: ListenerOptions) -> io::Result<SocketAddr> {
        let address = socket.local_addr()?;
        let options = Arc::new(options);
        self.listeners.push(Arc::new(Listener { socket, options }));
        Ok(address)
    }

    /// Serves until the stop signal, then until each session has ended. A session that waits for a
    /// command ends immediately.
    pub async fn run(self, stopping: CancellationToken) {
        let sessions = TaskTracker::new();
        let mut accepting = JoinSet::new();
        for listener in self.listeners {
            accepting.spawn(accept(
                listener,
                Arc::clone(&self.shared),
                self.slots.clone(),
                sessions.clone(),
                stopping.clone(),
            ));
        }
        while accepting.join_next().await.is_some() {}
        sessions.close();
        sessions.wait().await;
    }
}

async fn accept(
    listener: Arc<Listener>,
    shared: Arc<Shared>,
    slots: Slots,
    sessions: TaskTracker,
    stopping: CancellationToken,
) {
    let door = Door {
        options: Arc::clone(&listener.options),
        shared,
        slots,
        stopping: stopping.clone(),
        refusals: Arc::default(),
    };
    while let Some(accepted) = stopping.run_until_cancelled(listener.socket.accept()).await {
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                after_error(&error).await;
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
#[derive(Clone)]
struct Door {
    options: Arc<ListenerOptions>,
    shared: Arc<Shared>,
    slots: Slots,
    stopping: CancellationToken,
    refusals: Arc<Mutex<Refusals>>,
}

impl Door {
    /// Counts the connection of a client. Refuses it and returns `None` if it is not allowed.
    fn slot(&self, stream: &TcpStream, address: IpAddr) -> Option<Slot> {
        if !self.options.allows(address) {
            let reason = "the address is not in the networks of the listener";
            let reply = b"554 5.7.1 Connections from your address are not allowed here\r\n";
            self.refuse(stream, address, reason, reply);
            return None;
        }
        let slot = self.slots.take(address, &self.shared.limits);
        if slot.is_none() {
            self.refuse_for_now(stream, address);
        }
        slot
    }

    /// Counts the connection of a proxy until its client is known. Only the total is limited.
    fn slot_of_proxy(&self, stream: &TcpStream, address: IpAddr) -> Option<Slot> {
        let limits = Limits {
            per_address: None,
            ..self.shared.limits
        };
        let slot = self.slots.take(address, &limits);
        if slot.is_none() {
            self.refuse_for_now(stream, address);
        }
        slot
    }

    /// Reads the header of a proxy, and serves its client.
    async fn enter_from_proxy(self, mut stream: TcpStream, proxy: IpAddr, slot: Slot) {
        let time = self.shared.limits.proxy_header;
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
        serve(stream, peer, self.options, self.shared, self.stopping).await;
        drop(slot);
    }

    fn refuse_for_now(&self, stream: &TcpStream, address: IpAddr) {
        let reply = b"421 4.3.2 Too many connections; try again later\r\n";
        self.refuse(stream, address, "too many connections", reply);
    }

    /// Writes as much of a reply as fits into the system's buffer; the server never waits for a
    /// refused client. A client that expects TLS could not read it.
    fn refuse(&self, stream: &TcpStream, address: IpAddr, reason: &str, reply: &[u8]) {
        let refusals = self.refusals.lock();
        let mut refusals = refusals.unwrap_or_else(PoisonError::into_inner);
        refusals.count(address, reason);
        if self.options.mode != Mode::Tls {
            let _ = stream.try_write(reply);
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
    fn count(&mut self, address: IpAddr, reason: &str) {
        self.count += 1;
        if self.logged_at.is_some_and(|at| at.elapsed() < LOG_EVERY) {
            return;
        }
        let refused = self.count;
        tracing::warn!(refused, %address, reason, "SMTP connections refused");
        *self = Self {
            logged_at: Some(Instant::now()),
            count: 0,
        };
    }
}

async fn after_error(error: &io::Error) {
    if !matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset
    ) {
        tracing::error!(
            error = error as &dyn std::error::Error,
            "SMTP connection could not be accepted"
        );
        tokio::time::sleep(AFTER_ERROR).await;
    }
}
