//! A disk that is full, or read-only: nothing that was acknowledged is lost, the problem is reported, and the server goes on by
//! itself when there is space.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use prerequisites::needs_small_disks;
use serde_json::json;
use tokio::time::sleep;

use crate::support::{Browser, DATA, Program, Provider, Reply, Server, introduce};

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
    let program = server.stranger().with_key(&key);
    let refused = submit(&program, 10).await;
    problem(&refused);
    assert_eq!(refused.header("retry-after"), "60");
    assert!(refused.body.contains("The disk is full"), "{refused:?}");
    let ready = server.stranger().get("/readyz").await;
    assert_eq!((ready.status.as_u16(), &*ready.body), (503, "disk_full\n"));
    let metrics = program.get("/metrics").await.body;
    for condition in ["disk_full", "disk_space_low"] {
        let line = format!("mailgrant_server_condition{{condition=\"{condition}\"}} 1\n");
        assert!(metrics.contains(&line), "{metrics}");
    }
    // What is there can still be read, and the alert is on its page.
    assert_eq!(program.get(MESSAGES).await.status, 200);
    let until = Instant::now() + Duration::from_secs(20);
    loop {
        let page = administrator.get("/settings/alerts").await.body;
        if page.contains("Free disk space") && page.contains("The disk is full") {
            break;
        }
        assert!(Instant::now() < until, "{page}");
        sleep(Duration::from_millis(200)).await;
    }
}

/// Returns true if the command ended well.
fn run(command: &str, arguments: &[&str]) -> bool {
    let status = Command::new(command).args(arguments).status();
    status.is_ok_and(|status| status.success())
}

/// A small disk for the data directory.
struct Disk(PathBuf);

impl Disk {
    fn mount(directory: &Path, size: &str) -> Self {
        let data = directory.join(DATA);
        fs::create_dir(&data).unwrap();
        let options = format!("size={size},mode=0700");
        let path = data.to_str().unwrap();
        let options = ["-t", "tmpfs", "-o", &options, "tmpfs", path];
        assert!(run("mount", &options), "a disk cannot be mounted");
        Self(data)
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }

    /// Leaves so many octets free.
    fn fill(&self, leave: u64) {
        let about = rustix::fs::statvfs(&self.0).unwrap();
        let free = about.f_bavail * about.f_frsize;
        let filler = vec![0; usize::try_from(free - leave).unwrap()];
        fs::write(self.0.join("filler"), filler).unwrap();
    }

    fn free(&self) {
        fs::remove_file(self.0.join("filler")).unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        run("umount", &["--lazy", self.path()]);
    }
}

/// The ids of the messages of a server.
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

#[needs_small_disks]
#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_on_a_full_disk_and_the_server_recovers_by_itself() {
    let directory = tempfile::tempdir().unwrap();
    let disk = Disk::mount(directory.path(), "12m");
    let provider = Provider::start().await;
    let (descriptor, authority) = introduce(&provider, directory.path());
    let settings = [
        ("MAILGRANT_SANDBOX_FILE", &*descriptor),
        ("MAILGRANT_EXTRA_ROOTS", &*authority),
        ("MAILGRANT_RATE_LIMIT", "0"),
        // The disk itself is to say no.
        ("MAILGRANT_MIN_FREE_DISK_MB", "0"),
    ];
    let server = Program::start(directory.path(), &settings);
    let administrator = server.administrator().await;
    provider.begin(&administrator).await;
    let scopes = [("send", "on"), ("messages", "on"), ("metrics", "on")];
    let key = administrator.make_key("program", &scopes).await;
    let program = Browser::at(&server.url).with_key(&key);
    let mut acknowledged = Vec::new();
    acknowledged.push(id(&submit(&program, 1_000).await));
    disk.fill(1_500_000);

    let mut refused = 0;
    for _ in 0..60 {
        let reply = submit(&program, 100_000).await;
        if reply.status == 202 {
            acknowledged.push(id(&reply));
        } else {
            problem(&reply);
            refused += 1;
        }
    }
    assert!(refused > 20, "{refused}");
    // It is still full.
    problem(&submit(&program, 3_000_000).await);
    let until = Instant::now() + Duration::from_secs(10);
    while Browser::at(&server.url).get("/readyz").await.status != 503 {
        assert!(Instant::now() < until, "/readyz reports nothing");
        sleep(Duration::from_millis(200)).await;
    }
    assert_eq!(administrator.get("/settings/alerts").await.status, 200);

    disk.free();
    let until = Instant::now() + Duration::from_secs(20);
    loop {
        let reply = submit(&program, 1_000).await;
        if reply.status == 202 {
            acknowledged.push(id(&reply));
            break;
        }
        assert!(Instant::now() < until, "{reply:?}");
        sleep(Duration::from_millis(200)).await;
    }
    assert_eq!(Browser::at(&server.url).get("/readyz").await.status, 200);
    let started = Instant::now();
    assert!(server.stop());
    assert!(started.elapsed() < Duration::from_secs(10));

    let restarted = Program::start(directory.path(), &settings);
    let program = Browser::at(&restarted.url).with_key(&key);
    let stored = stored(&program).await;
    for id in &acknowledged {
        assert!(stored.contains(id), "{id} is lost");
    }
    assert!(restarted.stop());
}

#[needs_small_disks]
#[tokio::test(flavor = "multi_thread")]
async fn a_read_only_data_directory_is_reported_as_such_immediately() {
    let directory = tempfile::tempdir().unwrap();
    let disk = Disk::mount(directory.path(), "12m");
    let server = Program::start(directory.path(), &[("MAILGRANT_MIN_FREE_DISK_MB", "1")]);
    assert!(server.stop());
    assert!(run("mount", &["-o", "remount,ro", disk.path()]));
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
    let disk = Disk::mount(directory.path(), "12m");
    let provider = Provider::start().await;
    let (descriptor, authority) = introduce(&provider, directory.path());
    let settings = [
        ("MAILGRANT_SANDBOX_FILE", &*descriptor),
        ("MAILGRANT_EXTRA_ROOTS", &*authority),
        ("MAILGRANT_MIN_FREE_DISK_MB", "1"),
    ];
    let server = Program::start(directory.path(), &settings);
    let administrator = server.administrator().await;
    provider.begin(&administrator).await;
    let key = administrator.make_key("program", &[("send", "on")]).await;
    let program = Browser::at(&server.url).with_key(&key);
    assert_eq!(submit(&program, 10).await.status, 202);
    // A second mount above the first: files that are open stay writable, nothing else does.
    let path = disk.path();
    assert!(run("mount", &["--bind", path, path]));
    assert!(run("mount", &["-o", "remount,bind,ro", path]));
    let until = Instant::now() + Duration::from_secs(10);
    while Browser::at(&server.url).get("/readyz").await.body != "disk_read_only\n" {
        assert!(Instant::now() < until, "/readyz reports nothing");
        sleep(Duration::from_millis(200)).await;
    }
    let refused = submit(&program, 10).await;
    problem(&refused);
    assert!(refused.body.contains("read-only"), "{refused:?}");
    assert!(run("umount", &[path]));
    let until = Instant::now() + Duration::from_secs(10);
    while submit(&program, 10).await.status != 202 {
        assert!(Instant::now() < until, "it stays refused");
        sleep(Duration::from_millis(200)).await;
    }
    assert!(server.stop());
}

/// Writes beyond a size fail with another error than that of a full disk.
#[cfg_attr(
    not(target_os = "linux"),
    ignore = "needs Linux, to limit the size of files"
)]
#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_when_writes_fail() {
    let directory = tempfile::tempdir().unwrap();
    let provider = Provider::start().await;
    let (descriptor, authority) = introduce(&provider, directory.path());
    let settings = [
        ("MAILGRANT_SANDBOX_FILE", &*descriptor),
        ("MAILGRANT_EXTRA_ROOTS", &*authority),
        ("MAILGRANT_RATE_LIMIT", "0"),
    ];
    let server = Program::start(directory.path(), &settings);
    let administrator = server.administrator().await;
    provider.begin(&administrator).await;
    let scopes = [("send", "on"), ("messages", "on"), ("metrics", "on")];
    let key = administrator.make_key("program", &scopes).await;
    let program = Browser::at(&server.url).with_key(&key);
    let mut acknowledged = vec![id(&submit(&program, 1_000).await)];
    let limit = |octets: &str| {
        let process = server.id().to_string();
        run(
            "prlimit",
            &["--pid", &process, &format!("--fsize={octets}")],
        )
    };
    // The log of the database may grow to 3 MB.
    assert!(limit("3000000:unlimited"));
    let mut refused = 0;
    for _ in 0..60 {
        let reply = submit(&program, 200_000).await;
        if reply.status == 202 {
            acknowledged.push(id(&reply));
        } else {
            problem(&reply);
            refused += 1;
        }
    }
    assert!(refused > 5, "{refused}");
    assert!(limit("unlimited:unlimited"));
    let reply = submit(&program, 200_000).await;
    assert_eq!(reply.status, 202, "{reply:?}");
    acknowledged.push(id(&reply));
    server.kill();
    let restarted = Program::start(directory.path(), &settings);
    let program = Browser::at(&restarted.url).with_key(&key);
    let stored = stored(&program).await;
    for id in &acknowledged {
        assert!(stored.contains(id), "{id} is lost");
    }
}
