//! Incoming mail: bounces and notifications of new mail.

use std::{
    collections::HashSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use domain::{
    Arrival, ArrivalProtocol, DataCenterId, EmailAddress, FindingCode, FolderName, MessageState,
    Recipient, RecipientKind, RecipientState, SmtpForm, TypedSecret,
};
use mail::Submission;
use message::Composed;
use sandbox::{Faults, ImapFault, MessageIdStyle, Stage, StageReply};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    time::sleep,
};

use crate::{
    hooks::Hooks,
    outbox::{Delivering, submission, until},
    support::{ALICE, BOB, World},
};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

fn home() -> DataCenterId {
    DataCenterId::default()
}

/// Returns settings with Alice's mailbox.
fn with_mailbox(world: &World) -> SmtpForm {
    let sandbox = world.descriptor();
    SmtpForm {
        mailbox_enabled: true,
        mailbox_email: ALICE.into(),
        mailbox_password: TypedSecret::new("alice-password"),
        mailbox_host: sandbox.imap_host.clone(),
        mailbox_port: sandbox.imap_starttls_port.to_string(),
        ..world.basic_form()
    }
}

/// Creates a world that reads Alice's mailbox and has completed the first poll.
async fn reading() -> World {
    let world = World::new().await;
    world.save(&with_mailbox(&world)).await;
    world.control().set(Faults {
        authentication_required: false,
        ..Faults::default()
    });
    assert!(world.mailer.inbound.poll(&home()).await.unwrap());
    world
}

/// Delivers mail to Alice as another mail server would.
async fn arrives(world: &World, raw: &str) {
    let port = world.descriptor().smtp_starttls_port;
    let stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let mut stream = BufReader::new(stream);
    let dotted = format!("{raw}\r\n.");
    let to = format!("RCPT TO:<{ALICE}>");
    let mut say = vec![
        "EHLO mx.example.net",
        "MAIL FROM:<>",
        &to,
        "DATA",
        &dotted,
        "QUIT",
    ];
    say.reverse();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.unwrap();
        assert!(matches!(&line[..1], "2" | "3"), "{line}");
        if line.as_bytes()[3] == b'-' {
            continue;
        }
        match say.pop() {
            Some(next) => stream
                .write_all(format!("{next}\r\n").as_bytes())
                .await
                .unwrap(),
            None => return,
        }
    }
}

fn notification(about: &str) -> String {
    notification_of(BOB, &format!("Message-ID: {about}"))
}

/// Returns a notification about a recipient, with fields of the returned header.
fn notification_of(recipient: &str, header: &str) -> String {
    format!(
        "From: MAILER-DAEMON@mx.example.net\r\n\
         Subject: Undelivered Mail Returned to Sender\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=B\r\n\
         \r\n\
         --B\r\n\
         \r\n\
         It could not be delivered.\r\n\
         --B\r\n\
         Content-Type: message/delivery-status\r\n\
         \r\n\
         Reporting-MTA: dns; mx.example.net\r\n\
         \r\n\
         Final-Recipient: rfc822; {recipient}\r\n\
         Action: failed\r\n\
         Status: 5.1.1\r\n\
         Diagnostic-Code: smtp; 550 5.1.1 No such user\r\n\
         \r\n\
         --B\r\n\
         Content-Type: text/rfc822-headers\r\n\
         \r\n\
         {header}\r\n\
         --B--"
    )
}

/// Stores a message that the mail server has accepted.
async fn accepted(world: &World, message_id: &str) -> domain::MessageId {
    let submission = Submission {
        data_center: home(),
        message: Composed {
            sender: EmailAddress::parse(ALICE).unwrap(),
            recipients: vec![Recipient {
                state: RecipientState::Accepted,
                ..Recipient::new(EmailAddress::parse(BOB).unwrap(), RecipientKind::To)
            }],
            message_id: message_id.into(),
            from: ALICE.into(),
            subject: "Hello".into(),
            content: b"Subject: Hello\r\n\r\nHi\r\n".to_vec(),
        },
        submitted_by: world.admin.who.clone(),
        arrival: Arrival::over(ArrivalProtocol::Http),
        idempotency: None,
        due_at: Some(domain::UnixTime(i64::MAX / 2)),
        counts_for: None,
    };
    world.mailer.outbox.submit(submission).await.unwrap().id
}

/// Configures a webhook for new mail.
async fn tell(world: &World, hooks: &Hooks) {
    let (id, url) = (home(), hooks.url("/mail"));
    let save = world
        .mailer
        .inbound
        .save_webhook(&id, &url, SECRET, &world.admin);
    save.await.unwrap();
}

async fn recipient(world: &World, id: &domain::MessageId) -> Recipient {
    let message = world.mailer.outbox.message(id).await.unwrap().unwrap();
    message.recipients.into_iter().next().unwrap()
}

#[tokio::test]
async fn a_notification_marks_the_message_it_is_about_with_the_remote_servers_reason() {
    let world = reading().await;
    let id = accepted(&world, "<1@example.com>").await;
    let other = accepted(&world, "<2@example.com>").await;
    arrives(&world, "Subject: Hello\r\n\r\nJust mail.").await;
    arrives(&world, &notification("<1@example.com>")).await;
    assert!(world.mailer.inbound.poll(&home()).await.unwrap());
    let bounced = recipient(&world, &id).await;
    assert_eq!(bounced.state, RecipientState::Bounced);
    assert_eq!(bounced.reply, "550 5.1.1 No such user");
    let finding = bounced.finding.unwrap();
    assert_eq!(finding.code, FindingCode::NoSuchUser);
    assert_eq!(finding.said.as_deref(), Some("550 5.1.1 No such user"));
    let untouched = recipient(&world, &other).await;
    assert_eq!(untouched.state, RecipientState::Accepted);
}

fn set(world: &World, fault: ImapFault) {
    world.control().set(Faults {
        imap: Some(fault),
        authentication_required: false,
        ..Faults::default()
    });
}

#[tokio::test]
async fn dates_and_spaces_that_no_standard_allows_stop_no_bounce() {
    let world = reading().await;
    let id = accepted(&world, "<1@example.com>").await;
    set(&world, ImapFault::OddFetch);
    arrives(&world, "Subject: Hello\r\n\r\nJust mail.").await;
    arrives(&world, &notification("<1@example.com>")).await;
    assert!(world.mailer.inbound.poll(&home()).await.unwrap());
    let bounced = recipient(&world, &id).await;
    assert_eq!(bounced.state, RecipientState::Bounced);
}

#[tokio::test]
async fn a_message_that_the_server_cannot_send_does_not_delay_others() {
    let world = reading().await;
    let id = accepted(&world, "<1@example.com>").await;
    set(&world, ImapFault::UnreadableMessage);
    arrives(&world, "Subject: Hello\r\n\r\nJust mail.").await;
    arrives(&world, "Subject: unreadable\r\n\r\nJust mail.").await;
    arrives(&world, &notification("<1@example.com>")).await;
    let mut polls = 1;
    while !world.mailer.inbound.poll(&home()).await.unwrap() {
        polls += 1;
        assert!(polls < 10);
    }
    let bounced = recipient(&world, &id).await;
    assert_eq!(bounced.state, RecipientState::Bounced);
}

#[tokio::test]
async fn a_report_without_a_delivery_status_counts_if_it_names_the_recipient() {
    let world = reading().await;
    let id = accepted(&world, "<1@example.com>").await;
    let report = format!(
        "From: MAILER-DAEMON@mx.example.net\r\nSubject: failure notice\r\n\r\n\
         Hi. This is the qmail-send program at mx.example.net.\r\n\r\n\
         <{BOB}>:\r\nSorry, no mailbox here by that name. (#5.1.1)\r\n\r\n\
         --- Below this line is a copy of the message.\r\n\r\n\
         Message-ID: <1@example.com>\r\n\r\nHi"
    );
    arrives(&world, &report).await;
    assert!(world.mailer.inbound.poll(&home()).await.unwrap());
    let bounced = recipient(&world, &id).await;
    assert_eq!(bounced.state, RecipientState::Bounced);
}

#[tokio::test]
async fn mail_that_arrived_while_stopped_is_read_by_the_next_process() {
    let world = reading().await;
    let id = accepted(&world, "<1@example.com>").await;
    for number in 0..90 {
        arrives(&world, &format!("Subject: {number}\r\n\r\nMail.")).await;
    }
    arrives(&world, &notification("<1@example.com>")).await;
    // The lease of the previous process has not expired yet.
    world.clock.advance(61);
    let next = world.another_mailer().await;
    assert!(next.inbound.poll(&home()).await.unwrap());
    let bounced = recipient(&world, &id).await;
    assert_eq!(bounced.state, RecipientState::Bounced);
}

#[tokio::test]
async fn new_mail_is_posted_once_in_order_and_signed() {
    let (world, hooks) = (reading().await, Hooks::start().await);
    arrives(&world, "Subject: before\r\n\r\nMail.").await;
    assert!(world.mailer.inbound.poll(&home()).await.unwrap());
    tell(&world, &hooks).await;
    assert!(world.mailer.inbound.poll(&home()).await.unwrap());
    for number in 1..4 {
        let raw = format!(
            "Message-ID: <{number}@example.net>\r\nFrom: Zoe <zoe@example.net>\r\n\
             Subject: =?utf-8?q?Gr=C3=B6=C3=9Fe?= {number}\r\n\r\nSecret content."
        );
        arrives(&world, &raw).await;
    }
    for _ in 0..2 {
        assert!(world.mailer.inbound.poll(&home()).await.unwrap());
    }
    let posted = hooks.posted();
    assert_eq!(posted.len(), 3);
    for (number, request) in (1..).zip(&posted) {
        assert!(request.header("webhook-signature").starts_with("v1,"));
        assert!(!request.body.contains("Secret content"));
        let posted: serde_json::Value = serde_json::from_str(&request.body).unwrap();
        assert_eq!(posted["type"], "mail.received");
        let data = &posted["data"];
        assert_eq!(data["subject"], format!("Größe {number}"));
        assert_eq!(data["from"], "zoe@example.net");
        assert_eq!(data["message_id"], format!("<{number}@example.net>"));
        let id = format!("mail_default_{}_{}", data["uid_validity"], data["uid"]);
        assert_eq!(request.header("webhook-id"), id);
    }
}

#[tokio::test]
async fn undelivered_notifications_are_retried_also_by_the_next_process() {
    let (world, hooks) = (reading().await, Hooks::start().await);
    tell(&world, &hooks).await;
    assert!(world.mailer.inbound.poll(&home()).await.unwrap());
    arrives(&world, "Subject: one\r\n\r\nMail.").await;
    arrives(&world, "Subject: two\r\n\r\nMail.").await;
    hooks.script("HTTP/1.1 503 Service Unavailable\r\n\r\n");
    assert!(!world.mailer.inbound.poll(&home()).await.unwrap());
    let hook = world
        .mailer
        .inbound
        .webhook(&home())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(hook.failing.unwrap().0, "status");

    world.clock.advance(61);
    let next = world.another_mailer().await;
    assert!(next.inbound.poll(&home()).await.unwrap());
    let ids: Vec<_> = hooks
        .posted()
        .iter()
        .map(|request| request.header("webhook-id").to_owned())
        .collect();
    assert_eq!(ids.len(), 3);
    assert_eq!(ids[0], ids[1], "reported again as the same event");
    assert_ne!(ids[1], ids[2]);
    let hook = next.inbound.webhook(&home()).await.unwrap().unwrap();
    assert_eq!(hook.failing, None);
}

#[tokio::test]
async fn an_unresponsive_webhook_does_not_delay_bounces() {
    let (world, hooks) = (reading().await, Hooks::start().await);
    let id = accepted(&world, "<1@example.com>").await;
    tell(&world, &hooks).await;
    assert!(world.mailer.inbound.poll(&home()).await.unwrap());
    hooks.script("HTTP/1.1 500 Internal Server Error\r\n\r\n");
    arrives(&world, &notification("<1@example.com>")).await;
    assert!(!world.mailer.inbound.poll(&home()).await.unwrap());
    let bounced = recipient(&world, &id).await;
    assert_eq!(bounced.state, RecipientState::Bounced);
}

#[tokio::test]
async fn a_bounce_is_read_on_notification_over_the_watch_that_the_page_shares() {
    let world = reading().await;
    let id = accepted(&world, "<1@example.com>").await;
    let idling = || {
        let commands = world.control().imap_commands();
        commands.iter().filter(|one| one.contains("IDLE")).count()
    };
    let attending = tokio::spawn({
        let mailer = world.mailer.clone();
        async move { mailer.inbound.run().await }
    });
    let of_page = world
        .mailer
        .mailboxes
        .watch(&home(), &FolderName::default());
    // Much earlier than by polling.
    let posted = tokio::time::timeout(Duration::from_secs(40), async {
        while idling() == 0 {
            sleep(Duration::from_millis(20)).await;
        }
        arrives(&world, &notification("<1@example.com>")).await;
        while recipient(&world, &id).await.state != RecipientState::Bounced {
            sleep(Duration::from_millis(20)).await;
        }
        while idling() < 2 {
            sleep(Duration::from_millis(20)).await;
        }
    });
    posted.await.unwrap();
    // The one connection has restarted IDLE after the new mail.
    assert_eq!(idling(), 2);
    drop(of_page);
    attending.abort();
}

/// A background task that reads incoming mail as the server does.
struct Attending(tokio::task::JoinHandle<()>);

impl Attending {
    fn start(world: &World) -> Self {
        let mailer = world.mailer.clone();
        Self(tokio::spawn(async move { mailer.inbound.run().await }))
    }

    /// Waits until IDLE is active. Detecting changes by other processes takes a minute.
    async fn until_idle(world: &World) {
        until_true(|| {
            let commands = world.control().imap_commands();
            commands.iter().any(|one| one.contains("IDLE"))
        })
        .await;
    }
}

impl Drop for Attending {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Waits for a condition, much shorter than polling would take.
async fn until_true(is: impl Fn() -> bool) {
    let wait = async {
        while !is() {
            sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(40), wait)
        .await
        .unwrap();
}

#[tokio::test]
async fn mail_that_arrives_right_after_a_webhook_was_saved_is_posted() {
    let (world, hooks) = (reading().await, Hooks::start().await);
    let _attending = Attending::start(&world);
    Attending::until_idle(&world).await;
    tell(&world, &hooks).await;
    arrives(&world, "Subject: immediately\r\n\r\nMail.").await;
    until_true(|| !hooks.posted().is_empty()).await;
    // Saved by the command line, which reads no mailbox itself.
    let (id, url) = (home(), hooks.url("/other"));
    let other = world.another_mailer().await;
    let save = other.inbound.save_webhook(&id, &url, SECRET, &world.admin);
    save.await.unwrap();
    arrives(&world, "Subject: from another\r\n\r\nMail.").await;
    until_true(|| hooks.posted().iter().any(|one| one.path == "/other")).await;
    let posted: HashSet<_> = posted_mails(&hooks).into_iter().collect();
    let pair = |path: &str, subject: &str| (path.to_owned(), subject.to_owned());
    assert!(posted.contains(&pair("/mail", "immediately")), "{posted:?}");
    assert!(
        posted.contains(&pair("/other", "from another")),
        "{posted:?}"
    );
    assert!(
        !posted.contains(&pair("/mail", "from another")),
        "{posted:?}"
    );
}

/// Returns the paths and subjects that a webhook received, in order.
fn posted_mails(hooks: &Hooks) -> Vec<(String, String)> {
    let posted = hooks.posted();
    let posted = posted.iter().map(|one| {
        let subject = one.json()["data"]["subject"].as_str().unwrap().to_owned();
        (one.path.clone(), subject)
    });
    posted.collect()
}

/// Forwards data between clients and a server, but delays the server's replies while `holds`
/// returns true. Returns its port.
async fn holding_proxy(port: u16, holds: impl Fn() -> bool + Clone + Send + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let own = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let server = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
            let (mut from_client, mut to_client) = client.into_split();
            let (mut from_server, mut to_server) = server.into_split();
            tokio::spawn(async move { tokio::io::copy(&mut from_client, &mut to_server).await });
            let holds = holds.clone();
            tokio::spawn(async move {
                let mut octets = vec![0; 65_536];
                while let Ok(count @ 1..) = from_server.read(&mut octets).await {
                    while holds() {
                        sleep(Duration::from_millis(10)).await;
                    }
                    if to_client.write_all(&octets[..count]).await.is_err() {
                        break;
                    }
                }
            });
        }
    });
    own
}

#[tokio::test]
async fn mail_that_arrives_after_a_webhook_was_replaced_during_a_poll_is_posted_to_the_new_one() {
    let (world, hooks) = (reading().await, Hooks::start().await);
    tell(&world, &hooks).await;
    let released = Arc::new(AtomicBool::new(false));
    let control = world.control();
    let before = control.imap_commands().len();
    // Detects the first STATUS command of the poll.
    let is_asked = move || {
        let commands = control.imap_commands();
        commands[before..].iter().any(|one| one.contains("STATUS"))
    };
    let holds = {
        let (released, is_asked) = (Arc::clone(&released), is_asked.clone());
        move || is_asked() && !released.load(Ordering::SeqCst)
    };
    let port = holding_proxy(world.descriptor().imap_starttls_port, holds).await;
    let form = SmtpForm {
        mailbox_port: port.to_string(),
        ..with_mailbox(&world)
    };
    world.save(&form).await;
    let look = tokio::spawn({
        let mailer = world.mailer.clone();
        async move { mailer.inbound.poll(&home()).await }
    });
    until_true(is_asked).await;
    let (id, url) = (home(), hooks.url("/other"));
    let other = world.another_mailer().await;
    let save = other.inbound.save_webhook(&id, &url, SECRET, &world.admin);
    save.await.unwrap();
    arrives(&world, "Subject: later\r\n\r\nMail.").await;
    released.store(true, Ordering::SeqCst);
    assert!(look.await.unwrap().unwrap());
    assert!(world.mailer.inbound.poll(&home()).await.unwrap());
    assert_eq!(
        posted_mails(&hooks),
        [("/other".to_owned(), "later".to_owned())]
    );
}

#[tokio::test]
async fn a_mailbox_that_is_turned_on_is_read_immediately() {
    let world = World::new().await;
    world.save(&world.basic_form()).await;
    let _attending = Attending::start(&world);
    // The task has polled and found no mailbox.
    sleep(Duration::from_millis(300)).await;
    assert!(world.control().imap_commands().is_empty());

    world.save(&with_mailbox(&world)).await;

    Attending::until_idle(&world).await;
}

#[tokio::test]
async fn mail_from_before_and_after_a_change_of_uidvalidity_is_read() {
    let (world, hooks) = (reading().await, Hooks::start().await);
    tell(&world, &hooks).await;
    assert!(world.mailer.inbound.poll(&home()).await.unwrap());
    arrives(&world, "Subject: old\r\n\r\nMail.").await;
    assert!(world.mailer.inbound.poll(&home()).await.unwrap());
    let (before, after) = (
        accepted(&world, "<1@example.com>").await,
        accepted(&world, "<2@example.com>").await,
    );
    arrives(&world, &notification("<1@example.com>")).await;
    world.control().renumber_mail();
    arrives(&world, &notification("<2@example.com>")).await;

    assert!(world.mailer.inbound.poll(&home()).await.unwrap());

    for id in [&before, &after] {
        let state = recipient(&world, id).await.state;
        assert_eq!(state, RecipientState::Bounced);
    }
    // Mail reported before is reported once more with its new UID, and then no more.
    let posted: Vec<_> = hooks
        .posted()
        .iter()
        .map(|request| {
            let posted: serde_json::Value = serde_json::from_str(&request.body).unwrap();
            posted["data"]["uid_validity"].as_u64().unwrap()
        })
        .collect();
    assert_eq!(posted, [1, 2, 2, 2]);
    assert!(world.mailer.inbound.poll(&home()).await.unwrap());
    assert_eq!(hooks.posted().len(), posted.len());
}

#[tokio::test]
async fn a_message_that_the_outbox_has_sent_comes_back_and_is_bounced() {
    let world = reading().await;
    let delivering = Delivering::start(&world.mailer);
    let new = submission(&[BOB]);
    let message_id = new.message.message_id.clone();
    let id = world.mailer.outbox.submit(new).await.unwrap().id;
    until(&world, &id, |message| {
        message.state == MessageState::Delivered
    })
    .await;
    arrives(&world, &notification(&message_id)).await;

    assert!(world.mailer.inbound.poll(&home()).await.unwrap());

    let message = world.mailer.outbox.message(&id).await.unwrap().unwrap();
    assert_eq!(message.state, MessageState::Bounced);
    assert_eq!(message.finding.unwrap().code, FindingCode::NoSuchUser);
    delivering.stop().await;
}

#[tokio::test]
async fn a_bounce_is_matched_by_the_field_in_which_a_provider_keeps_our_message_id() {
    let world = reading().await;
    for style in [MessageIdStyle::Microsoft, MessageIdStyle::Google] {
        let field = style.original_field().unwrap();
        let own = format!("<{field}@example.com>");
        let id = accepted(&world, &own).await;
        let new = style.message_id("x");
        let header = format!("Message-ID: {new}\r\n{field}: {own}");
        arrives(&world, &notification_of(BOB, &header)).await;
        assert!(world.mailer.inbound.poll(&home()).await.unwrap());
        let bounced = recipient(&world, &id).await;
        assert_eq!(bounced.state, RecipientState::Bounced, "{field}");
    }
}

/// Returns faults of a server that gives accepted messages another Message-ID.
fn replacing(style: MessageIdStyle) -> Faults {
    Faults {
        message_id: Some(style),
        authentication_required: false,
        ..Faults::default()
    }
}

/// Returns the recipients of each accepted transaction, with a notification about each of them. It
/// names the message by the Message-ID that the server gave it in this transaction, not by ours.
fn notifications(world: &World, style: MessageIdStyle) -> Vec<(Vec<String>, Vec<String>)> {
    let accepted = world.control().messages().into_iter();
    let accepted = accepted.map(|message| {
        let header = format!("Message-ID: {}", style.message_id(&message.id));
        let to = message.to.iter();
        let all = to.map(|to| notification_of(to, &header)).collect();
        (message.to.clone(), all)
    });
    accepted.collect()
}

/// Returns the addresses that bounced.
async fn bounced(world: &World, id: &domain::MessageId) -> Vec<String> {
    let message = world.mailer.outbox.message(id).await.unwrap().unwrap();
    let recipients = message.recipients.into_iter();
    let bounced = recipients.filter(|one| one.state == RecipientState::Bounced);
    bounced.map(|one| one.address.to_string()).collect()
}

/// Submits a message.
async fn submit(world: &World, to: &[&str]) -> domain::MessageId {
    world.mailer.outbox.submit(submission(to)).await.unwrap().id
}

/// Waits until every recipient has the message. Returns the number of attempts.
async fn delivered_in(world: &World, id: &domain::MessageId) -> i64 {
    let is_delivered = |message: &domain::OutboxMessage| message.state == MessageState::Delivered;
    until(world, id, is_delivered).await.attempts
}

#[tokio::test]
async fn a_bounce_is_matched_by_the_identifier_in_the_reply_that_accepted_the_message() {
    for style in [MessageIdStyle::Microsoft, MessageIdStyle::Amazon] {
        let world = reading().await;
        world.control().set(replacing(style));
        let delivering = Delivering::start(&world.mailer);
        let (id, other) = (submit(&world, &[BOB]).await, submit(&world, &[BOB]).await);
        delivered_in(&world, &id).await;
        delivered_in(&world, &other).await;
        let own = world.mailer.outbox.message(&id).await.unwrap().unwrap();
        let accepted = world.control().messages();
        let at = accepted
            .iter()
            .position(|one| one.raw.contains(&own.message_id));
        let (_, reports) = notifications(&world, style).remove(at.unwrap());
        arrives(&world, &reports[0]).await;

        assert!(world.mailer.inbound.poll(&home()).await.unwrap());

        assert_eq!(bounced(&world, &id).await, [BOB], "{style:?}");
        assert!(bounced(&world, &other).await.is_empty(), "{style:?}");
        delivering.stop().await;
    }
}

#[tokio::test]
async fn a_bounce_is_matched_in_each_transaction_of_an_attempt() {
    let style = MessageIdStyle::Amazon;
    let world = reading().await;
    world.control().set(Faults {
        max_recipients: 2,
        ..replacing(style)
    });
    let delivering = Delivering::start(&world.mailer);
    let to: Vec<_> = (0..5)
        .map(|number| format!("user{number}@sandbox.test"))
        .collect();
    let to: Vec<_> = to.iter().map(String::as_str).collect();
    let id = submit(&world, &to).await;
    assert_eq!(delivered_in(&world, &id).await, 1);
    let all = notifications(&world, style);
    assert_eq!(all.len(), 3);
    let mut expected = Vec::new();
    for (to, reports) in &all {
        arrives(&world, reports.last().unwrap()).await;
        expected.extend(to.last().cloned());
    }

    assert!(world.mailer.inbound.poll(&home()).await.unwrap());

    assert_eq!(bounced(&world, &id).await, expected);
    delivering.stop().await;
}

#[tokio::test]
async fn a_bounce_is_matched_in_each_attempt() {
    let style = MessageIdStyle::Amazon;
    let world = reading().await;
    world.control().set(Faults {
        replies: vec![StageReply {
            stage: Stage::Rcpt,
            reply: "450 4.2.1 Try again later".into(),
            times: Some(1),
        }],
        ..replacing(style)
    });
    let delivering = Delivering::start(&world.mailer);
    let to = [BOB, "carol@sandbox.test"];
    let id = submit(&world, &to).await;
    until(&world, &id, |message| message.attempts == 1).await;
    world.clock.advance(60);
    assert_eq!(delivered_in(&world, &id).await, 2);
    for (_, reports) in notifications(&world, style) {
        arrives(&world, &reports[0]).await;
    }

    assert!(world.mailer.inbound.poll(&home()).await.unwrap());

    assert_eq!(bounced(&world, &id).await, to);
    delivering.stop().await;
}
