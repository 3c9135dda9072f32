//! Client for a remote Mailgrant server.

use std::time::Duration;

use http::{
    HeaderName, HeaderValue, Method, Request,
    header::{AUTHORIZATION, CONTENT_TYPE},
};
use net::{HttpClient, HttpError};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use crate::{MailError, MailerOptions, options::outgoing};

/// Timeout for the server to store a message.
const TIMEOUT: Duration = Duration::from_secs(30);

/// A Mailgrant server with its API key.
#[derive(Debug)]
pub struct Remote {
    http: HttpClient,
    url: String,
    key: SecretString,
}

/// A message (RFC 5322) to submit.
#[derive(Clone, Debug)]
pub struct RemoteMessage<'a> {
    /// Identifies the request. Repeated requests with the same key count once.
    pub idempotency_key: &'a str,
    /// Data center that sends it, or `None` to let the server choose.
    pub data_center: Option<&'a str>,
    /// Envelope recipients.
    pub recipients: &'a [String],
    /// Envelope sender, or `None` for the `From` address.
    pub sender: Option<&'a str>,
    /// True if the server may replace a From address that is not allowed.
    pub replace_from: bool,
    /// True if the message has waited in a spool.
    pub spooled: bool,
    /// The complete message.
    pub content: &'a [u8],
}

/// The reason why a server did not accept a message.
#[derive(Debug, thiserror::Error)]
pub enum RemoteError {
    /// The server is unreachable or requests a later retry.
    #[error("the server cannot be reached or is unavailable: {0}")]
    Later(String),
    /// The server rejects the message.
    #[error("the server rejected the message: {detail}")]
    Refused {
        /// HTTP status of the response.
        status: u16,
        /// Description of the problem by the server.
        detail: String,
        /// JSON pointers to the invalid parts of the message (RFC 6901).
        pointers: Vec<String>,
    },
    /// The connection to another machine would be unencrypted.
    #[error("the API key would be sent unencrypted: use https for a server on another machine")]
    Plaintext,
    /// The URL, the key, or a recipient cannot be part of an HTTP request.
    #[error("the server URL, the API key, or an address cannot be part of an HTTP request")]
    NotARequest,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Problem {
    detail: String,
    errors: Vec<ProblemError>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ProblemError {
    pointer: String,
    detail: String,
}

impl Remote {
    /// Creates a client for the server at an origin such as `https://mail.example.com`.
    ///
    /// # Errors
    /// If TLS or the HTTP client cannot be set up.
    pub fn new(
        origin: &str,
        key: SecretString,
        extra_roots: Vec<Vec<u8>>,
    ) -> Result<Self, MailError> {
        let options = MailerOptions {
            extra_roots,
            ..MailerOptions::default()
        };
        let outgoing = outgoing(&options)?;
        Ok(Self {
            http: HttpClient::new(&outgoing, TIMEOUT)?,
            url: format!("{}/api/v1/messages", origin.trim_end_matches('/')),
            key,
        })
    }

    /// Submits a message. The server has stored it once this returns.
    ///
    /// # Errors
    /// The reason why the server did not accept it.
    pub async fn submit(&self, message: &RemoteMessage<'_>) -> Result<(), RemoteError> {
        let request = self.request(message).ok_or(RemoteError::NotARequest)?;
        let answer = self.http.send(request).await.map_err(|error| match error {
            HttpError::Plaintext => RemoteError::Plaintext,
            HttpError::Build(_) => RemoteError::NotARequest,
            HttpError::Request(error) if error.is_builder() => RemoteError::NotARequest,
            // Neither error contains the key.
            error => RemoteError::Later(with_causes(&error)),
        })?;
        let status = answer.status().as_u16();
        if status == 202 {
            return Ok(());
        }
        let problem: Problem = serde_json::from_slice(answer.body()).unwrap_or_default();
        let (mut detail, mut pointers) = (problem.detail, Vec::new());
        let errors = problem.errors.into_iter();
        let errors: Vec<_> = errors.filter(|error| !error.pointer.is_empty()).collect();
        if let [only] = &*errors
            && only.detail == detail
        {
            // The server reports the same problem for the whole request.
            detail = String::new();
        }
        for error in errors {
            let separator = if detail.is_empty() { "" } else { "\n  " };
            detail = format!("{detail}{separator}{}: {}", error.pointer, error.detail);
            pointers.push(error.pointer);
        }
        if detail.is_empty() {
            detail = format!("status {status}");
        }
        // A response without a problem document does not come from a Mailgrant server, or from one
        // that is being replaced.
        if (200..300).contains(&status) || status == 408 {
            return Err(RemoteError::Later(detail));
        }
        Err(RemoteError::Refused {
            status,
            detail,
            pointers,
        })
    }

    fn request(&self, message: &RemoteMessage<'_>) -> Option<Request<Vec<u8>>> {
        let mut query = format!("?replace_from={}", message.replace_from);
        if let Some(id) = message.data_center {
            // An ID has only letters, digits, and hyphens. Anything else must not become part of
            // the URL.
            let id = domain::DataCenterId::parse(id).ok()?;
            query = format!("{query}&data_center={id}");
        }
        let mut key: HeaderValue = format!("Bearer {}", self.key.expose_secret())
            .parse()
            .ok()?;
        key.set_sensitive(true);
        let mut request = Request::builder()
            .method(Method::POST)
            .uri(format!("{}{query}", self.url))
            .header(AUTHORIZATION, key)
            .header(CONTENT_TYPE, "message/rfc822")
            .header(
                HeaderName::from_static("idempotency-key"),
                message.idempotency_key,
            )
            .header(
                HeaderName::from_static("mailgrant-recipients"),
                message.recipients.join(", "),
            );
        if let Some(sender) = message.sender {
            request = request.header(HeaderName::from_static("mailgrant-sender"), sender);
        }
        if message.spooled {
            request = request.header(HeaderName::from_static("mailgrant-spooled"), "true");
        }
        request.body(message.content.to_vec()).ok()
    }
}

fn with_causes(error: &HttpError) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
