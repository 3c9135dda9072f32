//! The command line.

use std::{fs, os::unix::net::UnixDatagram, time::Duration};

use crate::support::Program;

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn prints_the_configuration_with_its_sources_and_without_its_secrets() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(
        directory.path().join("mailgrant.toml"),
        "public_url = 'https://mailgrant.example.com'\nlog = 'warn'\n",
    )
    .unwrap();
    let settings = [
        ("MAILGRANT_KEY", "planted-key"),
        (
            "MAILGRANT_DATABASE_URL",
            "postgres://u:planted-word@localhost/m",
        ),
        ("MAILGRANT_LOG", "debug"),
    ];
    let output = Program::output(
        directory.path(),
        &["config", "--listen", "127.0.0.1:4"],
        &settings,
    );
    assert!(output.status.success());
    let printed = text(&output.stdout);
    for row in [
        ["listen = \"127.0.0.1:4\"", "command line"],
        [
            "public_url = \"https://mailgrant.example.com\"",
            "mailgrant.toml",
        ],
        ["data_directory = \"data\"", "default"],
        ["database_url = \"(set)\"", "environment"],
        ["key = \"(set)\"", "environment"],
        ["log = \"debug\"", "environment"],
    ] {
        assert!(
            printed
                .lines()
                .any(|line| line.starts_with(row[0]) && line.ends_with(&format!("# {}", row[1]))),
            "{row:?}\n{printed}"
        );
    }
    assert!(!printed.contains("planted"), "{printed}");
}

#[test]
fn says_that_a_key_is_not_set() {
    let directory = tempfile::tempdir().unwrap();
    let output = Program::output(directory.path(), &["config"], &[]);
    let printed = text(&output.stdout);
    assert!(printed.contains("key = \"(not set)\""), "{printed}");
    assert!(
        printed.contains("key_file = \"data/mailgrant.key\""),
        "{printed}"
    );
    assert!(!directory.path().join("data").exists());
}

#[test]
fn ends_with_two_when_the_configuration_is_wrong() {
    let directory = tempfile::tempdir().unwrap();
    let output = Program::output(directory.path(), &["--listen", "0.0.0.0:0"], &[]);
    assert_eq!(output.status.code(), Some(2));
    let printed = text(&output.stderr);
    assert!(
        printed.starts_with("mailgrant: command line, --listen: 0.0.0.0:0 is not a loopback"),
        "{printed}"
    );
    assert_eq!(printed.lines().count(), 1);
}

#[test]
fn reports_an_address_in_use() {
    let directory = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = Program::output(directory.path(), &["--listen", &address], &[]);
    assert_eq!(output.status.code(), Some(1));
    let printed = text(&output.stderr);
    assert!(
        printed.contains(&format!("mailgrant: cannot listen on {address}: ")),
        "{printed}"
    );
}

#[test]
fn the_service_manager_and_health_checks_learn_about_the_server() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("notify");
    let manager = UnixDatagram::bind(&path).unwrap();
    manager
        .set_read_timeout(Some(Duration::from_secs(30)))
        .unwrap();
    let received = || {
        let mut state = [0; 64];
        let length = manager.recv(&mut state).unwrap();
        text(&state[..length])
    };
    let settings = [
        ("NOTIFY_SOCKET", path.to_str().unwrap()),
        ("WATCHDOG_USEC", "100000"),
    ];
    let server = Program::start(directory.path(), &settings);
    assert_eq!(received(), "READY=1");
    assert_eq!(received(), "WATCHDOG=1");

    let address = server.url.strip_prefix("http://").unwrap().to_owned();
    let health = |arguments: &[&str]| {
        let mut all = vec!["health", "--listen", &address];
        all.extend(arguments);
        Program::output(directory.path(), &all, &[])
    };
    for arguments in [&[][..], &["--ready"]] {
        let output = health(arguments);
        assert_eq!(text(&output.stdout), "ok\n", "{output:?}");
        assert!(output.status.success());
    }

    assert!(server.stop());
    let mut state = received();
    while state == "WATCHDOG=1" {
        state = received();
    }
    assert_eq!(state, "STOPPING=1");
    let output = health(&[]);
    assert_eq!(output.status.code(), Some(1));
    let printed = text(&output.stderr);
    assert!(
        printed.starts_with(&format!(
            "mailgrant: the server at {address} does not answer: "
        )),
        "{printed}"
    );
}

#[test]
fn prints_completions_and_writes_manual_pages() {
    let directory = tempfile::tempdir().unwrap();
    for shell in ["bash", "zsh", "fish"] {
        let output = Program::output(directory.path(), &["completions", shell], &[]);
        assert!(output.status.success() && text(&output.stdout).contains("api-key"));
    }
    let output = Program::output(directory.path(), &["man", "pages"], &[]);
    assert!(output.status.success(), "{output:?}");
    let pages = directory.path().join("pages");
    let read = |name: &str| fs::read_to_string(pages.join(name)).unwrap();
    assert!(read("mailgrant.1").contains("OAuth 2.0"));
    assert!(read("mailgrant-sender-rotate.1").contains("keep\\-old\\-hours"));
    assert!(!pages.join("mailgrant-man.1").exists());
}
