//! The tab that waits learns how an authorization ends.

use std::time::{Duration, Instant};

use reqwest::Response;
use serde_json::Value;
use tokio::time::timeout;

use crate::support::{Browser, Provider, Server};

const PATIENCE: Duration = Duration::from_secs(10);

async fn listen(browser: &Browser, id: &str) -> Response {
    let path = format!("/events/authorization/{id}");
    let response = browser.request("GET", &path).send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    assert!(response.headers().get("content-encoding").is_none());
    response
}

/// The next event; `None` at the end of the stream.
async fn event(stream: &mut Response) -> Option<Value> {
    loop {
        let chunk = timeout(PATIENCE, stream.chunk()).await.unwrap().unwrap()?;
        let chunk = String::from_utf8(chunk.to_vec()).unwrap();
        if let Some(data) = chunk.lines().find_map(|line| line.strip_prefix("data:")) {
            return Some(serde_json::from_str(data.trim()).unwrap());
        }
    }
}

#[tokio::test]
async fn the_end_arrives_within_a_second() {
    let provider = Provider::start().await;
    let server = Server::start_with(|config| provider.introduce(config)).await;
    let browser = server.administrator();
    let (id, url) = provider.begin(&browser).await;
    let mut events = listen(&browser, &id).await;
    let first = event(&mut events).await.unwrap();
    assert!(first["Pending"].is_object(), "{first}");

    browser.get(&provider.answer(&url, true)).await;
    let finished = Instant::now();
    let last = event(&mut events).await.unwrap();
    assert!(last["Authorized"].is_object(), "{last}");
    assert!(finished.elapsed() < Duration::from_secs(1));
    assert!(event(&mut events).await.is_none());
}

#[tokio::test]
async fn a_refusal_arrives_too() {
    let provider = Provider::start().await;
    let server = Server::start_with(|config| provider.introduce(config)).await;
    let browser = server.administrator();
    let (id, url) = provider.begin(&browser).await;
    browser.get(&provider.answer(&url, false)).await;
    let mut events = listen(&browser, &id).await;
    let only = event(&mut events).await.unwrap();
    assert_eq!(only["Failed"]["finding"]["code"], "access_denied");
    assert!(event(&mut events).await.is_none());
}

#[tokio::test]
async fn whoever_waits_does_not_keep_the_server_from_stopping() {
    let provider = Provider::start().await;
    let server = Server::start_with(|config| provider.introduce(config)).await;
    let browser = server.administrator();
    let (id, _) = provider.begin(&browser).await;
    let mut events = listen(&browser, &id).await;
    event(&mut events).await.unwrap();
    timeout(Duration::from_secs(5), server.stop())
        .await
        .unwrap();
    assert!(event(&mut events).await.is_none());
}

#[tokio::test]
async fn whoever_waits_hears_nothing_more_once_the_session_has_ended() {
    let provider = Provider::start().await;
    let server = Server::start_with(|config| provider.introduce(config)).await;
    let browser = server.administrator_elsewhere().await;
    let (id, _) = provider.begin(&browser).await;
    let mut events = listen(&browser, &id).await;
    event(&mut events).await.unwrap();
    browser.submit("/logout", "").await;
    assert!(event(&mut events).await.is_none());
}

#[tokio::test]
async fn unknown_ids_are_not_found() {
    let server = Server::start().await;
    let browser = server.administrator();
    for id in ["unknown", "x%20y", "..", &"x".repeat(65)] {
        let reply = browser.get(&format!("/events/authorization/{id}")).await;
        assert_eq!(reply.status, 404, "{id}");
    }
}
