//! Clock changes, paused processes, and lost claims.

use std::{
    collections::HashSet,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU32, Ordering},
    },
    time::Duration,
};

use clock::{Clock, SystemClock};
use domain::{
    AlertKind, AttemptOutcome, DataCenterId, Finding, FindingCode, MessageId, MessageState,
    SendingPause, UnixTime,
};
use mail::{Mailer, NotReady};
use prerequisites::needs_postgres;
use sandbox::{Faults, Stage};
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _};
use store::{Claim, KeySource, Store};

use super::{Delivering, attempts, read, replying, submission, submit, until_state};
use crate::support::{BOB, World, options, redirect_url};

/// URL of a server on which tests may create databases.
const POSTGRES: &str = "MAILGRANT_TEST_POSTGRES";

fn slow(stage: Stage, milliseconds: u64) -> Faults {
    Faults {
        slow_ms: [(stage, milliseconds)].into(),
        ..Faults::default()
    }
}

async fn basic_at(faults: Faults) -> (World, Delivering) {
    let world = World::new().await;
    world.save(&world.basic_form()).await;
    world.control().set(faults);
    let delivering = Delivering::start(&world.mailer);
    (world, delivering)
}

async fn submit_many(world: &World, count: usize) -> Vec<MessageId> {
    let mut ids = Vec::new();
    for _ in 0..count {
        ids.push(submit(world, &[BOB]).await);
    }
    ids
}

/// Waits until all messages are delivered, and checks that each arrived once.
async fn delivered_once(world: &World, ids: &[MessageId]) {
    for id in ids {
        until_state(world, id, MessageState::Delivered).await;
    }
    let received = world.control().messages();
    let all: Vec<_> = received.into_iter().map(|one| one.message_id).collect();
    let distinct: HashSet<_> = all.iter().collect();
    assert_eq!((all.len(), distinct.len()), (ids.len(), ids.len()));
}

async fn until_received(world: &World, count: usize) {
    for _ in 0..400 {
        if world.control().messages().len() >= count {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("nothing arrives");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_jumps_forward_sends_nothing_twice() {
    let (world, delivering) = basic_at(slow(Stage::Final, 300)).await;
    let ids = submit_many(&world, 24).await;
    until_received(&world, 1).await;
    world.clock.jump(600);
    // Longer than the interval of the check for expired claims.
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    world.clock.jump(-600);
    delivered_once(&world, &ids).await;
    for id in &ids {
        assert_eq!(attempts(&world, id).await.len(), 1);
    }
    delivering.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_whose_time_jumps_forward_sends_nothing_twice() {
    let (world, delivering) = basic_at(slow(Stage::Final, 300)).await;
    let ids = submit_many(&world, 24).await;
    until_received(&world, 1).await;
    world.clock.set_database_ahead(600);
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    world.clock.set_database_ahead(0);
    delivered_once(&world, &ids).await;
    for id in &ids {
        assert_eq!(attempts(&world, id).await.len(), 1);
    }
    delivering.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lease_of_another_server_ends_by_the_time_of_the_database_alone() {
    let world = World::new().await;
    world.save(&world.basic_form()).await;
    let id = submit(&world, &[BOB]).await;
    let (store, home) = (world.store().await, DataCenterId::default());
    let now = world.mailer.clock.now();
    let claim = Claim {
        data_center: &home,
        lease: "server-other.1",
        until: now.plus(60),
        except: &[],
        max_messages: 1,
        octets: 1_000_000,
        per_minute: None,
        per_day: None,
    };
    let claimed = store.claim(&claim, now).await.unwrap();
    assert_eq!(claimed.messages.len(), 1);
    // The clock of this machine is wrong, and that of the database is right.
    world.clock.jump(600);
    world.clock.set_database_ahead(-600);
    let delivering = Delivering::start(&world.mailer);
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert_eq!(read(&world, &id).await.state, MessageState::Sending);
    assert!(world.control().messages().is_empty());
    world.clock.set_database_ahead(-600 + 61);
    delivered_once(&world, &[id]).await;
    delivering.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn deliveries_during_a_pause_of_the_process_are_recorded_and_not_repeated() {
    let (world, delivering) = basic_at(slow(Stage::Final, 500)).await;
    let ids = submit_many(&world, 24).await;
    until_received(&world, 2).await;
    // Each connection waits for a reply.
    world.clock.advance(90);
    delivered_once(&world, &ids).await;
    for id in &ids {
        let attempts = attempts(&world, id).await;
        assert_eq!(attempts.len(), 1, "{attempts:?}");
        assert_eq!(attempts[0].outcome, AttemptOutcome::Delivered);
    }
    delivering.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_not_ended_once_its_lease_is_over() {
    let (world, delivering) = basic_at(slow(Stage::Data, 4_000)).await;
    let id = submit(&world, &[BOB]).await;
    until_state(&world, &id, MessageState::Sending).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    world.clock.advance(90);
    until_state(&world, &id, MessageState::Waiting).await;
    assert!(world.control().messages().is_empty());
    world.control().set(Faults::default());
    delivered_once(&world, &[id]).await;
    delivering.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_transaction_is_begun_once_the_lease_is_over() {
    let (world, delivering) = basic_at(Faults {
        slow_ms: [(Stage::Auth, 4_000)].into(),
        // Applies only to the first MAIL.
        ..replying(Stage::Mail, "250 2.1.0 Ok", Some(1))
    })
    .await;
    let id = submit(&world, &[BOB]).await;
    until_state(&world, &id, MessageState::Sending).await;
    let pause = SendingPause {
        until: world.mailer.clock.now().plus(86_400),
        finding: Finding::new(FindingCode::QuotaExceeded),
    };
    let (store, home) = (world.store().await, DataCenterId::default());
    store.pause_sending(&home, &pause).await.unwrap();
    world.clock.advance(90);
    until_state(&world, &id, MessageState::Waiting).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(world.control().faults().replies.len(), 1, "MAIL was said");
    assert_eq!(read(&world, &id).await.attempts, 0);
    delivering.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_another_server_released_is_not_sent_again_while_it_is_being_sent() {
    let (world, delivering) = basic_at(slow(Stage::Final, 4_000)).await;
    let id = submit(&world, &[BOB]).await;
    until_state(&world, &id, MessageState::Sending).await;
    tokio::time::sleep(Duration::from_millis(700)).await;
    // Another server finds the claim expired.
    let (store, far) = (world.store().await, world.mailer.clock.now().plus(3_600));
    let released = store.release_expired(far, &HashSet::new()).await;
    assert_eq!(released.unwrap(), 1);
    delivered_once(&world, std::slice::from_ref(&id)).await;
    let attempts = attempts(&world, &id).await;
    assert_eq!(attempts.len(), 1, "{attempts:?}");
    assert_eq!(attempts[0].outcome, AttemptOutcome::Delivered);
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert_eq!(world.control().messages().len(), 1);
    delivering.stop().await;
}

/// A system clock that is ahead.
#[derive(Debug)]
struct Ahead(AtomicI64);

impl Ahead {
    fn by(seconds: i64) -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(seconds)))
    }
}

impl Clock for Ahead {
    fn now(&self) -> UnixTime {
        SystemClock.now().plus(self.0.load(Ordering::SeqCst))
    }

    fn boot_time(&self) -> Duration {
        SystemClock.boot_time()
    }
}

/// A database on the test server.
struct Postgres {
    server: String,
    name: String,
    url: String,
}

impl Postgres {
    async fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let server = std::env::var(POSTGRES).expect(POSTGRES);
        sqlx::any::install_default_drivers();
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("mailgrant_clocks_{}_{number}", std::process::id());
        let (before, _) = server.rsplit_once('/').unwrap();
        let url = format!("{before}/{name}");
        let postgres = Self { server, name, url };
        postgres.run("CREATE DATABASE", "").await;
        postgres
    }

    async fn run(&self, what: &str, options: &str) {
        let mut connection = AnyConnection::connect(&self.server).await.unwrap();
        let sql = AssertSqlSafe(format!("{what} {} {options}", self.name));
        sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }

    async fn server(&self, world: &World, clock: Arc<Ahead>, lease: u32) -> Mailer {
        let key = KeySource::Value("07".repeat(32).into());
        let store = Store::open_for_server(&self.url, key).await.unwrap();
        let options = options(&world.sandbox, clock, |options| {
            options.outbox.lease = lease;
        });
        Mailer::new(store, options).unwrap()
    }
}

/// Delivers with two servers whose clocks differ: the second one's is ahead.
async fn two_servers(
    postgres: &Postgres,
    lease: u32,
    ahead: i64,
    after: impl AsyncFnOnce(&World, &Mailer, &Ahead),
) {
    let world = World::new().await;
    let clock = Ahead::by(ahead);
    let one = postgres.server(&world, Ahead::by(0), lease).await;
    let two = postgres.server(&world, clock.clone(), lease).await;
    let form = world.basic_form();
    one.settings
        .save(&form, &redirect_url(), &world.admin)
        .await
        .unwrap();
    world.control().set(slow(Stage::Final, 300));
    let delivering = [Delivering::start(&one), Delivering::start(&two)];
    // Wait until the second server has compared its clock.
    for _ in 0..200 {
        if ahead <= 15 || two.health.ready().await.is_err() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let mut ids = Vec::new();
    for number in 0..60 {
        let mailer = if number % 2 == 0 { &one } else { &two };
        ids.push(mailer.outbox.submit(submission(&[BOB])).await.unwrap().id);
    }
    for id in &ids {
        let mut state = MessageState::Waiting;
        for _ in 0..800 {
            state = one.outbox.message(id).await.unwrap().unwrap().state;
            if state == MessageState::Delivered {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(state, MessageState::Delivered);
    }
    let received = world.control().messages();
    let all: Vec<_> = received.into_iter().map(|one| one.message_id).collect();
    let distinct: HashSet<_> = all.iter().collect();
    assert_eq!((all.len(), distinct.len()), (60, 60));
    one.health.ready().await.unwrap();
    after(&world, &two, &clock).await;
    for delivering in delivering {
        delivering.stop().await;
    }
}

/// Removes the database even if the test fails.
async fn on_postgres(test: impl AsyncFnOnce(&Postgres) + 'static) {
    let local = tokio::task::LocalSet::new();
    let postgres = Arc::new(Postgres::new().await);
    let outcome = local
        .run_until({
            let postgres = Arc::clone(&postgres);
            async move { tokio::task::spawn_local(async move { test(&postgres).await }).await }
        })
        .await;
    postgres.run("DROP DATABASE", "WITH (FORCE)").await;
    outcome.unwrap();
}

#[needs_postgres]
#[tokio::test(flavor = "multi_thread")]
async fn a_server_whose_clock_is_ten_minutes_ahead_of_the_database_claims_nothing_and_says_so() {
    on_postgres(async |postgres| {
        two_servers(postgres, 8, 600, async |_, two, clock| {
            let not_ready = two.health.ready().await.unwrap_err();
            assert!(
                matches!(not_ready, NotReady::Condition(AlertKind::ClockDiffers)),
                "{not_ready:?}"
            );
            two.alerts.evaluate().await.unwrap();
            let overview = two.alerts.overview().await.unwrap();
            let active: Vec<_> = overview
                .active
                .iter()
                .map(|one| (one.condition.kind, one.condition.facts.clock_ahead_seconds))
                .collect();
            let [(AlertKind::ClockDiffers, Some(seconds))] = active[..] else {
                panic!("{active:?}");
            };
            assert!((599..=601).contains(&seconds), "{seconds}");
            let metrics = two.metrics.render(None).await.unwrap();
            let line = "mailgrant_clock_difference_seconds ";
            let value = metrics.lines().find_map(|text| text.strip_prefix(line));
            let value: i64 = value.unwrap().parse().unwrap();
            assert!((599..=601).contains(&value), "{value}");
            // The server notices that its clock was corrected.
            clock.0.store(0, Ordering::SeqCst);
            for _ in 0..200 {
                if two.health.ready().await.is_ok() {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            panic!("not ready again");
        })
        .await;
    })
    .await;
}

#[needs_postgres]
#[tokio::test(flavor = "multi_thread")]
async fn servers_whose_clocks_differ_by_more_than_a_lease_send_nothing_twice() {
    on_postgres(async |postgres| {
        two_servers(postgres, 8, 12, async |_, two, _| {
            two.health.ready().await.unwrap();
        })
        .await;
    })
    .await;
}
