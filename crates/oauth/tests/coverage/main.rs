//! Coverage of what providers really send: token responses and discovery documents.
//!
//! Prints the share of right results and each wrong one, and requires 95 %.

#![allow(
    clippy::unwrap_used,
    reason = "an unwrap in a test fails the test, which is its purpose"
)]

mod case;
mod server;

use std::{sync::Arc, time::Duration};

use clock::SystemClock;
use domain::{EndpointUrl, IssuerProblem, OAuthClient, RedirectUrl, Scope, UnixTime};
use net::{DeniedNetworks, HttpClient, Outgoing, SystemResolver};
use oauth::{Client, TokenFailure, Tokens};
use secrecy::{ExposeSecret, SecretString};

use crate::{
    case::{Case, cases},
    server::{Answer, Server},
};

const NOW: UnixTime = UnixTime(1_800_000_000);
const TIMEOUT: Duration = Duration::from_secs(10);

fn http() -> HttpClient {
    let outgoing = Outgoing::new(
        Arc::new(SystemResolver),
        DeniedNetworks::default(),
        &[],
        Arc::new(SystemClock),
    );
    HttpClient::new(&outgoing.unwrap(), TIMEOUT).unwrap()
}

/// Prints the result of a set and checks its share.
fn report(set: &str, results: &[(&Case, String)]) {
    let expected = |case: &Case| case.text("expect").to_owned();
    let misses = results.iter().filter(|(case, got)| *got != expected(case));
    let misses: Vec<_> = misses.collect();
    for (case, got) in &misses {
        let input = case.text("case");
        println!("coverage miss: {set}: {input}: {} / {got}", expected(case));
    }
    let right = results.len() - misses.len();
    println!("coverage: {set}: {right} of {}", results.len());
    assert!(right * 100 >= results.len() * 95, "{misses:?}");
}

fn tokens(tokens: &Tokens) -> String {
    let refresh = tokens.refresh_token.as_ref();
    format!(
        "tokens access={} refresh={} expires={} scope={}",
        tokens.access_token.expose_secret(),
        refresh.map_or("-", ExposeSecret::expose_secret),
        tokens.expires_in,
        tokens.scope.as_deref().unwrap_or("-"),
    )
}

fn failure(failure: &TokenFailure) -> String {
    format!(
        "{} ends={} wait={} said={}",
        failure.finding.code.code(),
        failure.ends_grant,
        failure
            .retry_after
            .map_or_else(|| "-".to_owned(), |seconds| seconds.to_string()),
        failure.finding.said.as_deref().unwrap_or_default(),
    )
}

async fn token_response(case: &Case, http: &HttpClient) -> String {
    let header = Answer::parse(case.text("header"), case.all("with"));
    let body = case
        .find("body")
        .map(|text| Answer::parse(text, case.all("with")));
    let server = Server::start(move |request, _| {
        let is_header = request
            .to_ascii_lowercase()
            .contains("\nauthorization: basic ");
        match &body {
            Some(body) if !is_header => body.clone(),
            _ => header.clone(),
        }
    })
    .await;
    let client = OAuthClient::<SecretString> {
        client_id: "client".into(),
        client_secret: "the secret".into(),
        authorization_endpoint: EndpointUrl::parse("https://id.example.com/a").unwrap(),
        token_endpoint: EndpointUrl::parse(&format!("{}/t", server.origin())).unwrap(),
        scope: Scope::parse("mail").unwrap(),
        redirect_url: RedirectUrl::below("http://localhost:3000").unwrap(),
    };
    let client = Client::new(&client, http, NOW);
    let result = if case.find("request") == Some("code") {
        client
            .exchange_code(&"CODE-1".into(), &"verifier".into())
            .await
    } else {
        client.refresh(&"RT-0".into(), false).await
    };
    match result {
        Ok(found) => tokens(&found),
        Err(found) => failure(&found),
    }
}

#[tokio::test]
async fn token_responses_are_read_as_clients_in_the_field_read_them() {
    let cases = cases(include_str!("token-responses.txt"));
    assert!(cases.len() >= 51);
    let (http, mut results) = (http(), Vec::new());
    for case in &cases {
        results.push((case, token_response(case, &http).await));
    }
    report("token responses", &results);
}

async fn discovery_document(case: &Case, http: &HttpClient) -> String {
    let document = Answer::parse(case.text("document"), case.all("with"));
    let server = Server::start(move |_, origin| document.clone().at(origin)).await;
    let issuer = case.text("issuer").replace("{o}", server.origin());
    let deadline = tokio::time::Instant::now() + TIMEOUT;
    let found = oauth::issuer_document(http, &issuer, deadline).await;
    let shown = match found {
        Ok(found) => format!(
            "issuer={} authorization={} token={} scopes={}",
            found.oauth.issuer,
            found.oauth.authorization_endpoint,
            found.oauth.token_endpoint,
            found.scopes.join(" "),
        ),
        Err(IssuerProblem::OtherIssuer(other)) => format!("other issuer {other}"),
        Err(IssuerProblem::NoDocument) => "no document".to_owned(),
        Err(IssuerProblem::Unreadable) => "unreadable".to_owned(),
        Err(other) => format!("{other:?}"),
    };
    shown.replace(server.origin(), "{o}")
}

#[tokio::test]
async fn discovery_documents_are_read_without_their_unusable_members() {
    let cases = cases(include_str!("discovery-documents.txt"));
    assert!(cases.len() >= 25);
    let (http, mut results) = (http(), Vec::new());
    for case in &cases {
        results.push((case, discovery_document(case, &http).await));
    }
    report("discovery documents", &results);
}
