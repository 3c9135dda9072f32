//! Connections: accepted, limited in number and patience, ended gracefully.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use axum::{Router, http::Request};
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};
use tokio_io_timeout::TimeoutStream;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt as _;

use crate::Limits;

/// Connections at a time; more wait in the queue of the system.
const AT_MOST: usize = 1_024;
/// After the system refused a connection, often for want of file descriptors.
const AFTER_ERROR: Duration = Duration::from_millis(100);

/// Who is at the other end of the connection; in the extensions of each request.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub IpAddr);

/// Serves until told to stop, and then until the last request has been answered.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    stopping: CancellationToken,
) {
    let tasks = TaskTracker::new();
    let free = Arc::new(Semaphore::new(AT_MOST));
    while let Some((permit, accepted)) = stopping
        .run_until_cancelled(async {
            let permit = Arc::clone(&free).acquire_owned().await;
            (permit, listener.accept().await)
        })
        .await
    {
        match accepted {
            Ok((stream, peer)) => {
                let (router, stopping) = (router.clone(), stopping.clone());
                tasks.spawn(async move {
                    let _permit = permit;
                    connection(stream, peer, router, limits, stopping).await;
                });
            }
            Err(error) => refused(&error).await,
        }
    }
    drop(listener);
    tasks.close();
    tasks.wait().await;
}

async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    limits: Limits,
    stopping: CancellationToken,
) {
    // Small answers go out at once.
    if stream.set_nodelay(true).is_err() {
        return;
    }
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(limits.write));
    let peer = Peer(peer.ip().to_canonical());
    let service = router.map_request(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(peer);
        request
    });
    let mut connection = std::pin::pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(limits.header)
            .serve_connection(
                TokioIo::new(Box::pin(stream)),
                TowerToHyperService::new(service)
            )
    );
    let result = tokio::select! {
        result = connection.as_mut() => result,
        () = stopping.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = result {
        tracing::debug!(%error, "connection ended");
    }
}

async fn refused(error: &io::Error) {
    if !matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset
    ) {
        tracing::error!(
            error = error as &dyn std::error::Error,
            "cannot accept a connection"
        );
        tokio::time::sleep(AFTER_ERROR).await;
    }
}
