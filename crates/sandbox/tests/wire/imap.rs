//! Reading mail.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sandbox::{Faults, ImapFault};

use crate::support::{ALICE, ImapClient, SmtpClient, start, token};

fn xoauth2(token: &str) -> String {
    STANDARD.encode(format!("user={ALICE}\x01auth=Bearer {token}\x01\x01"))
}

#[tokio::test]
async fn passwords_are_only_accepted_inside_tls() {
    let sandbox = start().await;
    let mut client = ImapClient::plain(&sandbox).await;
    assert!(client.line().await.contains("LOGINDISABLED"));
    let login = format!("LOGIN {ALICE} alice-password");
    assert!(client.command(&login).await.contains("PRIVACYREQUIRED"));
    for mut client in [
        ImapClient::starttls(&sandbox).await,
        ImapClient::tls(&sandbox).await,
    ] {
        let answer = client.command(&login).await;
        assert!(answer.contains("a OK"), "{answer}");
    }
    let accepted = sandbox.control().imap_attempts();
    assert_eq!(accepted.iter().filter(|one| one.accepted).count(), 2);
}

#[tokio::test]
async fn a_literal_is_invited() {
    let sandbox = start().await;
    let mut client = ImapClient::starttls(&sandbox).await;
    assert_eq!(client.command("LOGIN {18}").await, "+ OK");
    client.send(&format!("{ALICE} \"alice-password\"")).await;
    let answer = client.rest().await;
    assert!(answer.contains("a OK"), "{answer}");
}

#[tokio::test]
async fn tokens_are_accepted_with_and_without_an_initial_response() {
    let sandbox = start().await;
    let blob = xoauth2(&token(&sandbox).await);
    let mut client = ImapClient::starttls(&sandbox).await;
    let answer = client
        .command(&format!("AUTHENTICATE XOAUTH2 {blob}"))
        .await;
    assert!(answer.contains("a OK"), "{answer}");
    let mut client = ImapClient::starttls(&sandbox).await;
    assert_eq!(client.command("AUTHENTICATE XOAUTH2").await, "+");
    client.send(&blob).await;
    assert!(client.rest().await.contains("a OK"));
}

#[tokio::test]
async fn a_refused_token_is_explained_first() {
    let sandbox = start().await;
    let mut client = ImapClient::starttls(&sandbox).await;
    let blob = xoauth2("wrong");
    let challenge = client
        .command(&format!("AUTHENTICATE XOAUTH2 {blob}"))
        .await;
    let json = STANDARD.decode(challenge.trim_start_matches("+ ")).unwrap();
    assert!(String::from_utf8(json).unwrap().contains("\"status\""));
    client.send("").await;
    assert!(client.rest().await.contains("[AUTHENTICATIONFAILED]"));
}

#[tokio::test]
async fn mail_that_was_sent_is_found_and_read() {
    let sandbox = start().await;
    let mut smtp = SmtpClient::starttls(&sandbox).await;
    let plain = STANDARD.encode(format!("\0{ALICE}\0alice-password"));
    for command in [
        format!("AUTH PLAIN {plain}"),
        format!("MAIL FROM:<{ALICE}>"),
        format!("RCPT TO:<{ALICE}>"),
        "DATA".to_owned(),
        format!("From: Alice <{ALICE}>\r\nMessage-ID:\r\n <1@sandbox.test>\r\n\r\nHello\r\n."),
    ] {
        let reply = smtp.command(&command).await;
        assert!(reply.starts_with(['2', '3']), "{command}: {reply}");
    }
    let mut client = ImapClient::starttls(&sandbox).await;
    client
        .command(&format!("LOGIN {ALICE} alice-password"))
        .await;
    let opened = client.command("EXAMINE INBOX").await;
    assert!(opened.contains("* 1 EXISTS") && opened.contains("[READ-ONLY]"));
    let found = client
        .command("UID SEARCH HEADER Message-ID \"<1@sandbox.test>\"")
        .await;
    assert!(found.starts_with("* SEARCH 1\n"), "{found}");
    let none = client.command("UID SEARCH HEADER Message-ID <2@x>").await;
    assert!(none.starts_with("* SEARCH\n"), "{none}");
    let read = client
        .command("UID FETCH 1 (FLAGS BODY.PEEK[HEADER.FIELDS (FROM)])")
        .await;
    assert!(read.contains("UID 1 FLAGS ()"), "{read}");
    assert!(read.contains(&format!("From: Alice <{ALICE}>")), "{read}");
    let read = client.command("FETCH 1:* BODY.PEEK[]").await;
    assert!(read.contains("Hello"), "{read}");
}

#[tokio::test]
async fn fails_in_the_words_of_the_providers() {
    let sandbox = start().await;
    for (fault, said) in [
        (ImapFault::WrongCredentials, "[AUTHENTICATIONFAILED]"),
        (
            ImapFault::ApplicationPasswordRequired,
            "Application-specific password required",
        ),
        (ImapFault::Disabled, "not enabled for IMAP use"),
        (ImapFault::Microsoft, "NO LOGIN failed."),
        (ImapFault::Unavailable, "[UNAVAILABLE]"),
        (ImapFault::Limit, "[LIMIT]"),
    ] {
        sandbox.control().set(Faults {
            imap: Some(fault),
            ..Faults::default()
        });
        let mut client = ImapClient::starttls(&sandbox).await;
        let answer = client
            .command(&format!("LOGIN {ALICE} alice-password"))
            .await;
        assert!(answer.contains(said), "{fault:?}: {answer}");
    }
}

#[tokio::test]
async fn survives_invalid_commands() {
    let sandbox = start().await;
    let mut client = ImapClient::plain(&sandbox).await;
    client.line().await;
    for line in ["", "a", "a NOSUCH", "\u{0}\u{ff}", &"x".repeat(10_000)] {
        client.send(line).await;
        let answer = client.line().await;
        assert!(answer.contains("BAD"), "{line:?}: {answer}");
    }
    assert!(client.command("NOOP").await.contains("a OK"));
}
