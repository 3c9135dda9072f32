//! A browser without JavaScript.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    sync::{Arc, Mutex, OnceLock},
};

use reqwest::{Client, RequestBuilder, redirect::Policy};

use super::Reply;

/// Keeps cookies, follows nothing. Clones share their cookies, as tabs do.
#[derive(Clone)]
pub struct Browser {
    pub url: String,
    /// The `Origin` of forms.
    origin: String,
    client: Client,
    cookies: Arc<Mutex<BTreeMap<String, String>>>,
    key: Option<String>,
    seen: Arc<Mutex<String>>,
}

impl Browser {
    /// A browser that has not been at a server before.
    pub fn at(url: &str) -> Self {
        static CLIENT: OnceLock<()> = OnceLock::new();
        CLIENT.get_or_init(|| {
            let _ = rustls::crypto::ring::default_provider().install_default();
        });
        Self {
            url: url.to_owned(),
            origin: url.to_owned(),
            client: Client::builder()
                .redirect(Policy::none())
                .no_proxy()
                .build()
                .unwrap(),
            cookies: Arc::default(),
            key: None,
            seen: Arc::default(),
        }
    }

    /// The same browser at a server that has moved.
    pub fn moved_to(&self, url: &str) -> Self {
        Self {
            url: url.to_owned(),
            origin: url.to_owned(),
            ..self.clone()
        }
    }

    /// Another browser at the same server.
    pub fn another(&self) -> Self {
        Self::at(&self.url).showing(self.origin.clone())
    }

    /// The same browser behind a proxy, where the server has this origin.
    #[must_use]
    pub fn showing(self, origin: String) -> Self {
        Self { origin, ..self }
    }

    /// A program that shows an API key, and nothing else.
    #[must_use]
    pub fn with_key(&self, key: &str) -> Self {
        Self {
            key: Some(key.to_owned()),
            ..Self::at(&self.url)
        }
    }

    /// A request with the cookies.
    pub fn request(&self, method: &str, path: &str) -> RequestBuilder {
        let url = if path.starts_with('/') {
            format!("{}{path}", self.url)
        } else {
            path.to_owned()
        };
        let mut request = self.client.request(method.parse().unwrap(), url);
        if let Some(key) = &self.key {
            request = request.header("authorization", format!("Bearer {key}"));
        }
        let cookies = self.cookies.lock().unwrap();
        let pairs = cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"));
        let line = pairs.collect::<Vec<_>>().join("; ");
        if line.is_empty() {
            request
        } else {
            request.header("cookie", line)
        }
    }

    /// Sends it and keeps the cookies that come back.
    pub async fn send(&self, request: RequestBuilder) -> Reply {
        let reply = Reply::read(request.send().await.unwrap()).await;
        let mut cookies = self.cookies.lock().unwrap();
        for (name, value, attributes) in reply.cookies() {
            if attributes.contains(&"Max-Age=0") {
                cookies.remove(name);
            } else {
                cookies.insert(name.to_owned(), value.to_owned());
            }
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
    pub async fn submit(&self, path: &str, body: impl Into<String>) -> Reply {
        self.post(path, body.into(), "text/html,application/xhtml+xml")
            .await
    }

    async fn post(&self, path: &str, body: String, accept: &str) -> Reply {
        let request = self
            .request("POST", path)
            .header("accept", accept)
            .header("origin", &self.origin)
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

    /// The value of a cookie.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.lock().unwrap().get(name).cloned()
    }

    /// Has another value for a cookie, as whoever can reach its files.
    pub fn plant(&self, name: &str, value: &str) {
        let mut cookies = self.cookies.lock().unwrap();
        cookies.insert(name.to_owned(), value.to_owned());
    }

    /// Every header and body that has come so far.
    pub fn seen(&self) -> String {
        self.seen.lock().unwrap().clone()
    }
}
