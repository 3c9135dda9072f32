//! Mail over the IMAP gateway: the program, with a grant, in front of Dovecot, and programs that
//! read mail.

mod dovecot;

use std::{fs, path::Path, process::Command};

use prerequisites::needs_program;
use sandbox::Faults;

use crate::support::{Browser, Program, Provider, SAVE, certificate};
use dovecot::Dovecot;

/// A running program that is authorized, with a listener for each mode, and a sender that may read
/// mail.
struct World {
    directory: tempfile::TempDir,
    provider: Provider,
    dovecot: Dovecot,
    program: Program,
    administrator: Browser,
    /// The password of the sender `helpdesk`.
    password: String,
}

impl World {
    async fn start() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let provider = Provider::start().await;
        // Dovecot asks there whose a token is.
        provider.control().set(Faults {
            account_in_userinfo: true,
            ..Faults::default()
        });
        let dovecot = Dovecot::start(&directory.path().join("dovecot"), &provider);
        let roots = [directory.path().join("ca.pem"), dovecot.certificate()];
        let roots = std::env::join_paths(roots).unwrap().into_string().unwrap();
        let listeners = "127.0.0.1:0 starttls,127.0.0.1:0 tls,127.0.0.1:0 plain";
        let settings = [
            ("MAILGRANT_IMAP_LISTENERS", listeners),
            ("MAILGRANT_EXTRA_ROOTS", &roots),
        ];
        let program = Program::start_beside(&provider, directory.path(), &settings);
        let administrator = program.administrator().await;
        let words = ["sender", "add", "Help desk", "--read-mailbox"];
        let added = Program::output(directory.path(), &words, &[]);
        let printed = String::from_utf8(added.stdout).unwrap();
        let (user, password) = printed.split_once("password: ").expect(&printed);
        assert_eq!(user, "user: helpdesk\n");
        Self {
            password: password.trim().to_owned(),
            directory,
            provider,
            dovecot,
            program,
            administrator,
        }
    }

    /// Saves the settings and signs in at the provider.
    async fn authorize(&self) {
        let form = self.provider.form(&self.administrator);
        let form = form
            .with_mailbox_at(self.provider.descriptor())
            .with("mailbox_sign_in", "same_authorization")
            .with("mailbox_host", "localhost")
            .with("mailbox_port", &self.dovecot.port().to_string())
            .with("mailbox_security", "implicit_tls");
        let saved = self.administrator.fetch(SAVE, form.body()).await;
        let next = &saved.json()["next"]["SignIn"]["url"];
        let url = next.as_str().unwrap_or_else(|| panic!("{saved:?}"));
        let back = self.provider.answer(url, true);
        let back = self.administrator.get(&back).await;
        let page = self.administrator.get(back.location()).await;
        assert!(page.body.contains("SMTP settings authorized"), "{page:?}");
    }

    /// Returns the port of the listener with this mode.
    fn port(&self, mode: &str) -> String {
        self.program
            .listener("programs may read mail", mode)
            .port()
            .to_string()
    }

    fn certificate(&self) -> String {
        certificate(self.directory.path())
    }

    /// Runs a program. Returns what it has printed.
    fn run(&self, program: &str, words: &[&str]) -> (bool, String) {
        let output = tokio::task::block_in_place(|| {
            Command::new(program)
                .args(words)
                .current_dir(self.directory.path())
                .env("HOME", self.directory.path())
                .output()
                .unwrap()
        });
        let printed = [output.stdout, output.stderr].concat();
        let printed = String::from_utf8_lossy(&printed).into_owned();
        (output.status.success(), printed)
    }

    fn imaplib(&self, mode: &str, password: &str) -> (bool, String) {
        let (port, certificate) = (self.port(mode), self.certificate());
        let words = ["-c", IMAPLIB, mode, &port, &certificate, password];
        self.run("python3", &words)
    }

    fn write(&self, name: &str, content: &str) {
        use std::os::unix::fs::PermissionsExt as _;

        let path = self.directory.path().join(name);
        fs::write(&path, content).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    }
}

/// Reads, adds, and deletes mail with Python's imaplib, which checks the certificate.
const IMAPLIB: &str = r#"
import imaplib, ssl, sys
mode, port, certificate, password = sys.argv[1:]
context = ssl.create_default_context(cafile=certificate)
if mode == "tls":
    client = imaplib.IMAP4_SSL("localhost", int(port), ssl_context=context)
else:
    client = imaplib.IMAP4("localhost", int(port))
    if mode == "starttls":
        client.starttls(context)
client.login("helpdesk", password)
assert client.select()[0] == "OK"
octets = bytes(range(1, 10)) + bytes(range(14, 256))
body = b"Subject: from imaplib\r\n\r\n" + (octets + b"\r\n") * 2000
assert client.append("INBOX", None, None, body)[0] == "OK"
client.noop()
found = client.search(None, "SUBJECT", "imaplib")[1][0].split()
assert len(found) == 1, found
assert client.fetch(found[0], "(BODY.PEEK[])")[1][0][1] == body
client.send(b"idle1 IDLE\r\n")
while not client.readline().startswith(b"+"):
    pass
client.send(b"DONE\r\n")
while not client.readline().startswith(b"idle1 OK"):
    pass
assert client.store(found[0], "+FLAGS", "(\\Deleted)")[0] == "OK"
assert client.expunge()[0] == "OK"
print(client.search(None, "SUBJECT", "imaplib")[1])
client.logout()
"#;

#[needs_program(mailbox_programs)]
#[tokio::test(flavor = "multi_thread")]
async fn programs_read_and_change_mail_at_dovecot_with_the_grant() {
    let world = World::start().await;
    // Before the authorization, the reply says what is missing.
    let (ok, printed) = world.imaplib("tls", &world.password);
    assert!(
        !ok && printed.contains("[ALERT]") && printed.contains("Settings, SMTP"),
        "{printed}"
    );
    world.authorize().await;
    for mode in ["tls", "starttls", "plain"] {
        let (ok, printed) = world.imaplib(mode, &world.password);
        assert!(ok && printed.contains("[b'']"), "{mode}: {printed}");
    }
    let (ok, printed) = world.imaplib("tls", "wrong");
    assert!(
        !ok && printed.contains("[AUTHENTICATIONFAILED]"),
        "{printed}"
    );

    for number in 1..=3 {
        world.dovecot.deliver(&format!(
            "From: a@b.c\r\nSubject: Number {number}\r\n\r\nHello\r\n"
        ));
    }
    mbsync(&world);
    fetchmail(&world);
    let log = world.program.log();
    for secret in [&world.password]
        .into_iter()
        .chain(&world.provider.control().secrets())
    {
        assert!(!log.contains(secret.as_str()), "{log}");
    }
    assert!(log.contains("mailbox session ended"), "{log}");
    let shown = Program::output(
        world.directory.path(),
        &["sender", "show", "Help desk"],
        &[],
    );
    let shown = String::from_utf8(shown.stdout).unwrap();
    assert!(shown.contains("May read and delete mail: yes"), "{shown}");
    assert!(!shown.contains("Last seen: never"), "{shown}");
    assert!(world.program.stop());
}

/// Copies the mailbox with mbsync.
fn mbsync(world: &World) {
    let (port, certificate) = (world.port("tls"), world.certificate());
    let (password, directory) = (&world.password, world.directory.path().display());
    world.write(
        "mbsyncrc",
        &format!(
            "IMAPAccount mail\nHost localhost\nPort {port}\nUser helpdesk\nPass {password}\n\
             SSLType IMAPS\nCertificateFile {certificate}\nAuthMechs LOGIN\n\n\
             IMAPStore remote\nAccount mail\n\n\
             MaildirStore local\nPath {directory}/copy/\nInbox {directory}/copy/INBOX\n\n\
             Channel all\nFar :remote:INBOX\nNear :local:INBOX\nSync All\nCreate Near\nSyncState *\n"
        ),
    );
    fs::create_dir(world.directory.path().join("copy")).unwrap();
    let (ok, printed) = world.run("mbsync", &["--config", "mbsyncrc", "all"]);
    assert!(ok, "{printed}");
    let copied = ["new", "cur"].map(|folder| {
        let folder = world.directory.path().join("copy/INBOX").join(folder);
        fs::read_dir(folder).unwrap().count()
    });
    assert_eq!(copied.iter().sum::<usize>(), 3, "{printed}");
}

/// Collects the mail with fetchmail, which deletes it at the server.
fn fetchmail(world: &World) {
    let (port, certificate) = (world.port("tls"), world.certificate());
    let (password, directory) = (&world.password, world.directory.path().display());
    world.write(
        "fetchmailrc",
        &format!(
            "poll localhost protocol imap port {port} user helpdesk password {password}\n\
             ssl sslcertck sslcertfile {certificate} mda \"cat >> {directory}/collected\" fetchall no rewrite\n"
        ),
    );
    let words = [
        "--fetchmailrc",
        "fetchmailrc",
        "--nosyslog",
        "--pidfile",
        "fetchmail.pid",
    ];
    let (ok, printed) = world.run("fetchmail", &words);
    assert!(ok, "{printed}");
    let collected = world.directory.path().join("collected");
    let collected = fs::read_to_string(collected).unwrap();
    assert_eq!(
        collected.matches("Subject: Number ").count(),
        3,
        "{collected}"
    );
    assert_eq!(world.dovecot.count(), 0);
}

/// Returns the number of files in a folder, 0 if there is none.
fn files(folder: &Path) -> usize {
    fs::read_dir(folder).map_or(0, Iterator::count)
}
