//! HTTP to token endpoints: no redirects, limits on time and size.

use std::{future::Future, pin::Pin, sync::Arc, time::Duration};

use domain::FindingCode;
use oauth2::{AsyncHttpClient, HttpRequest, HttpResponse};
use rustls::ClientConfig;

/// Longest answer of a token endpoint that is read: bytes.
const BODY_AT_MOST: usize = 256 * 1024;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HttpError {
    #[error("the request failed")]
    Request(#[from] reqwest::Error),
    #[error("the answer is longer than {BODY_AT_MOST} bytes")]
    TooLong,
    #[error("status {0}")]
    Status(u16),
    #[error("the answer could not be built")]
    Build(#[from] oauth2::http::Error),
}

impl HttpError {
    /// What it means.
    pub(crate) fn finding(&self) -> FindingCode {
        match self {
            Self::Request(error) if error.is_timeout() => FindingCode::TokenEndpointTimeout,
            Self::Request(error) if has_tls_cause(error) => FindingCode::TokenEndpointCertificate,
            Self::Request(error) if error.is_decode() || error.is_body() => {
                FindingCode::TokenAnswerUnreadable
            }
            Self::Request(_) => FindingCode::TokenEndpointUnreachable,
            Self::Status(429 | 500..) => FindingCode::ProviderUnavailable,
            Self::TooLong | Self::Build(_) | Self::Status(_) => FindingCode::TokenAnswerUnreadable,
        }
    }
}

fn has_tls_cause(error: &reqwest::Error) -> bool {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.downcast_ref::<rustls::Error>().is_some() {
            return true;
        }
        // An io::Error hides what it wraps from `source`.
        let wrapped = error
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref);
        if wrapped.is_some_and(|inner| inner.downcast_ref::<rustls::Error>().is_some()) {
            return true;
        }
        cause = error.source();
    }
    false
}

/// The client.
#[derive(Clone, Debug)]
pub(crate) struct Http(reqwest::Client);

impl Http {
    pub(crate) fn new(tls: &Arc<ClientConfig>, timeout: Duration) -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(ClientConfig::clone(tls))
            // RFC 9700 §4.12: a redirect could carry the request's secrets elsewhere.
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(timeout)
            .timeout(timeout)
            .pool_max_idle_per_host(1)
            .user_agent(concat!("Mailgrant/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self(client))
    }

    /// One request; an answer with a redirect, 429 or 5xx is an error.
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let (parts, body) = request.into_parts();
        let mut answer = self
            .0
            .request(parts.method, parts.uri.to_string())
            .headers(parts.headers)
            .body(body)
            .send()
            .await?;
        let status = answer.status();
        if status.is_redirection() || status.is_server_error() || status.as_u16() == 429 {
            return Err(HttpError::Status(status.as_u16()));
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = answer.chunk().await? {
            if bytes.len() + chunk.len() > BODY_AT_MOST {
                return Err(HttpError::TooLong);
            }
            bytes.extend_from_slice(&chunk);
        }
        let mut response = oauth2::http::Response::builder().status(status);
        for (name, value) in answer.headers() {
            response = response.header(name, value);
        }
        Ok(response.body(bytes)?)
    }
}

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = HttpError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}
