//! `/settings/alerts`: forms that work without WASM, errors at their fields, and secrets that never
//! appear in a response.

use crate::support::{Browser, Reply, Server, body};

const PAGE: &str = "/settings/alerts";
const SECRET: &str = "whsec_cGxhbnRlZC1zaWduaW5nLXNlY3JldC1vZi1hbGVydHM=";
/// No server listens on this port.
const URL: &str = "http://127.0.0.1:9/services/pLanted";

async fn add(browser: &Browser, kind: &str, url: &str, secret: &str) -> Reply {
    let fields = [
        ("do", "add_channel"),
        ("kind", kind),
        ("url", url),
        ("secret", secret),
        ("via", ""),
        ("recipient", ""),
    ];
    browser.submit(PAGE, body(&fields)).await
}

/// Returns the ID of the only channel.
async fn id(browser: &Browser) -> String {
    let page = browser.get(PAGE).await.body;
    let (_, rest) = page.split_once("name=\"id\" value=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

fn settings(version: &str, minutes: &str) -> String {
    body(&[
        ("do", "save_alerts"),
        ("version", version),
        ("outbox_old", "on"),
        ("outbox_minutes", minutes),
        ("days_before", "7"),
        ("daily_check", "on"),
        ("expires:default", "2030-01-31"),
    ])
}

#[tokio::test]
async fn a_channel_is_added_tested_changed_and_removed_and_its_secrets_are_never_returned() {
    let server = Server::start().await;
    let administrator = server.administrator();
    let reply = add(&administrator, "webhook", URL, SECRET).await;
    assert_eq!(reply.location(), "/settings/alerts?done=add_channel");
    let id = id(&administrator).await;
    let of =
        |action: &'static str| body(&[("do", action), ("id", &id), ("url", ""), ("secret", "")]);
    let tried = administrator.submit(PAGE, of("test_channel")).await;
    assert_eq!(tried.status, 200);
    assert!(tried.body.contains("Test alert not delivered"));
    assert!(tried.body.contains("Could not connect to the host."));
    let changed = administrator.submit(PAGE, of("change_channel")).await;
    assert_eq!(changed.location(), "/settings/alerts?done=change_channel");
    let elsewhere = body(&[
        ("do", "change_channel"),
        ("id", &id),
        ("url", "https://hooks.example.com/pLanted"),
        ("secret", ""),
    ]);
    let refused = administrator.submit(PAGE, elsewhere).await;
    assert_eq!(refused.status, 422);
    let words = "The saved signing secret belongs to another host.";
    assert!(refused.body.contains(words), "{refused:?}");
    let removed = administrator.submit(PAGE, of("remove_channel")).await;
    assert_eq!(removed.location(), "/settings/alerts?done=remove_channel");
    let gone = administrator.submit(PAGE, of("test_channel")).await;
    assert_eq!(gone.status, 422);
    assert!(gone.body.contains("This item no longer exists."));
    administrator.get("/activity").await;
    administrator.get("/activity/export").await;
    let seen = administrator.seen();
    assert!(!seen.contains("pLanted") && !seen.contains("cGxhbnRlZC1zaWdu"));
}

#[tokio::test]
async fn form_errors_are_shown_at_their_field() {
    let server = Server::start().await;
    let administrator = server.administrator();
    let reply = add(
        &administrator,
        "webhook",
        "http://example.com/pLanted",
        "hunter2",
    )
    .await;
    assert_eq!(reply.status, 422);
    for wrong in ["add-channel-url-error", "add-channel-secret-error"] {
        assert!(reply.body.contains(wrong), "{wrong}");
    }
    assert!(!reply.body.contains("pLanted") && !reply.body.contains("hunter2"));
    let reply = add(&administrator, "mail", "", "").await;
    for wrong in ["add-channel-via-error", "add-channel-recipient-error"] {
        assert!(reply.body.contains(wrong), "{wrong}");
    }
    let reply = administrator.submit(PAGE, settings("0", "many")).await;
    assert_eq!(reply.status, 422);
    assert!(reply.body.contains("alerts-outbox_minutes-error"));
    assert!(reply.body.contains("value=\"many\""));
}

#[tokio::test]
async fn alert_settings_are_saved_once_for_each_version_and_a_viewer_reads_them() {
    let server = Server::start().await;
    let administrator = server.administrator();
    let saved = administrator.submit(PAGE, settings("0", "45")).await;
    assert_eq!(saved.location(), "/settings/alerts?done=save_alerts");
    let late = administrator.submit(PAGE, settings("0", "60")).await;
    assert_eq!(late.status, 409);
    assert!(
        late.body
            .contains("Another administrator saved in the meantime.")
    );
    add(&administrator, "slack", URL, "").await;
    let viewer = server.viewer().await;
    let page = viewer.get(PAGE).await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("value=\"45\"") && page.body.contains("2030-01-31"));
    assert!(page.body.contains("Slack at 127.0.0.1"));
    assert!(!page.body.contains("add_channel") && !page.body.contains("test_channel"));
    let refused = viewer.submit(PAGE, settings("1", "5")).await;
    assert_eq!(refused.status, 403);
}

#[tokio::test]
async fn a_webhook_for_new_mail_is_set_up_and_removed_by_administrators_and_never_comes_back() {
    let server = Server::start().await;
    let administrator = server.administrator();
    let save = |id: &'static str, url: &'static str, secret: &'static str| {
        body(&[
            ("do", "save_inbound_webhook"),
            ("data_center", id),
            ("url", url),
            ("secret", secret),
        ])
    };
    let remove = body(&[("do", "remove_inbound_webhook"), ("data_center", "default")]);
    let url = "https://hooks.example.com/pLanted";
    let wrong = save("default", "http://example.com/pLanted", "hunter2");
    let refused = administrator.submit(PAGE, wrong).await;
    assert_eq!(refused.status, 422);
    for wrong in [
        "mail-hook-default-url-error",
        "mail-hook-default-secret-error",
    ] {
        assert!(refused.body.contains(wrong), "{wrong}");
    }
    assert!(!refused.body.contains("pLanted") && !refused.body.contains("hunter2"));
    for nowhere in ["nowhere", "no\0where", ""] {
        let gone = administrator.submit(PAGE, save(nowhere, url, SECRET)).await;
        assert_eq!(gone.status, 422);
        assert!(gone.body.contains("This item no longer exists."));
    }

    let saved = administrator
        .submit(PAGE, save("default", url, SECRET))
        .await;
    assert_eq!(
        saved.location(),
        "/settings/alerts?done=save_inbound_webhook"
    );
    let viewer = server.viewer().await;
    let page = viewer.get(PAGE).await.body;
    assert!(
        page.contains("Webhook at hooks.example.com") && !page.contains("save_inbound_webhook")
    );
    let refused = viewer.submit(PAGE, remove.clone()).await;
    assert_eq!(refused.status, 403);

    let removed = administrator.submit(PAGE, remove.clone()).await;
    assert_eq!(
        removed.location(),
        "/settings/alerts?done=remove_inbound_webhook"
    );
    let gone = administrator.submit(PAGE, remove).await;
    assert_eq!(gone.status, 422);
    let activity = administrator.get("/activity").await.body;
    assert!(activity.contains("Webhook for new mail saved"));
    assert!(activity.contains("Webhook for new mail removed"));
    let seen = administrator.seen();
    assert!(!seen.contains("pLanted") && !seen.contains("cGxhbnRlZC1zaWdu"));
}

/// Returns how often a page asks to type a secret again.
fn asks_again(page: &Reply) -> usize {
    page.body
        .matches("If you entered a value here, enter it again.")
        .count()
}

#[tokio::test]
async fn a_refused_form_says_which_secrets_have_to_be_typed_again() {
    let server = Server::start().await;
    let administrator = server.administrator();
    assert_eq!(asks_again(&administrator.get(PAGE).await), 0);
    let reply = add(&administrator, "webhook", URL, "hunter2").await;
    assert_eq!(reply.status, 422);
    // The URL was valid and is lost as well; the secret has its own error.
    assert_eq!(asks_again(&reply), 1, "{reply:?}");
    assert!(!reply.body.contains("pLanted"));
    let reply = add(&administrator, "webhook", "", SECRET).await;
    assert_eq!(asks_again(&reply), 1, "{reply:?}");

    let hook = body(&[
        ("do", "save_inbound_webhook"),
        ("data_center", "default"),
        ("url", URL),
        ("secret", "hunter2"),
    ]);
    let reply = administrator.submit(PAGE, hook).await;
    assert_eq!((reply.status.as_u16(), asks_again(&reply)), (422, 1));
}

#[tokio::test]
async fn a_test_alert_leaves_the_form_that_changes_the_channel_unchanged() {
    let server = Server::start().await;
    let administrator = server.administrator();
    let fields = [
        ("do", "add_channel"),
        ("kind", "mail"),
        ("url", ""),
        ("secret", ""),
        ("via", "default"),
        ("recipient", "ops@example.com"),
    ];
    let reply = administrator.submit(PAGE, body(&fields)).await;
    assert_eq!(reply.location(), "/settings/alerts?done=add_channel");
    let id = id(&administrator).await;
    let test = body(&[("do", "test_channel"), ("id", &id)]);
    let tested = administrator.submit(PAGE, test).await;
    assert_eq!(tested.status, 200);
    assert!(
        tested.body.contains("value=\"ops@example.com\""),
        "{tested:?}"
    );
}
