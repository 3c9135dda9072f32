//! Attack: find out which accounts exist.

use std::collections::BTreeMap;

use crate::support::{Browser, Reply, Server, body};

/// Returns a response without the parts that always differ: the time, the nonce of its scripts, and
/// the typed name.
fn reported(reply: &Reply, name: &str) -> (u16, BTreeMap<String, String>, String) {
    let policy = reply.header("content-security-policy");
    let (_, rest) = policy.split_once("'nonce-").unwrap();
    let (nonce, _) = rest.split_once('\'').unwrap();
    let headers = reply.headers.iter().filter(|(name, _)| *name != "date");
    let headers = headers.map(|(name, value)| {
        let value = value.to_str().unwrap().replace(nonce, "nonce");
        (name.to_string(), value)
    });
    let page = reply.body.replace(nonce, "nonce").replace(name, "name");
    (reply.status.as_u16(), headers.collect(), page)
}

async fn tried(browser: &Browser, name: &str, accept: &str) -> Reply {
    let request = browser
        .request("POST", "/login")
        .header("accept", accept)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body(&[("name", name), ("password", "not the password")]));
    browser.send(request).await
}

#[tokio::test]
async fn an_account_that_exists_is_answered_like_one_that_does_not() {
    let server = Server::start().await;
    let administrator = server.administrator();
    administrator.add_person("alice", "viewer").await;
    // An account whose password has not been chosen yet.
    administrator.add_account("carol", "viewer").await;
    let names = ["alice", "carol", "bobby"];
    // This many attempts need no wait; after them, the time since the last attempt decides.
    for _ in 0..5 {
        let mut answers = Vec::new();
        for name in names {
            let reply = tried(&server.anonymous(), name, "text/html").await;
            answers.push(reported(&reply, name));
        }
        assert_eq!(answers[0].0, 401);
        assert_eq!(answers[0], answers[1]);
        assert_eq!(answers[0], answers[2]);
    }
}

#[tokio::test]
async fn links_and_pages_do_not_reveal_which_accounts_exist() {
    let server = Server::start().await;
    server
        .administrator()
        .add_account("zebedee", "viewer")
        .await;
    let anonymous = server.anonymous();
    let other = "x".repeat(43);
    let mut answers = Vec::new();
    for token in ["y".repeat(43), other] {
        let page = anonymous.get(&format!("/password?token={token}")).await;
        answers.push(reported(&page, &token));
    }
    assert_eq!(answers[0], answers[1]);
    for path in [
        "/login",
        "/password",
        "/setup",
        "/healthz",
        "/readyz",
        "/no/such/page",
    ] {
        let page = anonymous.get(path).await;
        assert!(!page.body.contains("zebedee"), "{path} {page:?}");
    }
}
