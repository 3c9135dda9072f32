//! A server submits messages that programs on its machine spooled while it was stopped.

use std::{
    fs,
    net::TcpListener,
    time::{Duration, Instant},
};

use serde_json::json;

use super::{MESSAGES, sent_by_the_program::Machine};
use crate::support::{Browser, Program, Provider, introduce};

/// A server that is started and stopped while programs send, always at the same address.
struct Place {
    directory: tempfile::TempDir,
    machine: Machine,
    settings: Vec<(&'static str, String)>,
    listen: String,
    program: Browser,
    _provider: Provider,
}

impl Place {
    /// Returns a place with an API key and a stopped server. The data center is not authorized, so
    /// messages stay in the queue.
    async fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let provider = Provider::start().await;
        let (descriptor, authority) = introduce(&provider, directory.path());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let listen = listener.local_addr().unwrap().to_string();
        drop(listener);
        let mut settings = vec![
            ("MAILGRANT_SANDBOX_FILE", descriptor),
            ("MAILGRANT_EXTRA_ROOTS", authority),
        ];
        let given = settings.iter().map(|(name, value)| (*name, &**value));
        let given: Vec<_> = given.collect();
        let server = Program::start_at(&listen, directory.path(), &given);
        let administrator = server.administrator().await;
        provider.begin(&administrator).await;
        let both = [("send", "on"), ("messages", "on")];
        let key = administrator.make_key("machine", &both).await;
        let program = administrator.with_key(&key);
        let machine = Machine::at(&format!("http://{listen}"), &key, "");
        let file = machine.path("send.toml").display().to_string();
        settings.push(("MAILGRANT_SPOOLS_OF", file));
        assert!(server.stop());
        Self {
            directory,
            machine,
            settings,
            listen,
            program,
            _provider: provider,
        }
    }

    fn start(&self) -> Program {
        let settings = self.settings.iter().map(|(name, value)| (*name, &**value));
        let settings: Vec<_> = settings.collect();
        tokio::task::block_in_place(|| {
            Program::start_at(&self.listen, self.directory.path(), &settings)
        })
    }

    /// Returns the subjects of the messages on the server, oldest first.
    async fn subjects(&self) -> Vec<String> {
        let list = self.program.get(&format!("{MESSAGES}?limit=200")).await;
        let list = list.json();
        let all = list["messages"].as_array().unwrap().iter().rev();
        all.map(|one| one["subject"].as_str().unwrap().to_owned())
            .collect()
    }

    /// Waits until the spool is empty.
    async fn all_are_taken(&self, server: &Program) {
        let deadline = Instant::now() + Duration::from_secs(20);
        while !self.machine.kept().is_empty() {
            assert!(Instant::now() < deadline, "{}", server.log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_submits_spooled_messages_when_it_starts() {
    let place = Place::new().await;
    for number in 0..3 {
        let message = format!("Subject: {number}\n\nx\n");
        let ended = place.machine.send("bob@example.com", &message);
        assert!(ended.said.contains("is spooled"), "{ended:?}");
    }
    // This message could never be delivered.
    let envelope = json!({"recipients": ["bob@example.com"], "sender": null, "data_center": "none", "replace_from": true});
    let wrong = format!("{envelope}\nSubject: wrong\r\n\r\nx\r\n");
    fs::write(place.machine.path("spool/9-wrong.mail"), wrong).unwrap();

    let server = place.start();
    place.all_are_taken(&server).await;

    assert_eq!(place.subjects().await, ["0", "1", "2"]);
    let list = place.program.get("/api/v1/messages").await.json();
    for message in list["messages"].as_array().unwrap() {
        assert_eq!(message["arrival"]["protocol"], "spool", "{message}");
    }
    assert!(place.machine.path("spool/refused/9-wrong.mail").exists());
    assert!(server.stop());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_killed_while_it_submits_a_spool_neither_loses_nor_duplicates_messages() {
    const MANY: usize = 120;
    let place = Place::new().await;
    let spool = place.machine.path("spool");
    fs::create_dir(&spool).unwrap();
    let envelope = json!({"recipients": ["bob@example.com"], "sender": null, "data_center": null, "replace_from": true});
    for number in 0..MANY {
        let message = format!("{envelope}\nSubject: {number:03}\r\n\r\nx\r\n");
        fs::write(spool.join(format!("1-{number:03}.mail")), message).unwrap();
    }

    let mut left = MANY;
    let mut in_the_midst = 0;
    for round in 0..20 {
        let server = place.start();
        // Some messages have been submitted, others not yet.
        while place.machine.kept().len() == left && left > 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        tokio::time::sleep(Duration::from_millis(3 * round)).await;
        server.kill();
        let now = place.machine.kept().len();
        in_the_midst += usize::from(now > 0 && now < left);
        left = now;
        if left == 0 {
            break;
        }
    }
    let server = place.start();
    place.all_are_taken(&server).await;

    assert!(in_the_midst > 0, "{in_the_midst} {left}");
    let mut subjects = place.subjects().await;
    subjects.sort_unstable();
    let expected: Vec<_> = (0..MANY).map(|number| format!("{number:03}")).collect();
    assert_eq!(subjects, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_spool_without_a_valid_key_stays_unchanged() {
    let place = Place::new().await;
    let ended = place.machine.send("bob@example.com", "Subject: a\n\nx\n");
    assert!(ended.said.contains("is spooled"), "{ended:?}");
    let key = format!("mgk_{}", "x".repeat(43));
    // The file keeps its mode.
    fs::write(place.machine.path("send.key"), &key).unwrap();

    let server = place.start();
    let deadline = Instant::now() + Duration::from_secs(20);
    while !server.log().contains("spool could not be processed") {
        assert!(Instant::now() < deadline, "{}", server.log());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }

    assert_eq!(place.machine.kept().len(), 1);
    assert!(place.subjects().await.is_empty());
    assert!(!server.log().contains(&key), "{}", server.log());
    assert!(server.stop());
}
