//! Listens, and accepts connections within the limits.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use domain::FindingCode;
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::Instant,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    Intake, Limits, ListenerOptions, Mode, TlsConfig,
    connection::{Shared, serve},
    record::record_refusal,
    reply::Reply,
    slots::Slots,
};

/// Pause after the system failed to accept a connection, often because file descriptors ran out.
const AFTER_ERROR: Duration = Duration::from_millis(100);
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
    options: ListenerOptions,
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
    pub async fn bind(&mut self, options: ListenerOptions) -> io::Result<SocketAddr> {
        let socket = TcpListener::bind(options.address).await?;
        let address = socket.local_addr()?;
        let listener = Listener { socket, options };
        self.listeners.push(Arc::new(listener));
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
    let Listener { socket, options } = &*listener;
    let mut refusals = Refusals::default();
    while let Some(accepted) = stopping.run_until_cancelled(socket.accept()).await {
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                after_error(&error).await;
                continue;
            }
        };
        let address = peer.ip().to_canonical();
        let is_allowed = options.networks.is_empty()
            || options.networks.iter().any(|one| one.contains(&address));
        if !is_allowed {
            refusals.count(
                address,
                "the address is not in the networks of the listener",
            );
            let text = "Connections from your address are not allowed here";
            let reply = Reply::new(554, "5.7.1", text);
            let reply = reply.because(FindingCode::InboundNetworkNotAdmitted);
            record_refusal(&shared.intake, address, &stream, options.mode, &reply);
            refuse(&stream, options.mode, &reply);
            continue;
        }
        let Some(slot) = slots.take(address, &shared.limits) else {
            refusals.count(address, "too many connections");
            let reply = Reply::new(421, "4.3.2", "Too many connections; try again later");
            let reply = reply.because(FindingCode::InboundTooManyConnections);
            record_refusal(&shared.intake, address, &stream, options.mode, &reply);
            refuse(&stream, options.mode, &reply);
            continue;
        };
        // Without Nagle's algorithm, replies are sent immediately.
        if stream.set_nodelay(true).is_err() {
            continue;
        }
        let session = serve(
            stream,
            address,
            options.mode,
            Arc::clone(&shared),
            stopping.clone(),
        );
        sessions.spawn(async move {
            session.await;
            drop(slot);
        });
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

/// Writes as much of a reply as fits into the system's buffer; the server never waits for a refused
/// client. A client that expects TLS could not read it.
fn refuse(stream: &TcpStream, mode: Mode, reply: &Reply) {
    if mode != Mode::Tls {
        let _ = stream.try_write(&reply.to_bytes());
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
