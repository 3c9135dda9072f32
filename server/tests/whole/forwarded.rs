//! The client address of requests through proxies.

use crate::support::{ADMINISTRATOR, Server};

/// Returns the address in the audit entry of a sign-in with this header.
async fn noted(server: &Server, forwarded: &str) -> String {
    let browser = server.anonymous();
    let body = crate::support::body(&[
        ("name", ADMINISTRATOR),
        ("password", crate::support::PASSWORD),
    ]);
    let request = browser
        .request("POST", "/login")
        .header("x-forwarded-for", forwarded)
        .header("x-real-ip", "203.0.113.99")
        .header("forwarded", "for=203.0.113.98")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body);
    assert_eq!(browser.send(request).await.status, 303);
    let export = server
        .administrator()
        .get("/activity/export?action=signed_in")
        .await;
    let last: serde_json::Value =
        serde_json::from_str(export.body.lines().last().unwrap()).unwrap();
    last["actor"]["address"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn is_ignored_unless_it_comes_from_a_trusted_proxy() {
    let server = Server::start().await;
    assert_eq!(noted(&server, "198.51.100.7").await, "127.0.0.1");
}

#[tokio::test]
async fn is_read_from_a_trusted_proxy_up_to_the_last_untrusted_entry() {
    let server = Server::start_with(|config| {
        config.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
    })
    .await;
    for (header, expected) in [
        ("198.51.100.7", "198.51.100.7"),
        ("203.0.113.1, 198.51.100.8, 127.0.0.2", "198.51.100.8"),
        ("203.0.113.1, evil", "127.0.0.1"),
    ] {
        assert_eq!(noted(&server, header).await, expected, "{header}");
    }
}
