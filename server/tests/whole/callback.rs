//! Requests to the OAuth callback, from the provider and from others.

use crate::support::{Provider, Server};

#[tokio::test]
async fn foreign_callbacks_change_nothing() {
    let server = Server::start().await;
    let browser = server.administrator();
    browser.get("/settings/smtp").await;
    let long = format!("?state=s&code={}", "x".repeat(20_000));
    for (query, finding) in [
        ("", "state_unknown"),
        ("?state=forged&code=c", "state_unknown"),
        ("?error=access_denied&state=forged", "state_unknown"),
        ("?code=c", "state_unknown"),
        ("?state=a&state=b&code=c", "callback_incomplete"),
        ("?state=a&code=c&code=d", "callback_incomplete"),
        (&*long, "callback_incomplete"),
        ("?state=%FF%FE&code=%00", "state_unknown"),
        ("?&&&==&%", "state_unknown"),
    ] {
        let reply = browser.get(&format!("/oauth/callback{query}")).await;
        assert_eq!(reply.status, 303, "{query}");
        assert_eq!(
            reply.location(),
            format!("/authorized/unknown?finding={finding}"),
            "{query}"
        );
        let page = browser.get(reply.location()).await;
        assert!(page.body.contains(finding), "{}", page.body);
    }
}

#[tokio::test]
async fn the_code_leaves_the_address_bar() {
    let provider = Provider::start().await;
    let server = Server::start_with(|config| provider.introduce(config)).await;
    let browser = server.administrator();
    let (id, url) = provider.begin(&browser).await;
    let reply = browser.get(&provider.answer(&url, true)).await;
    assert_eq!(reply.status, 303);
    assert_eq!(reply.location(), format!("/authorized/{id}"));
    let page = browser.get(reply.location()).await;
    assert!(page.body.contains("SMTP settings authorized"), "{page:?}");
}

#[tokio::test]
async fn a_refusal_is_shown_with_its_code() {
    let provider = Provider::start().await;
    let server = Server::start_with(|config| provider.introduce(config)).await;
    let browser = server.administrator();
    let (_, url) = provider.begin(&browser).await;
    let reply = browser.get(&provider.answer(&url, false)).await;
    let page = browser.get(reply.location()).await;
    assert!(page.body.contains("access_denied"), "{page:?}");
    assert!(!page.body.contains("SMTP settings authorized"), "{page:?}");
}

#[tokio::test]
async fn another_session_cannot_finish_an_authorization() {
    let provider = Provider::start().await;
    let server = Server::start_with(|config| provider.introduce(config)).await;
    let browser = server.administrator();
    let (_, url) = provider.begin(&browser).await;
    let answer = provider.answer(&url, true);

    let elsewhere = server.administrator_elsewhere().await;
    let reply = elsewhere.get(&answer).await;
    assert_eq!(
        reply.location(),
        "/authorized/unknown?finding=other_browser"
    );
    assert!(provider.control().token_requests().is_empty());
}

#[tokio::test]
async fn opening_the_link_does_not_consume_it() {
    let provider = Provider::start().await;
    let server = Server::start_with(|config| provider.introduce(config)).await;
    let browser = server.administrator();
    let (id, url) = provider.begin(&browser).await;
    let answer = provider.answer(&url, true);
    let look = browser.send(browser.request("HEAD", &answer)).await;
    assert_eq!(look.status, 204);
    let reply = browser.get(&answer).await;
    assert_eq!(reply.location(), format!("/authorized/{id}"));
}

#[tokio::test]
async fn coming_back_twice_does_no_harm() {
    let provider = Provider::start().await;
    let server = Server::start_with(|config| provider.introduce(config)).await;
    let browser = server.administrator();
    let (_, url) = provider.begin(&browser).await;
    let answer = provider.answer(&url, true);
    browser.get(&answer).await;
    browser.get(&answer).await;
    assert_eq!(provider.control().token_requests().len(), 1);
    let status = browser
        .fetch("/api/grant_status", "data_center=default".into())
        .await;
    assert!(status.json()["Authorized"].is_object(), "{status:?}");
}

#[tokio::test]
async fn without_a_session_nothing_is_finished_and_the_code_gets_into_no_other_url() {
    let provider = Provider::start().await;
    let server = Server::start_with(|config| provider.introduce(config)).await;
    let browser = server.administrator();
    let (_, url) = provider.begin(&browser).await;
    let answer = provider.answer(&url, true);
    let (_, code) = answer.split_once("code=").unwrap();
    let code = code.split('&').next().unwrap();

    let reply = server.anonymous().get(&answer).await;
    assert_eq!(reply.status, 401);
    assert_eq!(reply.header("location"), "");
    assert!(reply.body.contains("Save &amp; Authorize"), "{reply:?}");
    assert!(!reply.body.contains(code), "{reply:?}");
    let reply = server.viewer().await.get(&answer).await;
    assert_eq!(reply.status, 403);
    assert!(!reply.body.contains(code), "{reply:?}");
    assert!(provider.control().token_requests().is_empty());

    // The code has not been consumed either.
    let reply = browser.get(&answer).await;
    assert!(reply.location().starts_with("/authorized/"), "{reply:?}");
    assert_eq!(provider.control().token_requests().len(), 1);
}
