//! An answer, read to its end.

use reqwest::{Response, StatusCode, header::HeaderMap};
use serde_json::Value;

/// An answer, read to its end.
#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Reply {
    pub async fn read(response: Response) -> Self {
        Self {
            status: response.status(),
            headers: response.headers().clone(),
            body: response.text().await.unwrap(),
        }
    }

    /// A header, or `""`.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// Name, value and attributes of the cookies that it sets.
    pub fn cookies(&self) -> impl Iterator<Item = (&str, &str, Vec<&str>)> {
        self.headers.get_all("set-cookie").iter().map(|cookie| {
            let mut parts = cookie.to_str().unwrap().split("; ");
            let (name, value) = parts.next().unwrap().split_once('=').unwrap();
            (name, value, parts.collect())
        })
    }

    /// Where it leads.
    pub fn location(&self) -> &str {
        assert!(self.status.is_redirection(), "{self:?}");
        self.header("location")
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("{self:?}"))
    }
}
