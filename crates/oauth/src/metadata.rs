//! The metadata of the authorization server in the settings.

use domain::{EndpointUrl, KnownIssuer, OAuthClient};
use futures::future::join_all;
use net::{HttpClient, fetch_document};
use secrecy::SecretString;
use tokio::time::Instant;

use crate::{issuer_document::issuer_metadata_urls, metadata_document::MetadataDocument};

/// The metadata of an authorization server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerMetadata {
    /// The issuer of its responses.
    pub issuer: KnownIssuer,
    /// The endpoint that names the account of an access token.
    pub userinfo_endpoint: Option<EndpointUrl>,
}

/// Fetches the metadata of a client's authorization server from its possible URLs, until
/// `deadline`. Ignores metadata for other endpoints, and of an issuer whose metadata is elsewhere
/// (RFC 8414 §3.3).
pub async fn metadata_of(
    http: &HttpClient,
    places: &[String],
    client: &OAuthClient<SecretString>,
    deadline: Instant,
) -> Option<ServerMetadata> {
    let documents = places.iter().map(async |place| {
        let document = fetch_document(http, place, "application/json", deadline)
            .await
            .ok()?;
        read(&document.body, place, client)
    });
    join_all(documents).await.into_iter().flatten().next()
}

/// Returns true if an endpoint in the settings is the published one. Settings may add a query (RFC
/// 6749 §3.1).
pub fn is_same_endpoint(own: &EndpointUrl, published: &str) -> bool {
    let own = own.as_str();
    own == published || own.split_once('?').is_some_and(|(own, _)| own == published)
}

fn read(body: &[u8], place: &str, client: &OAuthClient<SecretString>) -> Option<ServerMetadata> {
    let metadata = MetadataDocument::parse(body)?;
    let is_of_place = EndpointUrl::parse(&metadata.issuer)
        .is_ok_and(|issuer| issuer.as_str() == metadata.issuer)
        && issuer_metadata_urls(&metadata.issuer)
            .iter()
            .any(|one| one == place);
    let is_own = is_same_endpoint(
        &client.authorization_endpoint,
        &metadata.authorization_endpoint,
    ) && is_same_endpoint(&client.token_endpoint, &metadata.token_endpoint);
    (is_of_place && is_own).then_some(ServerMetadata {
        issuer: KnownIssuer {
            issuer: metadata.issuer,
            announces_iss: metadata.announces_iss,
        },
        userinfo_endpoint: metadata.userinfo_endpoint,
    })
}

/// Returns the possible URLs of the metadata for an authorization endpoint. Issuers with a path are
/// recognized by the form of their endpoints.
pub fn metadata_urls(authorization_endpoint: &str) -> Vec<String> {
    const ENDS: [(&str, &str); 3] = [
        // Microsoft
        ("/oauth2/v2.0/authorize", "/v2.0"),
        // Keycloak
        ("/protocol/openid-connect/auth", ""),
        // Okta
        ("/v1/authorize", ""),
    ];
    let url = authorization_endpoint;
    let url = url.split('?').next().unwrap_or(url);
    let known = ENDS.iter().find_map(|(end, path)| {
        let issuer = url.strip_suffix(end)?;
        Some(vec![format!(
            "{issuer}{path}/.well-known/openid-configuration"
        )])
    });
    known.unwrap_or_else(|| {
        let host_begins = url.find("://").map_or(0, |at| at + 3);
        let rest = url.get(host_begins..).unwrap_or_default();
        let host_ends = rest.find('/').map_or(url.len(), |at| host_begins + at);
        let origin = url.get(..host_ends).unwrap_or(url);
        [
            "/.well-known/openid-configuration",
            "/.well-known/oauth-authorization-server",
        ]
        .map(|path| format!("{origin}{path}"))
        .to_vec()
    })
}

#[cfg(test)]
mod tests {
    use domain::{RedirectUrl, Scope};
    use serde_json::json;

    use super::*;

    fn client(endpoint: &str) -> OAuthClient<SecretString> {
        OAuthClient {
            client_id: "client".into(),
            client_secret: "secret".into(),
            authorization_endpoint: EndpointUrl::parse(endpoint).unwrap(),
            token_endpoint: EndpointUrl::parse("https://id.example.com/token").unwrap(),
            scope: Scope::parse("mail").unwrap(),
            redirect_url: RedirectUrl::below("http://localhost:3000").unwrap(),
        }
    }

    #[test]
    fn only_metadata_of_this_server_counts() {
        const OWN: &str = "https://id.example.com/authorize";
        const PLACE: &str = "https://id.example.com/.well-known/openid-configuration";
        let read = |issuer: &str, published: &str, own: &str, place: &str| {
            let document = json!({
                "issuer": issuer,
                "authorization_endpoint": published,
                "token_endpoint": "https://id.example.com/token",
                "authorization_response_iss_parameter_supported": true,
            });
            super::read(document.to_string().as_bytes(), place, &client(own))
        };
        let good = read("https://id.example.com", OWN, OWN, PLACE).unwrap();
        assert_eq!(good.issuer.issuer, "https://id.example.com");
        assert!(good.issuer.announces_iss);
        // The slash is part of the issuer in the comparison.
        let slash = read("https://id.example.com/", OWN, OWN, PLACE).unwrap();
        assert_eq!(slash.issuer.issuer, "https://id.example.com/");
        let query = "https://id.example.com/authorize?tenant=1";
        assert!(read("https://id.example.com", OWN, query, PLACE).is_some());
        for (issuer, published, place) in [
            ("https://id.example.com/realms/a", OWN, PLACE),
            ("https://other.example.com", OWN, PLACE),
            ("http://id.example.com", OWN, PLACE),
            (" https://id.example.com", OWN, PLACE),
            (
                "https://id.example.com",
                "https://id.example.com/other",
                PLACE,
            ),
            ("https://id.example.com", query, PLACE),
            ("https://id.example.com", OWN, "https://id.example.com/x"),
        ] {
            assert_eq!(
                read(issuer, published, OWN, place),
                None,
                "{issuer} {published}"
            );
        }
        assert_eq!(super::read(b"[", PLACE, &client(OWN)), None);
        let silent = json!({
            "issuer": "https://id.example.com",
            "authorization_endpoint": OWN,
            "token_endpoint": "https://id.example.com/token",
        });
        let silent = super::read(silent.to_string().as_bytes(), PLACE, &client(OWN));
        assert!(!silent.unwrap().issuer.announces_iss);
    }

    #[test]
    fn knows_where_the_documents_of_providers_are() {
        let well_known = ".well-known/openid-configuration";
        for (endpoint, first) in [
            (
                "https://accounts.google.com/o/oauth2/v2/auth",
                "https://accounts.google.com/",
            ),
            (
                "https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
                "https://login.microsoftonline.com/common/v2.0/",
            ),
            (
                "https://id.example.com/realms/a/protocol/openid-connect/auth",
                "https://id.example.com/realms/a/",
            ),
            (
                "https://id.example.com:8443/a?b=c/d",
                "https://id.example.com:8443/",
            ),
        ] {
            assert_eq!(metadata_urls(endpoint)[0], format!("{first}{well_known}"));
        }
    }
}
