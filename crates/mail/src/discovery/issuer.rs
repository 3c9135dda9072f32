//! Discovery of the metadata of an issuer (RFC 8414; OpenID Connect Discovery 1.0).

use domain::{EndpointUrl, IssuerDocument, IssuerProblem, UrlError};
use tokio::time::Instant;

use super::{DISCOVERY_TIMEOUT, Discovery, presets};

impl Discovery {
    /// Returns the published endpoints of an issuer within 8 seconds. The endpoints of Google and
    /// Microsoft are built in.
    ///
    /// # Errors
    /// The reason why the URL is not an issuer or its metadata cannot be used.
    pub async fn issuer(&self, issuer: &str) -> Result<IssuerDocument, IssuerProblem> {
        self.issuer_before(issuer, Instant::now() + DISCOVERY_TIMEOUT)
            .await
    }

    /// Returns the published endpoints of an issuer before `deadline`.
    pub(crate) async fn issuer_before(
        &self,
        issuer: &str,
        deadline: Instant,
    ) -> Result<IssuerDocument, IssuerProblem> {
        let url = EndpointUrl::parse(issuer).map_err(IssuerProblem::NotAnIssuer)?;
        let issuer = url.as_str();
        if issuer.contains('?') {
            return Err(IssuerProblem::NotAnIssuer(UrlError::NotAUrl));
        }
        if let Some(oauth) = presets::of_issuer(issuer) {
            return Ok(IssuerDocument {
                url: String::new(),
                oauth,
                scopes: Vec::new(),
            });
        }
        oauth::issuer_document(&self.http, issuer, deadline).await
    }
}
