//! Clients that take too much, too long, or too often.

use std::{num::NonZeroU32, time::Duration};

use submission::{Limits, Mode};

use crate::world::{FROM, World, plain};

/// The commands before a message.
const BEGIN: [(&str, u16); 3] = [
    ("MAIL FROM:<office@example.com>", 250),
    ("RCPT TO:<bob@example.org>", 250),
    ("DATA", 354),
];

#[tokio::test]
async fn a_message_over_the_limit_is_read_to_its_end_and_refused() {
    let small = Limits {
        message_octets: 2_000,
        ..Limits::default()
    };
    let world = World::with(small).await;
    let mut client = world.signed_in().await;
    let declared = format!("MAIL FROM:<{FROM}> SIZE=2001");
    assert_eq!(client.say(&declared).await, 552);
    client.dialogue(&BEGIN).await;
    for _ in 0..200 {
        client.send(format!("{}\r\n", "x".repeat(998))).await;
    }
    client.send(".\r\n").await;
    let reply = client.reply().await;
    assert!(reply.starts_with("552 5.3.4 "), "{reply}");
    client.dialogue(&BEGIN).await;
    client.send("Subject: x\r\n\r\nx\r\n.\r\n").await;
    assert_eq!(client.code().await, 250);
}

#[tokio::test]
async fn a_huge_line_is_refused_once_and_the_session_continues() {
    let world = World::start().await;
    let mut client = world.greeted(Mode::StartTls).await;
    for _ in 0..100 {
        client.send("x".repeat(10_000)).await;
    }
    client.send("\r\n").await;
    assert_eq!(client.code().await, 500);
    let long = format!("EHLO {}", "x".repeat(3_000));
    client.dialogue(&[(&long, 500), ("EHLO device", 250)]).await;
}

#[tokio::test]
async fn an_auth_response_of_12288_octets_is_read_and_a_longer_one_refused() {
    let world = World::start().await;
    let mut client = world.greeted(Mode::Plain).await;
    client
        .dialogue(&[
            ("AUTH PLAIN", 334),
            (&"A".repeat(12_288), 501),
            ("AUTH PLAIN", 334),
            (&"A".repeat(12_289), 500),
            ("NOOP", 250),
        ])
        .await;
}

#[tokio::test]
async fn a_client_that_is_too_slow_gets_421() {
    let quick = Limits {
        command: Duration::from_secs(1),
        command_before_sign_in: Duration::from_secs(1),
        block: Duration::from_millis(600),
        message: Duration::from_millis(1_200),
        ..Limits::default()
    };
    let world = World::with(quick).await;
    let mut silent = world.greeted(Mode::StartTls).await;
    assert_eq!(silent.rest().await, [421]);
    // One octet at a time does not extend the time for a command.
    let mut dripping = world.greeted(Mode::StartTls).await;
    for _ in 0..24 {
        dripping.send("N").await;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(dripping.rest().await, [421]);
    // Nor the time for a message.
    let mut dripping = world.signed_in().await;
    dripping.dialogue(&BEGIN).await;
    for _ in 0..28 {
        dripping.send("x").await;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(dripping.rest().await, [421]);
    // A device that sends only LF never ends its message.
    let mut lf = world.signed_in().await;
    lf.dialogue(&BEGIN).await;
    lf.send("Subject: x\n\nx\n.\n").await;
    assert_eq!(lf.rest().await, [421]);
    assert!(world.messages().await.is_empty());
}

#[tokio::test]
async fn connections_over_the_limits_are_refused() {
    let few = Limits {
        per_address: NonZeroU32::new(2),
        ..Limits::default()
    };
    let world = World::with(few).await;
    let mut one = world.greeted(Mode::StartTls).await;
    let _two = world.greeted(Mode::StartTls).await;
    let mut three = world.connect(Mode::StartTls).await;
    assert_eq!(three.rest().await, [421]);
    assert_eq!(one.say("QUIT").await, 221);
    one.leave().await;
    assert!(one.rest().await.is_empty());
    // The slot is free when the server has closed its side, too.
    for _ in 0..100 {
        let mut again = world.connect(Mode::StartTls).await;
        if again.code().await == 220 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the slot was not freed");
}

#[tokio::test]
async fn twenty_errors_end_a_session() {
    let world = World::start().await;
    let mut client = world.greeted(Mode::StartTls).await;
    client.send("nonsense\r\n".repeat(30)).await;
    let mut expected = vec![500; 19];
    expected.push(421);
    assert_eq!(client.rest().await, expected);
}

#[tokio::test]
async fn wrong_passwords_close_the_connection_and_are_then_slowed_down() {
    let world = World::start().await;
    let wrong = format!("AUTH PLAIN {}", plain("mgk_wrong"));
    let mut client = world.greeted(Mode::Plain).await;
    client
        .dialogue(&[(&wrong, 535), (&wrong, 535), (&wrong, 535)])
        .await;
    assert!(client.rest().await.is_empty());
    let mut codes = Vec::new();
    for _ in 0..6 {
        let mut client = world.greeted(Mode::Plain).await;
        codes.push(client.say(&wrong).await);
    }
    assert_eq!(codes.last(), Some(&421), "{codes:?}");
    // A valid key is accepted from the same address and with the same user name.
    world.signed_in().await;
}

#[tokio::test]
async fn a_message_waits_for_memory_and_is_then_put_off() {
    let world = World::with_budget(Limits::default(), 256).await;
    let mut first = world.signed_in().await;
    first.dialogue(&BEGIN).await;
    first.send("Subject: first\r\n\r\n").await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    let mut second = world.signed_in().await;
    second.dialogue(&BEGIN).await;
    second.send("Subject: second\r\n\r\nx\r\n.\r\n").await;
    let reply = second.reply().await;
    assert!(reply.starts_with("452 4.3.1 "), "{reply}");
    first.send("x\r\n.\r\n").await;
    assert_eq!(first.code().await, 250);
    second.dialogue(&BEGIN).await;
    second.send("Subject: second\r\n\r\nx\r\n.\r\n").await;
    assert_eq!(second.code().await, 250);
}

#[tokio::test]
async fn a_server_that_stops_ends_idle_sessions_and_finishes_messages() {
    let world = World::start().await;
    let mut idle = world.greeted(Mode::StartTls).await;
    let mut busy = world.signed_in().await;
    busy.dialogue(&BEGIN).await;
    busy.send("Subject: x\r\n\r\n").await;
    world.stopping.cancel();
    assert_eq!(idle.rest().await, [421]);
    busy.send("x\r\n.\r\n").await;
    assert_eq!(busy.rest().await, [250, 421]);
    assert_eq!(world.messages().await.len(), 1);
    drop((idle, busy));
    world.running.await.unwrap();
}
