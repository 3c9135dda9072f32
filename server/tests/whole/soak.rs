//! Soak test, run by `cargo xtask soak`: servers are killed, frozen, and disconnected, their disks
//! fill up, and their clocks jump, while programs submit messages through the API and over SMTP.
//! Each message answered with 202 or 250 is delivered. It is delivered twice only if no server could know that it had
//! been delivered.

mod accounting;
mod clients;
mod clock;
mod database;
mod disturbance;
mod random;
mod servers;
mod smtp;

use std::time::{Duration, Instant};

use mail::{Mailer, MailerOptions};
use sandbox::{Control, CutAt, Faults};
use store::{KeySource, Store};

use self::{
    database::SoakDatabase,
    disturbance::{Disturbance, LEASE},
    random::Random,
    servers::Servers,
};
use crate::support::{Provider, introduce};

const KEY: &str = "0707070707070707070707070707070707070707070707070707070707070707";
const POSTGRES: &str = "MAILGRANT_TEST_POSTGRES";
/// Environment variable with the duration of each test in seconds.
const DURATION: &str = "MAILGRANT_SOAK_SECONDS";
/// Each fault occurs once in a run of any duration.
const DEFAULT_DURATION: Duration = Duration::from_mins(1);

/// Submits messages and causes faults for a while, then accounts for all messages.
async fn soak(what: &str, database: &SoakDatabase, servers: usize) {
    let mut random = Random::new(what);
    let directory = tempfile::tempdir().unwrap();
    let provider = Provider::start().await;
    let control = provider.control();
    let (descriptor, authority) = introduce(&provider, directory.path());
    let settings = [
        ("MAILGRANT_SANDBOX_FILE", &*descriptor),
        ("MAILGRANT_EXTRA_ROOTS", &*authority),
        ("MAILGRANT_DATABASE_URL", &*database.server_url),
        ("MAILGRANT_KEY", KEY),
        ("MAILGRANT_LEASE_SECONDS", &LEASE.to_string()),
        ("MAILGRANT_RATE_LIMIT", "0"),
        ("MAILGRANT_SMTP_LISTENERS", "127.0.0.1:0 plain"),
        // The database itself must hit the end of the disk.
        ("MAILGRANT_MIN_FREE_DISK_MB", "0"),
        (
            "MAILGRANT_LOG",
            "server=info,mail::outbox::delivery=info,warn",
        ),
    ];
    let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let mut all = Servers::new(database, settings.to_vec(), directory.path());
    all.start();
    let browser = all.running[0].program.administrator().await;
    control.set(faults(None));
    provider.authorize(&browser).await;
    let key = browser.make_key("programs", &[("send", "on")]).await;
    for _ in 1..servers {
        all.start();
    }

    let until = Instant::now() + duration();
    let submitting = tokio::spawn({
        let (addresses, waiting) = (all.addresses.clone(), all.waiting.clone());
        async move {
            let http = clients::submit_until(until, &key, &addresses);
            let smtp = smtp::submit_until(until, &key, &addresses, &waiting);
            let (mut submitted, over_smtp) = tokio::join!(http, smtp);
            println!("{} messages accepted over SMTP", over_smtp.accepted.len());
            assert!(!over_smtp.accepted.is_empty());
            submitted.add(over_smtp);
            submitted
        }
    });
    let cutting = tokio::spawn(cut_replies(
        control.clone(),
        Random::new(&format!("{what}, cut replies")),
    ));
    disturb(what, &mut all, &mut random, until).await;
    cutting.abort();
    control.set(faults(None));
    let submitted = submitting.await.unwrap();

    let store = Store::open(&database.url, KeySource::Value(KEY.into()));
    let mailer = Mailer::new(store.await.unwrap(), MailerOptions::default()).unwrap();
    accounting::wait_until_sent(&mailer, &all).await;
    accounting::check(what, &mailer, &control, &all, &submitted).await;
    for one in all.running {
        assert!(one.program.stop());
    }
}

fn duration() -> Duration {
    let seconds = std::env::var(DURATION).ok();
    seconds
        .and_then(|seconds| seconds.parse().ok())
        .map_or(DEFAULT_DURATION, Duration::from_secs)
}

/// Returns a provider configuration whose tokens expire every minute. Refresh tokens are not
/// rotated, because a server that is killed before it stores one would lose it.
fn faults(cut: Option<(CutAt, u32)>) -> Faults {
    Faults {
        access_token_lifetime_seconds: 60,
        rotate_refresh_token: false,
        cut_at: cut.map(|(at, _)| at),
        cut_times: cut.map(|(_, times)| times),
        ..Faults::default()
    }
}

/// Drops connections to the mail server at random.
async fn cut_replies(control: Control, mut random: Random) {
    let cuts = [
        CutAt::Mail,
        CutAt::Data,
        CutAt::Final,
        CutAt::AfterFinalDotBeforeReply,
    ];
    loop {
        tokio::time::sleep(random.millis(100, 700)).await;
        let times = u32::try_from(random.below(3)).unwrap() + 1;
        control.set(faults(Some((cuts[random.index(cuts.len())], times))));
    }
}

/// Causes each possible fault once in random order, and repeats until the time is over.
async fn disturb(what: &str, all: &mut Servers<'_>, random: &mut Random, until: Instant) {
    let mut possible = Disturbance::possible(what, all);
    let started = Instant::now();
    let mut is_first_round = true;
    while is_first_round || Instant::now() < until {
        random.shuffle(&mut possible);
        for one in &possible {
            if !is_first_round && Instant::now() >= until {
                break;
            }
            tokio::time::sleep(random.millis(500, 1_500)).await;
            println!("{what}: {:5.1} s: {one}", started.elapsed().as_secs_f64());
            one.strike(all, random).await;
        }
        is_first_round = false;
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes; `cargo xtask soak` runs it"]
async fn three_servers_on_one_postgresql_lose_nothing_and_explain_each_duplicate() {
    let server = std::env::var(POSTGRES);
    let server = server.unwrap_or_else(|_| panic!("{POSTGRES} is not set"));
    sqlx::any::install_default_drivers();
    let database = std::sync::Arc::new(SoakDatabase::postgres(&server, duration()).await);
    let outcome = tokio::spawn({
        let database = std::sync::Arc::clone(&database);
        async move { soak("PostgreSQL", &database, 3).await }
    });
    let outcome = outcome.await;
    if let Some(database) = std::sync::Arc::into_inner(database) {
        database.remove().await;
    }
    outcome.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes; `cargo xtask soak` runs it"]
async fn a_server_on_sqlite_loses_nothing_and_explains_each_duplicate() {
    sqlx::any::install_default_drivers();
    soak("SQLite", &SoakDatabase::sqlite(duration()), 1).await;
}
