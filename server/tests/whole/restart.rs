//! State that survives a restart.

use std::fs;

use crate::support::{DATA, Program, Provider};

#[tokio::test(flavor = "multi_thread")]
async fn keeps_settings_and_grant() {
    let directory = tempfile::tempdir().unwrap();
    let provider = Provider::start().await;
    let program = Program::start_beside(&provider, directory.path(), &[]);
    let browser = program.administrator().await;
    let page = provider.authorize(&browser).await;
    assert!(page.body.contains("SMTP settings authorized"), "{page:?}");
    assert!(program.stop());

    let program = Program::start_beside(&provider, directory.path(), &[]);
    assert!(program.setup_link().is_none());
    let browser = browser.moved_to(&program.url);
    let status = browser
        .fetch("/api/grant_status", "data_center=default".into())
        .await;
    assert!(status.json()["Authorized"].is_object(), "{status:?}");
    let report = provider.send_test(&browser).await;
    assert_eq!(report.status, 200, "{report:?}");
    assert_eq!(provider.control().messages().len(), 1, "{report:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_key_is_reported_as_such() {
    let directory = tempfile::tempdir().unwrap();
    let provider = Provider::start().await;
    let program = Program::start(directory.path(), &[]);
    let browser = program.administrator().await;
    provider.begin(&browser).await;
    assert!(program.stop());

    let key = "00".repeat(32);
    let output = Program::output(
        directory.path(),
        &["--listen", "127.0.0.1:0"],
        &[("MAILGRANT_KEY", &key)],
    );
    assert_eq!(output.status.code(), Some(1));
    let printed = String::from_utf8(output.stderr).unwrap();
    let line = printed
        .lines()
        .find(|line| line.starts_with("mailgrant: "))
        .unwrap_or_else(|| panic!("{printed}"));
    assert!(line.contains("key"), "{printed}");
    assert!(
        !printed.contains(&key) && !printed.contains("panic"),
        "{printed}"
    );
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn only_the_owner_can_read_the_data() {
    use std::os::unix::fs::PermissionsExt as _;

    let directory = tempfile::tempdir().unwrap();
    let program = Program::start(directory.path(), &[]);
    let data = directory.path().join(DATA);
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&data), 0o700);
    assert!(program.stop());
    let key = data.join("mailgrant.key");
    if key.exists() {
        assert_eq!(mode(&key), 0o600);
    }
}
