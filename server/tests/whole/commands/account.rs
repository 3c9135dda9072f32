//! `mailgrant account`

use super::{PASSWORD, add, run, run_typed, run_with, sign_in};
use crate::support::{Browser, DATA, Program};

#[tokio::test]
async fn an_account_added_while_the_server_runs_can_sign_in() {
    let directory = tempfile::tempdir().unwrap();
    let server = Program::start(directory.path(), &[]);
    let words = "account add alice --role administrator --password-stdin";
    let said = run_typed(directory.path(), words, &format!("{PASSWORD}\nmore\n")).good();
    assert_eq!(said, "Added alice as administrator.\n");

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
    let said = run(directory.path(), &words).good();
    assert!(said.contains(" once at this link, until "), "{said}");
    let link = said.lines().last().unwrap();
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
    let said = run(directory.path(), "account add alice --role administrator").good();
    assert!(
        said.contains("\nhttp://localhost:3000/password?token="),
        "{said}"
    );
    let public = [("MAILGRANT_PUBLIC_URL", "https://mailgrant.example.com")];
    let said = run_with(directory.path(), "account add bob", &public).good();
    assert!(said.starts_with("Added bob as viewer. "), "{said}");
    assert!(
        said.contains("\nhttps://mailgrant.example.com/password?token="),
        "{said}"
    );
}

#[test]
fn the_first_account_is_an_administrator() {
    let directory = tempfile::tempdir().unwrap();
    for words in ["account add bob", "account add bob --role operator"] {
        let said = run(directory.path(), words).bad(1);
        assert!(said.contains("--role administrator"), "{said}");
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
    run(directory.path(), "account add bob").good();
    sign_in(&server.url, "alice", PASSWORD).await;
    let table = run(directory.path(), "account list").good();
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

    let said = run(directory.path(), "account reset-password ALICE").good();
    assert!(said.contains("sessions of alice have ended"), "{said}");
    assert!(said.contains("/password?token="), "{said}");
    let old = sign_in(&server.url, "alice", PASSWORD).await;
    assert_eq!(old.status, 401, "{old:?}");

    let words = "account reset-password alice --password-stdin";
    let new = "nine herons folding paper maps";
    run_typed(directory.path(), words, new).good();
    let signed_in = sign_in(&server.url, "alice", new).await;
    assert_eq!(signed_in.status, 303, "{signed_in:?}");
}

#[tokio::test]
async fn a_role_changes_and_an_account_goes_but_never_the_last_administrator() {
    let directory = tempfile::tempdir().unwrap();
    add(directory.path(), "alice", "administrator");
    add(directory.path(), "bob", "viewer");
    for words in ["account role alice viewer", "account remove alice"] {
        let said = run(directory.path(), words).bad(1);
        assert!(said.contains("last administrator"), "{said}");
    }
    let said = run(directory.path(), "account role bob administrator").good();
    assert_eq!(said, "bob is administrator now.\n");
    let server = Program::start(directory.path(), &[]);
    let said = run(directory.path(), "account remove alice").good();
    assert!(said.starts_with("Removed alice"), "{said}");
    let gone = sign_in(&server.url, "alice", PASSWORD).await;
    assert_eq!(gone.status, 401, "{gone:?}");
    assert!(
        !run(directory.path(), "account list")
            .good()
            .contains("alice")
    );
}

#[test]
fn reports_errors_in_a_name_a_role_or_a_password() {
    let directory = tempfile::tempdir().unwrap();
    add(directory.path(), "alice", "administrator");
    let said = run(directory.path(), "account add a/b").bad(2);
    assert!(
        said.contains("a user name may contain only letters"),
        "{said}"
    );
    let said = run(directory.path(), "account add bob --role root").bad(2);
    assert!(said.contains("viewer, operator, administrator"), "{said}");
    let said = run(directory.path(), "account add Alice").bad(1);
    assert_eq!(said, "mailgrant: the name is taken by another account\n");
    for words in [
        "account remove bob",
        "account role bob viewer",
        "account reset-password bob",
    ] {
        let said = run(directory.path(), words).bad(1);
        assert_eq!(said, "mailgrant: there is no account bob\n");
    }
    let words = "account add bob --password-stdin";
    for (typed, expected) in [
        ("", "contains no password"),
        ("planted-pw\n", "the password has fewer than 12 characters"),
        ("passwordpassword\n", "the password is easy to guess"),
    ] {
        let said = run_typed(directory.path(), words, typed).bad(1);
        assert!(said.contains(expected), "{said}");
        assert!(typed.is_empty() || !said.contains(typed.trim()), "{said}");
    }
    assert!(!run(directory.path(), "account list").good().contains("bob"));
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
        let said = run(directory.path(), words).bad(1);
        assert!(
            said.contains("there is no database at data/mailgrant.db"),
            "{said}"
        );
    }
    assert!(!directory.path().join(DATA).exists());
}
