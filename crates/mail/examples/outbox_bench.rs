//! What `cargo xtask bench send` measures of the outbox itself. Prints one number: messages a second, milliseconds or megabytes.
//!
//! - `send PORT CONNECTIONS MESSAGES`: the way to the mail server alone
//! - `queue PORT CONNECTIONS MESSAGES DATABASE`: from `submit`, durable, to the mail server
//! - `fill DATABASE MESSAGES`: stores messages, half of them due, half of them later
//! - `scale DATABASE`: milliseconds of enqueue, claim and the first page, medians
//! - `crowd DATABASE`: 1,000 submissions at once; milliseconds, and the most memory that was used
#![expect(clippy::unwrap_used, reason = "a measurement that fails says where")]

use std::time::{Duration, Instant};

use domain::{
    Actor, DataCenterId, EmailAddress, MessageFilter, MessageId, Recipient, RecipientKind,
    RedirectUrl, SmtpForm, UnixTime, Who,
};
use mail::{Mailer, MailerOptions, OutboxOptions, Submission};
use store::{Claim, KeySource, NewMessage, Store};

const SIZE: usize = 10_000;
const ADDRESS: &str = "bench@example.com";
/// Programs that submit at the same time.
const PROGRAMS: usize = 128;

fn content() -> Vec<u8> {
    let line = format!("{}\r\n", "x".repeat(70));
    let mut content = format!(
        "From: {ADDRESS}\r\nTo: {ADDRESS}\r\nSubject: bench\r\nMessage-ID: <1@bench>\r\n\r\n"
    );
    while content.len() < SIZE {
        content.push_str(&line);
    }
    content.into_bytes()
}

fn address() -> EmailAddress {
    EmailAddress::parse(ADDRESS).unwrap()
}

fn submission() -> Submission {
    Submission {
        data_center: DataCenterId::default(),
        sender: address(),
        recipients: vec![Recipient::new(address(), RecipientKind::To)],
        message_id: "<1@bench>".into(),
        from: ADDRESS.into(),
        subject: "bench".into(),
        content: content(),
        by: Who::CommandLine,
        idempotency: None,
        due_at: None,
    }
}

async fn open(database: &str) -> Store {
    Store::open(database, KeySource::Value("07".repeat(32).into()))
        .await
        .unwrap()
}

async fn mailer(database: &str, port: &str, connections: u32) -> Mailer {
    let options = MailerOptions {
        outbox: OutboxOptions {
            connections,
            ..OutboxOptions::default()
        },
        ..MailerOptions::default()
    };
    let mailer = Mailer::new(open(database).await, options).unwrap();
    let redirect = RedirectUrl::parse("http://127.0.0.1:3000/oauth/callback").unwrap();
    let id = DataCenterId::default();
    let version = mailer.settings(&id).await.unwrap().version;
    let form = SmtpForm {
        version,
        data_center: id.as_str().into(),
        provider: "other".into(),
        smtp_host: "127.0.0.1".into(),
        smtp_port: port.into(),
        from_address: ADDRESS.into(),
        ..SmtpForm::default()
    };
    let saved = mailer
        .save_settings(&form, &redirect, &Actor::command_line())
        .await;
    saved.unwrap();
    mailer
}

async fn delivered(mailer: &Mailer) -> i64 {
    let hours = mailer.hour_counts(None, UnixTime(0)).await.unwrap();
    hours.iter().map(|hour| hour.delivered).sum()
}

#[expect(clippy::cast_precision_loss, reason = "a rate")]
fn rate(messages: usize, since: Instant) -> f64 {
    messages as f64 / since.elapsed().as_secs_f64()
}

async fn send(port: &str, connections: usize, messages: usize) -> f64 {
    let mailer = mailer("sqlite::memory:", port, 1).await;
    let (id, content) = (DataCenterId::default(), content());
    let since = Instant::now();
    let accepted = mailer
        .send_without_outbox(&id, &address(), &content, messages, connections)
        .await
        .unwrap();
    assert_eq!(accepted, messages);
    rate(messages, since)
}

async fn queue(port: &str, connections: u32, messages: usize, database: &str) -> f64 {
    let mailer = mailer(database, port, connections).await;
    let before = delivered(&mailer).await;
    let delivering = tokio::spawn({
        let mailer = mailer.clone();
        async move { mailer.deliver(std::future::pending()).await }
    });
    let since = Instant::now();
    let programs = (0..PROGRAMS).map(|program| {
        let mailer = mailer.clone();
        tokio::spawn(async move {
            for _ in (program..messages).step_by(PROGRAMS) {
                mailer.submit(submission()).await.unwrap();
            }
        })
    });
    for program in programs.collect::<Vec<_>>() {
        program.await.unwrap();
    }
    eprintln!("submitted {:.0}/s", rate(messages, since));
    let all = before + i64::try_from(messages).unwrap();
    while delivered(&mailer).await < all {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let rate = rate(messages, since);
    delivering.abort();
    rate
}

fn new(number: i64, at: UnixTime) -> NewMessage {
    NewMessage {
        id: MessageId::parse(&format!("{:010x}{number:026x}", at.0)).unwrap(),
        data_center: DataCenterId::default(),
        created_at: at,
        due_at: at,
        message_id: format!("<{number}@bench>"),
        sender: address(),
        from: ADDRESS.into(),
        subject: format!("bench {number}"),
        recipients: vec![Recipient::new(address(), RecipientKind::To)],
        submitted_by: Who::CommandLine,
        content: b"Subject: bench\r\n\r\nx\r\n".to_vec(),
        idempotency: None,
    }
}

/// Half of them due, half of them later.
async fn fill(database: &str, messages: i64) {
    let store = open(database).await;
    let at = UnixTime(1_700_000_000);
    for from in (0..messages).step_by(1_024) {
        let part = (from..messages.min(from + 1_024)).map(|number| {
            let mut message = new(number, at.plus(number / 100));
            message.due_at = UnixTime(if number % 2 == 0 { 4_000_000_000 } else { 0 });
            message
        });
        store.enqueue(&part.collect::<Vec<_>>()).await.unwrap();
    }
}

async fn scale(database: &str) -> String {
    let store = open(database).await;
    let at = UnixTime(1_900_000_000);
    let (mut enqueue, mut claim, mut page) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..51 {
        let part: Vec<_> = (0..64).map(|number| new(round * 64 + number, at)).collect();
        let since = Instant::now();
        store.enqueue(&part).await.unwrap();
        enqueue.push(since.elapsed());
        let since = Instant::now();
        let lease = format!("bench.{round}");
        let claimed = store
            .claim(
                &Claim {
                    data_center: &DataCenterId::default(),
                    lease: &lease,
                    until: at.plus(60),
                    at_most: 64,
                    octets: 8_000_000,
                    per_minute: None,
                    per_day: None,
                },
                at,
            )
            .await
            .unwrap();
        assert_eq!(claimed.messages.len(), 64);
        claim.push(since.elapsed());
        let since = Instant::now();
        let first = store.messages(&MessageFilter::default(), None, 50).await;
        assert_eq!(first.unwrap().len(), 50);
        page.push(since.elapsed());
    }
    let median = |times: &mut Vec<Duration>| {
        times.sort();
        times[times.len() / 2].as_secs_f64() * 1_000.0
    };
    format!(
        "{:.2} {:.2} {:.2}",
        median(&mut enqueue),
        median(&mut claim),
        median(&mut page)
    )
}

async fn crowd(database: &str) -> String {
    let mailer = mailer(database, "1", 1).await;
    let since = Instant::now();
    let all = (0..1_000).map(|_| {
        let mailer = mailer.clone();
        tokio::spawn(async move { mailer.submit(submission()).await.unwrap() })
    });
    for one in all.collect::<Vec<_>>() {
        one.await.unwrap();
    }
    let millis = since.elapsed().as_millis();
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    format!("{millis} ms, peak {}", peak.unwrap().trim())
}

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["send", port, connections, messages] => {
            let (connections, messages) = (connections.parse().unwrap(), messages.parse().unwrap());
            println!("{:.0}", send(port, connections, messages).await);
        }
        ["queue", port, connections, messages, database] => {
            let (connections, messages) = (connections.parse().unwrap(), messages.parse().unwrap());
            println!("{:.0}", queue(port, connections, messages, database).await);
        }
        ["fill", database, messages] => fill(database, messages.parse().unwrap()).await,
        ["scale", database] => println!("{}", scale(database).await),
        ["crowd", database] => println!("{}", crowd(database).await),
        _ => panic!("see the head of this file"),
    }
}
