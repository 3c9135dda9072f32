//! The issuer of an authorization response (RFC 9207): the expected one, and whether the response
//! must name it.
//!
//! The issuers of Google and Microsoft are built in. The metadata of other providers (RFC 8414,
//! OpenID Connect Discovery 1.0) is fetched when an authorization starts. A provider without
//! metadata may omit `iss`. If it sends one, it must be the server of the authorization endpoint.

use std::{collections::HashMap, sync::Mutex, time::Duration};

use domain::{
    Finding, FindingCode, KnownIssuer, OAuthClient, ProviderFamily, UnixTime, finding::FindingValue,
};
use oauth::{ServerMetadata, SignedIn};
use secrecy::SecretString;
use tokio::time::Instant;

use super::Authorizations;

/// Timeout for fetching metadata. After it, the sign-in starts without metadata.
const TIMEOUT: Duration = Duration::from_secs(3);
/// Seconds for which cached metadata is used without a new request. Older metadata is used only if
/// the provider does not respond.
const METADATA_TTL: i64 = 600;
/// Maximum number of authorization endpoints whose metadata is cached.
const MAX_REMEMBERED: usize = 64;

/// Cached metadata by authorization endpoint.
#[derive(Debug, Default)]
pub(crate) struct Issuers(Mutex<HashMap<String, (ServerMetadata, UnixTime)>>);

impl Issuers {
    fn get(&self, client: &OAuthClient<SecretString>) -> Option<(ServerMetadata, UnixTime)> {
        let known = self.0.lock().ok()?;
        known.get(&key(client)).cloned()
    }

    fn insert(&self, client: &OAuthClient<SecretString>, metadata: &ServerMetadata, now: UnixTime) {
        let Ok(mut known) = self.0.lock() else {
            return;
        };
        if known.len() >= MAX_REMEMBERED {
            known.clear();
        }
        known.insert(key(client), (metadata.clone(), now));
    }
}

/// Returns the cache key: metadata is valid for a pair of endpoints.
fn key(client: &OAuthClient<SecretString>) -> String {
    format!(
        "{} {}",
        client.authorization_endpoint, client.token_endpoint
    )
}

impl Authorizations {
    /// Returns the issuer in a provider's metadata. `None` for a built-in provider, and for one
    /// that has no metadata or does not respond.
    pub(crate) async fn known_issuer(
        &self,
        client: &OAuthClient<SecretString>,
    ) -> Option<KnownIssuer> {
        let metadata = self.server_metadata(client).await;
        metadata.map(|metadata| metadata.issuer)
    }

    /// Requests the account of an access token from the provider's `userinfo` endpoint. Skips
    /// built-in providers and those that publish no such endpoint.
    pub(crate) async fn userinfo(
        &self,
        client: &OAuthClient<SecretString>,
        access_token: &SecretString,
    ) -> SignedIn {
        let metadata = self.server_metadata(client).await;
        let Some(endpoint) = metadata.and_then(|metadata| metadata.userinfo_endpoint) else {
            return SignedIn::Nothing;
        };
        let timeout = TIMEOUT.min(self.metadata_timeout);
        let deadline = Instant::now() + timeout;
        oauth::userinfo(&self.http, &endpoint, access_token, deadline).await
    }

    async fn server_metadata(&self, client: &OAuthClient<SecretString>) -> Option<ServerMetadata> {
        if client.authorization_endpoint.family() != ProviderFamily::Other {
            return None;
        }
        let now = self.clock.now();
        let remembered = self.issuers.get(client);
        if let Some((metadata, at)) = &remembered
            && (at.0..at.plus(METADATA_TTL).0).contains(&now.0)
        {
            return Some(metadata.clone());
        }
        let timeout = TIMEOUT.min(self.metadata_timeout);
        let urls = oauth::metadata_urls(client.authorization_endpoint.as_str());
        match oauth::metadata_of(&self.http, &urls, client, Instant::now() + timeout).await {
            Some(metadata) => {
                self.issuers.insert(client, &metadata, now);
                Some(metadata)
            }
            None => remembered.map(|(metadata, _)| metadata),
        }
    }

    /// Compares the `iss` of a response with the issuer of its authorization (RFC 9207 §2.4).
    ///
    /// # Errors
    /// `IssuerMismatch`, `IssuerMissing`.
    pub(crate) async fn check_issuer(
        &self,
        client: &OAuthClient<SecretString>,
        known: Option<&KnownIssuer>,
        iss: Option<&str>,
    ) -> Result<(), Finding> {
        let is_right = match (known, iss) {
            (Some(known), None) if known.announces_iss => {
                let finding = Finding::new(FindingCode::IssuerMissing);
                return Err(finding.with(FindingValue::Issuer, &known.issuer));
            }
            (_, None) => true,
            (Some(known), Some(iss)) => iss == known.issuer,
            (None, Some(iss)) => match client.authorization_endpoint.family() {
                ProviderFamily::Google => iss == oauth::GOOGLE_ISSUER,
                ProviderFamily::Microsoft => {
                    oauth::is_microsoft_issuer(client.authorization_endpoint.as_str(), iss)
                }
                ProviderFamily::Other => self.is_of_endpoint(client, iss).await,
            },
        };
        if is_right {
            return Ok(());
        }
        let finding = Finding::new(FindingCode::IssuerMismatch);
        Err(finding.with(FindingValue::Issuer, iss.unwrap_or_default()))
    }

    /// Returns true if an issuer without cached metadata is the server of the authorization
    /// endpoint. It must have the same origin, and its own metadata must name that endpoint.
    /// Without metadata, the endpoint must be below the issuer. The token endpoint may differ,
    /// because some servers use an internal name for it.
    async fn is_of_endpoint(&self, client: &OAuthClient<SecretString>, iss: &str) -> bool {
        let endpoint = client.authorization_endpoint.as_str();
        if !oauth::is_same_origin(iss, endpoint) {
            return false;
        }
        let timeout = TIMEOUT.min(self.metadata_timeout);
        match self
            .discovery
            .issuer_before(iss, Instant::now() + timeout)
            .await
        {
            Ok(document) => {
                let oauth = document.oauth;
                oauth.issuer == iss
                    && oauth::is_same_endpoint(
                        &client.authorization_endpoint,
                        &oauth.authorization_endpoint,
                    )
            }
            Err(_) => oauth::is_below_issuer(endpoint, iss),
        }
    }
}
