//! `mailgrant check`

use std::{
    collections::BTreeSet,
    io::{BufRead as _, BufReader},
    process::Stdio,
};

use domain::{CheckReport, UnixTime};
use sandbox::{Faults, ImapFault, Stage};
use serde_json::Value;

use super::run_with;
use crate::support::{Program, Provider, SAVE, command, introduce};

#[tokio::test(flavor = "multi_thread")]
async fn prints_each_step_and_exits_by_the_result() {
    let directory = tempfile::tempdir().unwrap();
    let provider = Provider::start().await;
    let (descriptor, authority) = introduce(&provider, directory.path());
    let settings = [
        ("MAILGRANT_SANDBOX_FILE", &*descriptor),
        ("MAILGRANT_EXTRA_ROOTS", &*authority),
    ];
    let program = Program::start(directory.path(), &settings);
    let run = |words: &str| run_with(directory.path(), words, &settings);
    let browser = program.administrator().await;
    let output = run("check").failure(2);
    let expected = "the data center default has no SMTP settings";
    assert!(output.contains(expected), "{output}");
    let output = run("check --data-center nowhere").failure(2);
    let expected = "there is no data center nowhere; use one of these IDs: default\n";
    assert!(output.ends_with(expected), "{output}");

    provider.authorize(&browser).await;
    let output = run("check").success();
    assert!(
        output.contains("passed    SMTP        Authenticate ("),
        "{output}"
    );
    assert!(output.contains("The connection works"), "{output}");
    assert!(provider.control().messages().is_empty());

    let output = run("check --json").success();
    let json: Value = serde_json::from_str(&output).unwrap();
    let parts = json["steps"].as_array().unwrap().iter();
    let parts: BTreeSet<_> = parts.map(|step| step["part"].as_str().unwrap()).collect();
    assert_eq!(parts, BTreeSet::from(["domain", "oauth", "smtp"]));
    let started_at = json["started_at"].as_str().unwrap();
    assert!(UnixTime::parse(started_at).is_some(), "{started_at}");
    let report: CheckReport = serde_json::from_str(&output).unwrap();
    assert!(report.settings_version > 0 && report.steps.len() > 10);

    let output = run("check --recipient bob@sandbox.test").success();
    assert!(output.contains("accepted the test email"), "{output}");
    assert_eq!(provider.control().messages().len(), 1);

    let form = provider.current_form(&browser).await;
    let form = form.with_mailbox_at(provider.descriptor());
    browser.fetch(SAVE, form.body()).await;
    provider.control().set(Faults {
        imap: Some(ImapFault::WrongCredentials),
        ..Faults::default()
    });
    let failed = run("check");
    assert_eq!(failed.code, Some(1), "{failed:?}");
    let expected = "Failed: the mailbox cannot be read: ";
    assert!(failed.out.contains(expected), "{failed:?}");
    let failed = run("check --recipient bob@sandbox.test");
    assert_eq!(failed.code, Some(1), "{failed:?}");
    assert!(failed.out.contains("accepted the test email"), "{failed:?}");

    provider.control().set(Faults {
        offer_starttls: false,
        ..Faults::default()
    });
    let failed = run("check");
    assert_eq!((failed.code, &*failed.err), (Some(1), ""), "{failed:?}");
    assert!(failed.out.contains("    Cause: "), "{failed:?}");
    assert!(failed.out.contains("    Fix: Use port 465"), "{failed:?}");
    let failed = run("check --json");
    assert_eq!(failed.code, Some(1));
    serde_json::from_str::<CheckReport>(&failed.out).unwrap();
    for secret in provider.control().secrets() {
        assert!(!failed.out.contains(&secret));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ends_when_it_is_interrupted() {
    let directory = tempfile::tempdir().unwrap();
    let provider = Provider::start().await;
    let (descriptor, authority) = introduce(&provider, directory.path());
    let settings = [
        ("MAILGRANT_SANDBOX_FILE", &*descriptor),
        ("MAILGRANT_EXTRA_ROOTS", &*authority),
    ];
    let program = Program::start(directory.path(), &settings);
    let browser = program.administrator().await;
    provider.authorize(&browser).await;
    provider.control().set(Faults {
        silent_at: Some(Stage::Greeting),
        ..Faults::default()
    });
    let (code, out) = Program::interrupted(directory.path(), &["check"], &settings, "Connect");
    assert_eq!(code, Some(2), "{out}");
    assert!(out.contains("Stopped"), "{out}");
}

#[test]
fn a_check_that_could_not_run_has_its_own_exit_code() {
    let directory = tempfile::tempdir().unwrap();
    for (words, output) in [
        ("check", "there is no database"),
        ("check --data-center Ünknown", "not the ID of a data center"),
        ("check --unknown", "unexpected argument"),
        ("check --listen nowhere", "command line, --listen"),
    ] {
        let reported = run_with(directory.path(), words, &[]).failure(2);
        assert!(reported.contains(output), "{words}: {reported}");
    }
    super::add(directory.path(), "alice", "administrator");
    let reported = run_with(directory.path(), "check --recipient nobody", &[]).failure(2);
    assert!(
        reported.contains("the recipient is not a valid email address"),
        "{reported}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_pipe_changes_neither_the_exit_code_nor_the_errors() {
    let directory = tempfile::tempdir().unwrap();
    let provider = Provider::start().await;
    let (descriptor, authority) = introduce(&provider, directory.path());
    let settings = [
        ("MAILGRANT_SANDBOX_FILE", &*descriptor),
        ("MAILGRANT_EXTRA_ROOTS", &*authority),
    ];
    let program = Program::start(directory.path(), &settings);
    let browser = program.administrator().await;
    provider.authorize(&browser).await;
    for (faults, expected) in [
        (Faults::default(), Some(0)),
        (
            Faults {
                offer_starttls: false,
                ..Faults::default()
            },
            Some(1),
        ),
    ] {
        provider.control().set(faults);
        let mut child = command(directory.path(), &settings)
            .arg("check")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        // Closed after the first line, as `head -1` does.
        let mut output = BufReader::new(child.stdout.take().unwrap());
        output.read_line(&mut line).unwrap();
        drop(output);
        let ended = child.wait_with_output().unwrap();
        assert_eq!(ended.status.code(), expected, "{ended:?}");
        assert!(ended.stderr.is_empty(), "{ended:?}");
    }
}

#[test]
fn closed_standard_output_and_error_are_no_panic() {
    let directory = tempfile::tempdir().unwrap();
    super::add(directory.path(), "alice", "administrator");
    for (words, expected) in [
        ("audit export", 141),
        ("account list", 141),
        ("config", 141),
        ("check", 2),
        ("account remove nobody", 1),
        ("--listen nowhere", 2),
        ("send --help", 0),
        ("send -t", 64),
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = command(directory.path(), &[]);
        let ended = command
            .args(words.split(' '))
            .stdout(writer.try_clone().unwrap())
            .stderr(writer)
            .status();
        assert_eq!(ended.unwrap().code(), Some(expected), "{words}");
    }
}
