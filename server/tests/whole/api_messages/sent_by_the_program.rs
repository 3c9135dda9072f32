//! `mailgrant send`: runs the program as cron and others do.

use std::{
    fs::{self, Permissions},
    io::Write as _,
    os::unix::fs::{PermissionsExt as _, symlink},
    path::Path,
    process::{Command, Stdio},
};

use prerequisites::needs_small_disks;
use serde_json::{Value, json};

use super::{MESSAGES, World};
use crate::support::SmallDisk;

const PROGRAM: &str = env!("CARGO_BIN_EXE_mailgrant");
/// The exit code of a successful run.
const OK: Option<i32> = Some(0);

/// A machine with programs that send mail.
pub(super) struct Machine {
    folder: tempfile::TempDir,
}

#[derive(Debug)]
pub(super) struct Ended {
    pub(super) code: Option<i32>,
    pub(super) said: String,
}

impl Machine {
    /// Returns a machine with the key of a server and additional settings.
    async fn of(world: &World, more: &str) -> Self {
        let administrator = world.server.administrator();
        let key = administrator.make_key("machine", &[("send", "on")]).await;
        Self::at(&world.server.url(), &key, more)
    }

    pub(super) fn at(server: &str, key: &str, more: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).display().to_string();
        fs::write(path("send.key"), format!("{key}\n")).unwrap();
        fs::set_permissions(path("send.key"), Permissions::from_mode(0o600)).unwrap();
        fs::write(
            path("send.toml"),
            format!(
                "server = \"{server}\"\nspool = \"{}\"\n{more}\n",
                path("spool")
            ),
        )
        .unwrap();
        Self { folder }
    }

    pub(super) fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    fn spawn(&self, program: &Path, words: &[&str]) -> std::process::Child {
        Command::new(program)
            .args(words)
            .env_clear()
            .env("MAILGRANT_SEND_CONFIG", self.path("send.toml"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    fn run(&self, program: &Path, words: &[&str], message: &str) -> Ended {
        let mut child = self.spawn(program, words);
        // The program may have exited without reading, for example because of an invalid argument.
        let _ = child.stdin.take().unwrap().write_all(message.as_bytes());
        let output = child.wait_with_output().unwrap();
        Ended {
            code: output.status.code(),
            said: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Runs `mailgrant send`.
    pub(super) fn send(&self, words: &str, message: &str) -> Ended {
        let words: Vec<_> = ["send"]
            .into_iter()
            .chain(words.split_whitespace())
            .collect();
        tokio::task::block_in_place(|| self.run(Path::new(PROGRAM), &words, message))
    }

    /// Runs the program under the name `sendmail`.
    fn sendmail(&self, words: &str, message: &str) -> Ended {
        let link = self.path("sendmail");
        if !link.exists() {
            symlink(PROGRAM, &link).unwrap();
        }
        let words: Vec<_> = words.split_whitespace().collect();
        tokio::task::block_in_place(|| self.run(&link, &words, message))
    }

    pub(super) fn kept(&self) -> Vec<std::path::PathBuf> {
        let Ok(entries) = fs::read_dir(self.path("spool")) else {
            return Vec::new();
        };
        let paths = entries.map(|entry| entry.unwrap().path());
        paths
            .filter(|path| path.extension().is_some_and(|end| end == "mail"))
            .collect()
    }
}

async fn messages(world: &World) -> Vec<Value> {
    let list = world.program.get(MESSAGES).await.json();
    list["messages"].as_array().unwrap().clone()
}

fn addresses(message: &Value) -> Vec<&str> {
    let all = message["recipients"].as_array().unwrap().iter();
    all.map(|one| one["address"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn works_as_programs_call_sendmail() {
    let world = World::start().await;
    let machine = Machine::of(&world, "local_recipient = \"ops@example.com\"").await;
    let cron = "From: root (Cron Daemon)\nTo: root\nSubject: Cron <root@db1> backup\n\nfailed\n";
    let php = "To: bob@example.com\nBcc: carol@example.com\nSubject: hi\n\nfrom php\n";
    let git = "From: Alice <alice@sandbox.test>\nTo: bob@example.com\nSubject: [PATCH]\nMessage-ID: <p1@sandbox.test>\n\ndiff\n";
    for (words, message, to) in [
        (
            "-i jörg@exämple.de,\"a,b\"@example.com",
            "Subject: hi\n\nx\n",
            vec!["jörg@xn--exmple-cua.de", "\"a,b\"@example.com"],
        ),
        (
            "-FCronDaemon -i -B8BITMIME -oem root",
            cron,
            vec!["ops@example.com"],
        ),
        ("-t -i", php, vec!["bob@example.com", "carol@example.com"]),
        (
            "-i -f alice@sandbox.test bob@example.com dave@example.com",
            git,
            vec!["bob@example.com", "dave@example.com"],
        ),
        (
            "-t",
            "From: mdadm monitoring <root>\nTo: root\nSubject: Fail\n\nx\n",
            vec!["ops@example.com"],
        ),
        (
            "-oi -- bob@example.com",
            "only a body\n",
            vec!["bob@example.com"],
        ),
    ] {
        let ended = machine.sendmail(words, message);
        assert_eq!((ended.code, &*ended.said), (OK, ""), "{words}");
        let newest = messages(&world).await.remove(0);
        assert_eq!(addresses(&newest), to, "{words}");
        assert_eq!(newest["sender"], "alice@sandbox.test", "{words}");
    }
    let all = messages(&world).await;
    assert_eq!(all.len(), 6);
    assert_eq!(all[2]["message_id"], "<p1@sandbox.test>");
    assert!(machine.kept().is_empty());
    let dump = world.server.database().await.dump().await;
    assert!(
        dump.contains("To: ops@example.com") && !dump.contains("To: root"),
        "{dump}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_have_the_codes_that_sendmail_has() {
    let world = World::start().await;
    let machine = Machine::of(&world, "").await;
    for (words, message, code, said) in [
        ("root", "x\n", 67, "local_recipient"),
        ("nobody@-", "x\n", 67, "not a valid email address"),
        ("-t", "Subject: x\n\n", 64, "no recipients"),
        ("-bd", "", 64, "-bd"),
        (
            "bob@example.com",
            "From: ceo@example.org\n\nx\n",
            77,
            "/from",
        ),
        ("--config /none bob@example.com", "x\n", 78, "/none"),
        (
            "--data-center none bob@example.com",
            "x\n",
            78,
            "/data_center",
        ),
    ] {
        let ended = machine.send(words, message);
        assert_eq!(ended.code, Some(code), "{words} {ended:?}");
        assert!(ended.said.contains(said), "{words} {ended:?}");
        // An error is one line: the problem and its only part have the same text.
        assert_eq!(ended.said.lines().count(), 1, "{words} {ended:?}");
    }
    let anonymous = Machine::at(&world.server.url(), &format!("mgk_{}", "x".repeat(43)), "");
    let ended = anonymous.send("bob@example.com", "x\n");
    assert_eq!(ended.code, Some(77), "{ended:?}");
    assert!(!ended.said.contains("mgk_x"), "{ended:?}");
    let keyless = Machine::at(&world.server.url(), "", "");
    assert_eq!(keyless.send("bob@example.com", "x\n").code, Some(78));
    assert!(messages(&world).await.is_empty());
    let ended = machine.send("-Z bob@example.com", "x\n");
    assert_eq!(ended.code, OK);
    assert!(ended.said.contains("-Z is unknown"), "{ended:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_spooled_while_the_server_is_unreachable_are_sent_once() {
    let world = World::start().await;
    let machine = Machine::of(&world, "").await;
    let settings = fs::read_to_string(machine.path("send.toml")).unwrap();
    // No server listens there.
    let away = settings.replace(&world.server.url(), "http://127.0.0.1:9");
    fs::write(machine.path("send.toml"), away).unwrap();
    for number in 0..3 {
        let message = format!("Subject: {number}\n\nx\n");
        let ended = machine.send("bob@example.com", &message);
        assert_eq!(ended.code, OK, "{ended:?}");
        assert!(ended.said.contains("is spooled"), "{ended:?}");
    }
    assert_eq!(machine.kept().len(), 3);
    for path in machine.kept() {
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let ended = machine.send("--flush", "");
    assert_eq!(ended.code, Some(75), "{ended:?}");

    fs::write(machine.path("send.toml"), settings).unwrap();
    // Simulates a lost response to the first message: the server has it, and the file still exists.
    let copy = machine.path("copy");
    let first = machine.kept().into_iter().min().unwrap();
    fs::copy(&first, &copy).unwrap();
    let ended = machine.send("--flush", "");
    assert_eq!((ended.code, &*ended.said), (OK, ""));
    assert_eq!(machine.kept().len(), 0);
    fs::copy(&copy, &first).unwrap();
    // The next message also submits the spooled one.
    let ended = machine.send("bob@example.com", "Subject: 3\n\nx\n");
    assert_eq!((ended.code, &*ended.said), (OK, ""));
    assert_eq!(machine.kept().len(), 0);
    let mut subjects: Vec<_> = messages(&world)
        .await
        .iter()
        .map(|one| one["subject"].clone())
        .collect();
    subjects.reverse();
    assert_eq!(subjects, [json!("0"), json!("1"), json!("2"), json!("3")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_spooled_message_that_the_server_refuses_is_set_aside_and_reported() {
    let world = World::start().await;
    let machine = Machine::of(&world, "").await;
    let spool = machine.path("spool");
    fs::create_dir(&spool).unwrap();
    let envelope = json!({"recipients": ["bob@example.com"], "sender": null, "data_center": "none", "replace_from": true});
    fs::write(
        spool.join("1-a.mail"),
        format!("{envelope}\nSubject: x\r\n\r\nx\r\n"),
    )
    .unwrap();
    let ended = machine.send("--flush", "");
    assert_eq!(ended.code, Some(75), "{ended:?}");
    assert!(ended.said.contains("refused/1-a.mail"), "{ended:?}");
    assert!(spool.join("refused/1-a.mail").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_process_leaves_a_whole_message_or_none() {
    let machine = Machine::at("http://127.0.0.1:9", &format!("mgk_{}", "x".repeat(43)), "");
    let message = format!("Subject: x\n\n{}", "y".repeat(70).repeat(20_000));
    let mut killed = 0;
    for wait in 0..20 {
        let mut child = machine.spawn(Path::new(PROGRAM), &["send", "bob@example.com"]);
        let mut input = child.stdin.take().unwrap();
        let text = message.clone();
        let writing = std::thread::spawn(move || {
            let _ = input.write_all(text.as_bytes());
        });
        tokio::time::sleep(std::time::Duration::from_millis(wait * 3)).await;
        let _ = child.kill();
        killed += usize::from(!child.wait().unwrap().success());
        writing.join().unwrap();
    }
    for path in machine.kept() {
        let content = fs::read_to_string(&path).unwrap();
        assert!(
            content.ends_with(&"y".repeat(70)) || content.ends_with("y\r\n"),
            "{}",
            path.display()
        );
        assert!(content.len() > message.len());
    }
    assert!(killed + machine.kept().len() >= 20, "{killed}");
}

#[needs_small_disks]
#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_does_not_fit_on_the_disk_is_not_spooled_and_never_sent_later() {
    let world = World::start().await;
    // The error must come from the disk itself.
    let machine = Machine::of(&world, "min_free_disk_mb = 0").await;
    let spool = machine.path("spool");
    let disk = SmallDisk::mount(&spool, 2).unwrap();
    let settings = fs::read_to_string(machine.path("send.toml")).unwrap();
    let away = settings.replace(&world.server.url(), "http://127.0.0.1:9");
    fs::write(machine.path("send.toml"), away).unwrap();
    let send = |subject: &str, octets: usize| {
        let text = "x".repeat(70) + "\n";
        let message = format!("Subject: {subject}\n\n{}", text.repeat(octets / 71));
        machine.send("bob@example.com", &message)
    };
    let is_refused = |ended: Ended| {
        assert_eq!(ended.code, Some(75), "{ended:?}");
        assert!(ended.said.contains("could not be spooled"), "{ended:?}");
        assert!(ended.said.contains("No space left"), "{ended:?}");
    };
    let files = || {
        let entries = fs::read_dir(&spool).unwrap();
        let mut names: Vec<_> = entries.map(|one| one.unwrap().file_name()).collect();
        names.sort();
        names
    };
    assert_eq!(send("kept before", 1_000).code, OK);
    let before = files();
    // The beginning of the message fits, the rest does not.
    disk.fill_up_to(100_000);
    is_refused(send("half", 500_000));
    disk.free();
    assert_eq!(files(), before);
    // Not even a file name fits.
    disk.fill();
    is_refused(send("nothing", 1_000));
    disk.free();
    assert_eq!(files(), before);
    // The caller sends it again when there is space.
    assert_eq!(send("nothing", 1_000).code, OK);

    fs::write(machine.path("send.toml"), settings).unwrap();
    let ended = machine.send("--flush", "");
    assert_eq!((ended.code, &*ended.said), (OK, ""));
    assert!(files().is_empty());
    let mut subjects: Vec<_> = messages(&world)
        .await
        .iter()
        .map(|one| one["subject"].clone())
        .collect();
    subjects.reverse();
    assert_eq!(subjects, [json!("kept before"), json!("nothing")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_written_to_a_file_that_only_its_owner_can_read() {
    let folder = tempfile::tempdir().unwrap();
    let run = |words: &str| {
        let output = Command::new(PROGRAM)
            .args(words.split(' '))
            .env_clear()
            .current_dir(folder.path())
            .output()
            .unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (
            output.status.code(),
            text(output.stdout),
            text(output.stderr),
        )
    };
    let (code, _, said) = run("account add alice --role administrator");
    assert_eq!(code, OK, "{said}");
    let (code, out, said) = run("api-key add cron --scopes send --output send.key");
    assert_eq!(code, OK, "{said}");
    let path = folder.path().join("send.key");
    let key = fs::read_to_string(&path).unwrap();
    assert!(
        key.starts_with("mgk_") && !out.contains(key.trim()),
        "{out}"
    );
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let (code, _, said) = run("api-key add other --output send.key");
    assert_eq!(code, Some(1), "{said}");
    let (code, _, said) = run("api-key add cron --output new.key");
    assert_eq!(code, Some(1), "{said}");
    assert!(
        said.contains("already exists") && !folder.path().join("new.key").exists(),
        "{said}"
    );
    let (_, out, _) = run("api-key add reader --scopes messages,send");
    assert!(out.starts_with("mgk_"), "{out}");
    let (_, out, _) = run("api-key list");
    assert!(
        out.contains("cron: send, data center all") && out.contains("reader: send messages"),
        "{out}"
    );
    assert_eq!(run("api-key end cron").0, OK);
    assert_eq!(run("api-key end cron").0, Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_calls_sendmail_bs_speaks_smtp_with_it() {
    let world = World::start().await;
    let machine = Machine::of(&world, "").await;
    let dialogue = "EHLO localhost\nMAIL FROM:<alice@sandbox.test>\nRCPT TO:<bob@sandbox.test>\nDATA\n\
                    Subject: over bs\n\nHello\n.\nMAIL FROM:<alice@sandbox.test>\nRCPT TO:<bob@sandbox.test>\nDATA\n\
                    From: eve@example.net\n\nHello\n.\nQUIT\n";
    let output = tokio::task::block_in_place(|| {
        let mut child = machine.spawn(Path::new(PROGRAM), &["send", "-bs"]);
        let input = child.stdin.take().unwrap();
        (&input).write_all(dialogue.as_bytes()).unwrap();
        drop(input);
        child.wait_with_output().unwrap()
    });
    let said = String::from_utf8(output.stdout).unwrap();
    let last_lines = said.lines().filter(|line| line.as_bytes()[3] == b' ');
    let codes: Vec<_> = last_lines.map(|line| &line[..3]).collect();
    let expected = [
        "220", "250", "250", "250", "354", "250", "250", "250", "354", "554", "221",
    ];
    assert_eq!(codes, expected, "{said}");
    assert!(
        output.status.success() && said.contains("554 5.0.0 the server rejected"),
        "{said}"
    );
}
