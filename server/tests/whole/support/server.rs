//! The server within the test.

use std::{net::SocketAddr, num::NonZeroU32, path::Path};

use mail::{Mailer, MailerOptions};
use secrecy::ExposeSecret as _;
use server::{
    Application, Config, Limits,
    config::{AddressLimits, LogFormat, PublicUrl},
};
use store::{KeySource, Store};
use tempfile::TempDir;
use tokio::{sync::oneshot, task::JoinHandle};

use super::{ADMINISTRATOR, Browser, Database};

/// A running server with data of its own.
pub struct Server {
    pub address: SocketAddr,
    /// The link to set it up, when it was not set up yet.
    pub setup_link: Option<String>,
    administrator: Browser,
    directory: TempDir,
    stop: oneshot::Sender<()>,
    running: JoinHandle<()>,
}

/// The defaults, but that many sign in from one address.
pub fn limits() -> Limits {
    Limits {
        guesses: NonZeroU32::MAX,
        ..Limits::default()
    }
}

/// The defaults, with data in this directory and a port that the system chooses.
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
        // However full the disk of the machine is.
        min_free_bytes: 0,
        outbox: mail::OutboxOptions::default(),
        spools_of: Vec::new(),
        sandbox: None,
        // Nobody answers there: tests ask no other machine.
        sandbox_dns: Some(SocketAddr::from(([127, 0, 0, 1], 9))),
        log: "info".into(),
        log_format: LogFormat::Text,
    }
}

impl Server {
    /// Starts one with the defaults; it has an administrator.
    pub async fn start() -> Self {
        Self::start_with(|_| ()).await
    }

    /// Starts one with other settings; it has an administrator.
    pub async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        Self::start_limited(change, limits()).await
    }

    /// Starts one with other settings and another patience; it has an administrator.
    pub async fn start_limited(change: impl FnOnce(&mut Config), limits: Limits) -> Self {
        let mut server = Self::start_new(change, limits).await;
        let link = server.setup_link.take().unwrap();
        let reply = server.administrator.set_up(&link).await;
        assert_eq!(reply.status, 303, "{reply:?}");
        server
    }

    /// Starts one that nobody has set up, with other settings and another patience.
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

    /// The database, for whoever can reach its files.
    pub async fn database(&self) -> Database {
        Database::open(&self.directory.path().join("data/mailgrant.db")).await
    }

    /// The verbs, over the same database as another process has them.
    pub async fn mailer(&self) -> Mailer {
        let config = config(self.directory.path());
        let url = config.database_url.expose_secret();
        let store = Store::open(url, config.key.clone()).await.unwrap();
        Mailer::new(store, MailerOptions::default()).unwrap()
    }

    /// A browser in which nobody is signed in.
    pub fn stranger(&self) -> Browser {
        self.administrator.another()
    }

    /// The browser that has set the server up.
    pub fn administrator(&self) -> Browser {
        self.administrator.clone()
    }

    /// The administrator in another browser.
    pub async fn administrator_elsewhere(&self) -> Browser {
        let browser = self.stranger();
        let reply = browser.sign_in(ADMINISTRATOR).await;
        assert_eq!(reply.status, 303, "{reply:?}");
        browser
    }

    /// A new operator.
    pub async fn operator(&self) -> Browser {
        self.administrator.add_person("operator", "operator").await
    }

    /// A new viewer.
    pub async fn viewer(&self) -> Browser {
        self.administrator.add_person("viewer", "viewer").await
    }

    /// Stops it and waits.
    pub async fn stop(self) {
        self.stop.send(()).unwrap();
        self.running.await.unwrap();
    }
}
