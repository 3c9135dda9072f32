//! Another Mailgrant, which a program hands messages to.

use std::time::Duration;

use http::{
    HeaderName, HeaderValue, Method, Request,
    header::{AUTHORIZATION, CONTENT_TYPE},
};
use net::{HttpClient, HttpError};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use crate::{MailError, MailerOptions};

/// How long a server may take to store a message.
const PATIENCE: Duration = Duration::from_secs(30);

/// A Mailgrant server and the key to it.
#[derive(Debug)]
pub struct Remote {
    http: HttpClient,
    url: String,
    key: SecretString,
}

/// A message (RFC 5322) for a server.
#[derive(Clone, Debug)]
pub struct RemoteMessage<'a> {
    /// Names the request, so that it counts once however often it is made.
    pub idempotency_key: &'a str,
    /// Where it is sent from, unless the server chooses.
    pub data_center: Option<&'a str>,
    /// Who gets it.
    pub recipients: &'a [String],
    /// The address of the envelope, unless it is that of `From`.
    pub sender: Option<&'a str>,
    /// Whether a From address that is not allowed is replaced.
    pub replace_from: bool,
    /// The message.
    pub content: &'a [u8],
}

/// Why a server has not taken a message.
#[derive(Debug, thiserror::Error)]
pub enum RemoteError {
    /// It may be taken later: the server is away, or says so itself.
    #[error("the server cannot be reached or cannot answer: {0}")]
    Later(String),
    /// The server refuses it.
    #[error("the server refuses it: {detail}")]
    Refused {
        /// The status of the answer.
        status: u16,
        /// What is wrong, in words of the server.
        detail: String,
        /// Which parts of the message are wrong (RFC 6901).
        pointers: Vec<String>,
    },
    /// Nothing may be sent there: plain HTTP to another machine.
    #[error("the key would travel in the clear: use https for a server on another machine")]
    Plaintext,
    /// The URL, the key or a recipient cannot stand in a request.
    #[error("the URL of the server, the key or an address cannot stand in a request")]
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
    /// The server at an origin such as `https://mail.example.com`.
    ///
    /// # Errors
    /// When TLS or the HTTP client cannot be set up.
    pub fn new(
        origin: &str,
        key: SecretString,
        extra_roots: Vec<Vec<u8>>,
    ) -> Result<Self, MailError> {
        let options = MailerOptions {
            extra_roots,
            ..MailerOptions::default()
        };
        let outgoing = options.outgoing()?;
        Ok(Self {
            http: HttpClient::new(&outgoing, PATIENCE)?,
            url: format!("{}/api/v1/messages", origin.trim_end_matches('/')),
            key,
        })
    }

    /// Hands a message over. When this returns the server has stored it.
    ///
    /// # Errors
    /// Why it has not.
    pub async fn hand_over(&self, message: &RemoteMessage<'_>) -> Result<(), RemoteError> {
        let request = self.request(message).ok_or(RemoteError::NotARequest)?;
        let answer = self.http.send(request).await.map_err(|error| match error {
            HttpError::Plaintext => RemoteError::Plaintext,
            HttpError::Build(_) => RemoteError::NotARequest,
            HttpError::Request(error) if error.is_builder() => RemoteError::NotARequest,
            // Neither holds the key.
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
            // The server says the same of the whole request.
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
        // What answers with another status and no problem is no Mailgrant, or one that is being replaced.
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
            // Letters, digits and hyphens; anything else is no id and makes no URL.
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
