//! Listeners for some senders only, behind a proxy, and on machines behind NAT.

use std::time::Duration;

use domain::{Actor, SenderForm, SenderName};
use secrecy::ExposeSecret as _;
use submission::{Limits, ListenerOptions, Mode};

use crate::world::{World, plain};

fn form(name: &str, networks: &str) -> SenderForm {
    SenderForm {
        name: name.into(),
        credentials: if networks.is_empty() { "on" } else { "" }.into(),
        networks: networks.into(),
        ..SenderForm::default()
    }
}

/// Adds a sender. Returns its password.
async fn add(world: &World, form: &SenderForm) -> String {
    let added = world.access.add_sender(form, &Actor::command_line()).await;
    let password = added.unwrap().1;
    password.map_or_else(String::new, |one| one.expose_secret().to_owned())
}

fn only_for_grafana(options: &mut ListenerOptions) {
    options.senders = vec![
        SenderName::parse("grafana").unwrap(),
        SenderName::parse("nobody").unwrap(),
    ];
}

#[tokio::test]
async fn a_listener_admits_the_senders_that_it_names_and_explains_it_to_others() {
    let world = World::with_listeners(Limits::default(), only_for_grafana).await;
    let grafana = add(&world, &form("Grafana", "")).await;
    let printer = add(&world, &form("printer", "")).await;
    let auth = |user: &str, password: &str| {
        use base64::{Engine as _, prelude::BASE64_STANDARD};
        let response = BASE64_STANDARD.encode(format!("\0{user}\0{password}"));
        format!("AUTH PLAIN {response}\r\n")
    };
    let mut client = world.greeted(Mode::Plain).await;
    client.send(auth("printer", &printer)).await;
    let reply = client.reply().await;
    let expected = "535 5.7.8 The sender \"printer\" may not use this port.";
    assert!(reply.starts_with(expected), "{reply}");
    client
        .send(format!("AUTH PLAIN {}\r\n", plain(&world.password)))
        .await;
    let reply = client.reply().await;
    assert!(
        reply.starts_with("535 5.7.8 API keys without a sender"),
        "{reply}"
    );
    client.send(auth("grafana", &grafana)).await;
    assert_eq!(client.code().await, 235);
    assert_eq!(client.say("MAIL FROM:<office@example.com>").await, 250);

    add(&world, &form("Floor 1", "127.0.0.0/8")).await;
    let mut client = world.greeted(Mode::StartTls).await;
    client.send("MAIL FROM:<office@example.com>\r\n").await;
    let reply = client.reply().await;
    let expected = "550 5.7.0 The sender \"Floor 1\" may not use this port.";
    assert!(reply.starts_with(expected), "{reply}");
}

fn behind_proxy(options: &mut ListenerOptions) {
    options.proxies = vec!["127.0.0.1/32".parse().unwrap()];
    options.networks = vec!["10.0.0.0/8".parse().unwrap()];
}

/// Returns a header of version 2 for a client with this IPv4 address.
fn header(address: [u8; 4]) -> Vec<u8> {
    let fixed = b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c";
    [&fixed[..], &address, &[127, 0, 0, 1, 0x80, 1, 0, 25]].concat()
}

const LOCAL: &[u8] = b"\r\n\r\n\0\r\nQUIT\n\x20\0\0\0";

#[tokio::test]
async fn a_proxy_names_its_clients_and_their_addresses_count() {
    let world = World::with_listeners(Limits::default(), behind_proxy).await;
    add(&world, &form("Proxy", "127.0.0.0/8")).await;
    add(&world, &form("Printer", "10.9.8.7")).await;
    for header in [
        header([10, 9, 8, 7]),
        b"PROXY TCP4 10.9.8.7 127.0.0.1 9 25\r\n".to_vec(),
    ] {
        let mut client = world.connect(Mode::StartTls).await;
        client.send(header).await;
        assert_eq!(client.code().await, 220);
        let dialogue = [
            ("EHLO printer", 250),
            ("MAIL FROM:<office@example.com>", 250),
            ("RCPT TO:<bob@example.org>", 250),
            ("DATA", 354),
            ("\r\nHello\r\n.", 250),
        ];
        client.dialogue(&dialogue).await;
        let content = world.content().await;
        assert!(content.contains("[10.9.8.7]"), "{content}");
    }
    // A client outside of the networks, and one that nobody knows.
    let mut client = world.connect(Mode::StartTls).await;
    client.send(header([192, 0, 2, 1])).await;
    assert_eq!(client.rest().await, [554]);
    let mut client = world.connect(Mode::StartTls).await;
    client.send(header([10, 0, 0, 1])).await;
    assert_eq!(client.code().await, 220);
    client
        .dialogue(&[("EHLO a", 250), ("MAIL FROM:<>", 530)])
        .await;
    // A health check of the proxy is greeted, but is not the sender at its address.
    let mut client = world.connect(Mode::StartTls).await;
    client.send(LOCAL).await;
    assert_eq!(client.code().await, 220);
    client
        .dialogue(&[("EHLO a", 250), ("MAIL FROM:<>", 530)])
        .await;
    // TLS follows the header.
    let mut client = world.connect(Mode::Tls).await;
    client.send(header([10, 9, 8, 7])).await;
    client.start_tls(&world.certificate).await;
    assert_eq!(client.code().await, 220);
}

#[tokio::test]
async fn a_proxy_without_a_header_and_a_header_without_a_proxy_end_the_connection() {
    let limits = Limits {
        proxy_header: Duration::from_millis(200),
        early_loopback: Duration::from_secs(10),
        ..Limits::default()
    };
    let world = World::with_listeners(limits, behind_proxy).await;
    for start in [
        &b"EHLO printer.example.com\r\n"[..],
        b"",
        b"\r\n\r\n\0",
        b"PROXY TCP4 x",
    ] {
        let mut client = world.connect(Mode::StartTls).await;
        client.send(start).await;
        assert!(client.rest().await.is_empty());
    }
    let direct = World::with(limits).await;
    for header in [
        header([10, 9, 8, 7]),
        b"PROXY TCP4 10.9.8.7 127.0.0.1 9 25\r\n".to_vec(),
    ] {
        let mut client = direct.connect(Mode::StartTls).await;
        client.send(header).await;
        assert_eq!(client.rest().await, [554]);
    }
}

#[tokio::test]
async fn the_address_of_a_gateway_is_no_sender_unless_it_is_named_and_confirmed() {
    let world = World::behind_gateway().await;
    add(&world, &form("Network", "127.0.0.0/8")).await;
    let mut client = world.greeted(Mode::StartTls).await;
    client.send("MAIL FROM:<office@example.com>\r\n").await;
    let reply = client.reply().await;
    assert!(
        reply.starts_with("530 5.7.0 ") && reply.contains("a gateway"),
        "{reply}"
    );
    let seen = world.access.gateway_client().unwrap();
    assert_eq!(seen.address.to_string(), "127.0.0.1");

    let mut exact = form("Router", "127.0.0.1");
    let by = Actor::command_line();
    let (router, _) = world.access.add_sender(&exact, &by).await.unwrap();
    assert_eq!(client.say("MAIL FROM:<office@example.com>").await, 530);
    exact.confirm_networks = "on".into();
    world
        .access
        .change_sender(&router.id, &exact, &by)
        .await
        .unwrap();
    assert_eq!(client.say("MAIL FROM:<office@example.com>").await, 250);
}

#[tokio::test]
async fn a_sender_that_is_added_or_removed_counts_in_the_next_transaction() {
    let world = World::start().await;
    let mut client = world.greeted(Mode::StartTls).await;
    assert_eq!(client.say("MAIL FROM:<office@example.com>").await, 530);
    let by = Actor::command_line();
    let added = world
        .access
        .add_sender(&form("Here", "127.0.0.0/8"), &by)
        .await;
    let (sender, _) = added.unwrap();
    assert_eq!(client.say("MAIL FROM:<office@example.com>").await, 250);
    world.access.remove_sender(&sender.id, &by).await.unwrap();
    let mut other = world.greeted(Mode::StartTls).await;
    assert_eq!(other.say("MAIL FROM:<office@example.com>").await, 530);
}
