//! Sessions that are relayed to the mail server.

use std::time::Duration;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use domain::Actor;
use gateway::Limits;
use listener::Mode;

use crate::world::World;

const MAIL: &str = "From: a@b.c\r\nSubject: Hello\r\n\r\nBody\r\n";

#[tokio::test]
async fn a_client_reads_mail_in_every_mode_and_with_every_sign_in() {
    let world = World::start().await;
    let alice = &world.sandbox.descriptor().accounts[0].address;
    world.sandbox.control().deliver(alice, "INBOX", MAIL);
    let plain = BASE64_STANDARD.encode(format!("\0helpdesk\0{}", world.password));
    let (user, password) = ("aGVscGRlc2s=", BASE64_STANDARD.encode(&world.password));
    let length = world.password.len();
    let sign_ins = [
        vec![format!("a {}\r\n", world.login())],
        vec![
            format!("a LOGIN \"helpdesk\" {{{length}}}\r\n"),
            format!("{}\r\n", world.password),
        ],
        vec![format!(
            "a LOGIN {{8+}}\r\nhelpdesk {{{length}+}}\r\n{}\r\n",
            world.password
        )],
        vec![format!("a AUTHENTICATE PLAIN {plain}\r\n")],
        vec!["a AUTHENTICATE PLAIN\r\n".into(), format!("{plain}\r\n")],
        vec![
            "a AUTHENTICATE LOGIN\r\n".into(),
            format!("{user}\r\n"),
            format!("{password}\r\n"),
        ],
    ];
    for mode in Mode::ALL {
        for lines in &sign_ins {
            let mut client = world.greeted(mode).await;
            let mut reply = String::new();
            for line in lines {
                client.send(line).await;
                reply = client.line().await;
            }
            // The capabilities are those of the mail server.
            assert!(
                reply.starts_with("a OK [CAPABILITY IMAP4REV1 "),
                "{lines:?} {reply}"
            );
            assert!(reply.contains(" IDLE"), "{reply}");
            let selected = client.command("b", "SELECT INBOX").await;
            assert!(selected.contains(&"* 1 EXISTS".into()), "{selected:?}");
            let fetched = client.command("c", "FETCH 1 BODY[]").await.join("\n");
            assert!(fetched.contains("Subject: Hello\n\nBody\n"), "{fetched}");
            let left = client.command("d", "LOGOUT").await;
            assert!(left.last().unwrap().starts_with("d OK"), "{left:?}");
            assert!(client.rest().await.is_empty());
        }
    }
    let found = world
        .access
        .sender(&world.sender.id)
        .await
        .unwrap()
        .unwrap();
    assert!(found.last_seen_at.is_some());
}

#[tokio::test]
async fn commands_sent_together_with_the_sign_in_reach_the_mail_server() {
    let world = World::start().await;
    let mut client = world.greeted(Mode::Tls).await;
    client
        .send(format!(
            "a {}\r\nb SELECT INBOX\r\nc LOGOUT\r\n",
            world.login()
        ))
        .await;
    let lines = client.rest().await;
    let tags: Vec<_> = ["a OK", "b OK", "c OK"]
        .iter()
        .map(|tag| lines.iter().position(|line| line.starts_with(tag)).unwrap())
        .collect();
    assert!(tags.is_sorted(), "{lines:?}");
}

#[tokio::test]
async fn new_mail_is_announced_during_idle_and_the_stop_of_the_server_too() {
    let world = World::start().await;
    let mut client = world.signed_in().await;
    client.command("b", "SELECT INBOX").await;
    assert!(client.say("c IDLE").await.starts_with('+'));
    let alice = &world.sandbox.descriptor().accounts[0].address;
    world.sandbox.control().deliver(alice, "INBOX", MAIL);
    assert_eq!(client.line().await, "* 1 EXISTS");
    world.stopping.cancel();
    let rest = client.rest().await;
    assert_eq!(
        rest.last().unwrap(),
        "* BYE The server is stopping; connect again in a minute"
    );
    world.running.await.unwrap();
    let metrics = world.mailer.metrics.render(None).await.unwrap();
    for row in [
        r#"gateway_sessions_total{protocol="imap",tls="1.3"} 1"#,
        r#"gateway_sign_ins_total{protocol="imap",result="ok"} 1"#,
        r#"gateway_octets_total{protocol="imap",direction="received"}"#,
    ] {
        assert!(metrics.contains(row), "{metrics}");
    }
}

#[tokio::test]
async fn an_open_session_ends_when_the_sender_loses_its_right() {
    let limits = Limits {
        verify: Duration::from_millis(100),
        ..Limits::default()
    };
    let world = World::with(limits).await;
    let mut client = world.signed_in().await;
    let by = Actor::command_line();
    let form = crate::world::form("Help desk", false);
    let changed = world.access.change_sender(&world.sender.id, &form, &by);
    changed.await.unwrap();
    let rest = client.rest().await;
    assert_eq!(rest, ["* BYE The sender may no longer read the mailbox"]);
}
