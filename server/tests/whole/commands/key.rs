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

    let said = run(directory.path(), "key rotate").good();
    assert!(
        said.contains("The new key is in data/mailgrant.key. "),
        "{said}"
    );
    assert!(said.contains("switch to it"), "{said}");
    let new = fs::read_to_string(&key_file).unwrap();
    assert_ne!(new, old);
    assert!(!said.contains(old.trim()) && !said.contains(new.trim()));

    // Each sign-in adds an entry to the audit log, whose hash key is sealed.
    let signed_in = sign_in(&server.url, "alice", PASSWORD).await;
    assert_eq!(signed_in.status, 303, "{signed_in:?}");
    assert!(server.stop());
    let next = Program::start(directory.path(), &[]);
    let signed_in = sign_in(&next.url, "alice", PASSWORD).await;
    assert_eq!(signed_in.status, 303, "{signed_in:?}");
    let said = run(directory.path(), "audit verify").good();
    assert!(said.contains("unbroken"), "{said}");

    fs::write(&key_file, old).unwrap();
    let said = run(directory.path(), "account list").bad(1);
    assert!(said.contains("the key is not the one"), "{said}");
}

#[test]
fn a_key_by_value_needs_a_file_for_the_new_one_which_then_has_to_be_named() {
    let directory = tempfile::tempdir().unwrap();
    let old = "5a".repeat(32);
    let by_value = [("MAILGRANT_KEY", &*old)];
    let words = "account add alice --role administrator";
    run_with(directory.path(), words, &by_value).good();

    let said = run_with(directory.path(), "key rotate", &by_value).bad(1);
    assert!(said.contains("--new-key-file"), "{said}");
    let words = "key rotate --new-key-file new.key";
    let said = run_with(directory.path(), words, &by_value).good();
    assert!(said.contains("MAILGRANT_KEY_FILE=new.key"), "{said}");

    let said = run_with(directory.path(), "account list", &by_value).bad(1);
    assert!(said.contains("the key is not the one"), "{said}");
    let by_file = [("MAILGRANT_KEY_FILE", "new.key")];
    run_with(directory.path(), "account list", &by_file).good();
    run_with(directory.path(), "audit verify", &by_file).good();
}
