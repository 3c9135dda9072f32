//! The record of a session, and the finding of each refusal.

use std::{num::NonZeroU32, time::Duration};

use domain::{Actor, FindingCode as Code, Sender, SenderForm, SenderId, SenderSession};
use secrecy::ExposeSecret as _;
use submission::{Limits, Mode};

use crate::{
    client::Client,
    world::{FROM, World, plain, plain_as},
};

/// A TLS handshake that offers TLS 1.0 as its highest version, with one cipher.
const OLD_HELLO: &[u8] = b"\x16\x03\x01\x00\x2d\x01\x00\x00\x29\x03\x01\
    0123456789abcdef0123456789abcdef\x00\x00\x02\x00\x2f\x01\x00";
/// A fatal alert `unknown_ca`, in a record of its own.
const UNKNOWN_CA: &[u8] = b"\x15\x03\x03\x00\x02\x02\x30";

/// Returns the newest ended session of a sender, or of unknown clients.
async fn recorded(world: &World, sender: Option<&SenderId>) -> SenderSession {
    for _ in 0..200 {
        let sessions = world.mailer.sender_sessions.recent(sender).await.unwrap();
        if let Some(session) = sessions.into_iter().next()
            && session.ended_at.is_some()
        {
            return session;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("no session was recorded");
}

async fn finding(world: &World, sender: Option<&SenderId>) -> Option<Code> {
    let session = recorded(world, sender).await;
    session.finding.map(|finding| finding.code)
}

fn form(name: &str) -> SenderForm {
    SenderForm {
        name: name.into(),
        credentials: "on".into(),
        ..SenderForm::default()
    }
}

async fn add(world: &World, form: &SenderForm) -> (Sender, String) {
    let added = world.access.add_sender(form, &Actor::command_line()).await;
    let (sender, password) = added.unwrap();
    let password = password.map(|password| password.expose_secret().to_owned());
    (sender, password.unwrap_or_default())
}

/// Signs in, sends these lines, and quits. Returns the finding of the session.
async fn refused(world: &World, form: &SenderForm, lines: &[(&str, u16)]) -> Option<Code> {
    let (sender, password) = add(world, form).await;
    let user = sender.user.as_ref().unwrap().as_str();
    let mut client = world.greeted(Mode::Plain).await;
    let auth = format!("AUTH PLAIN {}", plain_as(user, &password));
    assert_eq!(client.say(&auth).await, 235);
    client.dialogue(lines).await;
    client.say("QUIT").await;
    finding(world, Some(&sender.id)).await
}

#[tokio::test]
async fn a_session_is_recorded_without_credentials_and_content() {
    let world = World::start().await;
    let (sender, password) = add(&world, &form("Printer")).await;
    let mut client = world.greeted(Mode::StartTls).await;
    assert_eq!(client.say("STARTTLS").await, 220);
    client.start_tls(&world.certificate).await;
    let response = plain(&password);
    client
        .dialogue(&[
            ("EHLO device", 250),
            ("AUTH PLAIN", 334),
            (&response, 235),
            ("MAIL FROM:<office@example.com>", 250),
            ("RCPT TO:<bob@example.org>", 250),
            ("DATA", 354),
            ("Subject: Hidden\r\n\r\nHidden\r\n.", 250),
            ("QUIT", 221),
        ])
        .await;
    let session = recorded(&world, Some(&sender.id)).await;
    assert_eq!((session.accepted, &session.finding), (1, &None));
    assert!(
        session
            .tls
            .as_ref()
            .unwrap()
            .starts_with("TLS 1.3 TLS13_AES")
    );
    let transcript = session.transcript();
    for line in [
        "S: 220 mail.example.com ESMTP Mailgrant",
        "C: STARTTLS",
        "C: EHLO device",
        "C: AUTH PLAIN",
        "C: (response, 36 octets)",
        "S: 235 2.7.0 Signed in",
        "C: MAIL FROM:<office@example.com>",
        "C: DATA",
    ] {
        assert!(
            transcript.lines().any(|found| found == line),
            "{line}: {transcript}"
        );
    }
    assert!(
        transcript.contains(" octets)\nS: 250 2.0.0 Queued as "),
        "{transcript}"
    );
    for secret in ["Hidden", &*response, &*password] {
        assert!(!transcript.contains(secret), "{transcript}");
    }
}

#[tokio::test]
async fn a_password_that_is_sent_as_a_command_is_not_recorded() {
    let world = World::start().await;
    let mut client = world.greeted(Mode::StartTls).await;
    client
        .dialogue(&[("AUTH LOGIN", 538), ("c2VjcmV0", 500), ("QUIT", 221)])
        .await;
    let session = recorded(&world, None).await;
    assert_eq!(session.finding.as_ref().unwrap().code, Code::InboundNoTls);
    let json = format!("{session:?}");
    assert!(!json.contains("c2VjcmV0"), "{json}");
}

#[tokio::test]
async fn a_wrong_password_is_recorded_with_the_sender_it_was_meant_for() {
    let world = World::start().await;
    let (sender, _) = add(&world, &form("Printer")).await;
    let mut client = world.greeted(Mode::Plain).await;
    let auth = format!("AUTH PLAIN {}", plain("wrong"));
    client.dialogue(&[(&auth, 535), ("QUIT", 221)]).await;
    let code = finding(&world, Some(&sender.id)).await;
    assert_eq!(code, Some(Code::InboundWrongPassword));
    let unknown = world.mailer.sender_sessions.recent(None).await.unwrap();
    assert!(unknown.is_empty(), "{unknown:?}");
}

#[tokio::test]
async fn a_session_is_visible_while_it_lasts() {
    let world = World::start().await;
    let mut client = world.greeted(Mode::StartTls).await;
    let live = world.mailer.sender_sessions.recent(None).await.unwrap();
    assert_eq!((live.len(), live[0].ended_at), (1, None));
    assert!(live[0].transcript().contains("C: EHLO device\n"));
    client.say("QUIT").await;
    assert_eq!(finding(&world, None).await, Some(Code::InboundNoTls));
}

#[tokio::test]
async fn a_health_check_is_not_recorded() {
    let world = World::start().await;
    let mut client = world.connect(Mode::StartTls).await;
    assert_eq!(client.code().await, 220);
    client.leave().await;
    client.rest().await;
    // A session that is recorded, begun after it.
    let mut other = world.greeted(Mode::StartTls).await;
    other.say("QUIT").await;
    recorded(&world, None).await;
    let sessions = world.mailer.sender_sessions.recent(None).await.unwrap();
    assert_eq!(sessions.len(), 1);
}

#[tokio::test]
async fn clients_that_do_not_sign_in_are_explained() {
    for (lines, code) in [
        (
            &[("MAIL FROM:<a@b.example>", 530)][..],
            Code::InboundNoSignIn,
        ),
        (&[][..], Code::InboundNoSignIn),
        (
            &[("AUTH CRAM-MD5", 504)][..],
            Code::InboundMechanismNotOffered,
        ),
        (&[("AUTH PLAIN !", 501)][..], Code::InboundSignInMalformed),
        (&[("nonsense", 500)][..], Code::InboundRefused),
    ] {
        let world = World::start().await;
        let mut client = world.greeted(Mode::Plain).await;
        client.dialogue(lines).await;
        client.say("QUIT").await;
        assert_eq!(finding(&world, None).await, Some(code), "{lines:?}");
    }
    let world = World::start().await;
    let (_, key) = crate::world::make_key(&world.access, "other", false).await;
    let mut client = world.greeted(Mode::Plain).await;
    let auth = format!("AUTH PLAIN {}", plain(&key));
    client.dialogue(&[(&auth, 535), ("QUIT", 221)]).await;
    assert_eq!(
        finding(&world, None).await,
        Some(Code::InboundKeyLacksScope)
    );
}

#[tokio::test]
async fn guessing_is_explained_as_too_many_sign_ins() {
    let world = World::start().await;
    let auth = format!("AUTH PLAIN {}", plain("wrong"));
    for _ in 0..40 {
        let mut client = world.greeted(Mode::Plain).await;
        if client.say(&auth).await == 421 {
            client.leave().await;
            break;
        }
        client.say("QUIT").await;
    }
    for _ in 0..200 {
        if finding(&world, None).await == Some(Code::InboundTooManySignIns) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{:?}", recorded(&world, None).await);
}

#[tokio::test]
async fn failures_of_tls_are_explained() {
    for (mode, sent, code) in [
        (Mode::Tls, OLD_HELLO, Code::InboundTlsTooOld),
        (Mode::StartTls, OLD_HELLO, Code::InboundTlsTooOld),
        (
            Mode::Tls,
            &b"EHLO device\r\n"[..],
            Code::InboundPlaintextOnTlsPort,
        ),
        (Mode::Tls, UNKNOWN_CA, Code::InboundCertificateRejected),
        (Mode::Tls, &OLD_HELLO[..20], Code::InboundTlsFailed),
        (Mode::Plain, &OLD_HELLO[..20], Code::InboundTlsOnPlainPort),
    ] {
        let world = World::with(crate::world::patient()).await;
        let mut client = world.connect(mode).await;
        client.send(sent).await;
        client.leave().await;
        let session = recorded(&world, None).await;
        let found = session.finding.as_ref().unwrap().code;
        assert_eq!(found, code, "{mode:?} {session:?}");
    }
}

#[tokio::test]
async fn rules_of_a_sender_are_explained() {
    const SHORT: &str = "Subject: x\r\n\r\nx\r\n.";
    let begin = |from, last| {
        [
            (from, 250),
            ("RCPT TO:<bob@example.org>", 250),
            ("DATA", 354),
            last,
        ]
    };
    let null = SenderForm {
        null_sender: "reject".into(),
        ..form("Null")
    };
    let inside = SenderForm {
        allowed_recipients: "example.com".into(),
        ..form("Inside")
    };
    let from = "MAIL FROM:<office@example.com>";
    let other = "From: eve@example.net\r\n\r\nx\r\n.";
    let world = World::start().await;
    for (form, from, last, code) in [
        (
            form("From"),
            "MAIL FROM:<eve@example.net>",
            (other, 550),
            Code::InboundFromNotAllowed,
        ),
        (
            form("Invalid"),
            from,
            ("From: a\r\nFrom: b\r\n\r\nx\r\n.", 554),
            Code::InboundMessageInvalid,
        ),
        (
            form("Bare"),
            from,
            ("Subject: x\r\n\r\nx\ny\r\n.", 550),
            Code::InboundBareLineFeed,
        ),
    ] {
        let found = refused(&world, &form, &begin(from, last)).await;
        assert_eq!(found, Some(code));
    }
    let found = refused(&world, &null, &[("MAIL FROM:<>", 550)]).await;
    assert_eq!(found, Some(Code::InboundNullSenderNotAllowed));
    let outside = [(from, 250), ("RCPT TO:<bob@example.org>", 550)];
    let found = refused(&world, &inside, &outside).await;
    assert_eq!(found, Some(Code::InboundRecipientNotAllowed));
    let limited = SenderForm {
        messages_per_day: "1".into(),
        ..form("Limited")
    };
    let mut twice = begin(from, (SHORT, 250)).to_vec();
    twice.extend(begin(from, (SHORT, 452)));
    let found = refused(&world, &limited, &twice).await;
    assert_eq!(found, Some(Code::InboundLimitReached));
}

#[tokio::test]
async fn sizes_and_numbers_over_the_limits_are_explained() {
    let small = Limits {
        message_octets: 2_000,
        recipients: 1,
        ..Limits::default()
    };
    let world = World::with(small).await;
    let declared = format!("MAIL FROM:<{FROM}> SIZE=2001");
    let code = refused(&world, &form("Large"), &[(&*declared, 552)]).await;
    assert_eq!(code, Some(Code::InboundTooLarge));
    let lines = [
        ("MAIL FROM:<office@example.com>", 250),
        ("RCPT TO:<a@example.org>", 250),
        ("RCPT TO:<b@example.org>", 452),
    ];
    let code = refused(&world, &form("Many"), &lines).await;
    assert_eq!(code, Some(Code::InboundTooManyRecipients));
}

#[tokio::test]
async fn a_message_without_its_end_is_explained() {
    let hasty = Limits {
        block: Duration::from_millis(300),
        ..Limits::default()
    };
    let world = World::with(hasty).await;
    let mut client = world.signed_in().await;
    client
        .dialogue(&[
            ("MAIL FROM:<office@example.com>", 250),
            ("RCPT TO:<bob@example.org>", 250),
            ("DATA", 354),
        ])
        .await;
    client.send("Subject: x\n\nx\n.\n").await;
    assert_eq!(client.code().await, 421);
    let code = finding(&world, None).await;
    assert_eq!(code, Some(Code::InboundUnterminatedMessage));
}

#[tokio::test]
async fn early_input_and_refused_connections_are_explained() {
    let world = World::with(crate::world::patient()).await;
    let mut client = world.connect(Mode::StartTls).await;
    client.send("EHLO device\r\n").await;
    assert_eq!(client.code().await, 554);
    client.leave().await;
    assert_eq!(finding(&world, None).await, Some(Code::InboundEarlyInput));

    let one = Limits {
        per_address: NonZeroU32::new(1),
        ..Limits::default()
    };
    let world = World::with(one).await;
    let _first = world.greeted(Mode::StartTls).await;
    let mut second = world.connect(Mode::StartTls).await;
    assert_eq!(second.code().await, 421);
    let sessions = world.mailer.sender_sessions.recent(None).await.unwrap();
    let codes = sessions
        .iter()
        .filter_map(|session| session.finding.as_ref());
    let codes: Vec<_> = codes.map(|finding| finding.code).collect();
    assert_eq!(codes, [Code::InboundTooManyConnections]);

    let (outside, address) = World::admitting("192.0.2.0/24").await;
    let mut client = Client::connect(address).await;
    assert_eq!(client.code().await, 554);
    let code = finding(&outside, None).await;
    assert_eq!(code, Some(Code::InboundNetworkNotAdmitted));
}

#[tokio::test]
async fn a_sender_that_is_removed_during_its_session_is_explained() {
    let world = World::start().await;
    let (sender, password) = add(&world, &form("Printer")).await;
    let mut client = world.greeted(Mode::Plain).await;
    let auth = format!("AUTH PLAIN {}", plain(&password));
    let begin = [
        (&*auth, 235),
        ("MAIL FROM:<office@example.com>", 250),
        ("RCPT TO:<bob@example.org>", 250),
        ("DATA", 354),
    ];
    client.dialogue(&begin).await;
    let by = Actor::command_line();
    world.access.remove_sender(&sender.id, &by).await.unwrap();
    assert_eq!(client.say("Subject: x\r\n\r\nx\r\n.").await, 421);
    client.leave().await;
    // A removed sender has no sessions; the session becomes one of an unknown client once stored.
    for _ in 0..200 {
        world.mailer.sender_sessions.flush().await;
        let sessions = world.mailer.sender_sessions.recent(None).await.unwrap();
        if let Some(session) = sessions.first() {
            let code = session.finding.as_ref().unwrap().code;
            assert_eq!(code, Code::InboundSenderEnded);
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("no session was recorded");
}

#[tokio::test]
async fn two_hundred_connections_of_a_scanner_leave_a_bounded_number_of_records() {
    let world = World::start().await;
    for _ in 0..200 {
        let mut client = world.greeted(Mode::StartTls).await;
        client.leave().await;
        client.rest().await;
    }
    world.mailer.sender_sessions.flush().await;
    let sessions = world.mailer.sender_sessions.recent(None).await.unwrap();
    let ended = sessions.iter().filter(|session| session.ended_at.is_some());
    assert_eq!(ended.count(), 60);
    assert!(world.mailer.sender_sessions.dropped() >= 80);
}
