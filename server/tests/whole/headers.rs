//! Headers of every response.

use server::config::PublicUrl;

use crate::support::{Browser, Reply, Server};

fn nonce(reply: &Reply) -> &str {
    let policy = reply.header("content-security-policy");
    let (_, rest) = policy.split_once("'nonce-").unwrap();
    rest.split_once('\'').unwrap().0
}

async fn of_each_kind(browser: &Browser) -> Vec<Reply> {
    let fetch = |path, body: &str| browser.fetch(path, body.to_owned());
    vec![
        browser.get("/settings/smtp").await,
        browser.get("/no/such/page").await,
        browser.get("/healthz").await,
        browser.get("/oauth/callback").await,
        browser.get("/events/authorization/none").await,
        fetch("/api/grant_status", "data_center=default").await,
        fetch("/api/grant_status", "").await,
        fetch("/api/none", "").await,
        browser
            .send(
                browser
                    .request("GET", "/healthz")
                    .header("host", "evil.example"),
            )
            .await,
        browser
            .send(
                browser
                    .request("POST", "/")
                    .header("origin", "http://evil.example"),
            )
            .await,
    ]
}

#[tokio::test]
async fn are_on_every_answer() {
    let server = Server::start().await;
    for reply in of_each_kind(&server.administrator()).await {
        assert_eq!(reply.header("x-content-type-options"), "nosniff");
        assert_eq!(reply.header("referrer-policy"), "same-origin");
        assert_eq!(reply.header("cross-origin-opener-policy"), "same-origin");
        assert_eq!(reply.header("cross-origin-resource-policy"), "same-origin");
        assert_eq!(reply.header("cache-control"), "no-store", "{reply:?}");
        assert!(reply.header("permissions-policy").contains("camera=()"));
        assert_eq!(reply.header("strict-transport-security"), "");
        let policy = reply.header("content-security-policy");
        for directive in [
            "default-src 'self'",
            "style-src 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        ] {
            assert!(policy.split("; ").any(|one| one == directive), "{policy}");
        }
        assert!(!policy.contains("unsafe-inline"), "{policy}");
        assert!(!policy.contains("'unsafe-eval'"), "{policy}");
    }
}

#[tokio::test]
async fn keep_the_token_of_a_link_out_of_every_referer() {
    let server = Server::start().await;
    for path in ["/setup?token=x", "/password?token=x"] {
        let reply = server.anonymous().get(path).await;
        assert_eq!(reply.header("referrer-policy"), "strict-origin", "{path}");
    }
}

#[tokio::test]
async fn ask_for_https_when_the_public_url_is_https() {
    let server = Server::start_with(|config| {
        config.public_url = Some(PublicUrl::parse("https://mailgrant.example.com").unwrap());
    })
    .await;
    let reply = server.administrator().get("/healthz").await;
    assert_eq!(
        reply.header("strict-transport-security"),
        "max-age=31536000"
    );
}

#[tokio::test]
async fn name_the_nonce_of_the_scripts_and_a_new_one_each_time() {
    let server = Server::start().await;
    let browser = server.administrator();
    let page = browser.get("/settings/smtp").await;
    assert_eq!(page.status, 200);
    let scripts: Vec<_> = page.body.split("<script").skip(1).collect();
    assert!(!scripts.is_empty(), "{page:?}");
    let attribute = format!("nonce=\"{}\"", nonce(&page));
    for script in scripts {
        let (tag, _) = script.split_once('>').unwrap();
        assert!(tag.contains(&attribute), "{tag} {attribute}");
    }
    assert!(
        !page.body.contains(" style="),
        "inline styles are not allowed"
    );

    let again = browser.get("/settings/smtp").await;
    assert_ne!(nonce(&again), nonce(&page));
}

#[tokio::test]
async fn pages_are_compressed_and_event_streams_are_not() {
    let server = Server::start().await;
    let browser = server.administrator();
    for coding in ["br", "gzip"] {
        let page = browser
            .request("GET", "/settings/smtp")
            .header("accept-encoding", coding)
            .send()
            .await
            .unwrap();
        assert_eq!(page.headers()["content-encoding"], coding);
    }
}
