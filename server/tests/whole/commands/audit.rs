//! `mailgrant audit`

use domain::UnixTime;
use serde_json::Value;
use sqlx::{Connection as _, SqliteConnection};

use super::{PASSWORD, add, run, sign_in};
use crate::support::Program;

fn exported(output: &str) -> Vec<Value> {
    output
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[tokio::test]
async fn counts_the_entries_and_finds_one_that_was_changed() {
    let directory = tempfile::tempdir().unwrap();
    add(directory.path(), "alice", "administrator");
    add(directory.path(), "bob", "viewer");
    let server = Program::start(directory.path(), &[]);
    sign_in(&server.url, "bob", PASSWORD).await;

    let output = run(directory.path(), "audit verify").success();
    let entries = exported(&run(directory.path(), "audit export").success());
    // The export adds one entry.
    let expected = format!("{} entries, unbroken\n", entries.len() - 1);
    assert!(output.starts_with(&expected), "{output}");

    let path = directory.path().join("data/mailgrant.db");
    let url = format!("sqlite://{}", path.display());
    let mut database = SqliteConnection::connect(&url).await.unwrap();
    let changed = sqlx::query("UPDATE audit SET who_name = 'eve' WHERE sequence = 2")
        .execute(&mut database)
        .await
        .unwrap();
    assert_eq!(changed.rows_affected(), 1);
    let output = run(directory.path(), "audit verify").failure(1);
    assert!(
        output.starts_with("mailgrant: the audit is broken at entry 2: it was changed"),
        "{output}"
    );
}

#[test]
fn exports_json_lines_and_notes_that_it_did() {
    let directory = tempfile::tempdir().unwrap();
    add(directory.path(), "alice", "administrator");
    let entries = exported(&run(directory.path(), "audit export").success());
    assert_eq!(entries[0]["action"], "account_added");
    assert_eq!(entries[0]["subject"], "alice");
    assert_eq!(entries[0]["actor"]["who"]["kind"], "command_line");
    for entry in &entries {
        let at = entry["at"].as_str().unwrap();
        assert!(at.ends_with('Z') && UnixTime::parse(at).is_some(), "{at}");
    }
    let last = entries.last().unwrap();
    assert_eq!(last["action"], "activity_exported");
    assert_eq!(last["sequence"], entries.len());

    let words = "audit export --since 2020-01-01 --until 2020-12-31";
    assert_eq!(run(directory.path(), words).success(), "");
    let entries = exported(&run(directory.path(), "audit export --since 2020-01-01").success());
    assert_eq!(entries[2]["changes"][1]["new"], "2020-12-31");

    let output = run(directory.path(), "audit export --since yesterday").failure(2);
    assert!(output.contains("not a day such as 2026-11-30"), "{output}");
}

#[tokio::test]
async fn verification_names_rows_that_were_changed_outside_of_mailgrant() {
    let directory = tempfile::tempdir().unwrap();
    add(directory.path(), "alice", "administrator");
    add(directory.path(), "bob", "viewer");
    let output = run(directory.path(), "audit verify").success();
    assert!(output.contains("secrets: unchanged"), "{output}");

    let path = directory.path().join("data/mailgrant.db");
    let url = format!("sqlite://{}", path.display());
    let mut database = SqliteConnection::connect(&url).await.unwrap();
    let changed = sqlx::query("UPDATE accounts SET role = 'administrator' WHERE name = 'bob'")
        .execute(&mut database)
        .await
        .unwrap();
    assert_eq!(changed.rows_affected(), 1);
    let output = run(directory.path(), "audit verify").failure(1);
    assert!(
        output.contains("database rows were changed outside of Mailgrant:")
            && output.contains("accounts bob: added or changed"),
        "{output}"
    );
    // The command line has the key, so it can replace the account that is ignored.
    let output = run(directory.path(), "account list").success();
    assert!(!output.contains("bob"), "{output}");
    add(directory.path(), "bob", "viewer");
    run(directory.path(), "audit verify").success();
}
