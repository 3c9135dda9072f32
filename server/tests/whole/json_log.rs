//! The log in JSON format.

use std::{
    fs,
    io::Write as _,
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

use sandbox::{CutAt, Faults};
use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, Visitor},
};
use serde_json::{Value, json};

use crate::{
    planted_secrets::{TYPED, disguises},
    support::{Database, PASSWORD, Program, Provider, SAVE, TEST, command},
};

/// The line with the setup link, whose secret is valid once. It is printed and never logged.
const SETUP: &str = "Set up Mailgrant: ";

/// The keys of an object as they are written, duplicates included.
struct Fields(Vec<String>);

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Keys;

        impl<'de> Visitor<'de> for Keys {
            type Value = Fields;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
                let mut keys = Vec::new();
                while let Some((key, _)) = map.next_entry::<String, IgnoredAny>()? {
                    keys.push(key);
                }
                Ok(Fields(keys))
            }
        }

        deserializer.deserialize_map(Keys)
    }
}

impl Fields {
    fn assert_unique(&self, line: &str) {
        for (at, key) in self.0.iter().enumerate() {
            assert!(!self.0[at + 1..].contains(key), "{key} twice: {line}");
        }
    }
}

/// Fields that the logger adds to every event.
const OWN_FIELDS: [&str; 4] = ["message", "timestamp", "level", "target"];

#[test]
fn no_event_has_a_field_that_every_line_has_by_itself() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut checked = 0;
    let mut folders: Vec<_> = ["server/src", "app/src", "crates"]
        .iter()
        .map(|folder| root.join(folder))
        .collect();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let source = fs::read_to_string(&path).unwrap_or_default();
            for level in ["trace", "debug", "info", "warn", "error"] {
                for event in source.split(&format!("tracing::{level}!(")).skip(1) {
                    let (fields, _) = event.split_once(");").unwrap_or((event, ""));
                    let fields = fields.split('"').next().unwrap();
                    checked += 1;
                    for field in fields.split(',').map(str::trim) {
                        let name = field.split([' ', '=']).next().unwrap();
                        let name = name.trim_start_matches(['%', '?']);
                        assert!(!OWN_FIELDS.contains(&name), "{}: {field}", path.display());
                    }
                }
            }
        }
    }
    assert!(checked > 50, "{checked}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_line_is_an_object_without_a_secret_and_attempts_are_distinguishable() {
    let directory = tempfile::tempdir().unwrap();
    let provider = Provider::start().await;
    let control = provider.control();
    let settings = [("MAILGRANT_LOG_FORMAT", "json")];
    let program = Program::start_beside(&provider, directory.path(), &settings);
    let administrator = program.administrator().await;
    let wrong = provider
        .form(&administrator)
        .with("client_secret", TYPED[0]);
    administrator.fetch(SAVE, wrong.body()).await;
    provider.authorize(&administrator).await;
    let key = administrator.make_key("program", &[("send", "on")]).await;
    let sender = administrator.with_key(&key);
    let submit = async |to: &str, subject: &str| {
        let message = json!({"to": [to], "subject": subject, "text": "planted-content"});
        let request = sender
            .request("POST", "/api/v1/messages")
            .header("content-type", "application/json");
        let answer = sender.send(request.body(message.to_string())).await;
        assert_eq!(answer.status, 202, "{answer:?}");
        answer.json()["id"].as_str().unwrap().to_owned()
    };
    let attempts = |program: &Program| -> Vec<Value> {
        let log = program.log();
        let lines = log.lines().filter(|line| !line.starts_with(SETUP));
        let lines = lines.map(|line| {
            let fields: Fields = serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"));
            fields.assert_unique(line);
            let line: Value = serde_json::from_str(line).unwrap();
            for field in ["timestamp", "level", "target", "message"] {
                assert!(line[field].is_string(), "{field}: {line}");
            }
            line
        });
        lines
            .filter(|line| line["message"] == "delivery attempted")
            .collect()
    };
    let until = async |number: usize| {
        let deadline = Instant::now() + Duration::from_secs(20);
        while attempts(&program).len() < number {
            assert!(Instant::now() < deadline, "{}", program.log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };

    let form = provider.current_form(&administrator).await;
    let form = form.with("client_secret", "");
    let checked = administrator.fetch(TEST, form.body_to("bob@sandbox.test"));
    assert_eq!(checked.await.status, 200);
    let delivered = submit("bob@sandbox.test", "planted-subject").await;
    until(1).await;
    control.set(Faults {
        cut_at: Some(CutAt::Mail),
        ..Faults::default()
    });
    let cut = submit("bob@sandbox.test", "planted-subject").await;
    until(2).await;
    control.set(Faults::default());

    let attempts = attempts(&program);
    for (line, id, state) in [
        (&attempts[0], delivered, "delivered"),
        (&attempts[1], cut, "waiting"),
    ] {
        assert_eq!(line["data_center"], "default", "{line}");
        assert_eq!((&line["id"], &line["state"]), (&json!(id), &json!(state)));
        assert_eq!(line["attempt"], 1, "{line}");
        assert!(line["micros"].is_u64(), "{line}");
        assert_eq!(line["finding"].is_string(), state == "waiting", "{line}");
    }
    let log = program.log();
    let checked = log.lines().find(|line| line.contains("connection checked"));
    let checked: Value = serde_json::from_str(checked.unwrap()).unwrap();
    assert_eq!(checked["message"], "connection checked");
    assert_eq!(checked["test_email"], true);
    let account = &provider.descriptor().accounts[0].address;
    let secrets = control.secrets();
    let secrets = secrets.iter().flat_map(|one| disguises(one, account));
    let typed = [
        &key,
        PASSWORD,
        TYPED[0],
        "planted-content",
        "planted-subject",
    ];
    for secret in secrets.chain(typed.map(str::to_owned)) {
        assert!(!log.contains(&secret), "{secret}: {log}");
    }
    assert!(program.stop());
}

/// Waits for a matching event.
async fn until_logged(program: &Program, is_found: impl Fn(&Value) -> bool) {
    let until = Instant::now() + Duration::from_secs(30);
    loop {
        let log = program.log();
        let mut lines = log
            .lines()
            .filter_map(|line| serde_json::from_str(line).ok());
        if lines.any(|line| is_found(&line)) {
            return;
        }
        assert!(Instant::now() < until, "{log}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_of_refreshes_mailboxes_and_webhooks_are_logged() {
    let directory = tempfile::tempdir().unwrap();
    let provider = Provider::start().await;
    let control = provider.control();
    let settings = [("MAILGRANT_LOG_FORMAT", "json")];
    let program = Program::start_beside(&provider, directory.path(), &settings);
    let administrator = program.administrator().await;
    provider.authorize(&administrator).await;
    let form = provider.current_form(&administrator).await;
    let form = form.with_mailbox_at(provider.descriptor());
    administrator.fetch(SAVE, form.body()).await;
    let logged = async |message: &str, field: &str, value: &str| {
        until_logged(&program, |line| {
            line["level"] == "WARN" && line["message"] == message && line[field] == value
        })
        .await;
    };

    // A TLS server that does not speak HTTP.
    let port = provider.descriptor().imap_tls_port;
    let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    set_webhook(
        directory.path(),
        &format!("https://localhost:{port}/hook {secret}\n"),
    );
    let key = administrator.make_key("program", &[("send", "on")]).await;
    let sender = administrator.with_key(&key);
    let to = &provider.descriptor().accounts[0].address;
    let message = json!({"to": [to], "subject": "a", "text": "b"});
    let request = sender
        .request("POST", "/api/v1/messages")
        .header("content-type", "application/json");
    let answer = sender.send(request.body(message.to_string())).await;
    assert_eq!(answer.status, 202, "{answer:?}");
    let refused = "new-mail webhook failed";
    until_logged(&program, |line| line["message"] == refused).await;
    // The connection to the mailbox stays open; the webhook is retried over another one.
    control.set(Faults {
        certificate: sandbox::Certificate::Expired,
        ..Faults::default()
    });
    logged(refused, "failure", "certificate").await;

    let form = provider.current_form(&administrator).await;
    let form = form.with_mailbox_at(provider.descriptor());
    administrator.fetch(SAVE, form.body()).await;
    let (field, expired) = ("finding", "certificate_expired");
    logged("mailbox poll failed", field, expired).await;

    control.set(Faults {
        token_garbage: true,
        ..Faults::default()
    });
    control.expire_access_tokens();
    provider.send_test(&administrator).await;
    let is_failure =
        |line: &Value| line["message"] == "refresh failed" && line["finding"].is_string();
    until_logged(&program, is_failure).await;
    assert!(program.stop());
}

/// Configures a webhook for new mail.
fn set_webhook(directory: &Path, typed: &str) {
    let mut child = command(directory, &[])
        .args(["webhook", "set"])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(typed.as_bytes()).unwrap();
    drop(input);
    assert!(child.wait().unwrap().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_of_tls_and_unexpected_errors_are_logged() {
    let directory = tempfile::tempdir().unwrap();
    let provider = Provider::start().await;
    let settings = [("MAILGRANT_LOG_FORMAT", "json")];
    let program = Program::start_beside(&provider, directory.path(), &settings);
    let administrator = program.administrator().await;
    provider.authorize(&administrator).await;
    let key = administrator.make_key("program", &[("send", "on")]).await;
    let sender = administrator.with_key(&key);
    let until = async |is_found: &dyn Fn(&Value) -> bool| until_logged(&program, is_found).await;

    provider.control().set(Faults {
        certificate: sandbox::Certificate::Expired,
        ..Faults::default()
    });
    let message = json!({"to": ["bob@sandbox.test"], "subject": "a", "text": "b"});
    let request = sender
        .request("POST", "/api/v1/messages")
        .header("content-type", "application/json");
    let answer = sender.send(request.body(message.to_string())).await;
    assert_eq!(answer.status, 202, "{answer:?}");
    until(&|line| line["finding"] == "certificate_expired").await;

    // A row that only a bug or another program could have written.
    let mut database = Database::open(&directory.path().join("data/mailgrant.db")).await;
    database
        .run("UPDATE smtp_settings SET settings = json_set(settings, '$.smtp_port', '99999')")
        .await;
    let page = administrator.get("/settings/smtp").await;
    assert!(page.status.is_server_error(), "{page:?}");
    let logged = "request failed";
    until(&|line| line["level"] == "ERROR" && line["message"] == logged).await;
    assert!(program.stop());
}
