//! A server in the test process.

use std::{net::SocketAddr, num::NonZeroU32, path::Path};

use access::{Access, AccessOptions};
use mail::{Mailer, MailerOptions};
use secrecy::ExposeSecret as _;
use server::{
    Application, Config, Limits,
    config::{AddressLimits, GatewayConfig, LogFormat, PublicUrl, SmtpConfig},
};
use store::{KeySource, Store};
use tempfile::TempDir;
use tokio::{sync::oneshot, task::JoinHandle};

use super::{ADMINISTRATOR, Browser, Database};

/// A running server with its own data.
pub struct Server {
    pub address: SocketAddr,
    /// The setup link, if the server was not set up yet.
    pub setup_link: Option<String>,
    administrator: Browser,
    directory: TempDir,
    stop: oneshot::Sender<()>,
    running: JoinHandle<()>,
}

/// Returns the default limits, with more sign-ins from one address.
pub fn limits() -> Limits {
    Limits {
        guesses: NonZeroU32::MAX,
        ..Limits::default()
    }
}

/// Returns the default configuration with data in this directory and a port that the system
/// chooses.
pub fn config(directory: &Path) -> Config {
    Config {
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        public_url: None,
        trusted_proxies: Vec::new(),
        rate_limit: None,
        address_limits: AddressLimits::default(),
        deny_networks: Vec::new(),
        deny_private_networks: false,
        dns_server: None,
        data_directory: directory.join("data"),
        database_url: format!("sqlite://{}", directory.join("data/mailgrant.db").display()).into(),
        key: KeySource::File(directory.join("data/mailgrant.key")),
        extra_roots: Vec::new(),
        // Works on a machine with a full disk as well.
        min_free_bytes: 0,
        outbox: mail::OutboxOptions::default(),
        spools_of: Vec::new(),
        smtp: SmtpConfig::default(),
        gateway: GatewayConfig::default(),
        sandbox: None,
        // No DNS server answers there: tests contact no other machine.
        sandbox_dns: Some(SocketAddr::from(([127, 0, 0, 1], 9))),
        log: "info".into(),
        log_format: LogFormat::Text,
    }
}

impl Server {
    /// Starts a server with the default configuration and an administrator.
    pub async fn start() -> Self {
        Self::start_with(|_| ()).await
    }

    /// Starts a server with a changed configuration and an administrator.
    pub async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        Self::start_limited(change, limits()).await
    }

    /// Starts a server with a changed configuration, other limits, and an administrator.
    pub async fn start_limited(change: impl FnOnce(&mut Config), limits: Limits) -> Self {
        let mut server = Self::start_new(change, limits).await;
        let link = server.setup_link.take().unwrap();
        let reply = server.administrator.set_up(&link).await;
        assert_eq!(reply.status, 303, "{reply:?}");
        server
    }

    /// Starts a server that is not set up, with a changed configuration and other limits.
    pub async fn start_new(change: impl FnOnce(&mut Config), limits: Limits) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mut config = config(directory.path());
        change(&mut config);
        let origin = config.public_url.as_ref().map(PublicUrl::origin);
        let origin = origin.map(str::to_owned);
        let application = Application::with_limits(config, limits).await.unwrap();
        let address = application.address();
        let link = application.setup_url();
        let setup_link = link.map(|link| link.expose_secret().to_owned());
        let (stop, stopped) = oneshot::channel();
        let running = tokio::spawn(application.run(async {
            let _ = stopped.await;
        }));
        Self {
            address,
            setup_link,
            administrator: {
                let url = format!("http://{address}");
                let origin = origin.unwrap_or_else(|| url.clone());
                Browser::at(&url).showing(origin)
            },
            directory,
            stop,
            running,
        }
    }

    /// `http://127.0.0.1:PORT`
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Opens the database directly.
    pub async fn database(&self) -> Database {
        Database::open(&self.directory.path().join("data/mailgrant.db")).await
    }

    /// Returns a mailer on the same database, like that of another process.
    pub async fn mailer(&self) -> Mailer {
        let config = config(self.directory.path());
        let url = config.database_url.expose_secret();
        let store = Store::open(url, config.key.clone()).await.unwrap();
        Mailer::new(store, MailerOptions::default()).unwrap()
    }

    /// Returns the accounts and senders of the server's database, opened by another process.
    pub async fn access(&self) -> Access {
        let config = config(self.directory.path());
        let url = config.database_url.expose_secret();
        let store = Store::open(url, config.key.clone()).await.unwrap();
        Access::new(store, AccessOptions::default())
    }

    /// Returns a browser without a session.
    pub fn anonymous(&self) -> Browser {
        self.administrator.another()
    }

    /// Returns the browser that set up the server.
    pub fn administrator(&self) -> Browser {
        self.administrator.clone()
    }

    /// Signs in as the administrator in another browser.
    pub async fn administrator_elsewhere(&self) -> Browser {
        let browser = self.anonymous();
        let reply = browser.sign_in(ADMINISTRATOR).await;
        assert_eq!(reply.status, 303, "{reply:?}");
        browser
    }

    /// Adds an operator.
    pub async fn operator(&self) -> Browser {
        self.administrator.add_person("operator", "operator").await
    }

    /// Adds a viewer.
    pub async fn viewer(&self) -> Browser {
        self.administrator.add_person("viewer", "viewer").await
    }

    /// Stops the server and waits.
    pub async fn stop(self) {
        self.stop.send(()).unwrap();
        self.running.await.unwrap();
    }
}
