//! Servers that share an outbox, are killed at random and lose their connections, while programs submit by the API: what was
//! answered with 202 arrives, and a message arrives twice only where nobody could know that it had arrived.

mod chance;
mod count;
mod programs;
mod servers;

use std::time::{Duration, Instant};

use mail::{Mailer, MailerOptions};
use sandbox::{Control, CutAt, Faults};
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _};
use store::{KeySource, Store};

use self::{chance::Chance, servers::Servers};
use crate::support::{Provider, introduce};

const KEY: &str = "0707070707070707070707070707070707070707070707070707070707070707";
const POSTGRES: &str = "MAILGRANT_TEST_POSTGRES";

/// Submits, kills and cuts for a while, then counts.
async fn nothing_is_lost(url: &str, servers: usize, while_: Duration) {
    let mut chance = Chance::new();
    let directory = tempfile::tempdir().unwrap();
    let provider = Provider::start().await;
    let control = provider.control();
    let (descriptor, authority) = introduce(&provider, directory.path());
    let settings = vec![
        ("MAILGRANT_SANDBOX_FILE", &*descriptor),
        ("MAILGRANT_EXTRA_ROOTS", &*authority),
        ("MAILGRANT_DATABASE_URL", url),
        ("MAILGRANT_KEY", KEY),
        ("MAILGRANT_LEASE_SECONDS", "10"),
        ("MAILGRANT_RATE_LIMIT", "0"),
        (
            "MAILGRANT_LOG",
            "server=info,mail::outbox::worker=info,warn",
        ),
    ];
    let mut all = Servers::new(url, settings, directory.path());
    all.start();
    let browser = all.running[0].administrator().await;
    provider.authorize(&browser).await;
    let key = browser.make_key("programs", &[("send", "on")]).await;
    for _ in 1..servers {
        all.start();
    }

    let until = Instant::now() + while_;
    let submitting = tokio::spawn({
        let addresses = all.addresses.clone();
        async move { programs::submit_until(until, &key, &addresses).await }
    });
    disturb(&mut all, &control, &mut chance, until).await;
    control.set(Faults::default());
    let submitted = submitting.await.unwrap();

    let store = Store::open(url, KeySource::Value(KEY.into()));
    let mailer = Mailer::new(store.await.unwrap(), MailerOptions::default()).unwrap();
    count::settle(&mailer, &all).await;
    count::count(&mailer, &control, &all, &submitted).await;
    for program in all.running {
        assert!(program.stop());
    }
}

/// Kills servers and cuts connections, at random, for a while.
async fn disturb(all: &mut Servers<'_>, control: &Control, chance: &mut Chance, until: Instant) {
    let cuts = [
        CutAt::Mail,
        CutAt::Data,
        CutAt::Final,
        CutAt::AfterFinalDotBeforeReply,
    ];
    let mut next_kill = Instant::now() + chance.millis(1_000, 4_000);
    while Instant::now() < until {
        tokio::time::sleep(chance.millis(100, 700)).await;
        control.set(Faults {
            cut_at: Some(cuts[chance.one_of(cuts.len())]),
            cut_times: Some(u32::try_from(chance.below(3)).unwrap() + 1),
            ..Faults::default()
        });
        if Instant::now() >= next_kill {
            all.kill_one(chance).await;
            next_kill = Instant::now() + chance.millis(1_000, 4_000);
        }
    }
}

async fn run(server: &str, sql: &str) {
    let mut connection = AnyConnection::connect(server).await.unwrap();
    let sql = AssertSqlSafe(sql.to_owned());
    sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn three_servers_on_one_postgresql_lose_nothing_however_they_are_killed() {
    let Ok(server) = std::env::var(POSTGRES) else {
        eprintln!("not run on PostgreSQL: {POSTGRES} is not set");
        return;
    };
    sqlx::any::install_default_drivers();
    let name = format!("mailgrant_several_{}", std::process::id());
    run(&server, &format!("CREATE DATABASE {name}")).await;
    let (before, _) = server.rsplit_once('/').unwrap();
    let url = format!("{before}/{name}");
    let outcome = tokio::spawn(async move {
        nothing_is_lost(&url, 3, Duration::from_mins(1)).await;
    });
    let outcome = outcome.await;
    run(&server, &format!("DROP DATABASE {name} WITH (FORCE)")).await;
    outcome.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_on_sqlite_loses_nothing_however_it_is_killed() {
    sqlx::any::install_default_drivers();
    let directory = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", directory.path().join("outbox.db").display());
    nothing_is_lost(&url, 1, Duration::from_secs(15)).await;
}
