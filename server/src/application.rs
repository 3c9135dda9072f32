//! The server as a whole.

use std::{net::SocketAddr, time::Duration};

use axum::Router;
use mail::{Mailer, MailerOptions};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{Config, StartError, connections, data::open_store, web};

/// How long requests may go on after the server was told to stop.
const GRACE: Duration = Duration::from_secs(10);

/// A server that is ready to run.
#[derive(Debug)]
pub struct Application {
    listener: TcpListener,
    address: SocketAddr,
    router: Router,
    mailer: Mailer,
    stopping: CancellationToken,
}

impl Application {
    /// Opens the database, listens and puts everything together.
    ///
    /// # Errors
    /// When one of these fails.
    pub async fn build(config: Config) -> Result<Self, StartError> {
        let store = open_store(&config).await?;
        let options = MailerOptions {
            extra_roots: config.extra_roots,
            sandbox: config.sandbox,
            ..MailerOptions::default()
        };
        let mailer = Mailer::new(store, options)?;
        let listen_error = |source| StartError::Listen {
            address: config.listen,
            source,
        };
        let listener = TcpListener::bind(config.listen)
            .await
            .map_err(listen_error)?;
        let address = listener.local_addr().map_err(listen_error)?;
        let stopping = CancellationToken::new();
        let router = web::router(mailer.clone(), config.public_url, stopping.clone())?;
        Ok(Self {
            listener,
            address,
            router,
            mailer,
            stopping,
        })
    }

    /// Where the server listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until the future ends, then lets open requests finish for at most 10 seconds.
    pub async fn run(self, until: impl Future<Output = ()>) {
        tracing::info!(address = %self.address, "listening");
        let refreshes = self.mailer.clone();
        let keep_fresh = tokio::spawn({
            let (mailer, stopping) = (self.mailer, self.stopping.clone());
            async move {
                stopping.run_until_cancelled(mailer.keep_fresh()).await;
            }
        });
        let serving = connections::serve(self.listener, self.router, self.stopping.clone());
        let stopping = self.stopping;
        let stop = async {
            until.await;
            tracing::info!("stopping");
            stopping.cancel();
            tokio::time::sleep(GRACE).await;
        };
        tokio::select! {
            () = serving => {}
            () = stop => tracing::warn!(
                grace_seconds = GRACE.as_secs(),
                "some connections were cut"
            ),
        }
        if let Err(error) = keep_fresh.await {
            tracing::error!(error = &error as &dyn std::error::Error, "renewal ended");
        }
        // A refresh under way has used up its refresh token; its answer must be stored.
        if tokio::time::timeout(GRACE, refreshes.settle())
            .await
            .is_err()
        {
            tracing::warn!("a refresh was cut");
        }
        tracing::info!("stopped");
    }
}
