//! The metadata document of an issuer (RFC 8414; OpenID Connect Discovery 1.0).

use domain::{EndpointUrl, IssuerDocument, IssuerProblem, ProposedOAuth, untrusted};
use futures::future::join_all;
use net::{DocumentError, HttpClient, fetch_document};
use tokio::time::Instant;

use crate::metadata_document::MetadataDocument;

/// Fetches the metadata of an issuer from its possible URLs, until `deadline`.
///
/// # Errors
/// If there is no metadata, or it cannot be used.
pub async fn issuer_document(
    http: &HttpClient,
    issuer: &str,
    deadline: Instant,
) -> Result<IssuerDocument, IssuerProblem> {
    let urls = issuer_metadata_urls(issuer);
    let documents = urls
        .iter()
        .map(|url| issuer_document_at(http, url, issuer, deadline));
    let mut first = None;
    for result in join_all(documents).await {
        match result {
            Ok(document) => return Ok(document),
            // One URL may have no document while another has an invalid one, which is the better
            // error.
            Err(IssuerProblem::NoDocument) => {}
            Err(trouble) => {
                first.get_or_insert(trouble);
            }
        }
    }
    Err(first.unwrap_or(IssuerProblem::NoDocument))
}

async fn issuer_document_at(
    http: &HttpClient,
    url: &str,
    issuer: &str,
    deadline: Instant,
) -> Result<IssuerDocument, IssuerProblem> {
    let document = fetch_document(http, url, "application/json", deadline).await;
    let document = document.map_err(|error| match error {
        DocumentError::Absent => IssuerProblem::NoDocument,
        DocumentError::Denied => IssuerProblem::Denied,
        DocumentError::Unreachable => IssuerProblem::Unreachable,
        DocumentError::Timeout => IssuerProblem::Timeout,
        DocumentError::Unreadable => IssuerProblem::Unreadable,
    })?;
    read(&document.body, url, issuer)
}

fn read(body: &[u8], place: &str, issuer: &str) -> Result<IssuerDocument, IssuerProblem> {
    let metadata = MetadataDocument::parse(body).ok_or(IssuerProblem::Unreadable)?;
    // The document of an issuer has the same URL with and without a final slash. Only the document
    // names the correct one.
    let bare = |issuer: &str| issuer.strip_suffix('/').unwrap_or(issuer).to_owned();
    if bare(&metadata.issuer) != bare(issuer) {
        let said = untrusted::line(&metadata.issuer, 500);
        return Err(IssuerProblem::OtherIssuer(said));
    }
    let endpoint = |url: &str| match EndpointUrl::parse(url) {
        Ok(url) => Ok(url.to_string()),
        Err(_) => Err(IssuerProblem::Unreadable),
    };
    Ok(IssuerDocument {
        url: place.to_owned(),
        oauth: ProposedOAuth {
            authorization_endpoint: endpoint(&metadata.authorization_endpoint)?,
            token_endpoint: endpoint(&metadata.token_endpoint)?,
            issuer: metadata.issuer,
            scope: String::new(),
        },
        scopes: metadata.scopes,
    })
}

/// Returns the possible URLs of the metadata, the preferred one first. RFC 8414 §3.1 puts the
/// well-known part before the issuer's path, OpenID Connect Discovery 1.0 §4 after it, and RFC 8414
/// §5 allows both.
pub fn issuer_metadata_urls(issuer: &str) -> Vec<String> {
    let issuer = issuer.strip_suffix('/').unwrap_or(issuer);
    let host_begins = issuer.find("://").map_or(0, |at| at + 3);
    let path_begins = issuer[host_begins..]
        .find('/')
        .map_or(issuer.len(), |at| host_begins + at);
    let (origin, path) = issuer.split_at(path_begins);
    let mut places = vec![
        format!("{origin}/.well-known/oauth-authorization-server{path}"),
        format!("{issuer}/.well-known/openid-configuration"),
    ];
    if !path.is_empty() {
        places.push(format!("{origin}/.well-known/openid-configuration{path}"));
    }
    places
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use fuzz::{cases, hostile, is_clean};

    #[test]
    fn knows_where_documents_are() {
        assert_eq!(
            issuer_metadata_urls("https://id.example.com/"),
            [
                "https://id.example.com/.well-known/oauth-authorization-server",
                "https://id.example.com/.well-known/openid-configuration",
            ]
        );
        assert_eq!(
            issuer_metadata_urls("https://id.example.com:8443/realms/a/"),
            [
                "https://id.example.com:8443/.well-known/oauth-authorization-server/realms/a",
                "https://id.example.com:8443/realms/a/.well-known/openid-configuration",
                "https://id.example.com:8443/.well-known/openid-configuration/realms/a",
            ]
        );
    }

    #[test]
    fn takes_a_document_of_exactly_this_issuer_with_good_endpoints() {
        let document = |issuer: &str, token: &str| {
            format!(
                r#"{{"issuer":"{issuer}","authorization_endpoint":"https://id.example.com/a","token_endpoint":"{token}",
                "scopes_supported":["mail","a b","\u0000"]}}"#
            )
        };
        let read = |text: String| read(text.as_bytes(), "p", "https://id.example.com");
        let good = read(document(
            "https://id.example.com/",
            "https://id.example.com/t",
        ))
        .unwrap();
        assert_eq!(good.oauth.issuer, "https://id.example.com/");
        assert_eq!(good.scopes, ["mail"]);
        for issuer in [
            "https://id.example.com/x",
            "http://id.example.com",
            "https://ID.example.com",
        ] {
            let other = read(document(issuer, "https://id.example.com/t"));
            assert_eq!(other, Err(IssuerProblem::OtherIssuer(issuer.into())));
        }
        for text in [
            document("https://id.example.com", "http://id.example.com/t"),
            document("https://id.example.com", "javascript:alert(1)"),
            document("https://id.example.com", ""),
            r#"{"issuer":"https://id.example.com"}"#.into(),
            r#"{"issuer":1}"#.into(),
            "[".repeat(100_000),
            "\0".into(),
        ] {
            assert_eq!(read(text), Err(IssuerProblem::Unreadable));
        }
    }

    proptest! {
        #![proptest_config(cases(10_000))]

        #[test]
        fn a_document_gives_endpoints_that_could_be_typed_or_nothing(
            issuer in prop_oneof![Just("https://id.example.com".to_owned()), hostile()],
            endpoint in prop_oneof![Just("https://id.example.com/a".to_owned()), hostile()],
            scopes in prop::collection::vec(hostile(), 0..4),
        ) {
            let document = serde_json::json!({
                "issuer": issuer, "authorization_endpoint": endpoint, "token_endpoint": endpoint, "scopes_supported": scopes,
            });
            match read(document.to_string().as_bytes(), "p", "https://id.example.com") {
                Ok(found) => {
                    prop_assert!(EndpointUrl::parse(&found.oauth.token_endpoint).is_ok());
                    prop_assert!(found.scopes.iter().all(|scope| is_clean(scope) && !scope.contains([' ', '\n'])));
                }
                Err(IssuerProblem::OtherIssuer(other)) => prop_assert!(is_clean(&other)),
                Err(_) => {}
            }
        }

        #[test]
        fn a_document_of_any_bytes_is_read_or_not(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&bytes, "p", "https://id.example.com");
        }
    }
}
