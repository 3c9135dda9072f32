//! A browser without JavaScript.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    sync::{Arc, Mutex, OnceLock},
};

use reqwest::{Client, RequestBuilder, redirect::Policy};

use super::Reply;

/// Stores cookies and follows no redirects. Clones share their cookies, as tabs do.
#[derive(Clone)]
pub struct Browser {
    pub url: String,
    /// The `Origin` header of forms.
    origin: String,
    client: Client,
    cookies: Arc<Mutex<BTreeMap<String, String>>>,
    key: Option<String>,
    seen: Arc<Mutex<String>>,
}

impl Browser {
    /// Returns a browser without cookies.
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

    /// Returns the same browser for a server that has moved.
    pub fn moved_to(&self, url: &str) -> Self {
        Self {
            url: url.to_owned(),
            origin: url.to_owned(),
            ..self.clone()
        }
    }

    /// Returns another browser for the same server.
    pub fn another(&self) -> Self {
        Self::at(&self.url).showing(self.origin.clone())
    }

    /// Returns the same browser behind a proxy, where the server has this origin.
    #[must_use]
    pub fn showing(self, origin: String) -> Self {
        Self { origin, ..self }
    }

    /// Returns a program that only sends an API key.
    #[must_use]
    pub fn with_key(&self, key: &str) -> Self {
        Self {
            key: Some(key.to_owned()),
            ..Self::at(&self.url)
        }
    }

    /// Returns a request with the cookies.
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

    /// Sends a request and stores the cookies of the response.
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

    /// Posts a form as the browser code does.
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

    /// Returns the version of the saved settings of the default data center, from the form.
    pub async fn saved_version(&self) -> i64 {
        let page = self.get("/settings/smtp").await;
        let field = page.body.split_once("name=\"form[version]\" value=\"");
        let version = field.and_then(|(_, rest)| rest.split('"').next()?.parse().ok());
        version.unwrap_or_else(|| panic!("{page:?}"))
    }

    /// Returns the value of a cookie.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.lock().unwrap().get(name).cloned()
    }

    /// Replaces the value of a cookie, as an attacker with access to the browser's files can.
    pub fn plant(&self, name: &str, value: &str) {
        let mut cookies = self.cookies.lock().unwrap();
        cookies.insert(name.to_owned(), value.to_owned());
    }

    /// Returns all headers and bodies received so far.
    pub fn seen(&self) -> String {
        self.seen.lock().unwrap().clone()
    }
}
