//! HTTP to token endpoints and webhooks: no redirects, no proxies, limits on time and size, and only where [`Outgoing`] lets it go.

use std::{error::Error, future::Future, net::IpAddr, pin::Pin, sync::Arc, time::Duration};

use domain::{Finding, FindingCode, Host, TlsMinimum, finding::FindingValue};
use oauth2::{AsyncHttpClient, HttpRequest, HttpResponse};
use rustls::ClientConfig;

use crate::outgoing::{HttpResolver, NoAddress, Outgoing, listed};

/// Longest answer of a token endpoint that is read: bytes.
const BODY_AT_MOST: usize = 256 * 1024;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HttpError {
    #[error("the request failed")]
    Request(#[from] reqwest::Error),
    #[error("nothing is sent there")]
    Nowhere(#[from] NoAddress),
    #[error("nothing is sent in the clear to another machine")]
    Plaintext,
    #[error("the answer is longer than {BODY_AT_MOST} bytes")]
    TooLong,
    #[error("status {0}")]
    Status(u16),
    #[error("the answer could not be built")]
    Build(#[from] oauth2::http::Error),
}

impl HttpError {
    /// Why there was nothing to connect to, when that is it.
    fn nowhere(&self) -> Option<&NoAddress> {
        match self {
            Self::Nowhere(nowhere) => Some(nowhere),
            Self::Request(error) => caused_by(error),
            _ => None,
        }
    }

    /// Whether the name has no address.
    pub(crate) fn is_not_found(&self) -> bool {
        matches!(self.nowhere(), Some(NoAddress::NotFound))
    }

    /// What it means.
    pub(crate) fn finding(&self) -> Finding {
        if let Some(NoAddress::Denied(addresses)) = self.nowhere() {
            return denied(addresses);
        }
        Finding::new(match self {
            Self::Request(error) if error.is_timeout() => FindingCode::TokenEndpointTimeout,
            Self::Request(error)
                if matches!(caused_by(error), Some(rustls::Error::InvalidCertificate(_))) =>
            {
                FindingCode::TokenEndpointCertificate
            }
            Self::Request(error) if error.is_decode() || error.is_body() => {
                FindingCode::TokenAnswerUnreadable
            }
            Self::Request(_) | Self::Nowhere(_) => FindingCode::TokenEndpointUnreachable,
            Self::Plaintext => FindingCode::CredentialInPlaintext,
            Self::Status(429 | 500..) => FindingCode::ProviderUnavailable,
            Self::TooLong | Self::Build(_) | Self::Status(_) => FindingCode::TokenAnswerUnreadable,
        })
    }
}

fn denied(addresses: &[IpAddr]) -> Finding {
    Finding::new(FindingCode::AddressDenied).with(FindingValue::Address, listed(addresses))
}

/// The error of a type among the causes of another.
fn caused_by<T: Error + 'static>(error: &reqwest::Error) -> Option<&T> {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        // An io::Error hides what it wraps from `source`; it may wrap another one.
        cause = match error.downcast_ref::<std::io::Error>() {
            Some(io) => io.get_ref().map(|inner| inner as &(dyn Error + 'static)),
            None => error.source(),
        };
    }
    None
}

/// The client.
#[derive(Clone, Debug)]
pub(crate) struct Http {
    client: reqwest::Client,
    outgoing: Outgoing,
}

impl Http {
    pub(crate) fn new(outgoing: &Outgoing, timeout: Duration) -> Result<Self, reqwest::Error> {
        let tls = outgoing.tls(TlsMinimum::Tls12);
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(ClientConfig::clone(&tls))
            .dns_resolver(Arc::new(HttpResolver(outgoing.clone())))
            // A proxy would resolve the name anew, and see plain http.
            .no_proxy()
            // RFC 9700 §4.12: a redirect could carry the request's secrets elsewhere.
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(timeout)
            .timeout(timeout)
            .pool_max_idle_per_host(1)
            .user_agent(concat!("Mailgrant/", env!("CARGO_PKG_VERSION")))
            .build()?;
        let outgoing = outgoing.clone();
        Ok(Self { client, outgoing })
    }

    /// Whether a request may go where it wants to. The URL is looked at as the client has read it, which takes more for an
    /// IP address than we do.
    async fn let_pass(&self, url: &reqwest::Url) -> Result<(), HttpError> {
        let host = url.host_str().and_then(|host| Host::parse(host).ok());
        let host = host.ok_or(NoAddress::NotFound)?;
        if url.scheme() != "https" && !host.is_loopback() {
            return Err(HttpError::Plaintext);
        }
        // Names are resolved when the client connects; asking twice could give two answers.
        if host.ip().is_some() {
            self.outgoing.resolve(&host, 0).await?;
        }
        Ok(())
    }

    /// One request, up to the head of its answer.
    pub(crate) async fn execute(
        &self,
        request: HttpRequest,
    ) -> Result<reqwest::Response, HttpError> {
        let (parts, body) = request.into_parts();
        let request = self
            .client
            .request(parts.method, parts.uri.to_string())
            .headers(parts.headers)
            .body(body)
            .build()?;
        self.let_pass(request.url()).await?;
        Ok(self.client.execute(request).await?)
    }

    /// One request; an answer with a redirect, 429 or 5xx is an error.
    pub(crate) async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let mut answer = self.execute(request).await?;
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
