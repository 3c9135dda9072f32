//! Mail over SMTP with an API key. Other programs and senders are in `client_programs`.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::TcpStream,
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use domain::Host;
use prerequisites::needs_program;
use server::{Application, Config, SmtpError, StartError, config::SmtpConfig};
use submission::{ListenerOptions, Mode};

use crate::support::{Browser, Program, Provider, certificate, config};

/// A running program that is authorized, with a listener for each mode.
struct World {
    directory: tempfile::TempDir,
    provider: Provider,
    program: Program,
    administrator: Browser,
    key: String,
}

impl World {
    async fn start() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let provider = Provider::start().await;
        let listeners = "127.0.0.1:0 starttls,127.0.0.1:0 tls,127.0.0.1:0 plain";
        let settings = [
            ("MAILGRANT_SMTP_LISTENERS", listeners),
            ("MAILGRANT_SMTP_NAME", "mail.example.com"),
        ];
        let program = Program::start_beside(&provider, directory.path(), &settings);
        let administrator = program.administrator().await;
        let key = administrator.make_key("printer", &[("send", "on")]).await;
        Self {
            directory,
            provider,
            program,
            administrator,
            key,
        }
    }

    async fn authorized() -> Self {
        let world = Self::start().await;
        let page = world.provider.authorize(&world.administrator).await;
        assert!(page.body.contains("SMTP settings authorized"), "{page:?}");
        world
    }

    /// Returns the port of the listener with this mode.
    fn port(&self, mode: &str) -> String {
        self.program.smtp_listener(mode).port().to_string()
    }

    fn certificate(&self) -> String {
        certificate(self.directory.path())
    }

    /// Waits until the provider has this many messages. Returns their subjects.
    async fn delivered(&self, count: usize) -> Vec<String> {
        for _ in 0..300 {
            let messages = self.provider.control().messages();
            if messages.len() >= count {
                return messages.iter().map(|one| subject(&one.raw)).collect();
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{}", self.program.log());
    }
}

fn subject(content: &str) -> String {
    let line = content
        .lines()
        .find_map(|line| line.strip_prefix("Subject: "));
    line.unwrap_or_default().to_owned()
}

/// Runs a program with a text as its input. Returns what it has printed.
fn run(program: &str, words: &[&str], directory: &Path, input: &str) -> (bool, String) {
    tokio::task::block_in_place(|| {
        let mut child = Command::new(program)
            .args(words)
            .current_dir(directory)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // The program may have exited without reading.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let output = child.wait_with_output().unwrap();
        let printed = [output.stdout, output.stderr].concat();
        let printed = String::from_utf8_lossy(&printed).into_owned();
        (output.status.success(), printed)
    })
}

/// Sends with Python's smtplib, which checks the certificate and the name of the server.
const SMTPLIB: &str = r#"
import email.message, smtplib, ssl, sys
mode, port, certificate, key, subject = sys.argv[1:]
context = ssl.create_default_context(cafile=certificate)
if mode == "tls":
    client = smtplib.SMTP_SSL("localhost", int(port), context=context)
else:
    client = smtplib.SMTP("localhost", int(port))
    if mode == "starttls":
        client.starttls(context=context)
client.login("any name", key)
message = email.message.EmailMessage()
message["Subject"] = subject
message["To"] = "bob@sandbox.test"
message.set_content("Hello\n.\n..\nfrom smtplib: äöü\n" + "x" * 2000)
client.send_message(message, from_addr="alice@sandbox.test")
client.quit()
"#;

impl World {
    /// Sends a message with Python's smtplib. Returns its subject.
    fn smtplib(&self, mode: &str) -> String {
        let subject = format!("smtplib {mode}");
        let (port, certificate) = (self.port(mode), self.certificate());
        let words = [
            "-c",
            SMTPLIB,
            mode,
            &port,
            &certificate,
            &self.key,
            &subject,
        ];
        let (ok, printed) = run("python3", &words, self.directory.path(), "");
        assert!(ok, "{subject}: {printed}");
        subject
    }
}

#[needs_program(python)]
#[tokio::test(flavor = "multi_thread")]
async fn programs_send_with_an_api_key_over_every_mode() {
    let world = World::authorized().await;
    let mut expected = vec![
        world.smtplib("starttls"),
        world.smtplib("tls"),
        world.smtplib("plain"),
    ];
    let mut delivered = world.delivered(expected.len()).await;
    expected.sort();
    delivered.sort();
    assert_eq!(delivered, expected);
    let messages = world.provider.control().messages();
    let first = messages
        .iter()
        .find(|one| subject(&one.raw) == "smtplib starttls");
    let content = &first.unwrap().raw;
    let unfolded = content.replace("\r\n ", " ");
    assert!(
        unfolded.contains("by mail.example.com with ESMTPSA; "),
        "{content}"
    );
    assert!(!world.program.log().contains(&world.key));
}

/// Speaks with the server in plain text.
struct Talk {
    stream: TcpStream,
    replies: BufReader<TcpStream>,
}

impl Talk {
    fn with(address: &str) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(30)))
            .unwrap();
        let replies = BufReader::new(stream.try_clone().unwrap());
        let mut talk = Self { stream, replies };
        assert!(talk.reply().starts_with("220 "));
        talk
    }

    /// Returns the last line of the next reply.
    fn reply(&mut self) -> String {
        loop {
            let mut line = String::new();
            self.replies.read_line(&mut line).unwrap();
            if line.as_bytes().get(3) != Some(&b'-') {
                return line;
            }
        }
    }

    fn say(&mut self, line: &str) -> String {
        self.stream
            .write_all(format!("{line}\r\n").as_bytes())
            .unwrap();
        self.reply()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_for_a_data_center_that_needs_authorization_is_accepted_and_survives_a_kill() {
    use base64::{Engine as _, prelude::BASE64_STANDARD};

    let world = World::start().await;
    // Saves the settings without authorizing them.
    world.provider.begin(&world.administrator).await;
    let address = format!("127.0.0.1:{}", world.port("plain"));
    let auth = BASE64_STANDARD.encode(format!("\0printer\0{}", world.key));
    let id = tokio::task::block_in_place(|| {
        let mut talk = Talk::with(&address);
        for (line, expected) in [
            ("EHLO printer", "250"),
            (&*format!("AUTH PLAIN {auth}"), "235"),
            ("MAIL FROM:<alice@sandbox.test>", "250"),
            ("RCPT TO:<bob@sandbox.test>", "250"),
            ("DATA", "354"),
        ] {
            let reply = talk.say(line);
            assert!(reply.starts_with(expected), "{line} {reply}");
        }
        let reply = talk.say("Subject: waits\r\n\r\nHello\r\n.");
        let (_, id) = reply
            .split_once("250 2.0.0 Queued as ")
            .unwrap_or_else(|| panic!("{reply}"));
        id.trim().to_owned()
    });
    world.program.kill();
    let program = Program::start_beside(&world.provider, world.directory.path(), &[]);
    let browser = world.administrator.moved_to(&program.url);
    let page = browser.get(&format!("/messages/{id}")).await;
    assert!(
        page.status == 200 && page.body.contains("waits"),
        "{page:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn smtputf8_is_offered_once_the_mail_server_has_offered_it_and_is_used_to_deliver() {
    use base64::{Engine as _, prelude::BASE64_STANDARD};

    let world = World::authorized().await;
    let address = format!("127.0.0.1:{}", world.port("plain"));
    let auth = BASE64_STANDARD.encode(format!("\0printer\0{}", world.key));
    let send = |parameter: &str, recipient: &str| {
        tokio::task::block_in_place(|| {
            let mut talk = Talk::with(&address);
            for (line, expected) in [
                ("EHLO printer", "250"),
                (&*format!("AUTH PLAIN {auth}"), "235"),
                (
                    &*format!("MAIL FROM:<alice@sandbox.test>{parameter}"),
                    "250",
                ),
                (&*format!("RCPT TO:<{recipient}>"), "250"),
                ("DATA", "354"),
                ("Subject: x\r\n\r\nHello\r\n.", "250"),
            ] {
                let reply = talk.say(line);
                if !reply.starts_with(expected) {
                    return Err(reply);
                }
            }
            Ok(())
        })
    };
    let refused = send(" SMTPUTF8", "bob@sandbox.test").unwrap_err();
    assert!(refused.starts_with("555 "), "{refused}");
    send("", "bob@sandbox.test").unwrap();
    world.delivered(1).await;
    for _ in 0..200 {
        if send(" SMTPUTF8", "jörg@sandbox.test").is_ok() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    world.delivered(2).await;
    let to = &world.provider.control().messages()[1].to;
    assert_eq!(*to, ["jörg@sandbox.test"]);
}

/// Returns a configuration with one listener at an address that is taken.
fn with_taken_port(directory: &Path, is_default: bool) -> (Config, std::net::TcpListener) {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let config = Config {
        smtp: SmtpConfig {
            listeners: vec![ListenerOptions::new(
                taken.local_addr().unwrap(),
                Mode::StartTls,
            )],
            is_default,
            name: Host::parse("localhost").ok(),
            certificate: None,
        },
        ..config(directory)
    };
    (config, taken)
}

#[tokio::test]
async fn a_taken_port_is_an_error_unless_it_is_the_default() {
    let directory = tempfile::tempdir().unwrap();
    let (default, _taken) = with_taken_port(directory.path(), true);
    let application = Application::build(default).await.unwrap();
    assert!(application.smtp_addresses().is_empty());
    drop(application);
    let directory = tempfile::tempdir().unwrap();
    let (chosen, _taken) = with_taken_port(directory.path(), false);
    let result = Application::build(chosen).await;
    assert!(
        matches!(result, Err(StartError::Smtp(SmtpError::Listen { .. }))),
        "{result:?}"
    );
}

/// Opens three sockets, and runs a program with them as systemd does (`sd_listen_fds(3)`).
const LAUNCHER: &str = r#"
import os, socket, sys
sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(3)]
http, smtp, _ = [f"127.0.0.1:{one.getsockname()[1]}" for one in sockets]
high = [os.dup2(one.fileno(), 50 + at) for at, one in enumerate(sockets)]
for at, one in enumerate(high):
    os.dup2(one, 3 + at, inheritable=True)
for name in [name for name in os.environ if name.startswith("MAILGRANT_")]:
    del os.environ[name]
os.environ.update(
    LISTEN_PID=str(os.getpid()), LISTEN_FDS="3", LISTEN_FDNAMES="http:smtp:other",
    MAILGRANT_LISTEN=http, MAILGRANT_SMTP_LISTENERS=f"{smtp} plain",
)
os.execv(sys.argv[1], sys.argv[1:])
"#;

#[needs_program(python)]
#[test]
fn sockets_of_systemd_are_used_for_the_listeners_with_their_addresses() {
    let directory = tempfile::tempdir().unwrap();
    let mut child = Command::new("python3")
        .args(["-c", LAUNCHER, env!("CARGO_BIN_EXE_mailgrant")])
        .current_dir(directory.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut log = String::new();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    while !log.contains(" listening ") {
        let line = lines
            .next()
            .unwrap_or_else(|| panic!("did not start: {log}"));
        log.push_str(&line.unwrap());
        log.push('\n');
    }
    // Binding the addresses again would have failed.
    assert!(
        log.contains("inherited socket is not used") && log.contains("other"),
        "{log}"
    );
    let (_, address) = log.split_once("listener=").unwrap();
    let mut talk = Talk::with(address.split_whitespace().next().unwrap());
    assert!(talk.say("EHLO printer").starts_with("250 "));
    child.kill().unwrap();
    child.wait().unwrap();
}
