//! Programs that connect to the server themselves.

use std::{
    fs::File,
    process::{Command, Stdio},
};

use tempfile::TempDir;

use super::{
    case::Case,
    kind::{Auth, Mode},
    message::PATCH,
};

/// Seconds after which a program is ended.
const TIMEOUT: &str = "60";

/// A program with its arguments and input.
pub struct Run {
    command: Command,
    input: Option<String>,
}

impl Run {
    pub fn new(program: &str) -> Self {
        let mut command = Command::new("timeout");
        command.args([TIMEOUT, program]);
        Self {
            command,
            input: None,
        }
    }

    pub fn args<'a>(mut self, words: impl IntoIterator<Item = &'a str>) -> Self {
        self.command.args(words);
        self
    }

    /// Adds arguments that are separated by blanks.
    pub fn words(self, words: &str) -> Self {
        self.args(words.split_whitespace())
    }

    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// Reads from a file of the case.
    pub fn input(mut self, name: &str) -> Self {
        self.input = Some(name.to_owned());
        self
    }

    /// Runs the program, and fails if it does.
    pub fn finish(mut self, case: &Case<'_>) {
        let input = self.input.as_deref();
        let input = input.map_or_else(Stdio::null, |name| {
            File::open(case.folder.join(name)).unwrap().into()
        });
        let output = self.command.current_dir(&case.folder).stdin(input).output();
        let output = output.unwrap();
        let printed = [output.stdout, output.stderr].concat();
        assert!(
            output.status.success(),
            "{}: {}\n{}",
            case.subject(),
            String::from_utf8_lossy(&printed),
            case.world.log()
        );
    }
}

pub fn swaks(case: &Case<'_>) -> Run {
    let certificate = case.world.certificate();
    let verify = ["--tls-verify", "--tls-ca-path", certificate];
    let mut run =
        Run::new("swaks").words("--server localhost --helo my_printer --to bob@sandbox.test");
    run = run.args([
        "--port",
        case.port(),
        "--from",
        &case.from(),
        "--data",
        "@message.eml",
    ]);
    run = match case.mode {
        Mode::Plain => run,
        Mode::StartTls => run.args(["--tls"]).args(verify),
        Mode::Tls => run.args(["--tls-on-connect"]).args(verify),
    };
    if !case.auth.signs_in() {
        return run;
    }
    let mechanism = case.auth.name().to_uppercase();
    run.args(["--auth", &mechanism, "--auth-user", &case.world.user])
        .args(["--auth-password", &case.world.password])
}

pub fn msmtp(case: &Case<'_>) -> Run {
    let (world, from, port) = (case.world, case.from(), case.port());
    let tls = case.mode.choose("off", "on", "on");
    let starttls = case.mode.choose("off", "on", "off");
    let auth = match case.auth {
        Auth::Address => "auth off".to_owned(),
        auth => format!(
            "auth {}\nuser {}\npassword {}",
            auth.name(),
            world.user,
            world.password
        ),
    };
    case.write(
        "msmtprc",
        &format!(
            "account default\nhost localhost\nport {port}\ntls {tls}\ntls_starttls {starttls}\n\
             tls_trust_file {}\nfrom {from}\n{auth}\n",
            world.certificate()
        ),
    );
    // Its files with passwords must not be readable by others.
    Run::new("sh")
        .args(["-c", "chmod 600 msmtprc && exec msmtp --file=msmtprc -t"])
        .input("message.eml")
}

pub fn s_nail(case: &Case<'_>) -> Run {
    let world = case.world;
    let credentials = if case.auth.signs_in() {
        format!("{}:{}@", world.user, world.password)
    } else {
        String::new()
    };
    let scheme = case.mode.choose("smtp", "smtp", "smtps");
    let variables = [
        format!("mta={scheme}://{credentials}localhost:{}", case.port()),
        format!("smtp-auth={}", case.auth.name()),
        format!("from={}", case.from()),
        format!("tls-ca-file={}", world.certificate()),
        "tls-ca-no-defaults".into(),
        "tls-verify=strict".into(),
        "v15-compat".into(),
        "ttycharset=utf-8".into(),
        "sendwait".into(),
    ];
    // Without a configuration file.
    let mut run = Run::new("s-nail").args(["-:/"]);
    for variable in &variables {
        run = run.args(["-S", variable]);
    }
    if case.mode == Mode::StartTls {
        run = run.words("-S smtp-use-starttls");
    }
    run.args(["-s", &case.subject(), "-a", "scan.bin", "bob@sandbox.test"])
        .input("body.txt")
}

pub fn curl(case: &Case<'_>) -> Run {
    let world = case.world;
    let scheme = case.mode.choose("smtp", "smtp", "smtps");
    let url = format!("{scheme}://localhost:{}", case.port());
    let from = case.from();
    let mut run =
        Run::new("curl").words("--disable --silent --show-error --crlf --upload-file message.eml");
    run = run.args([
        "--cacert",
        world.certificate(),
        "--url",
        &url,
        "--mail-from",
        &from,
    ]);
    run = run.args(["--mail-rcpt", "bob@sandbox.test"]);
    if case.mode == Mode::StartTls {
        run = run.args(["--ssl-reqd"]);
    }
    if !case.auth.signs_in() {
        return run;
    }
    let user = format!("{}:{}", world.user, world.password);
    let mechanism = format!("AUTH={}", case.auth.name().to_uppercase());
    run.args(["--user", &user, "--login-options", &mechanism])
}

pub fn git(case: &Case<'_>) -> Run {
    let (world, from) = (case.world, case.from());
    let patch = format!(
        "From 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001\nFrom: {from}\n\
         Date: Tue, 1 Dec 2026 12:00:00 +0000\nSubject: {}\nMIME-Version: 1.0\n\
         Content-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: 8bit\n\n{PATCH}",
        case.subject()
    );
    case.write("0001.patch", &patch);
    let encryption = case.mode.choose("none", "tls", "ssl");
    let options = [
        format!("--smtp-server-port={}", case.port()),
        format!("--smtp-encryption={encryption}"),
        format!("--smtp-ssl-cert-path={}", world.certificate()),
        format!("--from={from}"),
    ];
    let mut run = Run::new("git")
        .words("send-email --quiet --confirm=never --suppress-cc=all --smtp-server=localhost")
        .args(options.iter().map(String::as_str))
        .args(["--to=bob@sandbox.test"]);
    run = if case.auth.signs_in() {
        run.args([
            &*format!("--smtp-auth={}", case.auth.name().to_uppercase()),
            &format!("--smtp-user={}", world.user),
            &format!("--smtp-pass={}", world.password),
        ])
    } else {
        run.args(["--smtp-auth=none"])
    };
    let mut run = run.args(["0001.patch"]);
    for (name, value) in [
        ("GIT_CONFIG_GLOBAL", "/dev/null"),
        ("GIT_CONFIG_SYSTEM", "/dev/null"),
        ("GIT_AUTHOR_NAME", "Alice"),
        ("GIT_AUTHOR_EMAIL", &from),
        ("GIT_COMMITTER_NAME", "Alice"),
        ("GIT_COMMITTER_EMAIL", &from),
    ] {
        run = run.env(name, value);
    }
    run
}

/// Returns the path of a file beside this one.
pub fn here(name: &str) -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/whole/client_programs");
    format!("{folder}/{name}")
}

/// Runs a script that takes its settings from the environment.
pub fn script(case: &Case<'_>, interpreter: &str, name: &str) -> Run {
    with_settings(case, Run::new(interpreter)).args([&*here(name)])
}

fn with_settings(case: &Case<'_>, run: Run) -> Run {
    let world = case.world;
    let modules = concat!(env!("CARGO_MANIFEST_DIR"), "/../end2end/");
    let from = case.from();
    [
        ("MODE", case.mode.name()),
        ("AUTH", case.auth.name()),
        ("PORT", case.port()),
        ("CERTIFICATE", world.certificate()),
        ("SENDER", &world.user),
        ("PASSWORD", &world.password),
        ("FROM", &from),
        ("TO", "bob@sandbox.test"),
        ("SUBJECT", &case.subject()),
        ("BODY", "body.txt"),
        ("ATTACHMENT", "scan.bin"),
        ("MESSAGE", "message.eml"),
        ("MODULES", modules),
    ]
    .into_iter()
    .fold(run, |run, (name, value)| run.env(name, value))
}

/// The Java libraries for mail, and what they need.
const JAVA_LIBRARIES: &str = "/usr/share/java/javax.mail.jar:/usr/share/java/javax.activation.jar";

/// Compiles the program in Java.
pub fn compile_java() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let status = Command::new("javac")
        .args(["-cp", JAVA_LIBRARIES, "-d"])
        .arg(folder.path())
        .arg(here("JavaMail.java"))
        .status();
    assert!(status.unwrap().success());
    folder
}

pub fn java(case: &Case<'_>, classes: &std::path::Path) -> Run {
    let path = format!("{}:{JAVA_LIBRARIES}", classes.display());
    // The quickest start for a program that runs only once.
    let options = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp"];
    with_settings(case, Run::new("java"))
        .args(options)
        .args([&*path, "JavaMail"])
}
