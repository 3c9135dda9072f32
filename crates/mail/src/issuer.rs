//! The issuer of an authorization response (RFC 9207): which one is expected, and whether the response has to name it.
//!
//! Google and Microsoft are known and not asked. Other providers are asked for their metadata (RFC 8414, OpenID Connect Discovery
//! 1.0) when an authorization begins. A provider without metadata may leave `iss` out; one that sends it has to be the server of the
//! authorization endpoint.

use std::{collections::HashMap, sync::Mutex, time::Duration};

use domain::{
    EndpointUrl, Finding, FindingCode, KnownIssuer, OAuthClient, ProviderFamily, UnixTime,
    finding::FindingValue, url,
};
use secrecy::SecretString;
use tokio::time::Instant;

use crate::{
    Mailer,
    discovery::{self, is_same_endpoint},
    doctor::places,
};

/// How long an administrator waits for metadata before the sign-in begins without it.
const TIMEOUT: Duration = Duration::from_secs(3);
/// How long metadata is used without asking again, in seconds. Afterwards it is used while the provider does not answer.
const FRESH: i64 = 600;
/// How many authorization endpoints are remembered.
const MAX_REMEMBERED: usize = 64;

const GOOGLE: &str = "https://accounts.google.com";
/// The tenant of all personal Microsoft accounts, which the endpoint calls `consumers`.
const CONSUMERS: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";

/// Metadata that was read, by authorization endpoint.
#[derive(Debug, Default)]
pub(crate) struct Issuers(Mutex<HashMap<String, (KnownIssuer, UnixTime)>>);

impl Issuers {
    fn get(&self, client: &OAuthClient<SecretString>) -> Option<(KnownIssuer, UnixTime)> {
        let known = self.0.lock().ok()?;
        known.get(&key(client)).cloned()
    }

    fn put(&self, client: &OAuthClient<SecretString>, issuer: &KnownIssuer, now: UnixTime) {
        let Ok(mut known) = self.0.lock() else {
            return;
        };
        if known.len() >= MAX_REMEMBERED {
            known.clear();
        }
        known.insert(key(client), (issuer.clone(), now));
    }
}

/// Metadata counts for a pair of endpoints.
fn key(client: &OAuthClient<SecretString>) -> String {
    format!(
        "{} {}",
        client.authorization_endpoint, client.token_endpoint
    )
}

impl Mailer {
    /// Returns the issuer that the metadata of a provider names; `None` for a provider that has no metadata, does not answer, or is
    /// known.
    pub(crate) async fn known_issuer(
        &self,
        client: &OAuthClient<SecretString>,
    ) -> Option<KnownIssuer> {
        if client.authorization_endpoint.family() != ProviderFamily::Other {
            return None;
        }
        let now = self.now();
        let remembered = self.0.issuers.get(client);
        if let Some((issuer, at)) = &remembered
            && (at.0..at.plus(FRESH).0).contains(&now.0)
        {
            return Some(issuer.clone());
        }
        let timeout = TIMEOUT.min(self.0.options.timeouts.connect);
        let places = places(client.authorization_endpoint.as_str());
        match discovery::metadata_of(&self.0.http, &places, client, Instant::now() + timeout).await
        {
            Some(issuer) => {
                self.0.issuers.put(client, &issuer, now);
                Some(issuer)
            }
            None => remembered.map(|(issuer, _)| issuer),
        }
    }

    /// Compares the `iss` of a response with the issuer that the authorization began with (RFC 9207 §2.4).
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
                ProviderFamily::Google => iss == GOOGLE,
                ProviderFamily::Microsoft => {
                    is_microsoft(client.authorization_endpoint.as_str(), iss)
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

    /// Returns true if an issuer that no metadata named is the server of the authorization endpoint: it has the same origin, and its
    /// own metadata names that endpoint, or where it has none, the endpoint is below it. The token endpoint may be another one: some
    /// servers are asked for tokens under an internal name.
    async fn is_of_endpoint(&self, client: &OAuthClient<SecretString>, iss: &str) -> bool {
        let endpoint = client.authorization_endpoint.as_str();
        let same_origin = matches!((origin_of(iss), origin_of(endpoint)),
            (Some(one), Some(other)) if one == other);
        if !same_origin {
            return false;
        }
        let timeout = TIMEOUT.min(self.0.options.timeouts.connect);
        match self.issuer(iss, Instant::now() + timeout).await {
            Ok(document) => {
                let oauth = document.oauth;
                oauth.issuer == iss
                    && is_same_endpoint(
                        &client.authorization_endpoint,
                        &oauth.authorization_endpoint,
                    )
            }
            Err(_) => is_below(endpoint, iss),
        }
    }
}

/// Scheme, host, and port of a URL with a path.
fn origin_of(text: &str) -> Option<(bool, domain::Host, u16)> {
    EndpointUrl::parse(text).ok()?;
    let (scheme, rest) = text.split_once("://")?;
    let authority = rest.split(['/', '?']).next()?;
    url::origin(&format!("{scheme}://{authority}"))
}

/// Returns true if a URL is an issuer, or is in a folder below it.
fn is_below(url: &str, issuer: &str) -> bool {
    let bare = issuer.strip_suffix('/').unwrap_or(issuer);
    !issuer.contains('?')
        && url
            .strip_prefix(bare)
            .is_some_and(|rest| rest.starts_with('/'))
}

/// Microsoft's issuers hold the ID of the tenant that the account belongs to. The tenant of the endpoint is that ID, a domain, or
/// stands for several tenants; only an ID and `consumers` say which one comes back.
fn is_microsoft(endpoint: &str, iss: &str) -> bool {
    fn parts(url: &str) -> Option<(&str, &str, &str)> {
        let (host, rest) = url.strip_prefix("https://")?.split_once('/')?;
        let (tenant, rest) = rest.split_once('/')?;
        Some((host, tenant, rest))
    }
    let (Some((host, asked, _)), Some((iss_host, tenant, "v2.0"))) = (parts(endpoint), parts(iss))
    else {
        return false;
    };
    let is_asked = if is_guid(asked) {
        tenant.eq_ignore_ascii_case(asked)
    } else if asked == "consumers" {
        tenant == CONSUMERS
    } else {
        true
    };
    host == iss_host && is_guid(tenant) && is_asked
}

fn is_guid(text: &str) -> bool {
    let parts = text.split('-').map(|part| {
        let is_hexadecimal = part.bytes().all(|b| b.is_ascii_hexdigit());
        is_hexadecimal.then_some(part.len())
    });
    parts.eq([8, 4, 4, 4, 12].map(Some))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TENANT: &str = "72f988bf-86f1-41af-91ab-2d7cd011db47";

    #[test]
    fn microsofts_issuer_holds_the_tenant_that_was_asked() {
        let iss = format!("https://login.microsoftonline.com/{TENANT}/v2.0");
        for (asked, iss, expected) in [
            ("common", &*iss, true),
            ("organizations", &iss, true),
            ("contoso.com", &iss, true),
            (TENANT, &iss, true),
            (&TENANT.to_uppercase(), &iss, true),
            (CONSUMERS, &iss, false),
            ("consumers", &iss, false),
            (
                "consumers",
                &format!("https://login.microsoftonline.com/{CONSUMERS}/v2.0"),
                true,
            ),
            ("common", &iss.replace(".com", ".us"), false),
            ("common", &iss.replace(".com/", ".com.evil.example/"), false),
            ("common", &iss.replace("https:", "http:"), false),
            ("common", &iss.replace("/v2.0", ""), false),
            ("common", &iss.replace("/v2.0", "/v2.0/"), false),
            (
                "common",
                "https://login.microsoftonline.com/{tenantid}/v2.0",
                false,
            ),
            (
                "common",
                "https://login.microsoftonline.com/common/v2.0",
                false,
            ),
            ("common", "", false),
        ] {
            let endpoint =
                format!("https://login.microsoftonline.com/{asked}/oauth2/v2.0/authorize");
            assert_eq!(is_microsoft(&endpoint, iss), expected, "{asked} {iss}");
        }
    }

    #[test]
    fn an_endpoint_is_below_its_issuer() {
        let endpoint = "https://id.example.com/realms/a/protocol/openid-connect/auth";
        for (issuer, expected) in [
            ("https://id.example.com", true),
            ("https://id.example.com/", true),
            ("https://id.example.com/realms/a", true),
            ("https://id.example.com/realms/b", false),
            ("https://id.example.com/realms/a?x", false),
            ("https://id.example.com/realm", false),
            ("https://id.example.co", false),
            ("http://id.example.com", false),
        ] {
            assert_eq!(is_below(endpoint, issuer), expected, "{issuer}");
        }
    }

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        assert_eq!(
            origin_of("https://id.example.com/a?b"),
            origin_of("https://ID.example.com:443")
        );
        assert_ne!(
            origin_of("http://127.0.0.1:1/a"),
            origin_of("http://127.0.0.1:2/a")
        );
        for text in [
            "",
            "null",
            "id.example.com",
            "https://a@b/",
            "javascript://x/",
        ] {
            assert!(origin_of(text).is_none(), "{text}");
        }
    }
}
