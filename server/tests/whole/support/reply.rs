//! A response that has been read completely.

use std::time::Duration;

use reqwest::{
    Response, StatusCode,
    header::{HeaderMap, HeaderValue},
};
use serde_json::Value;
use tokio::time::timeout;

/// Silence after which an event stream is closed, because it may never end.
const SILENCE: Duration = Duration::from_millis(200);

/// A response that has been read completely.
#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    /// The body as text; invalid UTF-8 is replaced.
    pub body: String,
    pub bytes: Vec<u8>,
}

impl Reply {
    pub async fn read(mut response: Response) -> Self {
        let (status, headers) = (response.status(), response.headers().clone());
        let kind = headers.get("content-type").map(HeaderValue::as_bytes);
        let bytes = if kind.is_some_and(|kind| kind.starts_with(b"text/event-stream")) {
            let mut events = Vec::new();
            while let Ok(Ok(Some(chunk))) = timeout(SILENCE, response.chunk()).await {
                events.extend_from_slice(&chunk);
            }
            events
        } else {
            response.bytes().await.unwrap().to_vec()
        };
        Self {
            status,
            headers,
            body: String::from_utf8_lossy(&bytes).into_owned(),
            bytes,
        }
    }

    /// Returns a header, or `""`.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// Returns the name, value, and attributes of each cookie that the response sets.
    pub fn cookies(&self) -> impl Iterator<Item = (&str, &str, Vec<&str>)> {
        self.headers.get_all("set-cookie").iter().map(|cookie| {
            let mut parts = cookie.to_str().unwrap().split("; ");
            let (name, value) = parts.next().unwrap().split_once('=').unwrap();
            (name, value, parts.collect())
        })
    }

    /// Returns the target of a redirect.
    pub fn location(&self) -> &str {
        assert!(self.status.is_redirection(), "{self:?}");
        self.header("location")
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("{self:?}"))
    }
}
