//! Mail transactions and their failures.

use crate::support::{ALICE, SmtpClient, start, token};
use sandbox::{CutAt, Faults, Stage, StageReply};

fn reply_at(stage: Stage, reply: &str) -> Faults {
    Faults {
        replies: vec![StageReply {
            stage,
            reply: reply.to_owned(),
            times: Some(1),
        }],
        ..Faults::default()
    }
}

#[tokio::test]
async fn stores_a_message_with_its_dots_unstuffed() {
    let sandbox = start().await;
    let mut client = SmtpClient::starttls(&sandbox).await;
    client.sign_in(&token(&sandbox).await).await;

    let raw = "..first\r\nSubject: =?utf-8?q?H=C3=A9?=\r\nFrom: Alice <alice@sandbox.test>\r\n\
               Message-ID: <one@sandbox.test>\r\n\r\n..\r\n...dots\r\nend";
    let raw = raw.trim_start_matches("..first\r\n");
    let reply = client.message(ALICE, raw).await;

    let messages = sandbox.control().messages();
    let message = &messages[0];
    assert!(reply.starts_with("250 2.0.0 OK: queued as "), "{reply}");
    assert!(reply.contains(&message.id));
    assert!(message.raw.ends_with("\r\n\r\n.\r\n..dots\r\nend\r\n"));
    assert_eq!(message.subject.as_deref(), Some("Hé"));
    assert_eq!(message.message_id.as_deref(), Some("one@sandbox.test"));
    assert_eq!(message.header_from.as_deref(), Some(ALICE));
    assert_eq!(message.from, ALICE);
    assert_eq!(message.to, ["someone@example.test"]);
    assert_eq!(message.account.as_deref(), Some(ALICE));
    assert_eq!(message.tls_version.as_deref(), Some("1.3"));
}

#[tokio::test]
async fn takes_a_message_that_begins_with_a_dot_or_is_empty() {
    let sandbox = start().await;
    let mut client = SmtpClient::starttls(&sandbox).await;
    client.sign_in(&token(&sandbox).await).await;
    assert!(client.message(ALICE, "..x").await.starts_with("250 "));
    for command in ["MAIL FROM:<>", "RCPT TO:<a@example.test>", "DATA"] {
        client.command(command).await;
    }
    assert!(client.command(".").await.starts_with("250 "));
    let messages = sandbox.control().messages();
    assert_eq!((&*messages[0].raw, &*messages[1].raw), (".x\r\n", ""));
}

#[tokio::test]
async fn takes_pipelined_commands() {
    let sandbox = start().await;
    let mut client = SmtpClient::tls(&sandbox).await;
    client.sign_in(&token(&sandbox).await).await;
    client
        .write(b"MAIL FROM:<alice@sandbox.test>\r\nRCPT TO:<a@example.test>\r\nDATA\r\n")
        .await;
    for code in ["250 ", "250 ", "354 "] {
        assert!(client.reply().await.starts_with(code));
    }
    client.write(b"Subject: x\r\n\r\nx\r\n.\r\nNOOP\r\n").await;
    assert!(client.reply().await.contains("queued as"));
    assert!(client.reply().await.starts_with("250 "));
}

#[tokio::test]
async fn commands_sent_before_tls_do_not_count_inside() {
    use tokio::io::AsyncWriteExt as _;
    let sandbox = start().await;
    let descriptor = sandbox.descriptor();
    let mut stream = crate::support::smtp::tcp(descriptor.smtp_starttls_port).await;
    stream
        .write_all(b"EHLO test\r\nSTARTTLS\r\nEHLO injected\r\n")
        .await
        .unwrap();
    let mut seen = String::new();
    while !seen.ends_with("Ready to start TLS\r\n") {
        seen.push(char::from(
            tokio::io::AsyncReadExt::read_u8(&mut stream).await.unwrap(),
        ));
    }
    let stream = crate::support::smtp::handshake(stream, descriptor, rustls::ALL_VERSIONS).await;
    let mut stream = stream.unwrap();
    stream.write_all(b"NOOP\r\n").await.unwrap();
    let mut reply = [0; 5];
    tokio::io::AsyncReadExt::read_exact(&mut stream, &mut reply)
        .await
        .unwrap();
    assert_eq!(&reply, b"250 2", "the reply to NOOP, not to EHLO");
}

#[tokio::test]
async fn requires_authentication_unless_configured_otherwise() {
    let sandbox = start().await;
    let mut client = SmtpClient::starttls(&sandbox).await;
    let reply = client.message(ALICE, "x").await;
    assert!(reply.starts_with("530 5.7.0 "));
    sandbox.control().set(Faults {
        authentication_required: false,
        ..Faults::default()
    });
    assert!(client.message(ALICE, "x").await.starts_with("250 "));
}

#[tokio::test]
async fn a_reply_can_be_put_in_place_at_every_stage() {
    let sandbox = start().await;
    let token = token(&sandbox).await;
    let control = sandbox.control();
    for stage in [Stage::Mail, Stage::Rcpt, Stage::Data, Stage::Final] {
        control.set(reply_at(stage, "450-4.2.1 slow\n450 4.2.1 down"));
        let mut client = SmtpClient::starttls(&sandbox).await;
        client.sign_in(&token).await;
        let reply = client.message(ALICE, "x").await;
        assert_eq!(reply, "450-4.2.1 slow\r\n450 4.2.1 down\r\n");
        assert!(control.messages().is_empty(), "{stage:?}");
        assert!(control.faults().replies.is_empty());
    }
    control.set(reply_at(Stage::Auth, "454 4.7.0 later"));
    let mut client = SmtpClient::starttls(&sandbox).await;
    assert_eq!(client.xoauth2(ALICE, &token).await, "454 4.7.0 later\r\n");
    client.sign_in(&token).await;
}

#[tokio::test]
async fn a_busy_server_replies_421_and_disconnects() {
    let sandbox = start().await;
    sandbox
        .control()
        .set(reply_at(Stage::Greeting, "421 4.7.0 too many connections"));
    let mut client = SmtpClient::plain(&sandbox).await;
    assert!(client.reply().await.starts_with("421 "));
    assert_eq!(client.reply().await, "");
    assert!(
        SmtpClient::plain(&sandbox)
            .await
            .reply()
            .await
            .starts_with("220 ")
    );
}

#[tokio::test]
async fn a_cut_after_the_final_dot_has_stored_the_message() {
    let sandbox = start().await;
    let token = token(&sandbox).await;
    let control = sandbox.control();
    for (cut_at, stored) in [(CutAt::Final, 0), (CutAt::AfterFinalDotBeforeReply, 1)] {
        control.set(Faults {
            cut_at: Some(cut_at),
            cut_times: Some(1),
            ..Faults::default()
        });
        let mut client = SmtpClient::starttls(&sandbox).await;
        client.sign_in(&token).await;
        assert_eq!(client.message(ALICE, "x").await, "");
        assert_eq!(control.messages().len(), stored);
        assert_eq!(control.faults().cut_at, None);
    }
}

#[tokio::test]
async fn a_foreign_sender_is_refused_only_if_configured() {
    let sandbox = start().await;
    let mut client = SmtpClient::starttls(&sandbox).await;
    client.sign_in(&token(&sandbox).await).await;
    let other = "bob@sandbox.test";
    assert!(client.message(other, "x").await.starts_with("250 "));
    sandbox.control().set(Faults {
        send_as_denied: true,
        ..Faults::default()
    });
    let reply = client.message(other, "x").await;
    assert!(reply.starts_with("554 5.2.252 SendAsDenied"));
    let reply = client
        .message(ALICE, "From: bob@sandbox.test\r\n\r\nx")
        .await;
    assert!(reply.starts_with("554 5.2.252 SendAsDenied"));
    assert!(client.message(ALICE, "x").await.starts_with("250 "));
}

#[tokio::test]
async fn a_message_that_is_too_big_is_refused_early_or_late() {
    let sandbox = start().await;
    let mut client = SmtpClient::starttls(&sandbox).await;
    client.sign_in(&token(&sandbox).await).await;
    sandbox.control().set(Faults {
        max_message_octets: 1000,
        ..Faults::default()
    });
    let line = "MAIL FROM:<alice@sandbox.test> SIZE=1001";
    assert!(client.command(line).await.starts_with("552 5.3.4 "));
    let reply = client.message(ALICE, &"x".repeat(100_000)).await;
    assert!(reply.starts_with("552 5.3.4 "), "{reply}");
    assert!(client.message(ALICE, "x").await.starts_with("250 "));
}
