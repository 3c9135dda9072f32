//! The metadata of the authorization server that settings name.

use domain::{EndpointUrl, KnownIssuer, OAuthClient};
use futures::future::join_all;
use net::HttpClient;
use secrecy::SecretString;
use serde::Deserialize;
use tokio::time::Instant;

use super::{fetch::fetch, issuer};

/// The part of the metadata that says who answers an authorization.
#[derive(Deserialize)]
struct Metadata {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    /// RFC 9207 §3.
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

/// Reads the metadata of a client's authorization server from the places where it may be, until `deadline`. Metadata for other
/// endpoints, or of an issuer that has its metadata elsewhere (RFC 8414 §3.3), is not that of this server.
pub(crate) async fn metadata_of(
    http: &HttpClient,
    places: &[String],
    client: &OAuthClient<SecretString>,
    deadline: Instant,
) -> Option<KnownIssuer> {
    let documents = places.iter().map(async |place| {
        let document = fetch(http, place, "application/json", deadline)
            .await
            .ok()?;
        read(&document.body, place, client)
    });
    join_all(documents).await.into_iter().flatten().next()
}

/// Returns true if the endpoint of settings is the published one. Settings may add a query (RFC 6749 §3.1).
pub(crate) fn is_same_endpoint(own: &EndpointUrl, published: &str) -> bool {
    let own = own.as_str();
    own == published || own.split_once('?').is_some_and(|(own, _)| own == published)
}

fn read(body: &[u8], place: &str, client: &OAuthClient<SecretString>) -> Option<KnownIssuer> {
    let metadata: Metadata = serde_json::from_slice(body).ok()?;
    let is_of_place = EndpointUrl::parse(&metadata.issuer)
        .is_ok_and(|issuer| issuer.as_str() == metadata.issuer)
        && issuer::places(&metadata.issuer)
            .iter()
            .any(|one| one == place);
    let is_own = is_same_endpoint(
        &client.authorization_endpoint,
        &metadata.authorization_endpoint,
    ) && is_same_endpoint(&client.token_endpoint, &metadata.token_endpoint);
    (is_of_place && is_own).then_some(KnownIssuer {
        issuer: metadata.issuer,
        announces_iss: metadata.authorization_response_iss_parameter_supported,
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
        assert_eq!(good.issuer, "https://id.example.com");
        assert!(good.announces_iss);
        // The slash belongs to the issuer that is compared.
        let slash = read("https://id.example.com/", OWN, OWN, PLACE).unwrap();
        assert_eq!(slash.issuer, "https://id.example.com/");
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
        assert!(!silent.unwrap().announces_iss);
    }
}
