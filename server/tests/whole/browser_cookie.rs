//! The cookie that tells browsers apart.

use server::config::PublicUrl;

use crate::support::Server;

#[tokio::test]
async fn is_kept_from_scripts_and_from_other_sites() {
    let server = Server::start().await;
    let page = server.browser().get("/settings/smtp").await;
    let cookie = page.header("set-cookie").to_owned();
    let parts: Vec<_> = cookie.split("; ").collect();
    let value = parts[0].strip_prefix("mailgrant_browser=").unwrap();
    // 256 bits take 43 characters of base64.
    assert!(value.len() >= 43, "{cookie}");
    assert_eq!(
        parts[1..],
        ["Path=/", "Max-Age=31536000", "HttpOnly", "SameSite=Lax"]
    );
    assert!(!page.body.contains(value));
}

#[tokio::test]
async fn is_sent_over_https_only_when_the_public_url_is_https() {
    let server = Server::start_with(|config| {
        config.public_url = Some(PublicUrl::parse("https://mailgrant.example.com").unwrap());
    })
    .await;
    let page = server.browser().get("/settings/smtp").await;
    assert!(page.header("set-cookie").ends_with("; Secure"), "{page:?}");
}

#[tokio::test]
async fn is_set_once() {
    let server = Server::start().await;
    let browser = server.browser();
    let first = browser.get("/settings/smtp").await;
    assert_ne!(first.header("set-cookie"), "");
    let second = browser.get("/settings/smtp").await;
    assert_eq!(second.header("set-cookie"), "");
}

#[tokio::test]
async fn is_replaced_when_it_is_not_ours() {
    let server = Server::start().await;
    let browser = server.browser();
    for foreign in ["mailgrant_browser=", "mailgrant_browser=x", "other=1"] {
        let request = browser
            .request("GET", "/settings/smtp")
            .header("cookie", foreign);
        let reply = server.browser().send(request).await;
        assert_ne!(reply.header("set-cookie"), "", "{foreign}");
    }
}

#[tokio::test]
async fn is_not_set_on_files_and_on_health() {
    let server = Server::start().await;
    for path in ["/healthz", "/readyz", "/oauth/callback"] {
        let reply = server.browser().get(path).await;
        assert_eq!(reply.header("set-cookie"), "", "{path}");
    }
}
