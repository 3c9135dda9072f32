//! The first start.

use crate::support::{ADMINISTRATOR, Browser, PASSWORD, Program, Server, body, limits, token_of};

async fn new_server() -> (Server, String) {
    let mut server = Server::start_new(|_| (), limits()).await;
    let link = server.setup_link.take().unwrap();
    (server, link)
}

#[tokio::test]
async fn nothing_else_is_reachable_before() {
    let (server, _link) = new_server().await;
    let browser = server.anonymous();
    for path in [
        "/",
        "/login",
        "/settings/smtp",
        "/access",
        "/password?token=x",
        "/no",
        "/oauth/callback?code=c",
    ] {
        let reply = browser.get(path).await;
        assert_eq!(reply.location(), "/setup", "{path}");
    }
    for path in ["/login", "/password", "/api/save_smtp_settings", "/logout"] {
        for reply in [
            browser.fetch(path, "name=a&password=b".into()).await,
            browser.submit(path, "name=a&password=b").await,
        ] {
            assert_eq!(reply.status, 503, "{path} {reply:?}");
            assert_eq!(reply.header("content-type"), "application/problem+json");
        }
    }
    let status = browser.with_key("mgk_x").get("/api/v1/status").await;
    assert!(!status.status.is_success());
    for path in ["/healthz", "/readyz", "/setup"] {
        assert_eq!(browser.get(path).await.status, 200, "{path}");
    }
}

#[tokio::test]
async fn the_link_is_good_once() {
    let (server, link) = new_server().await;
    let browser = server.anonymous();
    let reply = browser.set_up(&link).await;
    assert_eq!(reply.location(), "/", "{reply:?}");
    assert_eq!(browser.get("/access").await.status, 200);

    let late = server.anonymous();
    let fields = [
        ("token", token_of(&link)),
        ("name", "eve"),
        ("password", PASSWORD),
        ("repeated", PASSWORD),
    ];
    let reply = late.submit("/setup", body(&fields)).await;
    assert_eq!(reply.header("set-cookie"), "", "{reply:?}");
    assert_eq!(late.sign_in("eve").await.status, 401);
    assert_eq!(late.sign_in(ADMINISTRATOR).await.status, 303);
    let path = format!("/setup?token={}", token_of(&link));
    assert_eq!(late.get(&path).await.header("location"), "/login");
}

#[tokio::test]
async fn another_token_does_nothing() {
    let (server, _link) = new_server().await;
    let browser = server.anonymous();
    for token in ["", "x", &*"x".repeat(43)] {
        let page = browser.get(&format!("/setup?token={token}")).await;
        assert!(!page.body.contains("name=\"password\""), "{page:?}");
        let fields = [
            ("token", token),
            ("name", "eve"),
            ("password", PASSWORD),
            ("repeated", PASSWORD),
        ];
        let reply = browser.submit("/setup", body(&fields)).await;
        assert_eq!(reply.status, 422, "{reply:?}");
        assert_eq!(reply.header("set-cookie"), "");
    }
}

#[tokio::test]
async fn a_form_with_errors_is_shown_again_and_the_link_stays_good() {
    let (server, link) = new_server().await;
    let browser = server.anonymous();
    let token = token_of(&link);
    let fields = [
        ("token", token),
        ("name", "alice smith"),
        ("password", "planted"),
        ("repeated", "otherwise"),
    ];
    let page = browser.submit("/setup", body(&fields)).await;
    assert_eq!(page.status, 422);
    assert!(page.body.contains("value=\"alice smith\""), "{page:?}");
    assert!(
        page.body.contains(&format!("value=\"{token}\"")),
        "{page:?}"
    );
    assert!(!page.body.contains("planted") && !page.body.contains("otherwise"));
    assert_eq!(page.header("referrer-policy"), "strict-origin");
    assert_eq!(browser.set_up(&link).await.status, 303);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_link_ends_at_the_next_start_and_none_is_printed_once_there_is_an_account() {
    let directory = tempfile::tempdir().unwrap();
    let program = Program::start(directory.path(), &[]);
    let old = program.setup_link().unwrap();
    let origin = program.url.replace("127.0.0.1", "localhost");
    assert!(old.starts_with(&format!("{origin}/setup?token=")));
    assert!(program.stop());

    let program = Program::start(directory.path(), &[]);
    let page = Browser::at(&program.url)
        .get(&format!("/setup?token={}", token_of(&old)))
        .await;
    assert!(page.body.contains("is no longer valid"), "{page:?}");
    program.administrator().await;
    // Neither link is in the log, except in the line that prints it.
    for token in [token_of(&old), token_of(&program.setup_link().unwrap())] {
        assert!(program.log().matches(token).count() <= 1);
    }
    assert!(program.stop());

    let program = Program::start(directory.path(), &[]);
    assert!(program.setup_link().is_none());
}

#[tokio::test]
async fn the_link_of_a_new_account_is_valid_once() {
    let server = Server::start().await;
    let link = server.administrator().add_account("bob", "viewer").await;
    let browser = server.anonymous();
    let weak = browser.choose_password(&link, "bobbobbobbob").await;
    assert_eq!(weak.status, 422, "{weak:?}");
    assert_eq!(
        browser.choose_password(&link, PASSWORD).await.location(),
        "/"
    );
    let again = server.anonymous().choose_password(&link, PASSWORD).await;
    assert_eq!(again.status, 422, "{again:?}");
}
