//! Only one server can use a SQLite file, and the next server continues with the messages that the
//! previous one had claimed.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::Path,
    time::{Duration, Instant},
};

use domain::{MessageFilter, MessageState};
use mail::{Mailer, MailerOptions};
use sandbox::{Faults, Stage};
use serde_json::json;
use store::{KeySource, Store};

use crate::support::{Browser, DATA, Program, Provider};

const TIMEOUT: Duration = Duration::from_secs(40);

/// Returns a mailer on the database of a server.
async fn mailer(directory: &Path) -> Mailer {
    let data = directory.join(DATA);
    let url = format!("sqlite://{}", data.join("mailgrant.db").display());
    let key = KeySource::File(data.join("mailgrant.key"));
    let store = Store::open(&url, key).await.unwrap();
    Mailer::new(store, MailerOptions::default()).unwrap()
}

/// Returns a server that can send, and a program that submits.
async fn sending(
    provider: &Provider,
    directory: &Path,
    settings: &[(&str, &str)],
) -> (Program, Browser) {
    let program = Program::start_beside(provider, directory, settings);
    let browser = program.administrator().await;
    provider.authorize(&browser).await;
    let key = browser.make_key("program", &[("send", "on")]).await;
    let sender = Browser::at(&program.url).with_key(&key);
    (program, sender)
}

async fn submit(sender: &Browser, count: usize) {
    for number in 0..count {
        let message =
            json!({ "to": ["bob@sandbox.test"], "subject": number.to_string(), "text": "Hi" });
        let request = sender
            .request("POST", "/api/v1/messages")
            .header("content-type", "application/json")
            .body(message.to_string());
        let reply = sender.send(request).await;
        assert_eq!(reply.status, 202, "{reply:?}");
    }
}

/// Returns the number of messages in this state.
async fn count(mailer: &Mailer, state: MessageState) -> usize {
    let filter = MessageFilter {
        states: vec![state],
        ..MessageFilter::default()
    };
    let page = mailer.outbox.messages(&filter, None, 500).await.unwrap();
    page.messages.len()
}

async fn until(what: impl AsyncFn() -> bool) -> bool {
    let end = Instant::now() + TIMEOUT;
    while Instant::now() < end {
        if what().await {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    false
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_server_on_a_sqlite_file_is_refused_and_commands_still_work() {
    let directory = tempfile::tempdir().unwrap();
    let first = Program::start(directory.path(), &[]);
    let lock = directory.path().join(DATA).join("mailgrant.db.lock");
    let mode = fs::metadata(&lock).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    let (code, printed) = Program::refused(directory.path(), &[]);
    assert_eq!(code, Some(1), "{printed}");
    let line = printed.lines().find(|line| line.starts_with("mailgrant: "));
    let line = line.unwrap_or_else(|| panic!("{printed}"));
    assert!(
        line.contains("another Mailgrant server is using the database") && line.contains(DATA),
        "{line}"
    );
    let listed = Program::output(directory.path(), &["account", "list"], &[]);
    assert!(listed.status.success(), "{listed:?}");
    assert!(
        first.log().lines().all(|line| !line.contains("ERROR")),
        "{}",
        first.log()
    );

    // However the first server ends, the next one starts immediately.
    first.kill();
    let next = Program::start(directory.path(), &[]);
    assert!(next.stop());
    assert!(Program::start(directory.path(), &[]).stop());
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_that_a_killed_server_held_goes_out_when_the_next_one_starts() {
    let directory = tempfile::tempdir().unwrap();
    let provider = Provider::start().await;
    let control = provider.control();
    let long = [("MAILGRANT_LEASE_SECONDS", "3600")];
    let (program, sender) = sending(&provider, directory.path(), &long).await;
    control.set(Faults {
        slow_ms: [(Stage::Data, 60_000)].into(),
        ..Faults::default()
    });
    submit(&sender, 8).await;
    let mailer = mailer(directory.path()).await;
    let held = || async { count(&mailer, MessageState::Sending).await == 8 };
    assert!(until(held).await, "{}", program.log());
    program.kill();

    control.set(Faults::default());
    let program = Program::start_beside(&provider, directory.path(), &long);
    let delivered = || async { count(&mailer, MessageState::Delivered).await == 8 };
    assert!(until(delivered).await, "{}", program.log());
    assert_eq!(control.messages().len(), 8);
    assert!(program.stop());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_was_stopped_for_longer_than_its_leases_sends_nothing_twice() {
    let directory = tempfile::tempdir().unwrap();
    let provider = Provider::start().await;
    let control = provider.control();
    let short = [("MAILGRANT_LEASE_SECONDS", "10")];
    let (program, sender) = sending(&provider, directory.path(), &short).await;
    control.set(Faults {
        slow_ms: [(Stage::Final, 6_000)].into(),
        ..Faults::default()
    });
    submit(&sender, 20).await;
    let mailer = mailer(directory.path()).await;
    assert!(until(|| async { !control.messages().is_empty() }).await);
    // Its connections wait for final replies, which are in its sockets when it resumes.
    program.signal("STOP");
    let before = control.messages().len();
    tokio::time::sleep(Duration::from_secs(13)).await;
    assert!(control.messages().len() > before, "{}", program.log());
    control.set(Faults::default());
    program.signal("CONT");
    let delivered = || async { count(&mailer, MessageState::Delivered).await == 20 };
    assert!(until(delivered).await, "{}", program.log());
    let mut subjects: Vec<_> = control
        .messages()
        .into_iter()
        .map(|message| message.subject)
        .collect();
    assert_eq!(subjects.len(), 20, "{}", program.log());
    subjects.sort();
    subjects.dedup();
    assert_eq!(subjects.len(), 20);
    assert!(program.stop());
}
