//! Servers that share an outbox, are killed at random and lose their connections: nothing is lost, and a message arrives twice only
//! where nobody could know that it had arrived.

use std::{
    collections::{HashMap, HashSet},
    path::Path,
    time::{Duration, Instant},
};

use domain::{
    Actor, AttemptOutcome, DataCenterId, EmailAddress, MessageFilter, MessageId, MessageState,
    Recipient, RecipientKind, Who,
};
use mail::{Mailer, MailerOptions, Submission};
use sandbox::{Control, CutAt, Faults};
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _};
use store::{KeySource, Store};

use crate::{
    restart::introduce,
    support::{Program, Provider},
};

const KEY: &str = "0707070707070707070707070707070707070707070707070707070707070707";
const POSTGRES: &str = "MAILGRANT_TEST_POSTGRES";
/// Fixes what is random.
const SEED: &str = "MAILGRANT_TEST_SEED";

/// Numbers that look random (`SplitMix64`), the same ones for the same seed.
struct Chance(u64);

impl Chance {
    fn new() -> Self {
        let given = std::env::var(SEED).ok().and_then(|seed| seed.parse().ok());
        let random = || u64::from_str_radix(&ambient::random::hex::<8>(), 16).unwrap();
        let seed = given.unwrap_or_else(random);
        println!("{SEED}={seed}");
        Self(seed)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % end
    }

    fn millis(&mut self, from: u64, to: u64) -> Duration {
        Duration::from_millis(from + self.below(to - from))
    }
}

/// The name under which a server takes messages, as it says in its log.
fn name_of(program: &Program) -> String {
    let log = program.log();
    let (_, name) = log.rsplit_once("server=").unwrap();
    name.split_whitespace().next().unwrap().to_owned()
}

fn message(number: usize) -> Submission {
    let address = |text: &str| EmailAddress::parse(text).unwrap();
    let message_id = format!("<{number}@several.test>");
    let to = Recipient::new(address("bob@sandbox.test"), RecipientKind::To);
    Submission {
        data_center: DataCenterId::default(),
        sender: address("alice@sandbox.test"),
        recipients: vec![to],
        content: format!(
            "From: alice@sandbox.test\r\nMessage-ID: {message_id}\r\nSubject: {number}\r\n\r\n{}\r\n",
            "x".repeat(1_000)
        )
        .into_bytes(),
        message_id,
        from: "alice@sandbox.test".into(),
        subject: number.to_string(),
        by: Who::CommandLine,
        idempotency: None,
        due_at: None,
    }
}

/// What the servers under test have in common.
struct Servers<'a> {
    url: &'a str,
    settings: Vec<(&'a str, &'a str)>,
    directory: &'a Path,
    running: Vec<Program>,
    /// How often a message was a killed server's when it was killed: it may have handed it over and not have written it down.
    unfinished: HashMap<String, usize>,
    kills: usize,
}

impl Servers<'_> {
    fn start(&mut self) {
        let program = Program::start(self.directory, &self.settings);
        self.running.push(program);
    }

    async fn kill_one(&mut self, chance: &mut Chance) {
        let count = u64::try_from(self.running.len()).unwrap();
        let one = usize::try_from(chance.below(count)).unwrap();
        let program = self.running.swap_remove(one);
        let name = name_of(&program);
        program.kill();
        let mut connection = AnyConnection::connect(self.url).await.unwrap();
        let sql = format!(
            "SELECT message_id FROM messages WHERE state = 'sending' AND lease_owner LIKE '{name}.%'"
        );
        let theirs: Vec<String> = sqlx::query_scalar(AssertSqlSafe(sql))
            .fetch_all(&mut connection)
            .await
            .unwrap();
        connection.close().await.unwrap();
        for message in theirs {
            *self.unfinished.entry(message).or_default() += 1;
        }
        self.kills += 1;
        self.start();
    }
}

/// Submits, kills and cuts for a while, then counts.
async fn nothing_is_lost(url: &str, servers: usize, while_: Duration) {
    let mut chance = Chance::new();
    let directory = tempfile::tempdir().unwrap();
    let provider = Provider::start().await;
    let control = provider.control();
    let (descriptor, authority) = introduce(&provider, directory.path());
    let mut all = Servers {
        url,
        settings: vec![
            ("MAILGRANT_SANDBOX_FILE", &*descriptor),
            ("MAILGRANT_EXTRA_ROOTS", &*authority),
            ("MAILGRANT_DATABASE_URL", url),
            ("MAILGRANT_KEY", KEY),
            ("MAILGRANT_LEASE_SECONDS", "10"),
            (
                "MAILGRANT_LOG",
                "server=info,mail::outbox::worker=info,warn",
            ),
        ],
        directory: directory.path(),
        running: Vec::new(),
        unfinished: HashMap::new(),
        kills: 0,
    };
    all.start();
    let browser = all.running[0].administrator().await;
    provider.authorize(&browser).await;
    for _ in 1..servers {
        all.start();
    }

    let store = Store::open(url, KeySource::Value(KEY.into()))
        .await
        .unwrap();
    let mailer = Mailer::new(store, MailerOptions::default()).unwrap();
    let until = Instant::now() + while_;
    let submitting = tokio::spawn({
        let mailer = mailer.clone();
        async move {
            let mut accepted = Vec::new();
            while Instant::now() < until {
                let number = accepted.len();
                let four = (number..number + 4).map(|number| mailer.submit(message(number)));
                for submitted in futures::future::join_all(four).await {
                    accepted.push(submitted.unwrap().id);
                }
                tokio::time::sleep(Duration::from_millis(80)).await;
            }
            accepted
        }
    });
    disturb(&mut all, &control, &mut chance, until).await;
    control.set(Faults::default());
    let accepted = submitting.await.unwrap();
    settle(&mailer, &all).await;

    count(&mailer, &control, &all, &accepted).await;
    for program in all.running {
        assert!(program.stop());
    }
}

/// Kills servers and cuts connections, at random, for a while.
async fn disturb(all: &mut Servers<'_>, control: &Control, chance: &mut Chance, until: Instant) {
    let mut next_kill = Instant::now() + chance.millis(1_000, 4_000);
    while Instant::now() < until {
        tokio::time::sleep(chance.millis(100, 700)).await;
        let cuts = [
            CutAt::Mail,
            CutAt::Data,
            CutAt::Final,
            CutAt::AfterFinalDotBeforeReply,
        ];
        let which = usize::try_from(chance.below(4)).unwrap();
        control.set(Faults {
            cut_at: Some(cuts[which]),
            cut_times: Some(u32::try_from(chance.below(3)).unwrap() + 1),
            ..Faults::default()
        });
        if Instant::now() >= next_kill {
            all.kill_one(chance).await;
            next_kill = Instant::now() + chance.millis(1_000, 4_000);
        }
    }
}

/// Every message has arrived, and once more only for each reply that nobody could hear.
async fn count(mailer: &Mailer, control: &Control, all: &Servers<'_>, accepted: &[MessageId]) {
    let mut arrived: HashMap<String, usize> = HashMap::new();
    for message in control.messages() {
        let id = format!("<{}>", message.message_id.unwrap());
        *arrived.entry(id).or_default() += 1;
    }
    let (mut doubled, mut unknown) = (0, 0);
    for id in accepted {
        let message = mailer.message(id).await.unwrap().unwrap();
        assert_eq!(message.state, MessageState::Delivered, "{message:?}");
        let times = arrived.get(&message.message_id).copied().unwrap_or(0);
        assert!(times >= 1, "lost: {message:?}");
        let attempts = mailer.message_attempts(id).await.unwrap();
        let cut = attempts
            .iter()
            .filter(|one| one.outcome == AttemptOutcome::Unknown)
            .count();
        let killed = all
            .unfinished
            .get(&message.message_id)
            .copied()
            .unwrap_or(0);
        assert!(
            times <= 1 + cut + killed,
            "{times} times, {cut} replies were cut, {killed} servers killed: {message:?}\n{attempts:?}"
        );
        let delivered = attempts
            .iter()
            .filter(|one| one.outcome == AttemptOutcome::Delivered)
            .count();
        assert_eq!(delivered, 1, "{attempts:?}");
        doubled += times - 1;
        unknown += cut;
    }
    let ids: HashSet<&MessageId> = accepted.iter().collect();
    assert_eq!(ids.len(), accepted.len());
    println!(
        "{} messages, {} servers killed, {unknown} final replies cut, {doubled} arrived once more",
        accepted.len(),
        all.kills
    );
    assert!(all.kills > 0 && !accepted.is_empty());
}

/// Waits until nothing is under way; what waits for its next attempt is made due.
async fn settle(mailer: &Mailer, all: &Servers<'_>) {
    let patience = Instant::now() + Duration::from_secs(150);
    loop {
        let filter = |states| MessageFilter {
            states,
            ..MessageFilter::default()
        };
        let waiting = mailer
            .messages(&filter(vec![MessageState::Waiting]), None, 500)
            .await
            .unwrap();
        let sending = mailer
            .messages(&filter(vec![MessageState::Sending]), None, 1)
            .await
            .unwrap();
        if waiting.messages.is_empty() && sending.messages.is_empty() {
            return;
        }
        let logs: Vec<_> = all.running.iter().map(Program::log).collect();
        assert!(Instant::now() < patience, "{waiting:?}\n{logs:?}");
        for message in waiting.messages {
            if message.due_at > mailer.now() {
                mailer
                    .retry_message(&message.id, &Actor::command_line())
                    .await
                    .unwrap();
            }
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
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
    nothing_is_lost(&url, 1, Duration::from_secs(20)).await;
}
