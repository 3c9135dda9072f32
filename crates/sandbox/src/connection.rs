//! Handle with which a fault closes an HTTP connection.

use std::sync::Arc;

use axum::response::Response;
use tokio::sync::Notify;

/// Connection of a request.
#[derive(Clone, Default)]
pub(crate) struct Connection {
    cut: Arc<Notify>,
}

impl Connection {
    /// Closes the connection without a response. Never returns.
    pub(crate) async fn cut(&self) -> Response {
        self.cut.notify_one();
        std::future::pending().await
    }

    /// Waits until a fault closes the connection.
    pub(crate) async fn wait_for_cut(&self) {
        self.cut.notified().await;
    }
}
