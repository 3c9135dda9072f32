//! Attack: get a session with a cookie that the server did not issue.

use reqwest::StatusCode;

use crate::support::{ADMINISTRATOR, Browser, Reply, SESSION, Server};

const DEVICE: &str = "mailgrant_device";

async fn with_line(browser: &Browser, line: &str) -> Reply {
    let request = browser
        .request("GET", "/account")
        .header("accept", "text/html")
        .header("cookie", line);
    browser.send(request).await
}

#[tokio::test]
async fn a_session_is_that_one_value_under_that_one_name() {
    let server = Server::start().await;
    let anonymous = server.anonymous();
    let good = server.administrator().cookie(SESSION).unwrap();
    let whole = with_line(&anonymous, &format!("{SESSION}={good}")).await;
    assert_eq!(whole.status, 200);

    let mut lines: Vec<_> = (0..good.len())
        .map(|at| {
            let other = if good.as_bytes()[at] == b'Q' {
                "g"
            } else {
                "Q"
            };
            format!("{SESSION}={}{other}{}", &good[..at], &good[at + 1..])
        })
        .collect();
    lines.extend((0..good.len()).map(|at| format!("{SESSION}={}", &good[..at])));
    for name in [
        "__Host-mailgrant_session",
        "__Secure-mailgrant_session",
        "__host-mailgrant_session",
        "Mailgrant_Session",
        "MAILGRANT_SESSION",
        "mailgrant_session2",
        "xmailgrant_session",
        "mailgrant_browser",
        DEVICE,
        "",
        "$mailgrant_session",
    ] {
        lines.push(format!("{name}={good}"));
    }
    lines.extend([
        format!("{SESSION}=\"{good}\""),
        format!("{SESSION}={good}="),
        format!("{SESSION}={good}A"),
        format!("{SESSION}={good}%00"),
        format!("{SESSION}={good} x"),
        format!("{SESSION}=={good}"),
        format!("{SESSION}={good}; {SESSION}={good}"),
        format!("{SESSION}={good}; {SESSION}="),
        format!("{SESSION}=x; {SESSION}={good}"),
        format!("{SESSION}={good}, {SESSION}={good}"),
        format!("{SESSION}={}", good.to_ascii_lowercase()),
        format!("{SESSION}={}", "x".repeat(60_000)),
        format!("{}{SESSION}={good}A", "a=b; ".repeat(5_000)),
        SESSION.to_owned(),
        good.clone(),
    ]);
    for line in lines {
        let reply = with_line(&anonymous, &line).await;
        let refused = [
            StatusCode::SEE_OTHER,
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
        ];
        let shown = &line[..line.len().min(200)];
        assert!(refused.contains(&reply.status), "{shown} {reply:?}");
        assert!(!reply.body.contains(&good), "{shown}");
    }
    // The session itself is unaffected.
    let whole = with_line(&anonymous, &format!("{SESSION}={good}")).await;
    assert_eq!(whole.status, 200);
}

#[tokio::test]
async fn a_cookie_planted_before_the_sign_in_is_worth_nothing_after_it() {
    let server = Server::start().await;
    let attacker = server.administrator().add_person("mallory", "viewer").await;
    // An invented cookie, and one of the attacker.
    for planted in ["x".repeat(43), attacker.cookie(SESSION).unwrap()] {
        let victim = server.anonymous();
        victim.plant(SESSION, &planted);
        victim.plant(DEVICE, &attacker.cookie(DEVICE).unwrap());
        assert_eq!(victim.sign_in(ADMINISTRATOR).await.status, 303);
        assert_ne!(victim.cookie(SESSION).unwrap(), planted);
        assert_ne!(victim.cookie(DEVICE), attacker.cookie(DEVICE));
        assert_eq!(victim.get("/access").await.status, 200);

        // Knowing the planted cookie gives no access.
        let spy = server.anonymous();
        spy.plant(SESSION, &planted);
        assert_eq!(spy.get("/access").await.status, 303);
    }
}

#[tokio::test]
async fn a_device_cookie_gives_no_access() {
    let server = Server::start().await;
    let device = server.administrator().cookie(DEVICE).unwrap();
    let thief = server.anonymous();
    thief.plant(DEVICE, &device);
    assert_eq!(thief.get("/account").await.status, 303);
    thief.plant(SESSION, &device);
    assert_eq!(thief.get("/account").await.status, 303);
    assert_eq!(thief.sign_in_with(ADMINISTRATOR, "wrong").await.status, 401);
}
