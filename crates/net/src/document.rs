//! Public documents on the web, such as the metadata of an authorization server.

use crate::{HttpClient, HttpError};
use http::{HeaderValue, header};
use tokio::time::{Instant, timeout_at};

/// A document as it was received.
#[derive(Debug)]
pub struct Document {
    /// The body, at most 256 kB.
    pub body: Vec<u8>,
    /// The media type of the answer, in lower case.
    pub media_type: String,
}

/// The reason why there is no document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentError {
    /// The server has none, or redirects; redirects are not followed.
    Absent,
    /// The policy denies all addresses of the server.
    Denied,
    /// The server could not be reached, or its certificate was not accepted.
    Unreachable,
    /// The server did not answer in time.
    Timeout,
    /// The document is too long or was cut off.
    Unreadable,
}

/// Fetches a document until `deadline`.
///
/// # Errors
/// If there is no document, or it cannot be read.
pub async fn fetch_document(
    http: &HttpClient,
    url: &str,
    accept: &'static str,
    deadline: Instant,
) -> Result<Document, DocumentError> {
    let request = http::Request::get(url)
        .header(header::ACCEPT, HeaderValue::from_static(accept))
        .body(Vec::new())
        .map_err(|_| DocumentError::Absent)?;
    let answer = timeout_at(deadline, http.send(request)).await;
    let answer = answer
        .map_err(|_| DocumentError::Timeout)?
        .map_err(|error| document_error(&error))?;
    if answer.status() != http::StatusCode::OK {
        return Err(DocumentError::Absent);
    }
    let media_type = answer.headers().get(header::CONTENT_TYPE);
    let media_type = media_type.and_then(|value| value.to_str().ok());
    Ok(Document {
        media_type: media_type.unwrap_or_default().to_ascii_lowercase(),
        body: answer.into_body(),
    })
}

fn document_error(error: &HttpError) -> DocumentError {
    tracing::debug!(
        error = error as &dyn std::error::Error,
        "document could not be fetched"
    );
    match error {
        HttpError::Status(_) => DocumentError::Absent,
        error if error.denied_addresses().is_some() => DocumentError::Denied,
        error if error.is_timeout() => DocumentError::Timeout,
        error if error.is_unreadable() => DocumentError::Unreadable,
        _ => DocumentError::Unreachable,
    }
}
