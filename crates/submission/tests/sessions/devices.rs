//! What programs and devices do.

use domain::{Actor, Principal};
use submission::Mode;

use crate::{
    client::Client,
    world::{FROM, World, make_key, patient, plain},
};

const MESSAGE: &str = "To: bob@example.org\r\nSubject: Scan\r\n\r\nHello\r\n..dot\r\n.\r\n";

/// Sends a message in a session that has signed in. Returns the reply to it.
async fn send(client: &mut Client, from: &str, message: &str) -> String {
    client
        .dialogue(&[
            (&format!("MAIL FROM:<{from}>"), 250),
            ("RCPT TO:<bob@example.org>", 250),
            ("DATA", 354),
        ])
        .await;
    client.send(message).await;
    client.reply().await
}

#[tokio::test]
async fn a_message_over_starttls_is_stored_before_it_is_acknowledged() {
    let world = World::start().await;
    let mut client = world.connect(Mode::StartTls).await;
    assert_eq!(
        client.reply().await,
        "220 mail.example.com ESMTP Mailgrant\r\n"
    );
    let auth = format!("AUTH PLAIN {}", plain(&world.password));
    client
        .dialogue(&[
            ("EHLO device", 250),
            (&auth, 538),
            ("MAIL FROM:<office@example.com>", 530),
            ("STARTTLS", 220),
        ])
        .await;
    client.start_tls(&world.certificate).await;
    client
        .dialogue(&[
            ("MAIL FROM:<office@example.com>", 503),
            ("EHLO device", 250),
            ("STARTTLS", 503),
            (&auth, 235),
            (&auth, 503),
        ])
        .await;
    let reply = send(&mut client, FROM, MESSAGE).await;
    let messages = world.messages().await;
    let [message] = &*messages else {
        panic!("{messages:?}");
    };
    assert_eq!(
        reply,
        format!("250 2.0.0 Queued as {}\r\n", message.id.as_str())
    );
    assert_eq!(message.subject, "Scan");
    assert_eq!(message.recipients[0].address.as_str(), "bob@example.org");
    assert_eq!(message.submitted_by, Principal::Key("printer".into()));
    let content = world.content().await;
    let unfolded = content.replace("\r\n ", " ");
    let received = "Received: from device ([127.0.0.1]) by mail.example.com with ESMTPSA; ";
    assert!(unfolded.starts_with(received), "{content}");
    for part in [
        "\r\nDate: ",
        "\r\nMessage-ID: <",
        "\r\nFrom: office@example.com\r\n",
    ] {
        assert!(content.contains(part), "{part:?} {content}");
    }
    assert!(content.ends_with("\r\n\r\nHello\r\n.dot\r\n"), "{content}");
    assert_eq!(client.say("QUIT").await, 221);
    assert!(client.rest().await.is_empty());
}

#[tokio::test]
async fn every_mode_accepts_mail_and_names_its_protocol() {
    let world = World::start().await;
    for (mode, greeting, protocol) in [
        (Mode::Tls, "EHLO device", "with ESMTPSA;"),
        (Mode::Plain, "EHLO device", "with ESMTPA;"),
        (Mode::Plain, "HELO device", "with SMTP;"),
    ] {
        let mut client = world.greeted(mode).await;
        let auth = format!("AUTH PLAIN {}", plain(&world.password));
        client.dialogue(&[(greeting, 250), (&auth, 235)]).await;
        let reply = send(&mut client, FROM, MESSAGE).await;
        assert!(reply.starts_with("250 "), "{reply}");
        let content = world.content().await.replace("\r\n ", " ");
        assert!(content.contains(protocol), "{content}");
    }
}

#[tokio::test]
async fn a_device_that_begins_with_tls_on_the_port_for_starttls_gets_tls() {
    let world = World::with(patient()).await;
    for mode in [Mode::StartTls, Mode::Plain] {
        let mut client = world.connect(mode).await;
        client.start_tls(&world.certificate).await;
        assert_eq!(client.code().await, 220);
        client.send("EHLO device\r\n").await;
        let offered = client.reply().await;
        assert!(
            offered.contains("AUTH") && !offered.contains("STARTTLS"),
            "{offered}"
        );
        let auth = format!("AUTH PLAIN {}", plain(&world.password));
        assert_eq!(client.say(&auth).await, 235);
    }
}

#[tokio::test]
async fn login_has_the_exact_prompts_and_takes_the_user_in_its_first_line() {
    use base64::{Engine as _, prelude::BASE64_STANDARD};

    let world = World::start().await;
    let password = BASE64_STANDARD.encode(&world.password);
    for first in ["AUTH LOGIN", "AUTH LOGIN cHJpbnRlcg=="] {
        let mut client = world.greeted(Mode::Tls).await;
        client.send(format!("{first}\r\n")).await;
        if first == "AUTH LOGIN" {
            assert_eq!(client.reply().await, "334 VXNlcm5hbWU6\r\n");
            client.send("cHJpbnRlcg==\r\n").await;
        }
        assert_eq!(client.reply().await, "334 UGFzc3dvcmQ6\r\n");
        assert_eq!(client.say(&password).await, 235);
    }
    let mut client = world.greeted(Mode::Tls).await;
    client.send("AUTH PLAIN\r\n").await;
    assert_eq!(client.reply().await, "334 \r\n");
    assert_eq!(client.say(&plain(&world.password)).await, 235);
}

#[tokio::test]
async fn a_device_that_ends_commands_with_lf_and_writes_paths_its_own_way_is_understood() {
    let world = World::start().await;
    let mut client = world.connect(Mode::Plain).await;
    assert_eq!(client.code().await, 220);
    for (line, expected) in [
        ("HELO my_printer\n", 250),
        (&*format!("auth plain {}\n", plain(&world.password)), 235),
        ("MAIL FROM: office@example.com\n", 250),
        ("rcpt to: bob@example.org\n", 250),
        ("RCPT TO:<carol@example.org>\n", 250),
        ("DATA\n", 354),
        ("Subject: x\r\n\r\nx\r\n.\r\n", 250),
        ("QUIT\n", 221),
    ] {
        client.send(line).await;
        assert_eq!(client.code().await, expected, "{line}");
    }
    assert_eq!(world.messages().await[0].recipients.len(), 2);
}

#[tokio::test]
async fn commands_in_one_packet_are_answered_in_order() {
    let world = World::start().await;
    let mut client = world.signed_in().await;
    client
        .send("MAIL FROM:<office@example.com>\r\nRCPT TO:<root>\r\nRCPT TO:<bob@example.org>\r\nDATA\r\n")
        .await;
    for expected in [250, 553, 250, 354] {
        assert_eq!(client.code().await, expected);
    }
    // The message, and the commands after it, in one packet.
    client
        .send("Subject: x\r\n\r\nx\r\n.\r\nNOOP\r\nQUIT\r\n")
        .await;
    assert_eq!(client.rest().await, [250, 250, 221]);
    assert_eq!(world.messages().await.len(), 1);
}

#[tokio::test]
async fn a_connection_that_is_lost_before_the_end_of_a_message_submits_nothing() {
    let world = World::start().await;
    let mut client = world.signed_in().await;
    client
        .dialogue(&[
            ("MAIL FROM:<office@example.com>", 250),
            ("RCPT TO:<bob@example.org>", 250),
            ("DATA", 354),
        ])
        .await;
    client.send("Subject: x\r\n\r\nx\r\n.\r").await;
    client.leave().await;
    assert!(client.rest().await.is_empty());
    assert!(world.messages().await.is_empty());
}

#[tokio::test]
async fn a_from_address_that_is_not_allowed_is_refused_with_a_sentence() {
    let world = World::start().await;
    let mut client = world.signed_in().await;
    let other = "From: other@example.com\r\nSubject: x\r\n\r\nx\r\n.\r\n";
    for (envelope, message) in [
        (FROM, other),
        ("other@example.com", "Subject: x\r\n\r\nx\r\n.\r\n"),
    ] {
        let reply = send(&mut client, envelope, message).await;
        let expected = "This data center does not allow this From address.";
        assert!(
            reply.starts_with("550 5.7.60 ") && reply.contains(expected),
            "{reply}"
        );
    }
    // The null sender becomes that of From.
    let reply = send(&mut client, "", "Subject: x\r\n\r\nx\r\n.\r\n").await;
    assert!(reply.starts_with("250 2.0.0 Queued as "), "{reply}");
    assert_eq!(world.messages().await.len(), 1);
}

#[tokio::test]
async fn a_key_needs_the_scope_send_and_is_verified_for_each_message() {
    let world = World::start().await;
    let (_, reader) = make_key(&world.access, "reader", false).await;
    let mut client = world.greeted(Mode::Plain).await;
    client
        .send(format!("AUTH PLAIN {}\r\n", plain(&reader)))
        .await;
    let reply = client.reply().await;
    assert!(
        reply.starts_with("535 5.7.8 The API key lacks the scope"),
        "{reply}"
    );

    let mut client = world.signed_in().await;
    let reply = send(&mut client, FROM, MESSAGE).await;
    assert!(reply.starts_with("250 "), "{reply}");
    let by = Actor::command_line();
    let ended = world.access.end_api_key(&world.key.id, &by).await;
    ended.unwrap();
    let reply = send(&mut client, FROM, MESSAGE).await;
    assert!(reply.starts_with("421 4.7.0 "), "{reply}");
    assert!(client.rest().await.is_empty());
    assert_eq!(world.messages().await.len(), 1);
}

#[tokio::test]
async fn eight_bit_text_and_long_lines_are_encoded_for_the_transport() {
    let world = World::start().await;
    let mut client = world.signed_in().await;
    let message = format!(
        "Subject: x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nGrüße {}\r\n.\r\n",
        "x".repeat(2_000)
    );
    let reply = send(&mut client, FROM, &message).await;
    assert!(reply.starts_with("250 "), "{reply}");
    let content = world.content().await;
    assert!(content.is_ascii());
    assert!(content.lines().all(|line| line.len() <= 998), "{content}");
}

#[tokio::test]
async fn smtputf8_is_offered_when_the_mail_server_of_each_data_center_offers_it() {
    let world = World::start().await;
    let mut client = world.signed_in().await;
    client.send("EHLO device\r\n").await;
    let ehlo = client.reply().await;
    assert!(!ehlo.contains("SMTPUTF8"), "{ehlo}");
    assert_eq!(
        client.say("MAIL FROM:<office@example.com> SMTPUTF8").await,
        555
    );

    let id = domain::DataCenterId::default();
    world
        .store
        .save_server_extensions(&id, 1, true)
        .await
        .unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(1_050)).await;
    let mut client = world.signed_in().await;
    client.send("EHLO device\r\n").await;
    let ehlo = client.reply().await;
    assert!(ehlo.contains("250-SMTPUTF8\r\n"), "{ehlo}");
    let dialogue = [
        ("MAIL FROM:<office@example.com> SMTPUTF8", 250),
        ("RCPT TO:<jörg@example.org>", 250),
        ("DATA", 354),
        (
            "To: Jörg <jörg@example.org>\r\nSubject: Grüße\r\n\r\nHello\r\n.",
            250,
        ),
    ];
    client.dialogue(&dialogue).await;
    let message = &world.messages().await[0];
    assert_eq!(message.recipients[0].address.as_str(), "jörg@example.org");
    let content = world.content().await;
    assert!(content.contains(" with UTF8SMTPA; "), "{content}");
}
