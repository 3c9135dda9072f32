//! Connections: accepted, limited in number and patience, ended gracefully.

use std::{io, pin::pin, sync::Arc, time::Duration};

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Connections at a time; more wait in the queue of the system.
const AT_MOST: usize = 1_024;
/// How long the head of a request may take, and how long a connection may wait for the next one.
const HEADER_READ_TIMEOUT: Duration = Duration::from_secs(30);
/// After the system refused a connection, often for want of file descriptors.
const AFTER_ERROR: Duration = Duration::from_millis(100);

/// Serves until told to stop, and then until the last request has been answered.
pub async fn serve(listener: TcpListener, router: Router, stopping: CancellationToken) {
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
            Ok((stream, _)) => {
                let (router, stopping) = (router.clone(), stopping.clone());
                tasks.spawn(async move {
                    let _permit = permit;
                    connection(stream, router, stopping).await;
                });
            }
            Err(error) => refused(&error).await,
        }
    }
    drop(listener);
    tasks.close();
    tasks.wait().await;
}

async fn connection(stream: TcpStream, router: Router, stopping: CancellationToken) {
    // Small answers go out at once.
    if stream.set_nodelay(true).is_err() {
        return;
    }
    let mut connection = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEADER_READ_TIMEOUT)
            .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router))
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
