//! Senders with credentials, and senders that are known by their address.

use domain::{Actor, Arrival, ArrivalProtocol, ArrivalSender, Principal, Sender, SenderForm};
use secrecy::ExposeSecret as _;
use submission::Mode;

use crate::{
    client::Client,
    world::{World, plain},
};

fn form(name: &str) -> SenderForm {
    SenderForm {
        name: name.into(),
        credentials: "on".into(),
        ..SenderForm::default()
    }
}

/// Returns the form of a sender that is known by the address of the tests.
fn here(name: &str) -> SenderForm {
    SenderForm {
        credentials: String::new(),
        networks: "127.0.0.0/8".into(),
        ..form(name)
    }
}

/// Adds a sender. Returns it with its password.
async fn add(world: &World, form: &SenderForm) -> (Sender, String) {
    let added = world.access.add_sender(form, &Actor::command_line()).await;
    let (sender, password) = added.unwrap();
    let password = password.map(|password| password.expose_secret().to_owned());
    (sender, password.unwrap_or_default())
}

async fn send(client: &mut Client, from: &str, message: &str) -> String {
    let dialogue = [
        (&*format!("MAIL FROM:<{from}>"), 250),
        ("RCPT TO:<bob@example.org>", 250),
        ("DATA", 354),
    ];
    client.dialogue(&dialogue).await;
    client.send(message).await;
    client.reply().await
}

async fn signed_in(world: &World, password: &str) -> Client {
    let mut client = world.greeted(Mode::Plain).await;
    let auth = format!("AUTH PLAIN {}", plain(password));
    assert_eq!(client.say(&auth).await, 235);
    client
}

#[tokio::test]
async fn a_sender_signs_in_with_its_user_name_and_password() {
    let world = World::start().await;
    let (sender, password) = add(&world, &form("Printer")).await;
    let mut client = signed_in(&world, &password).await;
    let reply = send(&mut client, "", "Subject: Scan\r\n\r\nHello\r\n.\r\n").await;
    assert!(reply.starts_with("250 2.0.0 Queued as "), "{reply}");
    let message = &world.messages().await[0];
    assert_eq!(message.submitted_by, Principal::Sender("Printer".into()));
    let content = world.content().await;
    assert!(content.contains(" with ESMTPA; "), "{content}");
    let after = world.access.sender(&sender.id).await.unwrap().unwrap();
    assert_eq!((after.accepted, after.rejected), (1, 0));
    assert!(after.last_seen_at.is_some());

    let mut other = world.greeted(Mode::Plain).await;
    let auth = format!("AUTH PLAIN {}", plain("wrong"));
    assert_eq!(other.say(&auth).await, 535);
}

#[tokio::test]
async fn a_removed_sender_can_send_nothing_in_an_open_session() {
    let world = World::start().await;
    let (sender, password) = add(&world, &form("Printer")).await;
    let mut client = signed_in(&world, &password).await;
    let removed = world
        .access
        .remove_sender(&sender.id, &Actor::command_line())
        .await;
    removed.unwrap();
    let reply = send(&mut client, "", "\r\nHello\r\n.\r\n").await;
    assert!(reply.starts_with("421 4.7.0 "), "{reply}");
    assert!(world.messages().await.is_empty());
}

#[tokio::test]
async fn a_from_address_and_a_recipient_that_are_not_allowed_are_explained_and_counted() {
    let world = World::start().await;
    let mut form = form("Printer");
    form.allowed_recipients = "example.com".into();
    form.null_sender = "reject".into();
    let (sender, password) = add(&world, &form).await;
    let mut client = signed_in(&world, &password).await;
    let dialogue = [
        ("MAIL FROM:<office@example.com>", 250),
        ("RCPT TO:<bob@example.com>", 250),
        ("DATA", 354),
    ];
    client.dialogue(&dialogue).await;
    client
        .send("From: eve@example.net\r\n\r\nHello\r\n.\r\n")
        .await;
    let reply = client.reply().await;
    assert!(
        reply.starts_with("550 5.7.60 This data center does not allow"),
        "{reply}"
    );
    assert!(world.messages().await.is_empty());
    assert_eq!(client.say("MAIL FROM:<office@example.com>").await, 250);
    client.send("RCPT TO:<bob@example.org>\r\n").await;
    let reply = client.reply().await;
    let expected = "550 5.7.1 bob@example.org: This sender may not send to this address.";
    assert!(reply.starts_with(expected), "{reply}");
    assert_eq!(client.say("DATA").await, 554);
    client.send("MAIL FROM:<>\r\n").await;
    let reply = client.reply().await;
    assert!(
        reply.starts_with("550 5.7.60 This sender may not send with the empty"),
        "{reply}"
    );
    // The other recipients get the message.
    let dialogue = [
        ("MAIL FROM:<office@example.com>", 250),
        ("RCPT TO:<bob@example.org>", 550),
        ("RCPT TO:<carol@example.com>", 250),
        ("DATA", 354),
        ("\r\nHello\r\n.", 250),
    ];
    client.dialogue(&dialogue).await;
    assert_eq!(world.messages().await.len(), 1);
    let after = world.access.sender(&sender.id).await.unwrap().unwrap();
    assert_eq!((after.accepted, after.rejected), (1, 3));
}

#[tokio::test]
async fn another_from_address_is_rewritten() {
    let world = World::start().await;
    let mut form = form("Printer");
    form.other_from = "rewrite".into();
    let (_, password) = add(&world, &form).await;
    let mut client = signed_in(&world, &password).await;
    let message = "From: Scanner <scanner@device.local>\r\n\r\nHello\r\n.\r\n";
    let reply = send(&mut client, "scanner@device.local", message).await;
    assert!(reply.starts_with("250 "), "{reply}");
    let content = world.content().await;
    assert!(
        content.contains("From: \"Scanner\" <office@example.com>\r\n"),
        "{content}"
    );
    assert!(
        content.contains("Reply-To: \"Scanner\" <scanner@device.local>\r\n"),
        "{content}"
    );
    assert_eq!(
        world.messages().await[0].sender.as_str(),
        "office@example.com"
    );
}

#[tokio::test]
async fn a_message_beyond_the_limit_of_its_sender_is_put_off() {
    let world = World::start().await;
    let mut form = form("Printer");
    form.messages_per_day = "1".into();
    let (_, password) = add(&world, &form).await;
    let mut client = signed_in(&world, &password).await;
    let reply = send(&mut client, "", "\r\nHello\r\n.\r\n").await;
    assert!(reply.starts_with("250 "), "{reply}");
    let reply = send(&mut client, "", "\r\nHello\r\n.\r\n").await;
    assert!(
        reply.starts_with("452 4.7.1 This sender has reached its limit"),
        "{reply}"
    );
    assert_eq!(world.messages().await.len(), 1);
}

#[tokio::test]
async fn a_sender_that_is_known_by_its_address_need_not_sign_in() {
    let world = World::start().await;
    for mode in Mode::ALL {
        let mut client = world.greeted(mode).await;
        assert_eq!(client.say("MAIL FROM:<office@example.com>").await, 530);
    }
    let (sender, _) = add(&world, &here("Floor 1")).await;
    for mode in Mode::ALL {
        let mut client = world.greeted(mode).await;
        let reply = send(&mut client, "", "\r\nHello\r\n.\r\n").await;
        assert!(reply.starts_with("250 "), "{reply}");
        let content = world.content().await;
        let protocol = if mode == Mode::Tls { "ESMTPS" } else { "ESMTP" };
        assert!(
            content.contains(&format!(" with {protocol}; ")),
            "{content}"
        );
    }
    assert_eq!(
        world.messages().await[0].submitted_by,
        Principal::Sender("Floor 1".into())
    );

    let mut client = world.greeted(Mode::StartTls).await;
    assert_eq!(client.say("STARTTLS").await, 220);
    client.start_tls(&world.certificate).await;
    assert_eq!(client.say("EHLO device").await, 250);
    let reply = send(&mut client, "", "\r\nHello\r\n.\r\n").await;
    assert!(reply.starts_with("250 "), "{reply}");
    let removed = world
        .access
        .remove_sender(&sender.id, &Actor::command_line())
        .await;
    removed.unwrap();
    let reply = send(&mut client, "", "\r\nHello\r\n.\r\n").await;
    assert!(reply.starts_with("421 4.7.0 "), "{reply}");
}

#[tokio::test]
async fn how_a_message_came_in_is_stored_with_it() {
    let world = World::start().await;
    let (sender, password) = add(&world, &form("Printer")).await;
    let mut client = world.greeted(Mode::StartTls).await;
    assert_eq!(client.say("STARTTLS").await, 220);
    client.start_tls(&world.certificate).await;
    // The name of the client is untrusted: this character reverses the text after it.
    assert_eq!(client.say("EHLO printer\u{202e}1.local").await, 250);
    let auth = format!("AUTH PLAIN {}", plain(&password));
    assert_eq!(client.say(&auth).await, 235);
    let reply = send(&mut client, "", "\r\nHello\r\n.\r\n").await;
    assert!(reply.starts_with("250 "), "{reply}");
    let listener = |mode: Mode| Some(format!("{} {}", world.address(mode), mode.name()));
    let expected = Arrival {
        protocol: ArrivalProtocol::Smtp,
        sender: Some(ArrivalSender {
            id: sender.id,
            name: sender.name,
        }),
        client_address: Some("127.0.0.1".parse().unwrap()),
        client_name: Some("printer1.local".into()),
        tls: Some("1.3".into()),
        listener: listener(Mode::StartTls),
        resent_from: None,
    };
    assert_eq!(world.messages().await[0].arrival, expected);

    // With an API key that belongs to no sender, and without TLS.
    let mut client = world.signed_in().await;
    let reply = send(&mut client, "", "\r\nHello\r\n.\r\n").await;
    assert!(reply.starts_with("250 "), "{reply}");
    let expected = Arrival {
        sender: None,
        client_name: Some("device".into()),
        tls: None,
        listener: listener(Mode::Plain),
        ..expected
    };
    assert_eq!(world.messages().await[0].arrival, expected);
}

#[tokio::test]
async fn sessions_and_messages_are_counted_in_the_metrics() {
    let world = World::start().await;
    let mut client = world.signed_in().await;
    assert_eq!(client.say("AUTH PLAIN").await, 503);
    let message = "Subject: Scan\r\n\r\nHello\r\n.\r\n";
    let reply = send(&mut client, "", message).await;
    assert!(reply.starts_with("250 "), "{reply}");
    let bare = "Subject: Scan\n\r\n.\r\n";
    let reply = send(&mut client, "", bare).await;
    assert!(reply.starts_with("550 5.6.11 "), "{reply}");
    client.send("QUIT\r\n").await;
    client.rest().await;
    let mut client = world.greeted(Mode::Tls).await;
    let auth = format!("AUTH PLAIN {}", plain("wrong"));
    assert_eq!(client.say(&auth).await, 535);
    client.send("QUIT\r\n").await;
    client.rest().await;

    let metrics = world.mailer.metrics.render(None).await.unwrap();
    let (octets, rejected) = (message.len(), bare.len());
    for line in [
        r#"smtp_sessions_total{tls="none"} 1"#,
        r#"smtp_sessions_total{tls="1.3"} 1"#,
        r#"smtp_replies_total{to="sign_in",code="235"} 1"#,
        r#"smtp_replies_total{to="sign_in",code="535"} 1"#,
        r#"smtp_replies_total{to="command",code="503"} 1"#,
        r#"smtp_replies_total{to="message",code="250"} 1"#,
        r#"smtp_replies_total{to="message",code="550"} 1"#,
        &format!(r#"smtp_message_octets_total{{outcome="accepted"}} {octets}"#),
        &format!(r#"smtp_message_octets_total{{outcome="rejected"}} {rejected}"#),
        "smtp_accept_duration_seconds_count 1",
    ] {
        let line = format!("mailgrant_{line}");
        assert!(
            metrics.lines().any(|found| found == line),
            "{line}\n{metrics}"
        );
    }
}

#[tokio::test]
async fn other_line_ends_are_normalized_for_known_addresses_and_end_no_message() {
    let world = World::start().await;
    let (_, password) = add(&world, &form("Printer")).await;
    add(&world, &here("Floor 1")).await;
    let message = "Subject: Scan\n\nHello\n.\nMAIL FROM:<eve@example.com>\r\n.\r\n";
    let mut client = world.greeted(Mode::Plain).await;
    let reply = send(&mut client, "", message).await;
    assert!(reply.starts_with("250 "), "{reply}");
    assert_eq!(world.messages().await.len(), 1);
    let content = world.content().await;
    assert!(content.contains("Subject: Scan\r\n"), "{content}");
    assert!(content.contains("Hello\r\n.\r\nMAIL FROM"), "{content}");
    // A program that signs in is held to the standard.
    let mut client = signed_in(&world, &password).await;
    let reply = send(&mut client, "", message).await;
    assert!(reply.starts_with("550 5.6.11 "), "{reply}");
}
