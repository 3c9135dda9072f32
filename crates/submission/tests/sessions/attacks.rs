//! Clients that try to make the server, or the next one, read something else than was sent.

use submission::Mode;

use crate::world::{World, patient};

#[tokio::test]
async fn commands_that_follow_starttls_in_plain_text_are_never_run() {
    let world = World::start().await;
    for injected in [
        "EHLO evil\r\n",
        "MAIL FROM:<evil@example.com>\r\n",
        "x",
        "\r\n",
    ] {
        let mut client = world.greeted(Mode::StartTls).await;
        client.send(format!("STARTTLS\r\n{injected}")).await;
        assert_eq!(client.rest().await, [554], "{injected:?}");
    }
}

#[tokio::test]
async fn data_before_the_greeting_ends_the_session() {
    let world = World::with(patient()).await;
    for early in ["EHLO device\r\n", "GET / HTTP/1.1\r\n\r\n", "\r\n", "\0"] {
        let mut client = world.connect(Mode::StartTls).await;
        client.send(early).await;
        assert_eq!(client.rest().await, [554], "{early:?}");
    }
}

#[tokio::test]
async fn a_message_before_the_reply_to_data_ends_the_session() {
    let world = World::start().await;
    let mut client = world.signed_in().await;
    client
        .send("MAIL FROM:<office@example.com>\r\nRCPT TO:<bob@example.org>\r\nDATA\r\nSubject: x\r\n\r\nx\r\n.\r\n")
        .await;
    assert_eq!(client.rest().await, [250, 250, 503]);
    assert!(world.messages().await.is_empty());
}

/// SMTP smuggling (CVE-2023-51764 and related): the message contains what other servers take for
/// its end, followed by another message.
#[tokio::test]
async fn no_form_of_smuggling_makes_a_second_message() {
    let world = World::start().await;
    let mut client = world.signed_in().await;
    for end in [
        "\n.\n",
        "\n.\r\n",
        "\r\n.\n",
        "\r.\r",
        "\r.\r\n",
        "\r\n.\r",
        "\n.\r",
        "\r.\n",
        "\r\n.\r\r\n",
        "\r\r\n.\r\r\n",
        "\n\n.\n\n",
        "\r\n.\r\0\n",
    ] {
        client
            .dialogue(&[
                ("MAIL FROM:<office@example.com>", 250),
                ("RCPT TO:<bob@example.org>", 250),
                ("DATA", 354),
            ])
            .await;
        client
            .send(format!(
                "Subject: one\r\n\r\none{end}MAIL FROM:<office@example.com>\r\nRCPT TO:<eve@example.org>\r\n\
                 DATA\r\nSubject: two\r\n\r\ntwo\r\n.\r\n"
            ))
            .await;
        let reply = client.reply().await;
        assert!(reply.starts_with("550 5.6.11 "), "{end:?}: {reply}");
        // One reply for all of it, and the session continues.
        assert_eq!(client.say("NOOP").await, 250, "{end:?}");
    }
    assert!(world.messages().await.is_empty());
}

/// NUL is no line end, so these are one message, in which the dot stays.
#[tokio::test]
async fn a_dot_beside_a_nul_does_not_end_a_message() {
    let world = World::start().await;
    let mut client = world.signed_in().await;
    for end in ["\r\n\0.\r\n", "\r\n.\0\r\n"] {
        client
            .dialogue(&[
                ("MAIL FROM:<office@example.com>", 250),
                ("RCPT TO:<bob@example.org>", 250),
                ("DATA", 354),
            ])
            .await;
        client
            .send(format!(
                "Subject: one\r\n\r\none{end}MAIL FROM:<x@y.example>\r\n.\r\n"
            ))
            .await;
        client.code().await;
        assert_eq!(client.say("NOOP").await, 250, "{end:?}");
    }
    assert!(world.messages().await.len() <= 2);
}

#[tokio::test]
async fn a_tls_handshake_within_a_session_and_other_garbage_is_no_command() {
    let world = World::start().await;
    let mut client = world.greeted(Mode::StartTls).await;
    for garbage in [
        &b"\x16\x03\x01\x02\x00\x01\r\n"[..],
        b"\x00\x01\x02\r\n",
        b"\xff\xfe\r\n",
        b"MAIL FROM:<a@b.example>\rRCPT TO:<c@d.example>\r\n",
        b"\x1b[31m\r\n",
    ] {
        client.send(garbage).await;
        assert_eq!(client.code().await, 500, "{garbage:?}");
    }
}
