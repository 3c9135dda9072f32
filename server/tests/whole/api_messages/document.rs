//! The OpenAPI description.

use std::{collections::BTreeSet, path::Path};

use serde_json::Value;
use server::{PERMISSIONS, Rule};

use crate::support::Server;

#[tokio::test]
async fn describes_every_route_with_its_scopes_and_no_other() {
    let server = Server::start().await;
    let document = server.anonymous().get("/api/v1/openapi.json").await.json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let mut reported = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            // Each alternative is one scope.
            let scopes: Vec<_> = operation["security"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|one| Some(one["key"][0].as_str()?.to_owned()))
                .collect();
            let is_public = scopes.is_empty();
            reported.insert((method.to_uppercase(), path.clone(), scopes));
            for status in ["401", "403", "429", "503"] {
                let is_told = !operation["responses"][status].is_null();
                assert_eq!(is_told, !is_public, "{method} {path} {status}");
            }
        }
    }
    let routes = PERMISSIONS
        .iter()
        .filter(|known| known.path.starts_with("/api/v1/"))
        .map(|known| {
            let scopes: Vec<_> = match known.rule {
                Rule::Key(scopes) => scopes.iter().map(|scope| scope.code().to_owned()).collect(),
                _ => Vec::new(),
            };
            (known.method.to_string(), known.path.to_owned(), scopes)
        });
    assert_eq!(reported, routes.collect());
}

/// Compares the whole document with `openapi.json`. Clients are generated from it, so a change is a
/// decision: copy the file that a failure names over the expected one, and describe the change in
/// the changelog.
#[tokio::test]
async fn changes_on_purpose_only() {
    let server = Server::start().await;
    let document = server.anonymous().get("/api/v1/openapi.json").await.json();
    let expected: Value = serde_json::from_str(include_str!("openapi.json")).unwrap();
    if document != expected {
        let found = Path::new(env!("CARGO_TARGET_TMPDIR")).join("openapi.json");
        std::fs::write(&found, format!("{document:#}\n")).unwrap();
        panic!("the document has changed: {}", found.display());
    }
}

#[tokio::test]
async fn has_a_public_page_that_loads_no_script() {
    let server = Server::start().await;
    let page = server.anonymous().get("/api/docs").await;
    assert_eq!(page.status, 200, "{page:?}");
    for text in [
        "POST /api/v1/messages",
        "Idempotency-Key",
        "attachments[].content",
    ] {
        assert!(page.body.contains(text), "{text} {page:?}");
    }
    let own = format!("curl -X POST {}/api/v1/messages", server.url());
    assert!(page.body.contains(&own), "{own} {page:?}");
    // The framework's own scripts have the nonce; none loads a file.
    for script in page.body.split("<script").skip(1) {
        let tag = script.split('>').next().unwrap();
        assert!(tag.starts_with(" nonce=") && !tag.contains("src"), "{tag}");
    }
    assert!(!page.body.contains(" style="), "{page:?}");
}
