//! The server within the test, and a browser without JavaScript.

use std::{
    fmt::Write as _,
    net::SocketAddr,
    path::Path,
    sync::{Arc, Mutex, OnceLock},
};

use reqwest::{Client, RequestBuilder, redirect::Policy};
use server::{Application, Config, config::LogFormat};
use store::KeySource;
use tempfile::TempDir;
use tokio::{sync::oneshot, task::JoinHandle};

use super::Reply;

/// A running server with data of its own.
pub struct Server {
    pub address: SocketAddr,
    _directory: TempDir,
    stop: oneshot::Sender<()>,
    running: JoinHandle<()>,
}

/// The defaults, with data in this directory and a port that the system chooses.
pub fn config(directory: &Path) -> Config {
    Config {
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        public_url: None,
        trusted_proxies: Vec::new(),
        rate_limit: None,
        deny_networks: Vec::new(),
        deny_private_networks: false,
        data_directory: directory.join("data"),
        database_url: format!("sqlite://{}", directory.join("data/mailgrant.db").display()).into(),
        key: KeySource::File(directory.join("data/mailgrant.key")),
        extra_roots: Vec::new(),
        sandbox: None,
        log: "info".into(),
        log_format: LogFormat::Text,
    }
}

impl Server {
    /// Starts one with the defaults.
    pub async fn start() -> Self {
        Self::start_with(|_| ()).await
    }

    /// Starts one with other settings.
    pub async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mut config = config(directory.path());
        change(&mut config);
        let application = Application::build(config).await.unwrap();
        let address = application.address();
        let (stop, stopped) = oneshot::channel();
        let running = tokio::spawn(application.run(async {
            let _ = stopped.await;
        }));
        Self {
            address,
            _directory: directory,
            stop,
            running,
        }
    }

    /// `http://127.0.0.1:PORT`
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A browser that has not been here before.
    pub fn browser(&self) -> Browser {
        Browser::at(&self.url())
    }

    /// Stops it and waits.
    pub async fn stop(self) {
        self.stop.send(()).unwrap();
        self.running.await.unwrap();
    }
}

/// Keeps the cookie, follows nothing.
#[derive(Clone)]
pub struct Browser {
    pub url: String,
    client: Client,
    cookie: Arc<Mutex<Option<String>>>,
    seen: Arc<Mutex<String>>,
}

impl Browser {
    /// A browser for a server.
    pub fn at(url: &str) -> Self {
        static CLIENT: OnceLock<()> = OnceLock::new();
        CLIENT.get_or_init(|| {
            let _ = rustls::crypto::ring::default_provider().install_default();
        });
        Self {
            url: url.to_owned(),
            client: Client::builder()
                .redirect(Policy::none())
                .no_proxy()
                .build()
                .unwrap(),
            cookie: Arc::default(),
            seen: Arc::default(),
        }
    }

    /// A request, with the cookie.
    pub fn request(&self, method: &str, path: &str) -> RequestBuilder {
        let request = self.client.request(
            method.parse().unwrap(),
            if path.starts_with('/') {
                format!("{}{path}", self.url)
            } else {
                path.to_owned()
            },
        );
        match &*self.cookie.lock().unwrap() {
            Some(cookie) => request.header("cookie", cookie),
            None => request,
        }
    }

    /// Sends it and keeps the cookie that comes back.
    pub async fn send(&self, request: RequestBuilder) -> Reply {
        let reply = Reply::read(request.send().await.unwrap()).await;
        if let Some((cookie, _)) = reply.header("set-cookie").split_once(';') {
            *self.cookie.lock().unwrap() = Some(cookie.to_owned());
        }
        let mut seen = self.seen.lock().unwrap();
        write!(seen, "{:?}\n{}\n", reply.headers, reply.body).unwrap();
        reply
    }

    /// Opens a page.
    pub async fn get(&self, path: &str) -> Reply {
        let request = self.request("GET", path).header("accept", "text/html");
        self.send(request).await
    }

    /// Posts a form as the browser side does.
    pub async fn fetch(&self, path: &str, body: String) -> Reply {
        self.post(path, body, "application/json").await
    }

    /// Posts a form as a browser without WASM does.
    pub async fn submit(&self, path: &str, body: String) -> Reply {
        self.post(path, body, "text/html,application/xhtml+xml")
            .await
    }

    async fn post(&self, path: &str, body: String, accept: &str) -> Reply {
        let request = self
            .request("POST", path)
            .header("accept", accept)
            .header("origin", &self.url)
            .header("referer", format!("{}/settings/smtp", self.url))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body);
        self.send(request).await
    }

    /// The version of the settings that are saved for the default data center, as the form has it.
    pub async fn saved_version(&self) -> i64 {
        let page = self.get("/settings/smtp").await;
        let field = page.body.split_once("name=\"form[version]\" value=\"");
        let version = field.and_then(|(_, rest)| rest.split('"').next()?.parse().ok());
        version.unwrap_or_else(|| panic!("{page:?}"))
    }

    /// The cookie, as it is sent.
    pub fn cookie(&self) -> Option<String> {
        self.cookie.lock().unwrap().clone()
    }

    /// Every header and body that has come so far.
    pub fn seen(&self) -> String {
        self.seen.lock().unwrap().clone()
    }
}
