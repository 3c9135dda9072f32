//! Accepts connections, limits their number and duration, and closes them gracefully.

mod descriptors;
mod registry;

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{Router, http::Request};
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use ipnet::IpNet;
use tokio::{
    net::{TcpListener, TcpStream},
    time::timeout,
};
use tokio_io_timeout::TimeoutStream;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt as _;

use crate::Limits;
use registry::{Connection, Full, Registry};

pub use registry::{Capacity, GuardedBody};

/// Pause after the system failed to accept a connection, often because file descriptors ran out.
const ACCEPT_RETRY: Duration = Duration::from_millis(100);
/// Time for an idle connection to close when it makes way for another one.
const IDLE_CLOSE_TIMEOUT: Duration = Duration::from_secs(1);
/// Minimum interval between two log lines about refused connections.
const LOG_INTERVAL: Duration = Duration::from_mins(1);
/// The response to a connection that is refused.
const TOO_MANY_CONNECTIONS: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\n\
    Retry-After: 5\r\nConnection: close\r\nContent-Length: 38\r\n\r\nToo many connections. Try again later.";

/// The other end of a connection, in the extensions of each request.
#[derive(Clone, Copy, Debug)]
pub struct Peer {
    /// The remote IP address.
    pub address: IpAddr,
    /// True if so many connections are open that the server only answers health checks and API
    /// requests.
    pub is_nearly_full: bool,
}

/// Parameters for serving connections.
#[derive(Clone, Debug)]
pub struct Serving {
    /// Time limits.
    pub limits: Limits,
    /// Limits on the number of connections.
    pub capacity: Capacity,
    /// Trusted proxies, each of which carries the requests of many clients.
    pub trusted_proxies: Arc<[IpNet]>,
}

/// Serves until the stop signal, then until the last request has been answered.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    serving: Serving,
    stopping: CancellationToken,
) {
    let tasks = TaskTracker::new();
    let registry = Arc::new(Registry::new(descriptors::fit(serving.capacity)));
    let mut refusals = Refusals::default();
    while let Some(accepted) = stopping.run_until_cancelled(listener.accept()).await {
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                refused(&error).await;
                continue;
            }
        };
        let address = peer.ip().to_canonical();
        let mut proxies = serving.trusted_proxies.iter();
        let is_proxy = proxies.any(|network| network.contains(&address));
        match registry.admit(address, is_proxy) {
            Ok(connection) => {
                let (router, stopping) = (router.clone(), stopping.clone());
                let limits = serving.limits;
                tasks.spawn(async move {
                    serve_one(stream, peer, router, limits, connection, stopping).await;
                });
            }
            Err(full) => {
                refusals.count(full, address);
                // Writes as much as fits into the system's buffer; the server never waits for a
                // refused client.
                let _ = stream.try_write(TOO_MANY_CONNECTIONS);
            }
        }
    }
    drop(listener);
    tasks.close();
    tasks.wait().await;
}

/// Connections refused since the last log line.
#[derive(Debug, Default)]
struct Refusals {
    logged_at: Option<tokio::time::Instant>,
    count: u64,
}

impl Refusals {
    fn count(&mut self, full: Full, address: IpAddr) {
        self.count += 1;
        if self.logged_at.is_some_and(|at| at.elapsed() < LOG_INTERVAL) {
            return;
        }
        let refused = self.count;
        match full {
            Full::Server => tracing::warn!(refused, "connections refused"),
            Full::Address => {
                tracing::warn!(refused, %address, "connections from one address refused");
            }
        }
        *self = Self {
            logged_at: Some(tokio::time::Instant::now()),
            count: 0,
        };
    }
}

async fn serve_one(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    limits: Limits,
    connection: Connection,
    stopping: CancellationToken,
) {
    // Without Nagle's algorithm, small responses are sent immediately.
    if stream.set_nodelay(true).is_err() {
        return;
    }
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(limits.write));
    let address = peer.ip().to_canonical();
    let (close, has_request) = (connection.close.clone(), Arc::new(AtomicBool::new(false)));
    let (connection, requests) = (Arc::new(connection), Arc::clone(&has_request));
    let service = tower::service_fn(move |mut request: Request<Incoming>| {
        let busy = (connection.begin_request(), Requesting::new(&requests));
        request.extensions_mut().insert(Peer {
            address,
            is_nearly_full: connection.is_nearly_full(),
        });
        let answer = router.clone().oneshot(request);
        async move {
            let response = answer.await?;
            // The connection counts as busy until the end of the body has been sent.
            Ok::<_, std::convert::Infallible>(response.map(|body| GuardedBody::body(body, busy)))
        }
    });
    let mut serving = std::pin::pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(limits.header)
            .serve_connection(
                TokioIo::new(Box::pin(stream)),
                TowerToHyperService::new(service)
            )
    );
    let result = tokio::select! {
        result = serving.as_mut() => result,
        () = stopping.cancelled() => {
            serving.as_mut().graceful_shutdown();
            serving.await
        }
        () = close.cancelled() => {
            serving.as_mut().graceful_shutdown();
            match timeout(IDLE_CLOSE_TIMEOUT, serving.as_mut()).await {
                Ok(result) => result,
                // A request may have arrived in the meantime.
                Err(_) if has_request.load(Ordering::Relaxed) => serving.await,
                Err(_) => Ok(()),
            }
        }
    };
    if let Err(error) = result {
        tracing::debug!(%error, "HTTP connection ended");
    }
}

/// Marks a request as in flight until it is dropped.
struct Requesting(Arc<AtomicBool>);

impl Requesting {
    fn new(has_request: &Arc<AtomicBool>) -> Self {
        has_request.store(true, Ordering::Relaxed);
        Self(Arc::clone(has_request))
    }
}

impl Drop for Requesting {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

async fn refused(error: &io::Error) {
    if !matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset
    ) {
        tracing::error!(
            error = error as &dyn std::error::Error,
            "connection could not be accepted"
        );
        tokio::time::sleep(ACCEPT_RETRY).await;
    }
}
