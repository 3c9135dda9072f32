//! Webhooks: signed JSON documents sent by POST, as Standard Webhooks specifies. Retries are up to
//! the caller.

mod sign;

use std::sync::Arc;

use domain::{WebhookFailure, WebhookSecret, WebhookUrl};
use http::{
    HeaderValue, Method, Request,
    header::{CONTENT_TYPE, HeaderName},
};
use net::{HttpClient, HttpError};

use crate::ServerClock;

/// The URL and signing secret of a webhook.
#[derive(Clone, Debug)]
pub struct Webhook {
    /// URL that receives the documents. It is a secret.
    pub url: WebhookUrl,
    /// Signing secret. `None` for chat services, which verify no signatures.
    pub secret: Option<WebhookSecret>,
}

/// Sends webhooks.
#[derive(Debug)]
pub struct Webhooks {
    pub(crate) http: HttpClient,
    pub(crate) clock: Arc<ServerClock>,
}

impl Webhooks {
    /// Posts a JSON document. `id` identifies the event and stays the same for retries, so the
    /// receiver can detect duplicates. A status from 200 to 299 means success. The rest of the
    /// response is not read.
    ///
    /// # Errors
    /// The reason why the webhook did not accept the document.
    pub async fn post(
        &self,
        webhook: &Webhook,
        id: &str,
        json: &str,
    ) -> Result<(), WebhookFailure> {
        let at = self.clock.now().0;
        let request = request(webhook, id, at, json).ok_or(WebhookFailure::NotARequest)?;
        let status = self.http.status(request).await.map_err(|error| {
            let failure = failure(&error);
            // The URL is a secret, and errors may contain it.
            tracing::debug!(host = %webhook.url.host(), code = failure.code(), "webhook failed");
            failure
        })?;
        match status {
            200..=299 => Ok(()),
            300..=399 => Err(WebhookFailure::Redirected),
            status => Err(WebhookFailure::Status(status)),
        }
    }
}

fn request(webhook: &Webhook, id: &str, at: i64, json: &str) -> Option<Request<Vec<u8>>> {
    let mut request = Request::builder()
        .method(Method::POST)
        .uri(webhook.url.expose())
        .header(CONTENT_TYPE, "application/json");
    if let Some(secret) = &webhook.secret {
        let signature = sign::signature(secret, id, at, json.as_bytes())?;
        let values = [
            ("webhook-id", HeaderValue::from_str(id).ok()?),
            ("webhook-timestamp", HeaderValue::from(at)),
            ("webhook-signature", HeaderValue::from_str(&signature).ok()?),
        ];
        for (name, value) in values {
            request = request.header(HeaderName::from_static(name), value);
        }
    }
    request.body(json.as_bytes().to_vec()).ok()
}

/// Returns the failure of a webhook that did not respond.
fn failure(error: &HttpError) -> WebhookFailure {
    match error {
        error if error.is_invalid_request() => WebhookFailure::NotARequest,
        error if error.denied_addresses().is_some() => WebhookFailure::AddressDenied,
        error if error.is_timeout() => WebhookFailure::Timeout,
        error if error.is_certificate() => WebhookFailure::Certificate,
        HttpError::Plaintext => WebhookFailure::Plaintext,
        error if error.is_not_found() => WebhookFailure::NotFound,
        _ => WebhookFailure::Unreachable,
    }
}
