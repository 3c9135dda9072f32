//! HTTP requests to other machines: no redirects, no proxies, limits on time and size, and only to
//! addresses that [`Outgoing`] allows.

use std::{error::Error, net::IpAddr, sync::Arc, time::Duration};

use domain::{Host, TlsMinimum};
use http::{Request, Response};
use rustls::ClientConfig;

use crate::{Outgoing, ResolveError, http_resolver::HttpResolver};

/// Longest response body, in bytes.
const MAX_BODY: usize = 256 * 1024;

/// The reason why a request has no response. No variant shows the request or its secrets in its
/// text.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// The request failed; the methods of this type give details.
    #[error("the request failed")]
    Request(#[from] reqwest::Error),
    /// The host has no address that may be connected to.
    #[error("the destination is not allowed")]
    Resolve(#[from] ResolveError),
    /// The URL is plain HTTP to another machine.
    #[error("unencrypted connections to other machines are not allowed")]
    Plaintext,
    /// The body of the response, with this status, is too long.
    #[error("status {0} with a body longer than {MAX_BODY} bytes")]
    TooLong(u16),
    /// The status of the response is a redirect, 429, or 5xx.
    #[error("status {0}")]
    Status(u16),
    /// The request or the response could not be built.
    #[error("the request could not be built")]
    Build(#[from] http::Error),
}

impl HttpError {
    /// Returns the reason why there was no address to connect to, if there was none.
    pub fn resolve_error(&self) -> Option<&ResolveError> {
        match self {
            Self::Resolve(error) => Some(error),
            Self::Request(error) => cause(error),
            _ => None,
        }
    }

    /// Returns the addresses of the host if the policy denies all of them.
    pub fn denied_addresses(&self) -> Option<&[IpAddr]> {
        match self.resolve_error()? {
            ResolveError::Denied(addresses) => Some(addresses),
            ResolveError::NotFound | ResolveError::Unanswered(_) => None,
        }
    }

    /// Returns true if the host has no address, as far as is known.
    pub fn is_not_found(&self) -> bool {
        matches!(
            self.resolve_error(),
            Some(ResolveError::NotFound | ResolveError::Unanswered(_))
        )
    }

    /// Returns true if the server did not answer in time.
    pub fn is_timeout(&self) -> bool {
        matches!(self, Self::Request(error) if error.is_timeout())
    }

    /// Returns true if the certificate of the server was not accepted.
    pub fn is_certificate(&self) -> bool {
        matches!(self, Self::Request(error)
            if matches!(cause(error), Some(rustls::Error::InvalidCertificate(_))))
    }

    /// Returns true if there was a response that could not be read.
    pub fn is_unreadable(&self) -> bool {
        match self {
            Self::Request(error) => error.is_decode() || error.is_body(),
            Self::TooLong(_) | Self::Build(_) => true,
            _ => false,
        }
    }

    /// Returns true if the URL or a header cannot be part of a request.
    pub fn is_invalid_request(&self) -> bool {
        match self {
            Self::Build(_) => true,
            Self::Request(error) => error.is_builder(),
            _ => false,
        }
    }
}

/// Returns the error of a type among the causes of another.
fn cause<T: Error + 'static>(error: &reqwest::Error) -> Option<&T> {
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

/// An HTTP client. Cheap to clone.
#[derive(Clone, Debug)]
pub struct HttpClient {
    client: reqwest::Client,
    outgoing: Outgoing,
}

impl HttpClient {
    /// Makes a client. `timeout` limits connecting and the whole request, each.
    ///
    /// # Errors
    /// If the client cannot be set up.
    pub fn new(outgoing: &Outgoing, timeout: Duration) -> Result<Self, reqwest::Error> {
        let tls = outgoing.tls(TlsMinimum::Tls12);
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(ClientConfig::clone(&tls))
            .dns_resolver(Arc::new(HttpResolver(outgoing.clone())))
            // A proxy would resolve the name again and see plain HTTP.
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

    /// Checks the destination of a request. It checks the URL as the client has parsed it, because
    /// the client accepts more notations of IP addresses than [`Host`] does.
    async fn check(&self, url: &reqwest::Url) -> Result<(), HttpError> {
        let host = url.host_str().and_then(|host| Host::parse(host).ok());
        let host = host.ok_or(ResolveError::NotFound)?;
        if url.scheme() != "https" && !host.is_loopback() {
            return Err(HttpError::Plaintext);
        }
        // Names are resolved when the client connects; resolving them here too could give a
        // different result.
        if host.ip().is_some() {
            self.outgoing.resolve(&host, 0).await?;
        }
        Ok(())
    }

    /// Sends a request and returns its response before the body is read.
    ///
    /// # Errors
    /// If the destination is not allowed, or the request fails.
    pub async fn execute(&self, request: Request<Vec<u8>>) -> Result<reqwest::Response, HttpError> {
        let (parts, body) = request.into_parts();
        let request = self
            .client
            .request(parts.method, parts.uri.to_string())
            .headers(parts.headers)
            .body(body)
            .build()?;
        self.check(request.url()).await?;
        Ok(self.client.execute(request).await?)
    }

    /// Sends a request and reads the response.
    ///
    /// # Errors
    /// Those of [`HttpClient::execute`], and a response that is too long or whose status is a
    /// redirect, 429, or 5xx.
    pub async fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, HttpError> {
        let answer = self.execute(request).await?;
        let status = answer.status();
        if status.is_redirection() || status.is_server_error() || status.as_u16() == 429 {
            return Err(HttpError::Status(status.as_u16()));
        }
        read(answer).await
    }

    /// Sends a request and reads the response, whatever its status.
    ///
    /// # Errors
    /// Those of [`HttpClient::execute`], and a response that is too long.
    pub async fn send_any(
        &self,
        request: Request<Vec<u8>>,
    ) -> Result<Response<Vec<u8>>, HttpError> {
        read(self.execute(request).await?).await
    }

    /// Sends a request and returns the status of its response without reading the body.
    ///
    /// # Errors
    /// Those of [`HttpClient::execute`].
    pub async fn status(&self, request: Request<Vec<u8>>) -> Result<u16, HttpError> {
        Ok(self.execute(request).await?.status().as_u16())
    }
}

/// Reads a response to its end.
async fn read(mut answer: reqwest::Response) -> Result<Response<Vec<u8>>, HttpError> {
    let status = answer.status();
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await? {
        if bytes.len() + chunk.len() > MAX_BODY {
            return Err(HttpError::TooLong(status.as_u16()));
        }
        bytes.extend_from_slice(&chunk);
    }
    let mut response = Response::builder().status(status);
    for (name, value) in answer.headers() {
        response = response.header(name, value);
    }
    Ok(response.body(bytes)?)
}
