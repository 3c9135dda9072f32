//! `mailgrant account`

use super::{PASSWORD, add, run, run_typed, run_with, sign_in};
use crate::support::{Browser, DATA, Program};

#[tokio::test]
async fn an_account_added_while_the_server_runs_can_sign_in() {
    let directory = tempfile::tempdir().unwrap();
    let server = Program::start(directory.path(), &[]);
    let words = "account add alice --role administrator --password-stdin";
    let output = run_typed(directory.path(), words, &format!("{PASSWORD}\nmore\n")).success();
    assert_eq!(output, "Added alice as administrator.\n");

    let signed_in = sign_in(&server.url, "alice", PASSWORD).await;
    assert_eq!(signed_in.status, 303, "{signed_in:?}");
    let refused = sign_in(&server.url, "alice", "another long password").await;
    assert_eq!(refused.status, 401, "{refused:?}");
}

#[tokio::test]
async fn the_link_of_an_added_account_lets_its_owner_choose_the_password_once() {
    let directory = tempfile::tempdir().unwrap();
    let server = Program::start(directory.path(), &[]);
    let address = server.url.strip_prefix("http://").unwrap();
    let words = format!("--listen {address} account add alice --role administrator");
    let output = run(directory.path(), &words).success();
    assert!(output.contains(" once at this link, until "), "{output}");
    let link = output.lines().last().unwrap();
    let (page, token) = link.split_once("?token=").unwrap();
    let origin = server.url.replace("127.0.0.1", "localhost");
    assert_eq!(page, format!("{origin}/password"));

    let browser = Browser::at(&server.url);
    let password = PASSWORD.replace(' ', "+");
    let body = format!("token={token}&password={password}&repeated={password}");
    let chosen = browser.submit("/password", body.clone()).await;
    assert_eq!(chosen.status, 303, "{chosen:?}");
    let again = Browser::at(&server.url).submit("/password", body).await;
    assert!(again.status.is_client_error(), "{again:?}");
    let signed_in = sign_in(&server.url, "alice", PASSWORD).await;
    assert_eq!(signed_in.status, 303, "{signed_in:?}");
}

#[test]
fn a_link_names_the_public_url_or_the_address_listened_on() {
    let directory = tempfile::tempdir().unwrap();
    let output = run(directory.path(), "account add alice --role administrator").success();
    assert!(
        output.contains("\nhttp://localhost:3000/password?token="),
        "{output}"
    );
    let public = [("MAILGRANT_PUBLIC_URL", "https://mailgrant.example.com")];
    let output = run_with(directory.path(), "account add bob", &public).success();
    assert!(output.starts_with("Added bob as viewer. "), "{output}");
    assert!(
        output.contains("\nhttps://mailgrant.example.com/password?token="),
        "{output}"
    );
}

#[test]
fn the_first_account_is_an_administrator() {
    let directory = tempfile::tempdir().unwrap();
    for words in ["account add bob", "account add bob --role operator"] {
        let output = run(directory.path(), words).failure(1);
        assert!(output.contains("--role administrator"), "{output}");
    }
    assert!(!directory.path().join(DATA).exists());
    add(directory.path(), "alice", "administrator");
    add(directory.path(), "bob", "operator");
}

#[tokio::test]
async fn lists_accounts_with_role_password_and_last_sign_in() {
    let directory = tempfile::tempdir().unwrap();
    add(directory.path(), "alice", "administrator");
    let server = Program::start(directory.path(), &[]);
    run(directory.path(), "account add bob").success();
    sign_in(&server.url, "alice", PASSWORD).await;
    let table = run(directory.path(), "account list").success();
    let rows: Vec<Vec<_>> = table
        .lines()
        .map(|line| {
            line.split("  ")
                .map(str::trim)
                .filter(|cell| !cell.is_empty())
                .collect()
        })
        .collect();
    assert_eq!(rows[0], ["NAME", "ROLE", "PASSWORD", "LAST SIGN-IN"]);
    assert_eq!(rows[1][..3], ["alice", "administrator", "yes"]);
    assert!(rows[1][3].ends_with(" UTC"), "{table}");
    assert_eq!(rows[2], ["bob", "viewer", "no", "never"]);
    assert_eq!(rows.len(), 3);
}

#[tokio::test]
async fn a_reset_ends_the_password_and_a_password_from_standard_input_takes_its_place() {
    let directory = tempfile::tempdir().unwrap();
    add(directory.path(), "alice", "administrator");
    let server = Program::start(directory.path(), &[]);

    let output = run(directory.path(), "account reset-password ALICE").success();
    assert!(output.contains("sessions of alice have ended"), "{output}");
    assert!(output.contains("/password?token="), "{output}");
    let old = sign_in(&server.url, "alice", PASSWORD).await;
    assert_eq!(old.status, 401, "{old:?}");

    let words = "account reset-password alice --password-stdin";
    let new = "nine herons folding paper maps";
    run_typed(directory.path(), words, new).success();
    let signed_in = sign_in(&server.url, "alice", new).await;
    assert_eq!(signed_in.status, 303, "{signed_in:?}");
}

#[tokio::test]
async fn a_role_changes_and_an_account_goes_but_never_the_last_administrator() {
    let directory = tempfile::tempdir().unwrap();
    add(directory.path(), "alice", "administrator");
    add(directory.path(), "bob", "viewer");
    for words in ["account role alice viewer", "account remove alice"] {
        let output = run(directory.path(), words).failure(1);
        assert!(output.contains("last administrator"), "{output}");
    }
    let output = run(directory.path(), "account role bob administrator").success();
    assert_eq!(output, "bob is administrator now.\n");
    let server = Program::start(directory.path(), &[]);
    let output = run(directory.path(), "account remove alice").success();
    assert!(output.starts_with("Removed alice"), "{output}");
    let gone = sign_in(&server.url, "alice", PASSWORD).await;
    assert_eq!(gone.status, 401, "{gone:?}");
    assert!(
        !run(directory.path(), "account list")
            .success()
            .contains("alice")
    );
}

#[test]
fn reports_errors_in_a_name_a_role_or_a_password() {
    let directory = tempfile::tempdir().unwrap();
    add(directory.path(), "alice", "administrator");
    let output = run(directory.path(), "account add a/b").failure(2);
    assert!(
        output.contains("a user name may contain only letters"),
        "{output}"
    );
    let output = run(directory.path(), "account add bob --role root").failure(2);
    assert!(
        output.contains("viewer, operator, administrator"),
        "{output}"
    );
    let output = run(directory.path(), "account add Alice").failure(1);
    assert_eq!(output, "mailgrant: the name is taken by another account\n");
    for words in [
        "account remove bob",
        "account role bob viewer",
        "account reset-password bob",
    ] {
        let output = run(directory.path(), words).failure(1);
        assert_eq!(output, "mailgrant: there is no account bob\n");
    }
    let words = "account add bob --password-stdin";
    for (typed, expected) in [
        ("", "contains no password"),
        ("planted-pw\n", "the password has fewer than 12 characters"),
        ("passwordpassword\n", "the password is easy to guess"),
    ] {
        let output = run_typed(directory.path(), words, typed).failure(1);
        assert!(output.contains(expected), "{output}");
        assert!(
            typed.is_empty() || !output.contains(typed.trim()),
            "{output}"
        );
    }
    assert!(
        !run(directory.path(), "account list")
            .success()
            .contains("bob")
    );
}

#[test]
fn creates_no_database_if_there_is_none() {
    let directory = tempfile::tempdir().unwrap();
    for words in [
        "account list",
        "account remove alice",
        "key rotate",
        "audit verify",
        "audit export",
    ] {
        let output = run(directory.path(), words).failure(1);
        assert!(
            output.contains("there is no database at data/mailgrant.db"),
            "{output}"
        );
    }
    assert!(!directory.path().join(DATA).exists());
}
