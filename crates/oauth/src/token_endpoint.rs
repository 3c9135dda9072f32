//! The token endpoint (RFC 6749 §3.2), as the OAuth library calls it.

use std::pin::Pin;

use domain::UnixTime;
use http::header::AUTHORIZATION;
use net::{HttpClient, HttpError};
use oauth2::{AsyncHttpClient, HttpRequest, HttpResponse};

use crate::{
    failure::TokenFailure, rejection::Rejection, response::Received,
    standard_response::standard_response,
};

/// The reason why a request gave no tokens.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The provider rejected the request.
    #[error("the provider rejected the request")]
    Rejected(Rejection),
    /// The response cannot be used.
    #[error("the response cannot be used")]
    Unusable(TokenFailure),
    /// The endpoint cannot be part of a request.
    #[error("the endpoint cannot be part of a request")]
    NoRequest,
    /// There is no response, or it could not be read.
    #[error("there is no response")]
    NoResponse(#[from] HttpError),
}

/// The HTTP client of the OAuth library. The library accepts only responses in the exact form of
/// RFC 6749, so it receives each success in that form, and errors do not reach it.
pub(crate) struct TokenEndpoint<'a> {
    pub(crate) http: &'a HttpClient,
    pub(crate) now: UnixTime,
}

impl TokenEndpoint<'_> {
    async fn send(&self, mut request: HttpRequest) -> Result<HttpResponse, Failure> {
        if let Some(credentials) = request.headers_mut().get_mut(AUTHORIZATION) {
            credentials.set_sensitive(true);
        }
        let received = Received::new(self.http.send_any(request).await?, self.now);
        match Rejection::of(&received) {
            Some(rejection) => Err(Failure::Rejected(rejection)),
            None => standard_response(&received, self.now).map_err(Failure::Unusable),
        }
    }
}

impl<'c> AsyncHttpClient<'c> for TokenEndpoint<'_> {
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Failure>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}
