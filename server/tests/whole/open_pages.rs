//! Open pages: their event streams and their session.

use std::{num::NonZeroU32, time::Duration};

use server::Limits;
use tokio::time::timeout;

use crate::support::{Browser, Database, Server, body, limits};

const EVENTS: &str = "/events/messages";

async fn listen(browser: &Browser, address: &str) -> reqwest::Response {
    let request = browser
        .request("GET", EVENTS)
        .header("accept", "text/event-stream")
        .header("x-forwarded-for", address);
    request.send().await.unwrap()
}

async fn open(browser: &Browser, address: &str) -> reqwest::Response {
    let response = listen(browser, address).await;
    assert_eq!(response.status(), 200);
    response
}

async fn is_refused(browser: &Browser, address: &str) {
    let response = listen(browser, address).await;
    assert_eq!(response.status(), 429);
    assert_ne!(response.headers().get("retry-after"), None);
}

/// Retries until a stream is accepted: the server notices the end of another one with a short
/// delay.
async fn opens_again(browser: &Browser, address: &str) -> reqwest::Response {
    let wait = async {
        loop {
            let response = listen(browser, address).await;
            if response.status() == 200 {
                return response;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(Duration::from_mins(1), wait).await.unwrap()
}

async fn limited(of_session: u32, per_address: u32) -> Server {
    let limits = Limits {
        streams_of_session: NonZeroU32::new(of_session).unwrap(),
        ..limits()
    };
    let change = |config: &mut server::Config| {
        config.address_limits.streams = NonZeroU32::new(per_address);
        config.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()];
    };
    Server::start_limited(change, limits).await
}

#[tokio::test]
async fn a_session_has_a_limit_of_event_streams_and_others_have_their_own() {
    let server = limited(2, 100).await;
    let administrator = server.administrator();
    let one = open(&administrator, "192.0.2.1").await;
    let _two = open(&administrator, "192.0.2.2").await;
    is_refused(&administrator, "192.0.2.3").await;
    let elsewhere = server.administrator_elsewhere().await;
    let _other = open(&elsewhere, "192.0.2.1").await;
    drop(one);
    opens_again(&administrator, "192.0.2.3").await;
}

#[tokio::test]
async fn an_address_from_a_trusted_proxy_has_a_limit_of_event_streams() {
    let server = limited(100, 2).await;
    let administrator = server.administrator();
    let one = open(&administrator, "2001:db8::1").await;
    let _two = open(&administrator, "2001:db8::2").await;
    is_refused(&administrator, "2001:db8::3").await;
    let _other = open(&administrator, "2001:db8:0:1::1").await;
    drop(one);
    opens_again(&administrator, "2001:db8::3").await;
}

async fn age_sessions(database: &mut Database, seconds: u32) {
    let sql = format!("UPDATE sessions SET seen_at = seen_at - {seconds}");
    database.run(&sql).await;
}

/// Returns the seconds since the last use of the only session.
async fn idle(database: &mut Database) -> i64 {
    let sql = "SELECT CAST(strftime('%s', 'now') AS BIGINT) - MAX(seen_at) FROM sessions";
    database.number(sql).await
}

#[tokio::test]
async fn an_open_page_does_not_keep_its_session_from_ending_and_ends_with_it() {
    let server = Server::start().await;
    let (administrator, mut database) = (server.administrator(), server.database().await);
    age_sessions(&mut database, 3_000).await;
    let mut stream = open(&administrator, "").await;
    assert!(stream.chunk().await.unwrap().is_some());
    let status = administrator.fetch("/api/grant_status", body(&[("data_center", "default")]));
    assert_eq!(status.await.status, 200);
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert!(idle(&mut database).await >= 3_000);

    // Opening a page counts as use.
    assert_eq!(administrator.get("/messages").await.status, 200);
    assert!(idle(&mut database).await < 60);

    age_sessions(&mut database, 3_700).await;
    let ended = async { while let Ok(Some(_)) = stream.chunk().await {} };
    timeout(Duration::from_mins(1), ended).await.unwrap();
    assert_eq!(listen(&administrator, "").await.status(), 401);
}
