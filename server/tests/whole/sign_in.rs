//! The sign-in form, without JavaScript.

use crate::support::{ADMINISTRATOR, PASSWORD, Server, body};

#[tokio::test]
async fn a_wrong_password_keeps_the_entered_name_and_reveals_nothing() {
    let server = Server::start().await;
    let browser = server.anonymous();
    let mut answers = Vec::new();
    for name in [ADMINISTRATOR, "nobody"] {
        let fields = [
            ("name", name),
            ("password", "planted words"),
            ("next", "/account"),
        ];
        let reply = browser.submit("/login", body(&fields)).await;
        assert_eq!(reply.status, 401, "{reply:?}");
        assert!(
            reply.body.contains(&format!("value=\"{name}\"")),
            "{reply:?}"
        );
        assert!(reply.body.contains("value=\"/account\""), "{reply:?}");
        assert!(!reply.body.contains("planted"), "{reply:?}");
        assert_eq!(reply.header("set-cookie"), "");
        let (_, main) = reply.body.split_once("<main").unwrap();
        let (main, _) = main.split_once("</main>").unwrap();
        answers.push(main.replace(&format!("value=\"{name}\""), ""));
    }
    assert_eq!(answers[0], answers[1]);
}

#[tokio::test]
async fn after_too_many_wrong_passwords_the_page_says_how_long_to_wait() {
    let server = Server::start().await;
    let browser = server.anonymous();
    let mut last = browser.sign_in_with("somebody", "wrong").await;
    for _ in 0..10 {
        last = browser.sign_in_with("somebody", "wrong").await;
    }
    assert_eq!(last.status, 429, "{last:?}");
    let seconds: u64 = last.header("retry-after").parse().unwrap();
    assert!((1..=900).contains(&seconds));
    assert!(last.body.contains("value=\"somebody\""), "{last:?}");

    // A browser that has signed in before has a separate limit.
    let known = server.administrator();
    assert_eq!(known.sign_in(ADMINISTRATOR).await.status, 303);
}

#[tokio::test]
async fn leads_to_the_page_that_was_asked_for() {
    let server = Server::start().await;
    let requested = server.anonymous().get("/activity?who=admin").await;
    let page = server.anonymous().get(requested.location()).await;
    assert!(
        page.body
            .contains("name=\"next\" value=\"/activity?who=admin\""),
        "{page:?}"
    );
    let fields = [
        ("name", ADMINISTRATOR),
        ("password", PASSWORD),
        ("next", "/activity?who=admin"),
    ];
    let reply = server.anonymous().submit("/login", body(&fields)).await;
    assert_eq!(reply.location(), "/activity?who=admin");
}

#[tokio::test]
async fn leads_to_no_other_site() {
    let server = Server::start().await;
    let browser = server.anonymous();
    for next in [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/a\r\nset-cookie: x=y",
        "/logout",
        "/login",
        "/oauth/callback?code=c",
        "",
    ] {
        let fields = [
            ("name", ADMINISTRATOR),
            ("password", PASSWORD),
            ("next", next),
        ];
        let reply = browser.submit("/login", body(&fields)).await;
        assert_eq!(reply.status, 303, "{next:?} {reply:?}");
        assert_eq!(reply.location(), "/", "{next:?}");
    }
}

#[tokio::test]
async fn a_form_that_no_page_sends_is_refused_without_an_echo() {
    let server = Server::start().await;
    let browser = server.administrator();
    for path in ["/login", "/password", "/account", "/access"] {
        for bad in [
            "name=planted&name=planted",
            "do=planted",
            "%FF=%FE&do=%00planted",
        ] {
            let reply = browser.submit(path, bad).await;
            assert!(reply.status.is_client_error(), "{path} {bad} {reply:?}");
            assert!(!reply.body.contains("planted"), "{path} {bad} {reply:?}");
        }
        let request = browser.request("POST", path).body("{}");
        let reply = browser.send(request).await;
        assert_eq!(reply.status, 415, "{path} {reply:?}");
    }
}
