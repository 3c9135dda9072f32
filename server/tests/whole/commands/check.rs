//! `mailgrant check`

use domain::CheckReport;
use sandbox::{Faults, Stage};

use super::run_with;
use crate::support::{Program, Provider, introduce};

#[tokio::test(flavor = "multi_thread")]
async fn says_each_step_and_ends_by_how_it_went() {
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
    let said = run("check").bad(2);
    assert!(said.contains("the data center has no settings"), "{said}");

    provider.authorize(&browser).await;
    let said = run("check").good();
    assert!(
        said.contains("passed    SMTP        Authenticate ("),
        "{said}"
    );
    assert!(said.contains("The connection works"), "{said}");
    assert!(provider.control().messages().is_empty());

    let said = run("check --json").good();
    let report: CheckReport = serde_json::from_str(&said).unwrap();
    assert!(report.settings_version > 0 && report.steps.len() > 10);

    let said = run("check --recipient bob@sandbox.test").good();
    assert!(said.contains("accepted the test email"), "{said}");
    assert_eq!(provider.control().messages().len(), 1);

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
fn could_not_run_is_neither_well_nor_failing() {
    let directory = tempfile::tempdir().unwrap();
    for (words, said) in [
        ("check", "there is no database"),
        ("check --data-center Ünknown", "not the ID of a data center"),
        ("check --unknown", "unexpected argument"),
        ("check --listen nowhere", "command line, --listen"),
    ] {
        let told = run_with(directory.path(), words, &[]).bad(2);
        assert!(told.contains(said), "{words}: {told}");
    }
    super::add(directory.path(), "alice", "administrator");
    let told = run_with(directory.path(), "check --recipient nobody", &[]).bad(2);
    assert!(told.contains("the recipient is no email address"), "{told}");
}
