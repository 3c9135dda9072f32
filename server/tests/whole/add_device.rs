//! `/settings/senders/add-device`: a sender, and a sheet with the configuration of its program.

use std::{
    fs,
    process::{Command, Stdio},
    time::Duration,
};

use prerequisites::needs_program;

use crate::support::{Browser, Program, Provider, Reply, Server, body, certificate};

const PAGE: &str = "/settings/senders/add-device";

async fn add(browser: &Browser, fields: &[(&str, &str)]) -> Reply {
    browser.submit(PAGE, body(fields)).await
}

/// Returns the text of the element with this ID.
fn text_of(page: &str, id: &str) -> String {
    let (_, rest) = page
        .split_once(&format!("id=\"{id}\""))
        .unwrap_or_else(|| panic!("{id}: {page}"));
    let (_, rest) = rest.split_once('>').unwrap();
    let text = rest.split('<').next().unwrap();
    let entities = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&amp;", "&"),
    ];
    entities
        .iter()
        .fold(text.to_owned(), |text, (entity, letter)| {
            text.replace(entity, letter)
        })
}

#[tokio::test]
async fn the_sheet_shows_the_password_once_and_the_configuration_of_the_program() {
    let provider = Provider::start().await;
    let server = Server::start_with(|config| provider.introduce(config)).await;
    let administrator = server.administrator();
    provider.begin(&administrator).await;
    let kinds = administrator.get(PAGE).await.body;
    for kind in ["printer", "grafana", "home_assistant", "other"] {
        assert!(kinds.contains(&format!("value=\"{kind}\"")), "{kind}");
    }
    let form = administrator.get(&format!("{PAGE}?kind=gitlab")).await.body;
    assert!(form.contains("value=\"GitLab\""), "{form}");
    assert!(form.contains("value=\"password\" checked"), "{form}");
    // No listener is configured here, so the page names the line that adds one.
    assert!(form.contains("Mailgrant accepts no mail by SMTP yet"));
    assert!(form.contains("smtp_listeners = [\"0.0.0.0:465 tls\", \"0.0.0.0:587 starttls\"]"));

    let fields = [
        ("kind", "gitlab"),
        ("name", "GitLab"),
        ("sign_in", "password"),
        ("default_from", "\"O'Neil # 1\" <alice@sandbox.test>"),
    ];
    let reply = add(&administrator, &fields).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(reply.header("cache-control"), "no-store");
    let page = &reply.body;
    let password = text_of(page, "value-4");
    assert_eq!(password.len(), 16, "{page}");
    assert_eq!(text_of(page, "value-3"), "gitlab");
    let ruby = text_of(page, "recipe-0");
    assert!(
        ruby.contains(&format!("gitlab_rails['smtp_password'] = '{password}'\n")),
        "{ruby}"
    );
    assert!(ruby.contains("['gitlab_email_from'] = 'alice@sandbox.test'"));
    for later in [PAGE, "/activity", "/activity/export", "/messages"] {
        let later = administrator.get(later).await;
        assert!(!later.body.contains(&password), "{later:?}");
    }
    let again = add(&administrator, &fields).await;
    assert_eq!(again.status, 422);
    assert!(again.body.contains("Not added"), "{again:?}");
    assert!(again.body.contains("O'Neil # 1"), "{again:?}");
}

#[tokio::test]
async fn a_refused_form_keeps_its_values_and_names_the_fields() {
    let server = Server::start().await;
    let administrator = server.administrator();
    // Without SMTP settings, there is no From address to fall back on.
    let fields = [
        ("kind", "printer"),
        ("name", "Printer 1"),
        ("default_from", ""),
    ];
    let reply = add(&administrator, &fields).await;
    assert_eq!(reply.status, 422);
    assert!(reply.body.contains("href=\"#default_from\""), "{reply:?}");
    assert!(reply.body.contains("value=\"Printer 1\""));
    let by_address = |networks: &'static str, confirmed: &'static str| {
        [
            ("kind", "printer"),
            ("name", "Printer 1"),
            ("sign_in", "address"),
            ("networks", networks),
            ("confirm_networks", confirmed),
            ("default_from", "printer@example.com"),
        ]
    };
    for (networks, words) in [
        ("", "href=\"#networks\""),
        ("0.0.0.0/0", "contains every address"),
        ("198.51.100.7", "can be reached from the internet"),
    ] {
        let reply = add(&administrator, &by_address(networks, "")).await;
        assert_eq!(reply.status, 422, "{networks}");
        assert!(reply.body.contains(words), "{networks} {reply:?}");
        assert!(reply.body.contains("value=\"address\" checked"));
        assert!(reply.body.contains(networks));
    }
    let unknown = [
        ("kind", "nas"),
        ("name", "NAS"),
        ("data_center", "nowhere"),
        ("default_from", "nas@example.com"),
    ];
    let reply = add(&administrator, &unknown).await;
    assert_eq!(reply.status, 422, "{reply:?}");
    let reply = add(&administrator, &by_address("198.51.100.7", "on")).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    assert!(reply.body.contains("It needs no password."));
    assert_eq!(text_of(&reply.body, "value-3"), "none");
    let viewer = server.viewer().await;
    assert_eq!(viewer.get(PAGE).await.status, 403);
    assert_eq!(add(&viewer, &by_address("10.0.0.7", "")).await.status, 403);
}

fn run(program: &str, words: &[&str], input: &str) {
    tokio::task::block_in_place(|| {
        use std::io::Write as _;
        let mut child = Command::new(program)
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{program}: {output:?}");
    });
}

#[needs_program(msmtp)]
#[needs_program(python)]
#[tokio::test(flavor = "multi_thread")]
async fn msmtp_and_python_send_with_what_the_sheet_shows() {
    let directory = tempfile::tempdir().unwrap();
    let provider = Provider::start().await;
    let listeners = "127.0.0.1:0 starttls,127.0.0.1:0 tls";
    let settings = [("MAILGRANT_SMTP_LISTENERS", listeners)];
    let program = Program::start_beside(&provider, directory.path(), &settings);
    let administrator = program.administrator().await;
    provider.authorize(&administrator).await;
    let certificate = certificate(directory.path());
    let mut passwords = Vec::new();
    for kind in ["cron", "other"] {
        let fields = [("kind", kind), ("name", kind), ("sign_in", "password")];
        let reply = add(&administrator, &fields).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        let warning = "Devices on other machines cannot reach Mailgrant yet";
        assert!(reply.body.contains(warning), "{reply:?}");
        passwords.push(text_of(&reply.body, "value-4"));
        let number = if kind == "cron" {
            "recipe-0"
        } else {
            "recipe-1"
        };
        let text = text_of(&reply.body, number);
        let text = text.replace(wording::CERTIFICATE_FILE, &certificate);
        let file = directory.path().join(kind);
        fs::write(&file, text).unwrap();
        let file = file.to_str().unwrap();
        if kind == "cron" {
            // msmtp refuses a file with a password that others can read.
            run("chmod", &["600", file], "");
            let mail = "Subject: Test\n\nIt works.\n";
            run("msmtp", &["-C", file, "bob@sandbox.test"], mail);
        } else {
            run("python3", &[file], "");
        }
    }
    for _ in 0..200 {
        if provider.control().messages().len() == 2 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let messages = provider.control().messages();
    assert_eq!(messages.len(), 2, "{}", program.log());
    assert!(messages.iter().all(|one| one.raw.contains("It works.")));
    let log = program.log();
    assert!(
        passwords
            .iter()
            .all(|password| !log.contains(password.as_str()))
    );
}
