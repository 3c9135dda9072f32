//! `mailgrant key`

use std::fs;

use super::{PASSWORD, add, run, run_with, sign_in};
use crate::support::{DATA, Program};

#[tokio::test]
async fn a_running_server_switches_to_the_new_key_and_so_does_the_next_one() {
    let directory = tempfile::tempdir().unwrap();
    add(directory.path(), "alice", "administrator");
    let key_file = directory.path().join(DATA).join("mailgrant.key");
    let old = fs::read_to_string(&key_file).unwrap();
    let server = Program::start(directory.path(), &[]);
    sign_in(&server.url, "alice", PASSWORD).await;

    let output = run(directory.path(), "key rotate").success();
    assert!(
        output.contains("The new key is in data/mailgrant.key. "),
        "{output}"
    );
    assert!(output.contains("switch to it"), "{output}");
    let new = fs::read_to_string(&key_file).unwrap();
    assert_ne!(new, old);
    assert!(!output.contains(old.trim()) && !output.contains(new.trim()));

    // Each sign-in adds an entry to the audit log, whose hash key is sealed.
    let signed_in = sign_in(&server.url, "alice", PASSWORD).await;
    assert_eq!(signed_in.status, 303, "{signed_in:?}");
    assert!(server.stop());
    let next = Program::start(directory.path(), &[]);
    let signed_in = sign_in(&next.url, "alice", PASSWORD).await;
    assert_eq!(signed_in.status, 303, "{signed_in:?}");
    let output = run(directory.path(), "audit verify").success();
    assert!(output.contains("unbroken"), "{output}");

    fs::write(&key_file, old).unwrap();
    let output = run(directory.path(), "account list").failure(1);
    assert!(output.contains("the key is not the one"), "{output}");
}

#[test]
fn a_key_by_value_needs_a_file_for_the_new_one_which_then_has_to_be_named() {
    let directory = tempfile::tempdir().unwrap();
    let old = "5a".repeat(32);
    let by_value = [("MAILGRANT_KEY", &*old)];
    let words = "account add alice --role administrator";
    run_with(directory.path(), words, &by_value).success();

    let output = run_with(directory.path(), "key rotate", &by_value).failure(1);
    assert!(output.contains("--new-key-file"), "{output}");
    let words = "key rotate --new-key-file new.key";
    let output = run_with(directory.path(), words, &by_value).success();
    assert!(output.contains("MAILGRANT_KEY_FILE=new.key"), "{output}");

    let output = run_with(directory.path(), "account list", &by_value).failure(1);
    assert!(output.contains("the key is not the one"), "{output}");
    let by_file = [("MAILGRANT_KEY_FILE", "new.key")];
    run_with(directory.path(), "account list", &by_file).success();
    run_with(directory.path(), "audit verify", &by_file).success();
}
