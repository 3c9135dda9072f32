//! Sessions and their cookies.

use server::config::PublicUrl;

use crate::support::{ADMINISTRATOR, SESSION, Server, body};

const DEVICE: &str = "mailgrant_device";

#[tokio::test]
async fn cookies_are_kept_from_scripts_and_from_other_sites() {
    let server = Server::start().await;
    let reply = server.anonymous().sign_in(ADMINISTRATOR).await;
    let cookies: Vec<_> = reply.cookies().collect();
    assert_eq!(cookies.len(), 2, "{reply:?}");
    for ((name, value, attributes), (expected, age)) in cookies
        .into_iter()
        .zip([(SESSION, "Max-Age=43200"), (DEVICE, "Max-Age=31536000")])
    {
        assert_eq!(name, expected);
        // 256 bits take 43 characters of base64; the device cookie also has a signature.
        assert_eq!(value.len() == 43, name == SESSION, "{value}");
        assert_eq!(attributes, ["Path=/", age, "HttpOnly", "SameSite=Lax"]);
        assert!(!reply.body.contains(value));
    }
}

#[tokio::test]
async fn over_https_cookies_belong_to_the_host_alone() {
    let server = Server::start_with(|config| {
        config.public_url = Some(PublicUrl::parse("https://mailgrant.example.com").unwrap());
    })
    .await;
    let browser = server.anonymous();
    let reply = browser.sign_in(ADMINISTRATOR).await;
    let cookies: Vec<_> = reply.cookies().collect();
    let names: Vec<_> = cookies.iter().map(|(name, ..)| *name).collect();
    assert_eq!(
        names,
        ["__Host-mailgrant_session", "__Host-mailgrant_device"]
    );
    for (name, _, attributes) in &cookies {
        assert!(attributes.contains(&"Secure"), "{name} {attributes:?}");
        assert!(!attributes.iter().any(|one| one.starts_with("Domain")));
    }
    assert_eq!(browser.get("/settings/smtp").await.status, 200);

    // Cookies that could have been set over http are not read.
    let session = browser.cookie("__Host-mailgrant_session").unwrap();
    let other = server.anonymous();
    other.plant(SESSION, &session);
    assert_eq!(other.get("/settings/smtp").await.status, 303);
}

#[tokio::test]
async fn a_planted_session_is_not_adopted_by_a_sign_in() {
    let server = Server::start().await;
    let planted = "x".repeat(43);
    let victim = server.anonymous();
    victim.plant(SESSION, &planted);
    assert_eq!(victim.sign_in(ADMINISTRATOR).await.status, 303);
    assert_ne!(victim.cookie(SESSION).unwrap(), planted);
    let attacker = server.anonymous();
    attacker.plant(SESSION, &planted);
    assert_eq!(attacker.get("/settings/smtp").await.status, 303);
}

#[tokio::test]
async fn signing_in_again_ends_the_previous_session() {
    let server = Server::start().await;
    let browser = server.anonymous();
    browser.sign_in(ADMINISTRATOR).await;
    let old = browser.cookie(SESSION).unwrap();
    browser.sign_in(ADMINISTRATOR).await;
    assert_ne!(browser.cookie(SESSION).unwrap(), old);
    assert_eq!(browser.get("/settings/smtp").await.status, 200);
    let thief = server.anonymous();
    thief.plant(SESSION, &old);
    assert_eq!(thief.get("/settings/smtp").await.status, 303);
}

#[tokio::test]
async fn signing_out_ends_the_session_on_the_server() {
    let server = Server::start().await;
    let browser = server.administrator_elsewhere().await;
    let copied = browser.cookie(SESSION).unwrap();
    assert_eq!(browser.get("/logout").await.status, 404);
    let reply = browser.submit("/logout", "").await;
    assert_eq!(reply.location(), "/login");
    assert_eq!(reply.header("clear-site-data"), "\"cache\", \"storage\"");
    assert_eq!(browser.cookie(SESSION), None);
    assert!(browser.cookie(DEVICE).is_some());

    let thief = server.anonymous();
    thief.plant(SESSION, &copied);
    assert_eq!(thief.get("/settings/smtp").await.status, 303);
    // Signing out again has no effect.
    assert_eq!(browser.submit("/logout", "").await.location(), "/login");
}

#[tokio::test]
async fn an_invalid_session_cookie_is_deleted() {
    let server = Server::start().await;
    let good = server.administrator().cookie(SESSION).unwrap();
    let flipped = if good.starts_with('A') { "B" } else { "A" };
    let tampered = format!("{flipped}{}", &good[1..]);
    for bad in ["", "x", &*tampered, &good[1..], &format!("{good}=")] {
        let browser = server.anonymous();
        browser.plant(SESSION, bad);
        let reply = browser.get("/settings/smtp").await;
        assert_eq!(reply.status, 303, "{bad}");
        assert_eq!(browser.cookie(SESSION), None, "{bad} {reply:?}");
    }
    let twice = format!("{SESSION}={good}; {SESSION}={tampered}");
    let anonymous = server.anonymous();
    let request = anonymous.request("GET", "/account").header("cookie", twice);
    assert_eq!(anonymous.send(request).await.status, 401);
}

#[tokio::test]
async fn a_good_session_sets_no_cookie_again() {
    let server = Server::start().await;
    for path in ["/settings/smtp", "/login", "/healthz", "/activity/export"] {
        let reply = server.administrator().get(path).await;
        assert_eq!(reply.header("set-cookie"), "", "{path}");
    }
    let reply = server.anonymous().get("/login").await;
    assert_eq!(reply.header("set-cookie"), "");
}

#[tokio::test]
async fn sessions_are_ended_from_the_list() {
    let server = Server::start().await;
    let (own, other) = (
        server.administrator(),
        server.administrator_elsewhere().await,
    );
    let reply = own
        .submit("/account", body(&[("do", "end_other_sessions")]))
        .await;
    assert_eq!(reply.location(), "/account?done=end_other_sessions");
    assert_eq!(own.get("/account").await.status, 200);
    assert_eq!(other.get("/account").await.status, 303);
}

#[tokio::test]
async fn the_account_page_cannot_end_sessions_of_others() {
    let server = Server::start().await;
    let viewer = server.viewer().await;
    // The list shows no button for the current session.
    let elsewhere = server.administrator_elsewhere().await;
    let page = elsewhere.get("/account").await;
    let (_, rest) = page.body.split_once("name=\"id\" value=\"").unwrap();
    let id = rest.split('"').next().unwrap();
    let reply = viewer
        .submit("/account", body(&[("do", "end_session"), ("id", id)]))
        .await;
    assert_eq!(reply.status, 422, "{reply:?}");
    assert_eq!(server.administrator().get("/account").await.status, 200);
}

#[tokio::test]
async fn a_changed_password_ends_the_other_sessions() {
    let server = Server::start().await;
    let (own, other) = (
        server.administrator(),
        server.administrator_elsewhere().await,
    );
    let new = "nine lanterns under a bridge";
    let fields = |current| {
        body(&[
            ("do", "change_password"),
            ("current", current),
            ("password", new),
            ("repeated", new),
        ])
    };
    let wrong = own.submit("/account", fields("not the password")).await;
    assert_eq!(wrong.status, 422, "{wrong:?}");
    assert!(!wrong.body.contains(new) && !wrong.body.contains("not the password"));
    let reply = own
        .submit("/account", fields(crate::support::PASSWORD))
        .await;
    assert_eq!(reply.location(), "/account?done=change_password");
    assert_eq!(own.get("/account").await.status, 200);
    assert_eq!(other.get("/account").await.status, 303);
    assert_eq!(other.sign_in(ADMINISTRATOR).await.status, 401);
    assert_eq!(other.sign_in_with(ADMINISTRATOR, new).await.status, 303);
}
