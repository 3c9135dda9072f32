//! Assembles and runs the whole server.

use std::{io, net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use access::{Access, AccessOptions};
use app::smtp_listeners::SmtpListeners;
use axum::Router;
use mail::Mailer;
use secrecy::{ExposeSecret as _, SecretString};
use submission::Intake;
use tokio::{net::TcpListener, time::sleep};
use tokio_util::sync::CancellationToken;

use crate::{
    Config, Limits, StartError,
    background::{Background, Loops},
    config::{PublicUrl, local_origin},
    connections::{self, Capacity, Serving},
    data::open_server_store,
    gateway::{self as mailbox_gateway, Gateway},
    mailer::open_mailer,
    output::print_error,
    smtp::{self, Smtp},
    sockets::InheritedSockets,
    web::{self, Feeds},
};

/// Time that open requests get to finish after the server receives the signal to stop.
const GRACE: Duration = Duration::from_secs(10);
/// Time for sending the reports of the checks that the stop interrupts.
const CHECKS_GRACE: Duration = Duration::from_secs(2);

/// A server that is ready to run.
#[derive(Debug)]
pub struct Application {
    listener: TcpListener,
    address: SocketAddr,
    router: Router,
    mailer: Mailer,
    access: Access,
    spools_of: Vec<PathBuf>,
    feeds: Arc<Feeds>,
    serving: Serving,
    smtp: Option<Smtp>,
    gateway: Option<Gateway>,
    setup_url: Option<SecretString>,
    stopping: CancellationToken,
}

impl Application {
    /// Opens the database, binds the listener, and wires all parts together.
    ///
    /// # Errors
    ///
    /// Returns an error if the database, the listener, or any other part cannot be started.
    pub async fn build(config: Config) -> Result<Self, StartError> {
        Self::with_limits(config, Limits::default()).await
    }

    /// Builds the server with sockets that another program has opened. They are used for the
    /// listeners with the same addresses.
    ///
    /// # Errors
    ///
    /// Returns the same errors as [`Application::build`].
    pub async fn with_sockets(
        config: Config,
        sockets: InheritedSockets,
    ) -> Result<Self, StartError> {
        Self::assemble(config, Limits::default(), sockets).await
    }

    /// Builds the server with other time limits, for tests.
    ///
    /// # Errors
    ///
    /// Returns the same errors as [`Application::build`].
    pub async fn with_limits(config: Config, limits: Limits) -> Result<Self, StartError> {
        Self::assemble(config, limits, InheritedSockets::default()).await
    }

    async fn assemble(
        config: Config,
        limits: Limits,
        mut sockets: InheritedSockets,
    ) -> Result<Self, StartError> {
        let store = open_server_store(&config).await?;
        let access = Access::new(store.clone(), AccessOptions::default());
        let mailer = open_mailer(&config, store)?;
        let listen_error = |source| StartError::Listen {
            address: config.listen,
            source,
        };
        // Measured before the first request, because the disk may be full already.
        mailer.disk.measure().await;
        let listener = listen(config.listen, &mut sockets)
            .await
            .map_err(listen_error)?;
        let address = listener.local_addr().map_err(listen_error)?;
        let body_budget = limits.body_budget();
        let intake = Intake::new(access.clone(), mailer.clone(), body_budget.clone());
        let smtp_listeners = SmtpListeners::default();
        let smtp = smtp::open(&config, intake, &smtp_listeners, &mut sockets).await?;
        sockets.close_others();
        let readers = ::gateway::Readers::new(access.clone(), mailer.clone());
        let gateway = mailbox_gateway::open(&config, &readers)?;
        let addresses: &[_] = match &smtp {
            Some(smtp) => &smtp.addresses,
            None => &[],
        };
        let submission = Arc::new(smtp::service(&config, addresses));
        let link = access.begin_setup().await?;
        let setup_url = link.map(|link| {
            let origin = config.public_url.as_ref().map(PublicUrl::origin);
            let origin = origin.map_or_else(|| local_origin(address), str::to_owned);
            format!("{origin}{}", link.path()).into()
        });
        let stopping = CancellationToken::new();
        let feeds = Arc::new(Feeds::new(mailer.clone(), access.clone()));
        let serving = Serving {
            limits,
            capacity: Capacity::of(&limits, config.address_limits),
            trusted_proxies: config.trusted_proxies.into(),
        };
        let router = web::router(web::Parts {
            mailer: mailer.clone(),
            access: access.clone(),
            body_budget,
            public_url: config.public_url,
            trusted_proxies: Arc::clone(&serving.trusted_proxies),
            address_limits: config.address_limits,
            submission,
            feeds: Arc::clone(&feeds),
            smtp_listeners,
            rate_limit: config.rate_limit,
            limits,
            stopping: stopping.clone(),
        });
        Ok(Self {
            listener,
            address,
            router,
            mailer,
            access,
            spools_of: config.spools_of,
            feeds,
            serving,
            smtp,
            gateway,
            setup_url,
            stopping,
        })
    }

    /// Returns the address that the server listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the addresses that the server accepts mail at over SMTP.
    pub fn smtp_addresses(&self) -> &[SocketAddr] {
        self.smtp.as_ref().map_or(&[], |smtp| &smtp.addresses)
    }

    /// Returns the link for creating the first administrator, or `None` once there is one.
    pub fn setup_url(&self) -> Option<&SecretString> {
        self.setup_url.as_ref()
    }

    /// Returns a function that returns false once a background task is stuck.
    pub fn liveness(&self) -> impl Fn() -> bool + use<> {
        let mailer = self.mailer.clone();
        move || mailer.health.is_alive()
    }

    /// Serves until the future completes, then gives open requests at most 10 seconds to finish.
    pub async fn run(self, until: impl Future<Output = ()>) {
        // Printed instead of logged, because others may read the log.
        if let Some(url) = &self.setup_url {
            print_error(&format!(
                "Set up Mailgrant: {}  (valid once, until the next start)",
                url.expose_secret()
            ));
        }
        tracing::info!(address = %self.address, "listening");
        self.mailer.outbox.warn_of_unknown_data_centers().await;
        let (refreshes, checks) = (self.mailer.clone(), self.mailer.clone());
        let delivery = tokio::spawn({
            let (mailer, stopping) = (self.mailer.clone(), self.stopping.clone());
            async move { mailer.outbox.deliver(stopping.cancelled()).await }
        });
        let background = Background::start(Loops {
            mailer: self.mailer.clone(),
            access: self.access.clone(),
            feeds: self.feeds,
            spools_of: self.spools_of,
        });
        let background = tokio::spawn({
            let (mailer, stopping) = (self.mailer, self.stopping.clone());
            async move {
                stopping.cancelled().await;
                background.stop().await;
                let _ = tokio::time::timeout(GRACE, mailer.inbound.release()).await;
            }
        });
        let serving = connections::serve(
            self.listener,
            self.router,
            self.serving,
            self.stopping.clone(),
        );
        let accepting = {
            let (smtp, stopping) = (self.smtp, self.stopping.clone());
            let sessions = Arc::clone(&checks.sender_sessions);
            async move {
                if let Some(smtp) = smtp {
                    smtp.run(stopping).await;
                    sessions.flush().await;
                }
            }
        };
        let relaying = {
            let (gateway, stopping) = (self.gateway, self.stopping.clone());
            async move {
                if let Some(gateway) = gateway {
                    gateway.run(stopping).await;
                }
            }
        };
        let serving = async { tokio::join!(serving, accepting, relaying) };
        let stopping = self.stopping;
        let stop = async {
            until.await;
            tracing::info!("stopping");
            // Done while the clients that watch these checks are still connected.
            let _ = tokio::time::timeout(CHECKS_GRACE, checks.doctor.interrupt_all()).await;
            stopping.cancel();
            sleep(GRACE).await;
        };
        tokio::select! {
            ((), (), ()) = serving => {}
            () = stop => tracing::warn!(
                grace_seconds = GRACE.as_secs(),
                "connections closed before their requests finished"
            ),
        }
        if let Err(error) = background.await {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "background tasks did not stop"
            );
        }
        if let Err(error) = delivery.await {
            tracing::error!(error = &error as &dyn std::error::Error, "delivery failed");
        }
        // A running refresh has already consumed its refresh token, so its response must be stored.
        if tokio::time::timeout(GRACE, refreshes.tokens.wait_for_running())
            .await
            .is_err()
        {
            tracing::warn!("token refresh interrupted");
        }
        self.access.record_refusals(true).await;
        tracing::info!("stopped");
    }
}

/// Returns the inherited socket for an address, or a new one.
async fn listen(address: SocketAddr, sockets: &mut InheritedSockets) -> io::Result<TcpListener> {
    match sockets.take(address) {
        Some(socket) => {
            socket.set_nonblocking(true)?;
            TcpListener::from_std(socket)
        }
        None => TcpListener::bind(address).await,
    }
}
