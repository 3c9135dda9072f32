//! `/api/v1/messages`, for programs.

mod document;
mod imported_spool;
mod key_quota;
mod lists;
mod raw;
mod sent_by_the_program;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{Browser, Provider, Reply, Server};

const MESSAGES: &str = "/api/v1/messages";

/// A server with saved settings, and a program that may send and read. The data center is not
/// authorized, so messages stay in the queue.
struct World {
    server: Server,
    program: Browser,
    _provider: Provider,
}

impl World {
    async fn start() -> Self {
        let provider = Provider::start().await;
        let server = Server::start_with(|config| provider.introduce(config)).await;
        let administrator = server.administrator();
        provider.begin(&administrator).await;
        let both = [("send", "on"), ("messages", "on")];
        let key = administrator.make_key("program", &both).await;
        let program = server.anonymous().with_key(&key);
        Self {
            server,
            program,
            _provider: provider,
        }
    }

    /// Returns a program whose key is limited to another data center, which has no settings.
    async fn elsewhere(&self) -> Browser {
        let administrator = self.server.administrator();
        administrator
            .fetch("/api/add_data_center", "name=Second".into())
            .await;
        let fields = [
            ("send", "on"),
            ("messages", "on"),
            ("data_center", "second"),
        ];
        let key = administrator.make_key("second", &fields).await;
        self.server.anonymous().with_key(&key)
    }
}

async fn post(
    program: &Browser,
    path: &str,
    media: &str,
    headers: &[(&str, &str)],
    body: impl Into<reqwest::Body>,
) -> Reply {
    let request = program
        .request("POST", path)
        .header("content-type", media)
        .body(body);
    let request = headers.iter().fold(request, |request, (name, value)| {
        request.header(*name, *value)
    });
    program.send(request).await
}

async fn submit(program: &Browser, message: &Value) -> Reply {
    post(
        program,
        MESSAGES,
        "application/json",
        &[],
        message.to_string(),
    )
    .await
}

fn message() -> Value {
    json!({"to": ["Bob <bob@example.com>"], "subject": "Hello", "text": "Hello, Bob."})
}

/// Returns pointers, parameters, and headers with their codes.
fn errors(reply: &Reply) -> Vec<(String, String)> {
    assert_eq!(
        reply.header("content-type"),
        "application/problem+json",
        "{reply:?}"
    );
    let errors = reply.json()["errors"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let pairs = errors.iter().map(|error| {
        assert!(
            error["detail"]
                .as_str()
                .is_some_and(|detail| !detail.is_empty()),
            "{reply:?}"
        );
        let place = ["pointer", "parameter", "header"]
            .iter()
            .find_map(|name| error[name].as_str());
        (place.unwrap_or_default().to_owned(), text(&error["code"]))
    });
    pairs.collect()
}

#[tokio::test]
async fn a_message_is_stored_before_it_is_accepted() {
    let world = World::start().await;
    let full = json!({
        "to": ["Bob <bob@example.com>"], "cc": ["carol@example.com"], "bcc": ["dave@example.com"],
        "reply_to": ["office@example.com"], "subject": "Grüße", "text": "Hello", "html": "<p>Hello</p>",
        "headers": [{"name": "X-Tag", "value": "welcome"}],
        "attachments": [{"name": "a.txt", "content_type": "text/plain", "content": "aGVsbG8="}],
    });
    let reply = submit(&world.program, &full).await;
    assert_eq!(reply.status, 202, "{reply:?}");
    let id = reply.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(reply.header("location"), format!("{MESSAGES}/{id}"));
    assert_eq!(reply.json()["href"], format!("{MESSAGES}/{id}"));

    let dump = world.server.database().await.dump().await;
    assert!(dump.contains(&id), "{dump}");
    let shown = world.program.get(&format!("{MESSAGES}/{id}")).await.json();
    assert_eq!(shown["state"], "waiting", "{shown}");
    assert_eq!(shown["subject"], "Grüße");
    assert_eq!(
        shown["submitted_by"],
        json!({"kind": "key", "name": "program"})
    );
    assert_eq!(
        shown["arrival"],
        json!({
            "protocol": "http", "sender": null, "key": "program", "client_address": "127.0.0.1",
            "client_name": null, "tls": null, "listener": null, "resent_from": null,
        })
    );
    let kinds: Vec<_> = shown["recipients"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["kind"])
        .collect();
    assert_eq!(kinds, ["to", "cc", "bcc"]);
    assert!(shown["attempts"].as_array().is_some());
    let status = world.program.get("/api/v1/status").await.json();
    let outbox = &status["data_centers"][0]["outbox"];
    assert_eq!(outbox["waiting"], 1, "{status}");
    assert_eq!(outbox["oldest"], shown["created_at"]);
    assert_eq!(outbox["used"]["last_day"], 0);
    assert!(shown["message_id"].as_str().unwrap().starts_with('<'));
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a table")]
async fn every_error_names_its_field() {
    let world = World::start().await;
    let long = "x".repeat(2_000);
    for (change, place, code) in [
        (json!({"to": []}), "/to", "required"),
        (
            json!({"to": ["bob@example.com", "nobody"]}),
            "/to/1",
            "not_an_address",
        ),
        (
            json!({"to": vec!["bob@example.com"; 1_001]}),
            "/to",
            "too_many",
        ),
        (
            json!({"cc": ["a@b.c\r\nBcc: x@y.z"]}),
            "/cc/0",
            "control_character",
        ),
        (
            json!({"bcc": ["a@b.c, d@e.f"]}),
            "/bcc/0",
            "several_addresses",
        ),
        (json!({"reply_to": [""]}), "/reply_to/0", "required"),
        (
            json!({"from": "ceo@example.com"}),
            "/from",
            "from_not_allowed",
        ),
        (
            json!({"subject": "a\nBcc: x@y.z"}),
            "/subject",
            "control_character",
        ),
        (json!({"subject": long}), "/subject", "too_long"),
        (json!({"text": null}), "/text", "required"),
        (
            json!({"headers": [{"name": "Bcc", "value": "x@y.z"}]}),
            "/headers/0/name",
            "header_reserved",
        ),
        (
            json!({"headers": [{"name": "DKIM-Signature", "value": "x"}]}),
            "/headers/0/name",
            "header_reserved",
        ),
        (
            json!({"headers": [{"name": "X-A\r\nBcc", "value": "x"}]}),
            "/headers/0/name",
            "not_a_header_name",
        ),
        (
            json!({"headers": [{"name": "X-A", "value": "x\r\nBcc: x@y.z"}]}),
            "/headers/0/value",
            "control_character",
        ),
        (
            json!({"headers": [{"name": "X-A", "value": "1"}, {"name": "x-a", "value": "2"}]}),
            "/headers/1/name",
            "header_repeated",
        ),
        (
            json!({"attachments": [{"name": "", "content": ""}]}),
            "/attachments/0/name",
            "required",
        ),
        (
            json!({"attachments": [{"name": "a", "content": "%"}]}),
            "/attachments/0/content",
            "not_base64",
        ),
        (
            json!({"attachments": [{"name": "a", "content": "", "content_type": "message/rfc822"}]}),
            "/attachments/0/content_type",
            "not_a_media_type",
        ),
        (
            json!({"attachments": [{"name": "a", "content": "", "content_id": "<x>"}]}),
            "/attachments/0/content_id",
            "control_character",
        ),
        (
            json!({"data_center": "none"}),
            "/data_center",
            "unknown_data_center",
        ),
        (
            json!({"data_center": "No such!"}),
            "/data_center",
            "unknown_data_center",
        ),
        (json!({"subject": 1}), "/subject", "wrong_type"),
        (json!({"to": [{}]}), "/to/0", "wrong_type"),
        (
            json!({"attachments": [{"content": ""}]}),
            "/attachments/0",
            "wrong_type",
        ),
        (json!({"subjekt": "x"}), "/subjekt", "wrong_type"),
    ] {
        let mut wrong = message();
        for (name, value) in change.as_object().unwrap() {
            wrong[name] = value.clone();
        }
        let reply = submit(&world.program, &wrong).await;
        assert_eq!(reply.status, 422, "{change} {reply:?}");
        assert_eq!(
            errors(&reply),
            [(place.to_owned(), code.to_owned())],
            "{change}"
        );
    }
    let mut several = message();
    several["to"] = json!(["x"]);
    several["subject"] = json!("a\nb");
    assert_eq!(errors(&submit(&world.program, &several).await).len(), 2);
    let listed = world.program.get(MESSAGES).await.json();
    assert_eq!(listed["messages"], json!([]));
}

#[tokio::test]
async fn an_unreadable_request_is_reported() {
    let world = World::start().await;
    for (media, body, status) in [
        ("application/json", "{", 400),
        ("application/json", "", 400),
        ("application/json", "{} {}", 400),
        ("application/json", "[]", 422),
        ("text/plain", "{}", 415),
        ("", "{}", 415),
    ] {
        let reply = post(&world.program, MESSAGES, media, &[], body).await;
        assert_eq!(reply.status, status, "{body} {reply:?}");
        assert_eq!(reply.header("content-type"), "application/problem+json");
    }
    let path = format!("{MESSAGES}?datacenter=default");
    let reply = post(
        &world.program,
        &path,
        "application/json",
        &[],
        message().to_string(),
    )
    .await;
    assert_eq!(reply.status, 400, "{reply:?}");
    assert_eq!(errors(&reply)[0].0, "datacenter");
    let large = vec![b' '; 25 * 1_048_576 + 1];
    let reply = post(&world.program, MESSAGES, "application/json", &[], large).await;
    assert_eq!(reply.status, 413, "{reply:?}");
}

#[tokio::test]
async fn twenty_five_megabytes_are_accepted() {
    let world = World::start().await;
    let mut large = message();
    large["attachments"] = json!([{"name": "a.bin", "content": "AAAA".repeat(5_900_000)}]);
    let reply = submit(&world.program, &large).await;
    assert_eq!(reply.status, 202, "{}", reply.status);
}

#[tokio::test]
async fn the_same_request_counts_once_also_at_the_same_time() {
    let world = World::start().await;
    let key = [("idempotency-key", "order-17")];
    let body = message().to_string();
    let all = (0..12).map(|_| {
        post(
            &world.program,
            MESSAGES,
            "application/json",
            &key,
            body.clone(),
        )
    });
    let replies = futures::future::join_all(all).await;
    let answers: BTreeSet<_> = replies
        .iter()
        .map(|reply| {
            (
                reply.status.as_u16(),
                reply.body.clone(),
                reply.header("location").to_owned(),
            )
        })
        .collect();
    assert_eq!(answers.len(), 1, "{answers:?}");
    assert_eq!(answers.first().unwrap().0, 202);
    let quoted = [("idempotency-key", "\"order-17\"")];
    let again = post(
        &world.program,
        MESSAGES,
        "application/json",
        &quoted,
        body.clone(),
    )
    .await;
    assert_eq!(again.body, replies[0].body);
    let listed = world.program.get(MESSAGES).await.json();
    assert_eq!(listed["messages"].as_array().unwrap().len(), 1);

    let mut other = message();
    other["subject"] = json!("Another");
    let reply = post(
        &world.program,
        MESSAGES,
        "application/json",
        &key,
        other.to_string(),
    )
    .await;
    assert_eq!(reply.status, 422, "{reply:?}");
    assert_eq!(errors(&reply)[0].1, "idempotency_key_reused");
    let long = "x".repeat(256);
    for wrong in ["", "a b", &long, "a\"b"] {
        let key = [("idempotency-key", wrong)];
        let reply = post(
            &world.program,
            MESSAGES,
            "application/json",
            &key,
            body.clone(),
        )
        .await;
        assert_eq!(reply.status, 400, "{wrong} {reply:?}");
        assert_eq!(errors(&reply)[0].0, "Idempotency-Key");
    }
    // Another program has its own idempotency keys.
    let administrator = world.server.administrator();
    let other = administrator.make_key("other", &[("send", "on")]).await;
    let other = world.server.anonymous().with_key(&other);
    let reply = post(&other, MESSAGES, "application/json", &key, body).await;
    assert_eq!(reply.status, 202);
    assert_ne!(reply.body, replies[0].body);
}

#[tokio::test]
async fn a_key_of_one_data_center_sends_from_and_sees_that_one() {
    let world = World::start().await;
    let elsewhere = world.elsewhere().await;
    let reply = submit(&elsewhere, &message()).await;
    assert_eq!(
        errors(&reply),
        [("/data_center".into(), "data_center_not_set_up".into())]
    );
    let mut there = message();
    there["data_center"] = json!("default");
    let reply = submit(&elsewhere, &there).await;
    assert_eq!(
        errors(&reply),
        [("/data_center".into(), "unknown_data_center".into())]
    );

    let sent = submit(&world.program, &there).await.json();
    let href = sent["href"].as_str().unwrap();
    assert_eq!(world.program.get(href).await.status, 200);
    assert_eq!(elsewhere.get(href).await.status, 404);
    for verb in ["cancel", "retry"] {
        let reply = elsewhere
            .fetch(&format!("{href}/{verb}"), String::new())
            .await;
        assert_eq!(reply.status, 404, "{reply:?}");
    }
    assert_eq!(elsewhere.get(MESSAGES).await.json()["messages"], json!([]));
    let reply = elsewhere
        .get(&format!("{MESSAGES}?data_center=default"))
        .await;
    assert_eq!(reply.status, 400, "{reply:?}");
}

#[tokio::test]
async fn a_message_that_waits_can_be_cancelled_and_sent_after_all() {
    let world = World::start().await;
    let sent = submit(&world.program, &message()).await.json();
    let href = sent["href"].as_str().unwrap();
    let verb = async |verb: &str| {
        world
            .program
            .fetch(&format!("{href}/{verb}"), String::new())
            .await
    };
    let reply = verb("cancel").await;
    assert_eq!(
        (reply.status.as_u16(), reply.json()["state"].as_str()),
        (200, Some("cancelled"))
    );
    let reply = verb("cancel").await;
    assert_eq!(reply.status, 409, "{reply:?}");
    assert!(reply.body.contains("cancelled"));
    let reply = verb("retry").await;
    assert_eq!(
        (reply.status.as_u16(), reply.json()["state"].as_str()),
        (200, Some("waiting"))
    );
    for path in ["/api/v1/messages/none/retry", "/api/v1/messages/%ff/cancel"] {
        assert_eq!(world.program.fetch(path, String::new()).await.status, 404);
    }
    let noted = world
        .server
        .administrator()
        .get("/activity/export")
        .await
        .body;
    assert!(
        noted.contains("message_cancelled") && noted.contains("\"program\""),
        "{noted}"
    );
}

#[tokio::test]
async fn without_its_database_it_says_when_to_ask_again() {
    let world = World::start().await;
    let mut database = world.server.database().await;
    database
        .run("ALTER TABLE messages RENAME TO elsewhere")
        .await;
    let reply = submit(&world.program, &message()).await;
    assert_eq!(reply.status, 503, "{reply:?}");
    assert_eq!(reply.header("content-type"), "application/problem+json");
    assert!(reply.header("retry-after").parse::<u32>().is_ok());
}
