//! Attack: use an API key for something it does not permit, or use another secret as an API key.

use crate::support::{Browser, Reply, SESSION, Server, body};

const STATUS: &str = "/api/v1/status";

async fn bearer(browser: &Browser, shown: &str) -> Reply {
    let request = browser
        .request("GET", STATUS)
        .header("authorization", shown);
    browser.send(request).await
}

#[tokio::test]
async fn a_key_is_not_a_session_and_a_session_is_not_a_key() {
    let server = Server::start().await;
    let administrator = server.administrator();
    let key = administrator
        .make_key("reader", &[("messages", "on")])
        .await;
    let anonymous = server.anonymous();
    for value in [&*key, &key[4..]] {
        anonymous.plant(SESSION, value);
        assert_eq!(anonymous.get("/settings/smtp").await.status, 303);
        assert_eq!(anonymous.get(STATUS).await.status, 401);
    }
    for name in [SESSION, "mailgrant_device"] {
        let token = administrator.cookie(name).unwrap();
        for shown in [token.clone(), format!("mgk_{token}")] {
            let reply = bearer(&server.anonymous(), &format!("Bearer {shown}")).await;
            assert_eq!(reply.status, 401, "{name}");
            assert!(!reply.body.contains(&token));
        }
    }
    // A session does not make a wrong key valid, and a key does not open a page.
    assert_eq!(bearer(&administrator, "Bearer mgk_x").await.status, 401);
    let program = server.anonymous().with_key(&key);
    assert_eq!(program.get("/access").await.status, 303);
    let reply = program
        .fetch("/api/add_data_center", "name=Evil".into())
        .await;
    assert_eq!(reply.status, 401);
}

#[tokio::test]
async fn a_key_is_that_one_value_in_that_one_header() {
    let server = Server::start().await;
    let administrator = server.administrator();
    let key = administrator
        .make_key("reader", &[("messages", "on")])
        .await;
    let anonymous = server.anonymous();
    assert_eq!(
        bearer(&anonymous, &format!("Bearer {key}")).await.status,
        200
    );
    let mut wrong: Vec<_> = (0..key.len())
        .map(|at| {
            let other = if key.as_bytes()[at] == b'Q' { "g" } else { "Q" };
            format!("Bearer {}{other}{}", &key[..at], &key[at + 1..])
        })
        .collect();
    wrong.extend([
        key.clone(),
        format!("Basic {key}"),
        format!("Bearer{key}"),
        format!("Bearer {key}A"),
        format!("Bearer {}", &key[..46]),
        format!("Bearer {}", &key[4..]),
        format!("Bearer {} ", key.to_ascii_uppercase()),
        format!("Bearer {key}, Bearer {key}"),
        format!("Bearer \"{key}\""),
        format!("Token {key}"),
        "Bearer ".to_owned() + &"x".repeat(50_000),
        "Bearer ' OR 1=1 --".to_owned(),
    ]);
    for shown in wrong {
        let reply = bearer(&anonymous, &shown).await;
        let refused = [401, 431].contains(&reply.status.as_u16());
        assert!(refused, "{} {reply:?}", &shown[..shown.len().min(80)]);
        assert!(!reply.body.contains(&key));
    }
    let twice = anonymous
        .request("GET", STATUS)
        .header("authorization", format!("Bearer {key}"))
        .header("authorization", format!("Bearer {key}"));
    assert_eq!(anonymous.send(twice).await.status, 401);
    for path in [
        format!("{STATUS}?access_token={key}"),
        format!("{STATUS}?key={key}"),
    ] {
        assert_eq!(anonymous.get(&path).await.status, 401);
    }
    let in_body = anonymous
        .request("GET", STATUS)
        .header("x-api-key", &key)
        .body(format!("access_token={key}"));
    assert_eq!(anonymous.send(in_body).await.status, 401);
}

#[tokio::test]
async fn an_expired_key_is_rejected_like_an_unknown_one() {
    let server = Server::start().await;
    let administrator = server.administrator();
    let mut answers = Vec::new();
    let expired = administrator
        .make_key("expired", &[("messages", "on"), ("expires", "2999-01-01")])
        .await;
    let ended = administrator.make_key("ended", &[("messages", "on")]).await;
    let unknown = format!("mgk_{}", "x".repeat(43));
    for key in [&expired, &ended] {
        let program = server.anonymous().with_key(key);
        assert_eq!(program.get(STATUS).await.status, 200);
    }
    let mut database = server.database().await;
    database
        .run("UPDATE api_keys SET expires_at = 1 WHERE name = 'expired'")
        .await;
    database
        .run("UPDATE api_keys SET ended_at = 1 WHERE name = 'ended'")
        .await;
    for key in [&expired, &ended, &unknown] {
        let reply = server.anonymous().with_key(key).get(STATUS).await;
        assert_eq!(reply.status, 401, "{reply:?}");
        answers.push((
            reply.body.clone(),
            reply.header("www-authenticate").to_owned(),
        ));
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]));
}

#[tokio::test]
async fn a_key_reaches_no_other_data_center_whatever_it_asks_for() {
    let server = Server::start().await;
    let administrator = server.administrator();
    let added = administrator
        .fetch("/api/add_data_center", "name=Second".into())
        .await;
    let id = added.json()["id"].as_str().unwrap().to_owned();
    let fields = [("messages", "on"), ("data_center", &*id)];
    let key = administrator.make_key("second", &fields).await;
    let program = server.anonymous().with_key(&key);
    for query in ["", "?data_center=default", "?id=default", "?data_center=*"] {
        let reply = program.get(&format!("{STATUS}{query}")).await;
        assert_eq!(reply.status, 200);
        assert!(!reply.body.contains("\"default\""), "{query} {reply:?}");
    }
    // Once its data center is removed, the key gives access to nothing instead of everything.
    let gone = administrator
        .fetch("/api/remove_data_center", format!("data_center={id}"))
        .await;
    assert_eq!(gone.status, 200, "{gone:?}");
    assert_eq!(program.get(STATUS).await.status, 401);
}

#[tokio::test]
async fn a_key_gets_no_scope_by_asking() {
    let server = Server::start().await;
    let administrator = server.administrator();
    for fields in [
        body(&[("do", "make_key"), ("name", "none")]),
        body(&[("do", "make_key"), ("name", "all"), ("scope", "messages")]),
        body(&[("do", "make_key"), ("name", "old"), ("read", "on")]),
        body(&[
            ("do", "make_key"),
            ("name", "past"),
            ("messages", "on"),
            ("expires", "2020-01-01"),
        ]),
        body(&[
            ("do", "make_key"),
            ("name", "other"),
            ("messages", "on"),
            ("data_center", "none"),
        ]),
    ] {
        let reply = administrator.submit("/access", &*fields).await;
        assert_eq!(reply.status, 422, "{fields} {reply:?}");
        assert!(!reply.body.contains("mgk_"), "{fields} {reply:?}");
    }
    let key = administrator.make_key("sender", &[("send", "on")]).await;
    let sender = server.anonymous().with_key(&key);
    for path in [
        STATUS.to_owned(),
        format!("{STATUS}?scope=messages&messages=on"),
    ] {
        assert_eq!(sender.get(&path).await.status, 403);
        let head = sender.send(sender.request("HEAD", &path)).await;
        assert_eq!(head.status, 403);
    }
}
