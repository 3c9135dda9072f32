//! The waiting tab receives the result of an authorization.

use std::time::{Duration, Instant};

use reqwest::Response;
use serde_json::Value;
use tokio::time::timeout;

use crate::support::{Browser, Form, Provider, Reply, SAVE, Server};

const TIMEOUT: Duration = Duration::from_secs(10);

async fn listen(browser: &Browser, id: &str) -> Response {
    let path = format!("/events/authorization/{id}");
    let response = browser.request("GET", &path).send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    assert!(response.headers().get("content-encoding").is_none());
    response
}

/// Returns the next event, or `None` at the end of the stream.
async fn event(stream: &mut Response) -> Option<Value> {
    loop {
        let chunk = timeout(TIMEOUT, stream.chunk()).await.unwrap().unwrap()?;
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
async fn waiting_requests_do_not_keep_the_server_from_stopping() {
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
async fn waiting_requests_get_no_events_after_the_session_has_ended() {
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

const IN_USE: &str = "The previous authorization is still in use. Mail continues to be sent.";
const WARNING: &str = "Unsaved changes. Saving ends the authorization.";
const WAITS: &str = "Your settings are saved. Mail waits until you authorize.";

/// Saves a form and denies the consent at the provider. Returns the response to the save, the
/// event, and the final page.
async fn refuse(provider: &Provider, browser: &Browser, form: Form) -> (Reply, Value, Reply) {
    let saved = browser.fetch(SAVE, form.body()).await;
    let next = saved.json()["next"]["SignIn"].clone();
    let back = provider.answer(next["url"].as_str().unwrap(), false);
    let back = browser.get(&back).await;
    let page = browser.get(back.location()).await;
    let mut events = listen(browser, next["id"].as_str().unwrap()).await;
    (saved, event(&mut events).await.unwrap(), page)
}

#[tokio::test]
async fn a_refusal_says_whether_mail_is_still_sent() {
    let provider = Provider::start().await;
    let server = Server::start_with(|config| provider.introduce(config)).await;
    let browser = server.administrator();
    // Without the marks between texts.
    let messages = async || browser.get("/messages").await.body.replace("<!>", "");
    let settings = async || browser.get("/settings/smtp").await.body;

    // The data center was never authorized.
    let form = provider.current_form(&browser).await;
    let (_, event, page) = refuse(&provider, &browser, form).await;
    assert_eq!(event["Failed"]["grant"], "Missing");
    assert!(page.body.contains(WAITS), "{page:?}");
    assert!(
        messages()
            .await
            .contains("<bdi>Default</bdi> has not been authorized yet")
    );

    // The existing grant is kept.
    provider.authorize(&browser).await;
    let form = provider.current_form(&browser).await;
    let form = form.with("from_address", "Other <alice@sandbox.test>");
    let (saved, event, page) = refuse(&provider, &browser, form).await;
    assert_eq!(saved.json()["grant_ended"], false);
    assert_eq!(event["Failed"]["grant"], "InUse");
    assert!(page.body.contains(IN_USE) && !page.body.contains(WAITS));

    // Saving ends the grant, and every page says so.
    let form = provider.current_form(&browser).await;
    let form = form.with("scope", "mail.send offline_access");
    let (saved, event, page) = refuse(&provider, &browser, form).await;
    assert_eq!(saved.json()["grant_ended"], true);
    assert_eq!(event["Failed"]["grant"], "Missing");
    assert!(
        page.body.contains(WAITS) && !page.body.contains(IN_USE),
        "{page:?}"
    );
    let list = messages().await;
    assert!(
        list.contains("<bdi>Default</bdi> needs authorization: its messages wait"),
        "{list}"
    );
    assert!(!list.contains("has not been authorized yet"), "{list}");
    let settings = settings().await;
    assert!(
        settings.contains("does not cover the settings"),
        "{settings}"
    );
}

#[tokio::test]
async fn without_wasm_a_save_that_ends_the_grant_says_so() {
    let provider = Provider::start().await;
    let server = Server::start_with(|config| provider.introduce(config)).await;
    let browser = server.administrator();
    provider.authorize(&browser).await;
    let version = browser.saved_version().await.to_string();
    let basic = Form::basic(provider.descriptor(), &browser.url).with("version", &version);
    let saved = browser.submit(SAVE, basic.body()).await;
    let path = saved.location().split('#').next().unwrap().to_owned();
    let page = browser.get(&path).await;
    let words = "The authorization for the previous settings has ended.";
    assert!(page.body.contains(words), "{page:?}");
}

#[tokio::test]
async fn the_page_warns_before_a_save_also_while_fields_are_missing() {
    let provider = Provider::start().await;
    let server = Server::start_with(|config| provider.introduce(config)).await;
    let browser = server.administrator();
    provider.authorize(&browser).await;
    let page = browser.get("/settings/smtp").await;
    assert!(!page.body.contains(WARNING), "{page:?}");
    // With another provider the secret must be typed again, so the form is not valid.
    let form = provider.current_form(&browser).await;
    let form = form.with("client_secret", "").with("provider", "google");
    let body = format!("{}&overwrite=true", form.body());
    let filled = browser.submit("/api/apply_preset", body).await;
    let path = filled.location().split('#').next().unwrap().to_owned();
    let page = browser.get(&path).await;
    assert!(page.body.contains("smtp.gmail.com"), "{page:?}");
    assert!(page.body.contains(WARNING), "{page:?}");
    let (_, warning) = page.body.split_once("id=\"ends-grant\"").unwrap();
    let (tag, _) = warning.split_once('>').unwrap();
    assert!(!tag.contains("hidden"), "{tag}");
}
