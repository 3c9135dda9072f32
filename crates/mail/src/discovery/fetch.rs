//! Documents that everybody may read.

use http::{HeaderValue, header};
use net::{HttpClient, HttpError};
use tokio::time::{Instant, timeout_at};

/// A document.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) body: Vec<u8>,
    /// The media type it says to be, in lower case.
    pub(super) media_type: String,
}

/// Why there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoDocument {
    /// The server has none, or leads elsewhere, where nobody goes.
    Absent,
    /// Its addresses are denied.
    Denied,
    /// It could not be reached, or its certificate is not good.
    Unreachable,
    /// It did not answer in time.
    Timeout,
    /// It is too long, or broke off.
    Unreadable,
}

/// Reads a document until `deadline`: 256 kB at most, no redirects, and only where [`net::Outgoing`] allows it.
pub(super) async fn fetch(
    http: &HttpClient,
    url: &str,
    accept: &'static str,
    deadline: Instant,
) -> Result<Document, NoDocument> {
    let request = http::Request::get(url)
        .header(header::ACCEPT, HeaderValue::from_static(accept))
        .body(Vec::new())
        .map_err(|_| NoDocument::Absent)?;
    let answer = timeout_at(deadline, http.send(request)).await;
    let answer = answer
        .map_err(|_| NoDocument::Timeout)?
        .map_err(|error| no_document(&error))?;
    if answer.status() != http::StatusCode::OK {
        return Err(NoDocument::Absent);
    }
    let media_type = answer.headers().get(header::CONTENT_TYPE);
    let media_type = media_type.and_then(|value| value.to_str().ok());
    Ok(Document {
        media_type: media_type.unwrap_or_default().to_ascii_lowercase(),
        body: answer.into_body(),
    })
}

fn no_document(error: &HttpError) -> NoDocument {
    tracing::debug!(error = error as &dyn std::error::Error, "no document");
    match error {
        HttpError::Status(_) => NoDocument::Absent,
        error if error.denied_addresses().is_some() => NoDocument::Denied,
        error if error.is_timeout() => NoDocument::Timeout,
        error if error.is_unreadable() => NoDocument::Unreadable,
        _ => NoDocument::Unreachable,
    }
}
