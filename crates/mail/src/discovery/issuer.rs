//! Discovery of the metadata of an issuer (RFC 8414; OpenID Connect Discovery 1.0).

use domain::{EndpointUrl, FieldError, IssuerDocument, IssuerTrouble};
use tokio::time::Instant;

use super::{AT_MOST, presets};
use crate::Mailer;

impl Mailer {
    /// Returns the published endpoints of an issuer within 8 seconds. Those of Google and Microsoft
    /// are built in.
    ///
    /// # Errors
    /// The trouble, if this is no issuer or its metadata cannot be used.
    pub async fn discover_issuer(&self, issuer: &str) -> Result<IssuerDocument, IssuerTrouble> {
        self.issuer(issuer, Instant::now() + AT_MOST).await
    }

    /// Returns the published endpoints of an issuer before `deadline`.
    pub(crate) async fn issuer(
        &self,
        issuer: &str,
        deadline: Instant,
    ) -> Result<IssuerDocument, IssuerTrouble> {
        let url = EndpointUrl::parse(issuer).map_err(IssuerTrouble::NotAnIssuer)?;
        let issuer = url.as_str();
        if issuer.contains('?') {
            return Err(IssuerTrouble::NotAnIssuer(FieldError::NotAUrl));
        }
        if let Some(oauth) = presets::of_issuer(issuer) {
            return Ok(IssuerDocument {
                url: String::new(),
                oauth,
                scopes: Vec::new(),
            });
        }
        oauth::issuer_document(&self.0.http, issuer, deadline).await
    }
}
