//! `/api/v1/senders`, and the rules of a sender for mail over HTTP.

use serde_json::{Value, json};

use crate::support::{Browser, Provider, Reply, Server};

const SENDERS: &str = "/api/v1/senders";

/// A server with saved settings, and a program that may manage senders.
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
        let key = administrator
            .make_key("program", &[("senders", "on")])
            .await;
        let program = server.anonymous().with_key(&key);
        Self {
            server,
            program,
            _provider: provider,
        }
    }

    async fn post(&self, path: &str, body: &Value) -> Reply {
        post(&self.program, path, body).await
    }

    /// Adds a sender. Returns the path of the sender.
    async fn add(&self, sender: &Value) -> String {
        let reply = self.post(SENDERS, sender).await;
        assert_eq!(reply.status, 201, "{reply:?}");
        reply.header("location").to_owned()
    }
}

async fn post(program: &Browser, path: &str, body: &Value) -> Reply {
    let request = program.request("POST", path);
    let request = request.header("content-type", "application/json");
    program.send(request.body(body.to_string())).await
}

/// Returns pointers with their codes.
fn errors(reply: &Reply) -> Vec<(String, String)> {
    let problem = reply.json();
    let errors = problem["errors"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    errors
        .map(|error| (text(&error["pointer"]), text(&error["code"])))
        .collect()
}

#[tokio::test]
async fn only_a_key_that_may_read_the_mailbox_gives_this_right() {
    let world = World::start().await;
    let reader = json!({"name": "Help desk", "credentials": true, "read_mailbox": true});
    let reply = world.post(SENDERS, &reader).await;
    assert_eq!(reply.status, 403, "{reply:?}");
    assert!(reply.body.contains("scope mailbox"), "{reply:?}");
    let scopes = [("senders", "on"), ("mailbox", "on")];
    let key = world.server.administrator().make_key("both", &scopes).await;
    let both = world.server.anonymous().with_key(&key);
    let reply = post(&both, SENDERS, &reader).await;
    assert_eq!(reply.status, 201, "{reply:?}");
    assert_eq!(reply.json()["sender"]["read_mailbox"], true);
    let path = reply.header("location").to_owned();
    // Neither by learning its password, nor by moving it to another mailbox.
    for (action, body) in [
        ("rotate", json!({})),
        ("update", json!({"name": "Help desk"})),
    ] {
        let reply = world.post(&format!("{path}/{action}"), &body).await;
        assert_eq!(reply.status, 403, "{action} {reply:?}");
    }
    let without = json!({"name": "Help desk", "credentials": true});
    let reply = post(&both, &format!("{path}/update"), &without).await;
    assert_eq!(reply.json()["read_mailbox"], false, "{reply:?}");
    let without_password = json!({"name": "Other", "read_mailbox": true});
    let reply = post(&both, SENDERS, &without_password).await;
    assert_eq!(reply.status, 422, "{reply:?}");
    let error = ("/read_mailbox".to_owned(), "needs_password".to_owned());
    assert_eq!(errors(&reply), [error]);
}

#[tokio::test]
async fn a_sender_is_added_shown_changed_and_removed() {
    let world = World::start().await;
    let new = json!({
        "name": "Printer",
        "credentials": true,
        "networks": ["192.168.1.0/24"],
        "messages_per_day": 100,
        "silent_after_hours": 48,
        "other_from": "rewrite",
        "allowed_recipients": ["example.com"],
    });
    let reply = world.post(SENDERS, &new).await;
    assert_eq!(reply.status, 201, "{reply:?}");
    let added = reply.json();
    assert_eq!(added["password"].as_str().unwrap().len(), 16);
    let path = reply.header("location").to_owned();
    let shown = world.program.get(&path).await;
    assert_eq!(shown.json(), added["sender"]);
    assert!(!shown.body.contains(added["password"].as_str().unwrap()));
    let sender = shown.json();
    assert_eq!(sender["user"], "printer");
    assert_eq!(sender["networks"], json!(["192.168.1.0/24"]));
    assert_eq!(sender["other_from"], "rewrite");
    assert_eq!(sender["null_sender"], "map");
    assert_eq!(sender["silent_after_hours"], 48);
    let list = world.program.get(SENDERS).await.json();
    assert_eq!(list["senders"], json!([sender]));

    let changed = json!({"name": "Scanner", "credentials": true});
    let reply = world.post(&format!("{path}/update"), &changed).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let sender = reply.json();
    assert_eq!(
        (&sender["name"], &sender["user"]),
        (&json!("Scanner"), &json!("printer"))
    );
    assert_eq!(sender["networks"], json!([]));

    let reply = world
        .post(&format!("{path}/rotate"), &json!({"keep_old_hours": 1}))
        .await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let rotated = reply.json();
    assert_ne!(rotated["password"], added["password"]);
    let passwords = rotated["sender"]["passwords"].as_array().unwrap();
    assert_eq!(passwords.len(), 2);
    assert!(passwords[0]["expires_at"].is_null() && passwords[1]["expires_at"].is_string());

    let reply = world.post(&format!("{path}/remove"), &json!({})).await;
    assert_eq!(reply.status, 204, "{reply:?}");
    for (method, path) in [("GET", path.clone()), ("POST", format!("{path}/remove"))] {
        let reply = world
            .program
            .send(world.program.request(method, &path))
            .await;
        assert_eq!(reply.status, 404, "{reply:?}");
    }
}

#[tokio::test]
async fn each_invalid_property_is_named() {
    let world = World::start().await;
    world
        .add(&json!({"name": "Printer", "networks": ["10.0.0.0/24"]}))
        .await;
    for (change, pointer, code) in [
        (json!({"name": ""}), "/name", "required"),
        (json!({"name": "PRINTER"}), "/name", "name_taken"),
        (
            json!({"networks": ["0.0.0.0/0"], "confirm_networks": true}),
            "/networks",
            "every_address",
        ),
        (
            json!({"networks": ["8.8.8.8"]}),
            "/networks",
            "network_not_private",
        ),
        (
            json!({"networks": ["10.0.0.0/24"]}),
            "/networks",
            "network_taken",
        ),
        (
            json!({"data_center": "nowhere"}),
            "/data_center",
            "unknown_data_center",
        ),
        (
            json!({"messages_per_minute": 0}),
            "/messages_per_minute",
            "not_a_number",
        ),
        (
            json!({"silent_after_hours": 0}),
            "/silent_after_hours",
            "not_a_number",
        ),
        (json!({"other_from": "x"}), "/other_from", "unknown_choice"),
        (
            json!({"allowed_recipients": ["a@b.c"]}),
            "/allowed_recipients",
            "not_a_domain",
        ),
    ] {
        let mut sender = json!({"name": "Scanner"});
        for (name, value) in change.as_object().unwrap() {
            sender[name] = value.clone();
        }
        let reply = world.post(SENDERS, &sender).await;
        assert_eq!(reply.status, 422, "{sender} {reply:?}");
        assert_eq!(errors(&reply), [(pointer.to_owned(), code.to_owned())]);
    }
    let confirmed = json!({"name": "Branch", "networks": ["8.8.8.8"], "confirm_networks": true});
    world.add(&confirmed).await;
    for body in [
        json!({"name": "x", "unknown": 1}),
        json!([]),
        json!({"name": 1}),
    ] {
        let reply = world.post(SENDERS, &body).await;
        assert_eq!(reply.status, 400, "{reply:?}");
    }
    let path = world.add(&json!({"name": "Scanner"})).await;
    let reply = world.post(&format!("{path}/rotate"), &json!({})).await;
    assert_eq!(reply.status, 409, "{reply:?}");
    let reply = world
        .post(&format!("{path}/rotate"), &json!({"keep_old_hours": 2161}))
        .await;
    assert_eq!(reply.status, 400, "{reply:?}");
}

#[tokio::test]
async fn a_key_for_one_data_center_sees_its_senders_only() {
    let world = World::start().await;
    let administrator = world.server.administrator();
    administrator
        .fetch("/api/add_data_center", "name=Second".into())
        .await;
    let fields = [("senders", "on"), ("data_center", "second")];
    let key = administrator.make_key("second", &fields).await;
    let second = world.server.anonymous().with_key(&key);
    let path = world.add(&json!({"name": "Printer"})).await;
    assert_eq!(second.get(SENDERS).await.json()["senders"], json!([]));
    assert_eq!(second.get(&path).await.status, 404);
    for action in ["update", "rotate", "remove"] {
        let reply = post(&second, &format!("{path}/{action}"), &json!({"name": "x"})).await;
        assert_eq!(reply.status, 404, "{action}");
    }
    let elsewhere = json!({"name": "Scanner", "data_center": "default"});
    let reply = post(&second, SENDERS, &elsewhere).await;
    assert_eq!(
        errors(&reply),
        [("/data_center".into(), "unknown_data_center".into())]
    );
    let reply = post(&second, SENDERS, &json!({"name": "Scanner"})).await;
    assert_eq!(reply.json()["sender"]["data_center"], "second");
}

#[tokio::test]
async fn the_rules_and_limits_of_a_sender_apply_to_its_api_keys() {
    let world = World::start().await;
    let path = world
        .add(&json!({
            "name": "Cron",
            "other_from": "rewrite",
            "allowed_recipients": ["example.com"],
            "messages_per_day": 1,
        }))
        .await;
    let administrator = world.server.administrator();
    let fields = [("send", "on"), ("messages", "on"), ("sender", "cron")];
    let key = administrator.make_key("cron", &fields).await;
    let cron = world.server.anonymous().with_key(&key);
    let message = |to: &str| json!({"from": "eve@example.net", "to": [to], "text": "Hello"});
    let submit = async |to: &str| post(&cron, "/api/v1/messages", &message(to)).await;

    let reply = submit("bob@example.org").await;
    assert_eq!(reply.status, 422, "{reply:?}");
    assert_eq!(
        errors(&reply),
        [("/to/0".into(), "recipient_not_allowed".into())]
    );
    let reply = submit("bob@example.com").await;
    assert_eq!(reply.status, 202, "{reply:?}");
    let stored = cron.get(reply.header("location")).await.json();
    assert!(
        stored["from"]
            .as_str()
            .unwrap()
            .contains("alice@sandbox.test"),
        "{stored}"
    );
    let reply = submit("bob@example.com").await;
    assert_eq!(reply.status, 429, "{reply:?}");
    assert!(
        reply.body.contains("limit of messages in 24 hours"),
        "{reply:?}"
    );
    let sender = world.program.get(&path).await.json();
    assert_eq!(
        (&sender["accepted"], &sender["rejected"]),
        (&json!(1), &json!(2))
    );

    // The keys of a removed sender are revoked.
    assert_eq!(
        world
            .post(&format!("{path}/remove"), &json!({}))
            .await
            .status,
        204
    );
    assert_eq!(submit("bob@example.com").await.status, 401);
}
