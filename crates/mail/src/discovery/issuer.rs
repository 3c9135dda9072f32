//! What an issuer publishes about itself (RFC 8414; OpenID Connect Discovery 1.0).

use domain::{EndpointUrl, FieldError, IssuerDocument, IssuerTrouble};
use tokio::time::Instant;

use super::{AT_MOST, presets};
use crate::Mailer;

impl Mailer {
    /// The endpoints of an issuer, as it publishes them; within 8 seconds. Google's and Microsoft's are known and not asked
    /// for.
    ///
    /// # Errors
    /// When this is no issuer, or it tells nothing that can be used.
    pub async fn discover_issuer(&self, issuer: &str) -> Result<IssuerDocument, IssuerTrouble> {
        self.issuer(issuer, Instant::now() + AT_MOST).await
    }

    /// The same until `deadline`.
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
