//! Clients that do not keep to the protocol.

use std::{num::NonZeroU32, time::Duration};

use gateway::Limits;
use listener::{ConnectionLimits, Mode};

use crate::world::{World, impatient};

#[tokio::test]
async fn nothing_that_arrived_before_tls_is_executed_after_it() {
    let world = World::start().await;
    for injected in ["a NOOP\r\n", "a LOGIN x y\r\n", "half of a line"] {
        let mut client = world.connect(Mode::StartTls).await;
        client.line().await;
        client.send(format!("s STARTTLS\r\n{injected}")).await;
        let rest = client.rest().await;
        assert_eq!(
            rest,
            ["* BYE Data arrived between the request for TLS and TLS"]
        );
    }
}

#[tokio::test]
async fn nobody_signs_in_without_tls_except_on_a_plain_listener() {
    let world = World::start().await;
    let mut client = world.connect(Mode::StartTls).await;
    let greeting = client.line().await;
    assert!(greeting.contains("STARTTLS LOGINDISABLED"), "{greeting}");
    let refused = client.say(&format!("a {}", world.login())).await;
    assert!(refused.starts_with("a NO [PRIVACYREQUIRED]"), "{refused}");
    let mut client = world.greeted(Mode::Plain).await;
    assert!(client.say("a STARTTLS").await.starts_with("a BAD"));
    let lines = client.command("b", &world.login()).await;
    assert!(lines[0].starts_with("b OK"), "{lines:?}");
}

#[tokio::test]
async fn huge_input_ends_the_session() {
    let world = World::start().await;
    for (input, expected) in [
        ("x".repeat(20_000) + "\r\n", "* BYE The line is too long"),
        (
            "a LOGIN {99999999}\r\n".into(),
            "* BYE The command is too large",
        ),
        (
            "a LOGIN {5000+}\r\n".into(),
            "* BYE The command is too large",
        ),
        (
            format!("a ID {}\r\n", "x ".repeat(100)),
            "* BYE The command is too large",
        ),
        (
            "a NOOP\r\n".repeat(200),
            "* BYE Too many commands before the sign-in",
        ),
        ("a SELECT INBOX\r\n".repeat(20), "* BYE Too many errors"),
    ] {
        let mut client = world.greeted(Mode::Tls).await;
        client.send(input).await;
        assert_eq!(client.rest().await.last().unwrap(), expected);
    }
}

#[tokio::test]
async fn slow_clients_are_disconnected_before_they_sign_in() {
    let world = World::with(impatient()).await;
    let mut clients = Vec::new();
    for start in [
        "",
        "a NOO",
        "a LOGIN {100+}\r\nx",
        "a AUTHENTICATE PLAIN\r\n",
    ] {
        let mut client = world.greeted(Mode::Tls).await;
        client.send(start).await;
        clients.push(client);
    }
    for mut client in clients {
        let rest = client.rest().await;
        assert_eq!(rest.last().unwrap(), "* BYE Timed out before the sign-in");
    }
    // A TLS handshake that never ends, and one on a port without TLS.
    for mode in [Mode::Tls, Mode::StartTls] {
        let mut client = world.connect(mode).await;
        client.send([0x16, 3, 1]).await;
        assert!(
            client
                .rest()
                .await
                .iter()
                .all(|line| line.starts_with("* OK"))
        );
    }
}

#[tokio::test]
async fn connections_are_limited() {
    let limits = Limits {
        connections: ConnectionLimits {
            total: 10,
            per_address: NonZeroU32::new(2),
            ..Limits::default().connections
        },
        ..Limits::default()
    };
    let world = World::with(limits).await;
    let (one, _two) = (world.greeted(Mode::Tls).await, world.signed_in().await);
    let mut three = world.connect(Mode::Plain).await;
    assert_eq!(
        three.rest().await,
        ["* BYE [UNAVAILABLE] Too many connections; try again later"]
    );
    drop(one);
    loop {
        let mut again = world.connect(Mode::Plain).await;
        if again.line().await.starts_with("* OK") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
