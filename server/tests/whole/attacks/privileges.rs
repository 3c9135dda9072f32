//! Attack: keep a removed permission in an existing session.

use std::time::Duration;

use reqwest::Response;
use tokio::time::timeout;

use crate::support::{ADMINISTRATOR, Browser, PASSWORD, Provider, SAVE, SESSION, Server, body};

const TIMEOUT: Duration = Duration::from_secs(10);

/// Returns a server with a second administrator and an authorization for which that user waits.
async fn waiting() -> (Provider, Server, Browser, Response) {
    let provider = Provider::start().await;
    let server = Server::start_with(|config| provider.introduce(config)).await;
    let person = server
        .administrator()
        .add_person("person", "administrator")
        .await;
    let (id, _) = provider.begin(&person).await;
    let path = format!("/events/authorization/{id}");
    let mut events = person.request("GET", &path).send().await.unwrap();
    assert_eq!(events.status(), 200);
    let first = timeout(TIMEOUT, events.chunk()).await.unwrap().unwrap();
    assert!(first.is_some());
    (provider, server, person, events)
}

/// Changes the second administrator's account as the first one.
async fn change(server: &Server, what: &str, more: &[(&str, &str)]) {
    let administrator = server.administrator();
    let id = administrator.account_id("person").await;
    let fields = [&[("do", what), ("id", &*id)], more].concat();
    let reply = administrator.submit("/access", body(&fields)).await;
    assert!([200, 303].contains(&reply.status.as_u16()), "{reply:?}");
}

async fn assert_ends(mut events: Response) {
    let end = timeout(TIMEOUT, async {
        while let Ok(Some(_)) = events.chunk().await {}
    });
    end.await.unwrap();
}

#[tokio::test]
async fn a_lowered_role_immediately_ends_the_streams_that_require_it() {
    let (provider, server, person, events) = waiting().await;
    let form = provider.current_form(&person).await;
    change(&server, "set_role", &[("role", "operator")]).await;
    assert_eq!(person.fetch(SAVE, form.body()).await.status, 403);
    assert_eq!(person.get("/access").await.status, 403);
    let reply = person
        .submit(
            "/access",
            body(&[
                ("do", "add_account"),
                ("name", "eve"),
                ("role", "administrator"),
            ]),
        )
        .await;
    assert_eq!(reply.status, 403);
    assert_ends(events).await;

    change(&server, "set_role", &[("role", "viewer")]).await;
    let reply = person
        .fetch("/api/send_test_email", form.body_to("bob@sandbox.test"))
        .await;
    assert_eq!(reply.status, 403);
    assert!(provider.control().messages().is_empty());
    // The draft from before is no longer shown.
    let page = person
        .get("/settings/smtp?data_center=default&draft=1")
        .await;
    assert_eq!(page.status, 200);
    assert!(!page.body.contains("id=\"save\""), "{page:?}");
}

#[tokio::test]
async fn an_account_that_was_removed_has_no_session_any_more() {
    let (_provider, server, person, events) = waiting().await;
    change(&server, "remove_account", &[]).await;
    assert_eq!(
        person
            .fetch("/api/grant_status", "data_center=default".into())
            .await
            .status,
        401
    );
    assert_ends(events).await;
    assert_eq!(person.sign_in("person").await.status, 401);
}

#[tokio::test]
async fn a_password_that_was_reset_ends_sessions_and_the_old_password() {
    let (_provider, server, person, events) = waiting().await;
    let session = person.cookie(SESSION).unwrap();
    change(&server, "reset_password", &[]).await;
    assert_eq!(person.get("/account").await.status, 303);
    assert_ends(events).await;
    assert_eq!(person.sign_in("person").await.status, 401);
    let thief = server.anonymous();
    thief.plant(SESSION, &session);
    assert_eq!(thief.get("/account").await.status, 303);
}

#[tokio::test]
async fn a_session_that_was_ended_elsewhere_receives_no_more_events() {
    let (_provider, server, person, events) = waiting().await;
    let elsewhere = server.anonymous();
    assert_eq!(elsewhere.sign_in("person").await.status, 303);
    let reply = elsewhere
        .submit("/account", body(&[("do", "end_other_sessions")]))
        .await;
    assert_eq!(reply.status, 303);
    assert_eq!(person.get("/account").await.status, 303);
    assert_ends(events).await;
}

#[tokio::test]
async fn no_user_can_raise_their_own_role() {
    let server = Server::start().await;
    let id = {
        let administrator = server.administrator();
        administrator.add_person("person", "operator").await;
        administrator.account_id("person").await
    };
    let person = server.anonymous();
    person.sign_in("person").await;
    let fields = [("do", "set_role"), ("id", &*id), ("role", "administrator")];
    for path in ["/access", "/account", "/settings/smtp", "/login"] {
        let reply = person.submit(path, body(&fields)).await;
        assert!(reply.status.is_client_error(), "{path} {reply:?}");
    }
    // Additional fields in a form that every role has do not help either.
    let more = body(&[
        ("do", "change_password"),
        ("current", PASSWORD),
        ("password", "nine lanterns under a bridge"),
        ("repeated", "nine lanterns under a bridge"),
        ("role", "administrator"),
        ("name", ADMINISTRATOR),
        ("account", "admin"),
    ]);
    assert_eq!(person.submit("/account", more).await.status, 303);
    assert_eq!(person.get("/access").await.status, 403);
    assert_eq!(server.anonymous().sign_in(ADMINISTRATOR).await.status, 303);
}
