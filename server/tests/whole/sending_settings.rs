//! The sending settings of a data center.

use crate::support::{Server, body};

const PAGE: &str = "/settings/sending";

#[tokio::test]
async fn chosen_settings_are_saved_shown_and_audited() {
    let server = Server::start().await;
    let administrator = server.administrator();
    let form = body(&[
        ("data_center", "default"),
        ("version", "0"),
        ("allowed_from", "shop@example.com\r\nnews@example.com"),
        ("messages_per_day", "250"),
        ("drop_content", "on"),
        ("retention_days", "14"),
    ]);
    let saved = administrator.submit(PAGE, form).await;
    assert_eq!(
        saved.location(),
        "/settings/sending?data_center=default&saved=1"
    );

    let page = administrator.get(saved.location()).await;
    for shown in [
        "Saved. The changes take effect immediately.",
        "shop@example.com\nnews@example.com",
        "value=\"250\"",
        "value=\"14\"",
        "name=\"version\" value=\"1\"",
        "placeholder=\"no limit\"",
        "placeholder=\"30\"",
    ] {
        assert!(page.body.contains(shown), "{shown}: {page:?}");
    }
    let audit = administrator.get("/activity?action=sending_saved").await;
    for reported in [
        "Messages per day",
        "250",
        "Other From addresses",
        "shop@example.com, news@example.com",
    ] {
        assert!(audit.body.contains(reported), "{reported}: {audit:?}");
    }
}

#[tokio::test]
async fn an_invalid_field_shows_its_error_and_nothing_is_saved() {
    let server = Server::start().await;
    let administrator = server.administrator();
    let form = body(&[
        ("data_center", "default"),
        ("version", "0"),
        ("allowed_from", "shop@example.com\nnobody <script>"),
        ("connections", "many"),
        ("messages_per_day", "100"),
    ]);
    let refused = administrator.submit(PAGE, form).await;
    assert_eq!(refused.status, 422);
    for shown in [
        "“nobody &lt;script&gt;” is not an email address.",
        "This is not a number from 1 to 64.",
        "value=\"many\"",
        "value=\"100\"",
        "Not saved: some fields are invalid",
    ] {
        assert!(refused.body.contains(shown), "{shown}: {refused:?}");
    }
    let page = administrator.get(PAGE).await;
    assert!(
        page.body.contains("name=\"version\" value=\"0\""),
        "{page:?}"
    );
}

#[tokio::test]
async fn changes_of_another_user_are_not_overwritten_unnoticed() {
    let server = Server::start().await;
    let administrator = server.administrator();
    let form = |limit: &str, over: &str| {
        body(&[
            ("data_center", "default"),
            ("version", "0"),
            ("over", over),
            ("messages_per_day", limit),
        ])
    };
    let first = administrator.submit(PAGE, form("100", "")).await;
    assert_eq!(first.status, 303, "{first:?}");
    let second = administrator.submit(PAGE, form("200", "")).await;
    assert_eq!(second.status, 409);
    for shown in [
        "another administrator changed these settings",
        "value=\"200\"",
        "name=\"over\" value=\"1\"",
    ] {
        assert!(second.body.contains(shown), "{shown}: {second:?}");
    }
    let over = administrator.submit(PAGE, form("200", "1")).await;
    assert_eq!(over.status, 303, "{over:?}");
    let page = administrator.get(PAGE).await;
    assert!(page.body.contains("value=\"200\""), "{page:?}");
}

#[tokio::test]
async fn an_unknown_data_center_is_reported() {
    let server = Server::start().await;
    let administrator = server.administrator();
    let page = administrator
        .get("/settings/sending?data_center=nowhere")
        .await;
    assert_eq!(page.status, 404);
    let posted = body(&[("data_center", "nowhere"), ("version", "0")]);
    let refused = administrator.submit(PAGE, posted).await;
    assert_eq!(refused.status, 404);
}
