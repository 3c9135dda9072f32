//! Webhooks: a JSON document is posted, signed as Standard Webhooks says. To post it again is up to the caller.

mod sign;

use domain::{Finding, FindingCode, WebhookFailure, WebhookSecret, WebhookUrl};
use oauth2::{
    HttpRequest,
    http::{
        HeaderValue, Method,
        header::{CONTENT_TYPE, HeaderName},
    },
};

use crate::{
    Mailer,
    http::{Http, HttpError},
};

/// Where webhooks go, and what they are signed with.
#[derive(Clone, Debug)]
pub struct Webhook {
    /// Where to.
    pub url: WebhookUrl,
    /// What they are signed with; chats know no signatures.
    pub secret: Option<WebhookSecret>,
}

impl Mailer {
    /// Posts a JSON document. `id` names the event: it is the same when the same document is posted again, so that whoever
    /// gets it twice can tell. It is taken when the answer has a status of 200 to 299; nothing else of it is read.
    ///
    /// # Errors
    /// Why it was not taken.
    pub async fn post_webhook(
        &self,
        webhook: &Webhook,
        id: &str,
        json: &str,
    ) -> Result<(), WebhookFailure> {
        let at = self.now().0;
        let request = request(webhook, id, at, json).ok_or(WebhookFailure::NotARequest)?;
        let status = self.0.http.status(request).await.map_err(|error| {
            let failure = failure(&error);
            // The URL is a secret, and errors may hold it.
            tracing::debug!(host = %webhook.url.host(), code = failure.code(), "a webhook failed");
            failure
        })?;
        match status {
            200..=299 => Ok(()),
            300..=399 => Err(WebhookFailure::Redirected),
            status => Err(WebhookFailure::Status(status)),
        }
    }
}

fn request(webhook: &Webhook, id: &str, at: i64, json: &str) -> Option<HttpRequest> {
    let mut request = oauth2::http::Request::builder()
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

/// What an error of a token endpoint would be, as that of a webhook.
fn failure(error: &HttpError) -> WebhookFailure {
    let Finding { code, .. } = error.finding();
    match (error, code) {
        (HttpError::Build(_), _) => WebhookFailure::NotARequest,
        (HttpError::Request(error), _) if error.is_builder() => WebhookFailure::NotARequest,
        (_, FindingCode::AddressDenied) => WebhookFailure::AddressDenied,
        (_, FindingCode::TokenEndpointTimeout) => WebhookFailure::Timeout,
        (_, FindingCode::TokenEndpointCertificate) => WebhookFailure::Certificate,
        (_, FindingCode::CredentialInPlaintext) => WebhookFailure::Plaintext,
        (error, _) if error.is_not_found() => WebhookFailure::NotFound,
        _ => WebhookFailure::Unreachable,
    }
}

impl Http {
    /// One request of whose answer only the status is read.
    async fn status(&self, request: HttpRequest) -> Result<u16, HttpError> {
        Ok(self.execute(request).await?.status().as_u16())
    }
}
