//! Messages as `message/rfc822`.

use serde_json::{Value, json};

use super::{MESSAGES, World, errors, post};
use crate::support::Reply;

async fn raw(world: &World, query: &str, headers: &[(&str, &str)], content: &str) -> Reply {
    let path = format!("{MESSAGES}{query}");
    post(
        &world.program,
        &path,
        "message/rfc822",
        headers,
        content.to_owned(),
    )
    .await
}

async fn shown(world: &World, reply: &Reply) -> Value {
    assert_eq!(reply.status, 202, "{reply:?}");
    let path = reply.header("location");
    world.program.get(path).await.json()
}

#[tokio::test]
async fn goes_to_those_in_its_header_or_to_those_that_are_named() {
    let world = World::start().await;
    let content =
        "To: bob@example.com\nBcc: carol@example.com\nSubject: =?utf-8?B?R3LDvMOfZQ==?=\n\nHello\n";
    let reply = raw(&world, "", &[], content).await;
    let message = shown(&world, &reply).await;
    assert_eq!(message["subject"], "Grüße");
    let to: Vec<_> = message["recipients"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["address"])
        .collect();
    assert_eq!(to, ["bob@example.com", "carol@example.com"]);

    let named = [("mailgrant-recipients", "dave@example.com, eve@example.com")];
    let reply = raw(&world, "?data_center=default", &named, content).await;
    let message = shown(&world, &reply).await;
    assert_eq!(
        message["recipients"][0],
        json!({
            "address": "dave@example.com", "kind": "bcc", "state": "waiting", "reply": "", "finding": null,
        })
    );
    let dump = world.server.database().await.dump().await;
    assert!(!dump.to_lowercase().contains("bcc: carol"), "{dump}");
}

#[tokio::test]
async fn is_refused_with_the_field_or_gets_the_from_address() {
    let world = World::start().await;
    let content = "From: root (Cron Daemon)\nTo: bob@example.com\n\nHello\n";
    let reply = raw(&world, "", &[], content).await;
    assert_eq!(reply.status, 422);
    assert_eq!(errors(&reply), [("/from".into(), "not_an_address".into())]);
    let reply = raw(&world, "?replace_from=true", &[], content).await;
    let message = shown(&world, &reply).await;
    let from = message["from"].as_str().unwrap();
    assert!(from.contains("alice@sandbox.test"), "{message}");

    let named = [("mailgrant-recipients", "nobody")];
    let reply = raw(&world, "", &named, "Subject: x\n\n").await;
    assert_eq!(errors(&reply), [("/to/0".into(), "not_an_address".into())]);
    let sender = [("mailgrant-sender", "ceo@example.com")];
    let reply = raw(&world, "", &sender, "To: bob@example.com\n\n").await;
    assert_eq!(
        errors(&reply),
        [("/sender".into(), "from_not_allowed".into())]
    );
    let reply = raw(
        &world,
        "?replace_from=perhaps",
        &[],
        "To: bob@example.com\n\n",
    )
    .await;
    assert_eq!(errors(&reply)[0].0, "replace_from");
}

#[tokio::test]
async fn each_wrong_recipient_is_reported_by_name() {
    let world = World::start().await;
    let content = "To: bob@example.com, carol@@example.com\nCc: Dave <dave@>\n\nHello\n";
    let reply = raw(&world, "", &[], content).await;
    assert_eq!(reply.status, 422, "{reply:?}");
    let all = reply.json();
    let named: Vec<_> = all["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (&one["pointer"], &one["value"]))
        .collect();
    assert_eq!(
        named,
        [
            (&json!("/to/1"), &json!("carol@@example.com")),
            (&json!("/cc/0"), &json!("dave@"))
        ]
    );
    let named = [("mailgrant-recipients", "bob@example.com, nobody")];
    let reply = raw(&world, "", &named, content).await;
    assert_eq!(reply.status, 422, "{reply:?}");
    let detail = reply.json()["detail"].to_string();
    assert!(detail.contains("“nobody”"), "{detail}");
}

#[tokio::test]
async fn addresses_as_they_exist_and_internationalized_domains_are_accepted() {
    let world = World::start().await;
    let content = "To: info@exämple.de, a..b@docomo.example,\n \"john doe\"@example.com, jörg@example.com\nSubject: s\n\nx\n";
    let reply = raw(&world, "", &[], content).await;
    let message = shown(&world, &reply).await;
    let to: Vec<_> = message["recipients"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["address"])
        .collect();
    assert_eq!(
        to,
        [
            "info@xn--exmple-cua.de",
            "\"a..b\"@docomo.example",
            "\"john doe\"@example.com",
            "jörg@example.com"
        ]
    );
    // The header of a request is UTF-8 as well, and a comma within quotes is part of an address.
    let named = "info@exämple.de, \"a,b\"@example.com, jörg@example.com";
    let reply = raw(&world, "", &[("mailgrant-recipients", named)], content).await;
    let message = shown(&world, &reply).await;
    let to = message["recipients"].as_array().unwrap();
    let to: Vec<_> = to.iter().map(|one| &one["address"]).collect();
    assert_eq!(
        to,
        [
            "info@xn--exmple-cua.de",
            "\"a,b\"@example.com",
            "jörg@example.com"
        ]
    );
}
