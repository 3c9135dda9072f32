//! Every rule of the settings form, with and without WASM.

mod cases;

use std::collections::BTreeSet;

use domain::{SmtpField, SmtpFormError};
use serde_json::json;

use self::cases::cases;
use crate::support::{Form, Provider, Reply, SAVE, Server, TEST};

#[test]
fn the_table_has_every_field() {
    let tested: BTreeSet<_> = cases().iter().map(|(_, field, _)| *field).collect();
    let missing: Vec<_> = SmtpField::ALL
        .iter()
        .filter(|field| !tested.contains(field))
        .collect();
    // This field has a separate test below.
    assert_eq!(missing, [&SmtpField::DataCenter]);
}

#[tokio::test]
async fn the_browser_side_gets_422_and_codes() {
    let provider = Provider::start().await;
    let server = Server::start_with(|config| provider.introduce(config)).await;
    let browser = server.administrator();
    for (change, field, error) in cases() {
        let form = change(provider.form(&browser));
        let reply = browser.fetch(SAVE, form.body()).await;
        assert_eq!(reply.status, 422, "{field:?} {error:?} {reply:?}");
        assert_eq!(
            reply.json()["Form"][field.name()],
            json!(error),
            "{field:?} {reply:?}"
        );
    }
    assert_eq!(browser.saved_version().await, 0);
}

#[tokio::test]
async fn without_wasm_the_page_shows_the_error_at_the_field_and_keeps_what_was_typed() {
    let provider = Provider::start().await;
    let server = Server::start_with(|config| provider.introduce(config)).await;
    let browser = server.administrator();
    browser.get("/settings/smtp").await;
    for (change, field, error) in cases() {
        let form = change(provider.form(&browser));
        let reply = browser.submit(SAVE, form.body()).await;
        assert_eq!(reply.status, 303, "{field:?} {error:?} {reply:?}");
        let page = browser.get(reply.location()).await;
        assert_eq!(page.status, 200);
        // A select with an unknown value shows its first option, which is none of these.
        if error != SmtpFormError::UnknownChoice {
            assert_shown(&page, field, error);
        }
        for (name, typed) in form.shown() {
            assert_kept(&page, &name, &typed);
        }
        for secret in ["sandbox-secret", "box-password"] {
            assert!(!page.body.contains(secret), "{field:?}");
        }
    }
    assert_eq!(browser.saved_version().await, 0);
}

fn assert_shown(page: &Reply, field: SmtpField, error: SmtpFormError) {
    let id = format!("id=\"{}-error\"", field.name());
    let (_, rest) = page
        .body
        .split_once(&id)
        .unwrap_or_else(|| panic!("{field:?} has no place for errors"));
    let (tag, rest) = rest.split_once('>').unwrap();
    let (text, _) = rest.split_once('<').unwrap();
    assert!(!tag.contains("hidden"), "{field:?} {error:?}");
    assert!(!text.trim().is_empty(), "{field:?} {error:?}");
}

fn assert_kept(page: &Reply, name: &str, typed: &str) {
    let attribute = format!("name=\"form[{name}]\"");
    let (before, after) = page
        .body
        .split_once(&attribute)
        .unwrap_or_else(|| panic!("no field {name}"));
    let tag = format!(
        "{}{}",
        before.rsplit('<').next().unwrap(),
        after.split('>').next().unwrap()
    );
    let escaped = typed
        .replace('&', "&amp;")
        .replace('"', "&quot;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    assert!(
        tag.contains(&format!("value=\"{escaped}\"")),
        "{name} {typed:?}: {tag}"
    );
}

#[tokio::test]
async fn a_data_center_that_does_not_exist_is_not_found() {
    let provider = Provider::start().await;
    let server = Server::start_with(|config| provider.introduce(config)).await;
    let browser = server.administrator();
    for id in ["none", "", "../x", "x y"] {
        let form = provider.form(&browser).with("data_center", id);
        let reply = browser.fetch(SAVE, form.body()).await;
        assert!(reply.status.is_client_error(), "{id} {reply:?}");
        let reply = browser.submit(SAVE, form.body()).await;
        let page = browser.get(reply.location()).await;
        assert!(page.body.contains("<!DOCTYPE html>"), "{page:?}");
    }
}

#[tokio::test]
async fn a_saved_secret_does_not_go_to_another_host() {
    let provider = Provider::start().await;
    let server = Server::start_with(|config| provider.introduce(config)).await;
    let browser = server.administrator();
    let form = provider.form(&browser);
    let saved = browser.fetch(SAVE, form.body()).await;
    assert_eq!(saved.status, 200, "{saved:?}");

    let elsewhere = form
        .with("version", "1")
        .with("token_endpoint", "https://evil.example/token")
        .without("client_secret");
    let reply = browser.fetch(SAVE, elsewhere.body()).await;
    assert_eq!(reply.status, 422);
    assert_eq!(
        reply.json()["Form"]["client_secret"],
        json!(SmtpFormError::SecretBelongsElsewhere)
    );
    let reply = browser.submit(SAVE, elsewhere.body()).await;
    let page = browser.get(reply.location()).await;
    assert_shown(
        &page,
        SmtpField::ClientSecret,
        SmtpFormError::SecretBelongsElsewhere,
    );
}

#[tokio::test]
async fn the_second_of_two_administrators_is_notified_and_keeps_the_typed_values() {
    let provider = Provider::start().await;
    let server = Server::start_with(|config| provider.introduce(config)).await;
    let (first, second) = (
        server.administrator(),
        server.administrator_elsewhere().await,
    );
    let form = provider.form(&first);
    assert_eq!(first.fetch(SAVE, form.body()).await.status, 200);

    let late = form.with("from_address", "second@sandbox.test");
    let reply = second.fetch(SAVE, late.body()).await;
    assert_eq!(reply.status, 409, "{reply:?}");
    assert_eq!(reply.json()["Conflict"]["version"], 1);
    let reply = second.submit(SAVE, late.body()).await;
    let page = second.get(reply.location()).await;
    assert_kept(&page, "from_address", "second@sandbox.test");
    assert_eq!(second.saved_version().await, 1);
}

#[tokio::test]
async fn without_wasm_a_good_form_leads_to_the_provider() {
    let provider = Provider::start().await;
    let server = Server::start_with(|config| provider.introduce(config)).await;
    let browser = server.administrator();
    browser.get("/settings/smtp").await;
    let reply = browser.submit(SAVE, provider.form(&browser).body()).await;
    assert_eq!(reply.status, 303);
    let url = reply.location().to_owned();
    assert!(url.starts_with(&provider.descriptor().authorization_endpoint));
    let back = browser.get(&provider.answer(&url, true)).await;
    let page = browser.get(back.location()).await;
    assert!(page.body.contains("SMTP settings authorized"), "{page:?}");
}

#[tokio::test]
async fn basic_settings_are_saved_without_a_sign_in() {
    let provider = Provider::start().await;
    let server = Server::start_with(|config| provider.introduce(config)).await;
    let browser = server.administrator();
    let form = Form::basic(provider.descriptor(), &browser.url).with_mailbox();
    let reply = browser.fetch(SAVE, form.body()).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(reply.json()["next"], "Nothing");
    let report = browser
        .fetch(TEST, form.with("password", "").body_to("bob@sandbox.test"))
        .await;
    assert_eq!(report.status, 200, "{report:?}");
    assert_eq!(provider.control().messages().len(), 1, "{report:?}");
}
