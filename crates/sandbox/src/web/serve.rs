//! HTTP connections. A fault can close one without a response, and all end with the listener's
//! task.

use std::sync::Arc;

use axum::Extension;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::connection::Connection;
use crate::state::State;

/// Accepts connections until the task is aborted.
pub(crate) async fn serve(listener: TcpListener, state: Arc<State>) {
    let router = super::router(state);
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    let connection = Connection::default();
                    let service = TowerToHyperService::new(
                        router.clone().layer(Extension(connection.clone())),
                    );
                    connections.spawn(async move {
                        let served = http1::Builder::new()
                            .serve_connection(TokioIo::new(stream), service);
                        tokio::select! {
                            biased;
                            () = connection.wait_for_cut() => {}
                            result = served => if let Err(error) = result {
                                tracing::debug!(%error, "HTTP connection ended");
                            },
                        }
                    });
                }
                Err(error) => {
                    tracing::warn!(%error, "cannot accept an HTTP connection");
                    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                }
            },
            Some(_) = connections.join_next() => {}
        }
    }
}
