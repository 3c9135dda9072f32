//! Measurements for `cargo xtask bench connection`: runs the doctor and reads a mailbox against a
//! sandbox in this process. Prints tables in Markdown.
#![expect(clippy::unwrap_used, reason = "a measurement that fails says where")]

mod world;

use std::time::{Duration, Instant};

use domain::{Actor, CheckOutcome, DataCenterId, FolderName, MailQuery, PagePosition};
use mail::{CheckOf, CheckRequest};
use sandbox::{Faults, ImapFault, Stage};

use world::{ALICE, World};

const CHECKS: usize = 50;
const LOOKS: usize = 50;
const MAILBOXES: [u32; 2] = [100, 100_000];

#[tokio::main]
async fn main() {
    let world = World::start().await;
    let check = median(&mut times(CHECKS, async || well(&world, false).await).await);
    let test_email = median(&mut times(CHECKS, async || well(&world, true).await).await);
    world.sandbox.control().set(Faults {
        silent_at: Some(Stage::Greeting),
        token_silent: true,
        dns_silent: true,
        imap: Some(ImapFault::Silent),
        ..Faults::default()
    });
    let began = Instant::now();
    run(&world, false).await;
    let silent = began.elapsed();
    println!("| The doctor, with a mailbox | measured | target |\n|---|---:|---:|");
    println!(
        "| all steps pass, median of {CHECKS} | {} ms | < 300 ms |",
        milliseconds(check)
    );
    println!(
        "| with a test email, median of {CHECKS} | {} ms | |",
        milliseconds(test_email)
    );
    println!(
        "| no server responds | {:.1} s | < 30 s |",
        silent.as_secs_f64()
    );

    let mut looks = Vec::new();
    for size in MAILBOXES {
        looks.push(mailbox(size).await);
    }
    let [small, large] = MAILBOXES;
    println!("\n| Milliseconds, median of {LOOKS} | {small} mails | {large} mails | ratio |");
    println!("|---|---:|---:|---:|");
    let of = |look: fn(&Looks) -> Duration| {
        let (few, many) = (look(&looks[0]), look(&looks[1]));
        let ratio = many.as_secs_f64() / few.as_secs_f64();
        format!(
            "{} | {} | {ratio:.1}",
            milliseconds(few),
            milliseconds(many)
        )
    };
    println!("| the newest 50 mails | {} |", of(|looks| looks.newest));
    println!("| the 50 before them | {} |", of(|looks| looks.older));
    println!("| one mail | {} |", of(|looks| looks.mail));
}

/// Checks the saved settings, with or without a test email, and returns the outcome.
async fn run(world: &World, with_email: bool) -> CheckOutcome {
    let id = DataCenterId::default();
    let request = CheckRequest {
        recipient: with_email.then(|| ALICE.to_owned()),
        ..CheckRequest::default()
    };
    let (mailer, by) = (&world.mailer, Actor::command_line());
    let check = mailer.doctor.begin(CheckOf::Saved(&id), request, &by).await;
    let report = mailer.doctor.finish(&check.unwrap()).await.unwrap();
    report.unwrap().outcome
}

async fn well(world: &World, with_email: bool) {
    let outcome = run(world, with_email).await;
    let is_well = matches!(
        outcome,
        CheckOutcome::Passed | CheckOutcome::Delivered { .. }
    );
    assert!(is_well, "{outcome:?}");
}

/// Durations of reads from a mailbox.
struct Looks {
    newest: Duration,
    older: Duration,
    mail: Duration,
}

async fn mailbox(size: u32) -> Looks {
    let world = World::start().await;
    for number in 1..=size {
        world.deliver(number);
    }
    let (mailer, id, folder) = (
        &world.mailer,
        DataCenterId::default(),
        FolderName::default(),
    );
    let newest = MailQuery::newest(folder.clone());
    let page = mailer.mailboxes.page(&id, &newest).await.unwrap();
    let older = MailQuery {
        place: PagePosition::Before(page.next.unwrap()),
        ..newest.clone()
    };
    let list = async |query| {
        let page = mailer.mailboxes.page(&id, query).await.unwrap();
        assert_eq!(page.mails.len(), 50);
    };
    let mail = page.mails[0].id;
    let read = async || {
        let mail = mailer.mailboxes.message(&id, &folder, mail).await.unwrap();
        assert!(mail.text.is_some());
    };
    Looks {
        newest: median(&mut times(LOOKS, async || list(&newest).await).await),
        older: median(&mut times(LOOKS, async || list(&older).await).await),
        mail: median(&mut times(LOOKS, read).await),
    }
}

/// Measures `what` repeatedly. The first run, which connects, does not count.
async fn times(count: usize, what: impl AsyncFn()) -> Vec<Duration> {
    what().await;
    let mut times = Vec::new();
    for _ in 0..count {
        let began = Instant::now();
        what().await;
        times.push(began.elapsed());
    }
    times
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1}", time.as_secs_f64() * 1_000.0)
}
