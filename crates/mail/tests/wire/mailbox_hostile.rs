//! Hostile servers and senders: nothing panics, hangs, or grows without bound, and other mail stays
//! readable.

use std::time::Duration;

use domain::{FindingCode, FolderName, Mail};
use sandbox::{Faults, ImapFault};

use crate::{
    doctor::with_mailbox,
    mailbox::{code, fill, home, inbox, world},
    support::{ALICE, World, short_timeouts},
};

fn set(world: &World, fault: Option<ImapFault>) {
    world.control().set(Faults {
        imap: fault,
        ..Faults::default()
    });
}

#[tokio::test]
async fn answers_that_break_off_or_never_end_are_named_and_the_next_page_works() {
    let world = world().await;
    fill(&world, 3);
    let folder = FolderName::default();
    let list = world
        .mailer
        .mailboxes
        .page(&home(), &inbox())
        .await
        .unwrap();
    for (fault, expected) in [
        (ImapFault::CutInFetch, FindingCode::ConnectionClosed),
        (ImapFault::HugeLiteral, FindingCode::ImapAnswerUnreadable),
        (ImapFault::EndlessLine, FindingCode::ImapAnswerUnreadable),
        (ImapFault::BrokenFetch, FindingCode::ImapAnswerUnreadable),
    ] {
        set(&world, Some(fault));
        let page = world.mailer.mailboxes.page(&home(), &inbox()).await;
        assert_eq!(code(page), expected, "{fault:?}");
        let mail = world
            .mailer
            .mailboxes
            .message(&home(), &folder, list.mails[0].id)
            .await;
        assert_eq!(code(mail), expected, "{fault:?}");
        set(&world, None);
        let page = world
            .mailer
            .mailboxes
            .page(&home(), &inbox())
            .await
            .unwrap();
        assert_eq!(page.mails.len(), 3, "{fault:?}");
    }
}

#[tokio::test]
async fn a_silent_server_ends_with_a_timeout() {
    let world = World::with(short_timeouts).await;
    world.save(&with_mailbox(&world, world.basic_form())).await;
    set(&world, Some(ImapFault::Silent));
    let page = world.mailer.mailboxes.page(&home(), &inbox()).await;
    assert_eq!(code(page), FindingCode::Timeout);
}

/// Reads the message with these bytes among others, which must stay readable.
async fn read(raw: &[u8]) -> Mail {
    let world = world().await;
    fill(&world, 2);
    world.control().deliver(ALICE, "INBOX", raw);
    fill(&world, 2);
    let reading = async {
        let page = world
            .mailer
            .mailboxes
            .page(&home(), &inbox())
            .await
            .unwrap();
        assert_eq!(page.mails.len(), 5);
        assert_eq!(page.mails[3].subject, "Number 2");
        let folder = FolderName::default();
        world
            .mailer
            .mailboxes
            .message(&home(), &folder, page.mails[2].id)
            .await
            .unwrap()
    };
    // A limit well below the minutes that unbounded work would take.
    tokio::time::timeout(Duration::from_mins(2), reading)
        .await
        .unwrap()
}

#[tokio::test]
async fn ten_thousand_headers() {
    let header = format!("X-Header: {}\r\n", "x".repeat(20));
    let raw = ["Subject: many\r\n", &header.repeat(10_000)].concat();
    let mail = read(format!("{raw}\r\nHello").as_bytes()).await;
    assert_eq!(mail.summary.subject, "many");
    assert_eq!((mail.headers.len(), mail.headers_left_out), (200, 9_801));
    assert_eq!(mail.text.as_deref(), Some("Hello"));
}

#[tokio::test]
async fn a_subject_of_a_megabyte() {
    let subject = "s".repeat(1024 * 1024);
    let raw = format!("Subject: {subject}\r\nFrom: bob@sandbox.test\r\n\r\nHello");
    let mail = read(raw.as_bytes()).await;
    assert_eq!(mail.summary.subject.chars().count(), 301);
    assert_eq!(mail.summary.from, "bob@sandbox.test");
    assert!(mail.headers[0].value.len() <= 2_000);
    assert_eq!(mail.text.as_deref(), Some("Hello"));
}

#[tokio::test]
async fn mime_that_is_broken_or_as_deep_as_can_be() {
    for raw in [
        b"".to_vec(),
        b"\r\n\r\n".to_vec(),
        vec![0; 10_000],
        (0..=u8::MAX).cycle().take(100_000).collect(),
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b".to_vec(),
        b"Content-Type: multipart/mixed\r\n\r\nx".to_vec(),
        b"Content-Transfer-Encoding: base64\r\n\r\n!!!!".to_vec(),
        b"Content-Type: text/plain; charset=none\r\n\r\n\xff\xfe".to_vec(),
        b"Content-Type: message/rfc822\r\n\r\n".repeat(120_000),
        b"Content-Type: multipart/digest; boundary=b\r\n\r\n--b\r\n\r\n".repeat(70_000),
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n".repeat(70_000),
        [
            &b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"[..],
            &b"--b\r\n\r\nx\r\n".repeat(300_000),
        ]
        .concat(),
    ] {
        let mail = read(&raw).await;
        assert!(mail.attachments.len() <= 200);
    }
}

#[tokio::test]
async fn html_with_scripts_and_trackers_or_made_to_keep_parsers_busy() {
    let trackers = "<script src=https://t.example/a.js></script><img src=https://t.example/p.gif>\
                    <style>body{background:url(https://t.example/b)}</style><p onclick=alert(1)>Hello";
    let html = |body: &str| format!("Content-Type: text/html\r\n\r\n{body}");
    let mail = read(html(trackers).as_bytes()).await;
    let shown = mail.html.unwrap();
    assert!(shown.contains("Hello") && !shown.contains("t.example") && !shown.contains("alert"));
    for body in [
        "<div>".repeat(200_000),
        // Each element differs from the previous ones, so the parser must remember all of them.
        numbered(40_000, "<p><font color=", ">"),
        numbered(40_000, "<p><b title=", ">"),
        ["<a ", &numbered(100_000, "a", "=1 "), ">"].concat(),
        "<table><tr><td>".repeat(60_000),
        "<b><i><u><a href=http://a>".repeat(30_000),
        "<!--".repeat(200_000),
        "&".repeat(900_000),
        "<a href=\"".repeat(90_000),
    ] {
        let mail = read(html(&body).as_bytes()).await;
        assert!(
            mail.html.is_some_and(|html| html.len() < 8 * 1024 * 1024),
            "{}",
            &body[..20]
        );
    }
    let mail = read(html(&"x".repeat(2 * 1024 * 1024)).as_bytes()).await;
    assert!(mail.html.is_none() && mail.html_left_out);
}

/// Repeats a text with a number in it.
fn numbered(count: u32, before: &str, after: &str) -> String {
    let all =
        (0..count).flat_map(|number| [before.to_owned(), number.to_string(), after.to_owned()]);
    all.collect()
}
