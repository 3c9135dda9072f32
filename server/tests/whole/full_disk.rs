//! A full or read-only disk: no acknowledged message is lost, the problem is reported, and the
//! server resumes by itself when there is space.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use prerequisites::needs_small_disks;
use serde_json::json;
use tokio::time::sleep;

use crate::support::{Browser, DATA, Program, Provider, Reply, Server, SmallDisk};

const MESSAGES: &str = "/api/v1/messages";

async fn submit(program: &Browser, octets: usize) -> Reply {
    let message = json!({
        "to": ["bob@example.com"],
        "subject": "Hi",
        "text": "x".repeat(octets),
    });
    let request = program
        .request("POST", MESSAGES)
        .header("content-type", "application/json")
        .body(message.to_string());
    program.send(request).await
}

fn problem(reply: &Reply) {
    assert_eq!(reply.status, 503, "{reply:?}");
    assert!(!reply.header("retry-after").is_empty(), "{reply:?}");
    assert_eq!(reply.header("content-type"), "application/problem+json");
}

#[tokio::test]
async fn new_mail_is_refused_and_an_alert_raised_before_the_disk_is_full() {
    let provider = Provider::start().await;
    let server = Server::start_with(|config| {
        provider.introduce(config);
        config.min_free_bytes = u64::MAX / 4;
    })
    .await;
    let administrator = server.administrator();
    provider.begin(&administrator).await;
    let scopes = [("send", "on"), ("messages", "on"), ("metrics", "on")];
    let key = administrator.make_key("program", &scopes).await;
    let program = server.anonymous().with_key(&key);
    let refused = submit(&program, 10).await;
    problem(&refused);
    assert_eq!(refused.header("retry-after"), "60");
    assert!(refused.body.contains("The disk is full"), "{refused:?}");
    let ready = server.anonymous().get("/readyz").await;
    assert_eq!((ready.status.as_u16(), &*ready.body), (503, "disk_full\n"));
    let metrics = program.get("/metrics").await.body;
    for condition in ["disk_full", "disk_space_low"] {
        let line = format!("mailgrant_server_condition{{condition=\"{condition}\"}} 1\n");
        assert!(metrics.contains(&line), "{metrics}");
    }
    // Existing data can still be read, and the alert appears on its page.
    assert_eq!(program.get(MESSAGES).await.status, 200);
    let until = Instant::now() + Duration::from_secs(20);
    loop {
        let page = administrator.get("/settings/alerts").await.body;
        if page.contains("Free disk space") && page.contains("The disk is full") {
            assert!(page.contains("<bdi>Server "), "{page}");
            break;
        }
        assert!(Instant::now() < until, "{page}");
        sleep(Duration::from_millis(200)).await;
    }
}

/// A server and a program that submits to it. The data center is not authorized, so messages stay
/// in the queue.
struct Sending {
    place: Place,
    server: Program,
    administrator: Browser,
    program: Browser,
}

/// The directory and settings of a server.
struct Place {
    provider: Provider,
    directory: PathBuf,
    settings: Vec<(&'static str, &'static str)>,
    key: String,
}

impl Sending {
    async fn start(directory: &Path, settings: &[(&'static str, &'static str)]) -> Self {
        let provider = Provider::start().await;
        let server = Program::start_beside(&provider, directory, settings);
        let administrator = server.administrator().await;
        provider.begin(&administrator).await;
        let scopes = [("send", "on"), ("messages", "on")];
        let key = administrator.make_key("program", &scopes).await;
        let program = Browser::at(&server.url).with_key(&key);
        let place = Place {
            provider,
            directory: directory.to_owned(),
            settings: settings.to_vec(),
            key,
        };
        Self {
            place,
            server,
            administrator,
            program,
        }
    }

    async fn ready(&self) -> Reply {
        Browser::at(&self.server.url).get("/readyz").await
    }

    fn stop(self) -> Place {
        assert!(self.server.stop());
        self.place
    }

    fn kill(self) -> Place {
        self.server.kill();
        self.place
    }
}

impl Place {
    /// Starts another server and asserts that it has all these messages.
    async fn finds_all(&self, ids: &[String]) {
        let server = Program::start_beside(&self.provider, &self.directory, &self.settings);
        let program = Browser::at(&server.url).with_key(&self.key);
        let stored = stored(&program).await;
        for id in ids {
            assert!(stored.contains(id), "{id} is lost");
        }
        assert!(server.stop());
    }
}

/// Mounts a small disk for the data directory.
fn small_disk(directory: &Path) -> SmallDisk {
    SmallDisk::mount(&directory.join(DATA), 12).unwrap()
}

/// Returns the IDs of the messages on a server.
async fn stored(program: &Browser) -> Vec<String> {
    let mut ids = Vec::new();
    let mut path = format!("{MESSAGES}?limit=100");
    loop {
        let reply = program.get(&path).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        let page: serde_json::Value = serde_json::from_str(&reply.body).unwrap();
        for one in page["messages"].as_array().unwrap() {
            ids.push(one["id"].as_str().unwrap().to_owned());
        }
        match page["next"].as_str() {
            Some(next) => path = format!("{MESSAGES}?limit=100&cursor={next}"),
            None => return ids,
        }
    }
}

fn id(reply: &Reply) -> String {
    let accepted: serde_json::Value = serde_json::from_str(&reply.body).unwrap();
    accepted["id"].as_str().unwrap().to_owned()
}

/// Submits 60 messages of this size. Returns the number of rejected ones.
async fn submit_many(program: &Browser, octets: usize, acknowledged: &mut Vec<String>) -> usize {
    let mut refused = 0;
    for _ in 0..60 {
        let reply = submit(program, octets).await;
        if reply.status == 202 {
            acknowledged.push(id(&reply));
        } else {
            problem(&reply);
            refused += 1;
        }
    }
    refused
}

#[needs_small_disks]
#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_on_a_full_disk_and_the_server_recovers_by_itself() {
    let directory = tempfile::tempdir().unwrap();
    let disk = small_disk(directory.path());
    let settings = [
        ("MAILGRANT_RATE_LIMIT", "0"),
        // The error must come from the disk itself.
        ("MAILGRANT_MIN_FREE_DISK_MB", "0"),
    ];
    let sending = Sending::start(directory.path(), &settings).await;
    let program = &sending.program;
    let mut acknowledged = vec![id(&submit(program, 1_000).await)];
    disk.fill_up_to(1_500_000);

    let refused = submit_many(program, 100_000, &mut acknowledged).await;
    assert!(refused > 20, "{refused}");
    // The disk is still full.
    problem(&submit(program, 3_000_000).await);
    let until = Instant::now() + Duration::from_secs(10);
    while sending.ready().await.status != 503 {
        assert!(Instant::now() < until, "/readyz reports nothing");
        sleep(Duration::from_millis(200)).await;
    }
    let alerts = sending.administrator.get("/settings/alerts").await;
    assert_eq!(alerts.status, 200);

    disk.free();
    let until = Instant::now() + Duration::from_secs(20);
    loop {
        let reply = submit(program, 1_000).await;
        if reply.status == 202 {
            acknowledged.push(id(&reply));
            break;
        }
        assert!(Instant::now() < until, "{reply:?}");
        sleep(Duration::from_millis(200)).await;
    }
    assert_eq!(sending.ready().await.status, 200);
    let started = Instant::now();
    let stopped = sending.stop();
    assert!(started.elapsed() < Duration::from_secs(10));
    stopped.finds_all(&acknowledged).await;
}

#[needs_small_disks]
#[tokio::test(flavor = "multi_thread")]
async fn a_read_only_data_directory_is_reported_as_such_immediately() {
    let directory = tempfile::tempdir().unwrap();
    let disk = small_disk(directory.path());
    let server = Program::start(directory.path(), &[("MAILGRANT_MIN_FREE_DISK_MB", "1")]);
    assert!(server.stop());
    disk.set_read_only(true);
    let started = Instant::now();
    let output = Program::output(directory.path(), &[], &[]);
    assert!(!output.status.success());
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8(said).unwrap();
    assert!(said.contains("cannot be written"), "{said}");
    assert!(said.contains("Read-only file system"), "{said}");
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[needs_small_disks]
#[tokio::test(flavor = "multi_thread")]
async fn a_data_directory_that_becomes_read_only_is_reported_and_new_mail_refused() {
    let directory = tempfile::tempdir().unwrap();
    let disk = small_disk(directory.path());
    let settings = [("MAILGRANT_MIN_FREE_DISK_MB", "1")];
    let sending = Sending::start(directory.path(), &settings).await;
    let program = &sending.program;
    assert_eq!(submit(program, 10).await.status, 202);
    disk.cover_read_only();
    let until = Instant::now() + Duration::from_secs(10);
    while sending.ready().await.body != "disk_read_only\n" {
        assert!(Instant::now() < until, "/readyz reports nothing");
        sleep(Duration::from_millis(200)).await;
    }
    let refused = submit(program, 10).await;
    problem(&refused);
    assert!(refused.body.contains("read-only"), "{refused:?}");
    disk.uncover();
    let until = Instant::now() + Duration::from_secs(10);
    while submit(program, 10).await.status != 202 {
        assert!(Instant::now() < until, "it stays refused");
        sleep(Duration::from_millis(200)).await;
    }
    sending.stop();
}

/// Sets the soft limit on the file size of a process.
fn limit_file_size(process: u32, octets: &str) {
    let limit = format!("--fsize={octets}:unlimited");
    let mut command = Command::new("prlimit");
    command.args(["--pid", &process.to_string(), &limit]);
    assert!(command.status().unwrap().success());
}

/// Exceeding a file size limit fails with another error than a full disk.
#[cfg_attr(
    not(target_os = "linux"),
    ignore = "needs Linux, to limit the size of files"
)]
#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_when_writes_fail() {
    let directory = tempfile::tempdir().unwrap();
    let settings = [("MAILGRANT_RATE_LIMIT", "0")];
    let sending = Sending::start(directory.path(), &settings).await;
    let program = &sending.program;
    let mut acknowledged = vec![id(&submit(program, 1_000).await)];
    // The write-ahead log of the database may grow to 3 MB.
    limit_file_size(sending.server.id(), "3000000");
    let refused = submit_many(program, 200_000, &mut acknowledged).await;
    assert!(refused > 5, "{refused}");
    limit_file_size(sending.server.id(), "unlimited");
    let reply = submit(program, 200_000).await;
    assert_eq!(reply.status, 202, "{reply:?}");
    acknowledged.push(id(&reply));
    sending.kill().finds_all(&acknowledged).await;
}
