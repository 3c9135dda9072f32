//! Nothing that was acknowledged is lost when the disk is full or fails, and the store recovers by itself.

use std::{collections::HashSet, fmt::Write as _, pin::Pin, sync::Arc, time::Duration};

use domain::{
    AccountId, AlertCondition, AlertFacts, AlertId, AlertKind, AlertSettings, AlertSubject,
    AuditAction, AuditRecord, DataCenterName, Finding, FindingCode, KeyScope, MessageState, Role,
    SendingPause, SendingSettings, SmtpForm, UnixTime,
};
use sqlx::{AnyConnection, AssertSqlSafe};
use store::{EnqueueOutcome, MailReader, NewMessage, Store, StoreError, StoredRoute, StoredTarget};

use crate::{
    database::{Database, key},
    delivery::{LATER, claim, settlement},
    outbox::{id, message},
    people,
    samples::{NOW, authorization, authorized, by, home, oauth, save, secret},
};

async fn run(connection: &mut AnyConnection, sql: &str) {
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
        .execute(connection)
        .await
        .unwrap();
}

async fn number(connection: &mut AnyConnection, sql: &str) -> i64 {
    sqlx::query_scalar(AssertSqlSafe(sql.to_owned()))
        .fetch_one(connection)
        .await
        .unwrap()
}

async fn tables(connection: &mut AnyConnection) -> Vec<String> {
    sqlx::query_scalar(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%sqlx%'
             AND name NOT LIKE 'sqlite%' AND name <> 'filler' ORDER BY name",
    )
    .fetch_all(connection)
    .await
    .unwrap()
}

/// How each write fails.
#[derive(Clone, Copy, Debug)]
enum Fault {
    /// It needs more space than there is: `SQLITE_FULL`.
    Full,
    /// SQLite rolls the whole transaction back, as it does after I/O errors.
    RolledBack,
}

impl Fault {
    async fn begin(self, connection: &mut AnyConnection) {
        let mut sql = "BEGIN;".to_owned();
        let action = match self {
            Self::Full => "INSERT INTO filler VALUES (zeroblob(8000000))",
            Self::RolledBack => "SELECT RAISE(ROLLBACK, 'disk I/O error')",
        };
        for table in tables(connection).await {
            for verb in ["INSERT", "UPDATE", "DELETE"] {
                write!(
                    sql,
                    "CREATE TRIGGER fault_{table}_{verb} BEFORE {verb} ON \"{table}\" BEGIN {action}; END;"
                )
                .unwrap();
            }
        }
        run(connection, &format!("{sql} COMMIT")).await;
    }

    async fn end(connection: &mut AnyConnection) {
        let mut sql = "BEGIN;".to_owned();
        for table in tables(connection).await {
            for verb in ["INSERT", "UPDATE", "DELETE"] {
                write!(sql, "DROP TRIGGER fault_{table}_{verb};").unwrap();
            }
        }
        run(connection, &format!("{sql} COMMIT")).await;
    }
}

/// A database with room for a thousand pages more, which is less than what [`Fault::Full`] asks for.
async fn limited() -> (Arc<Database>, Store, AnyConnection) {
    let database = Database::sqlite();
    prepare(&database.open().await).await;
    let mut connection = database.connection().await;
    run(&mut connection, "CREATE TABLE filler (x BLOB)").await;
    let pages = number(&mut connection, "PRAGMA page_count").await;
    let url = format!("{}?max_page_count={}", database.url, pages + 1_000);
    let store = Store::open(&url, key(1)).await.unwrap();
    (database, store, connection)
}

/// The rows that the writers need.
async fn prepare(store: &Store) {
    authorized(store, 1).await;
    let zoe = people::add(store, "zoe", Role::Administrator).await;
    people::add(store, "bob", Role::Viewer).await;
    people::sign_in(store, &zoe, &people::session(1))
        .await
        .unwrap();
    let new: Vec<_> = (1..=6)
        .map(|number| message(number, "bob@example.com"))
        .collect();
    store.enqueue(&new).await.unwrap();
    let few = store::Claim {
        at_most: 2,
        ..claim("a")
    };
    assert_eq!(store.claim(&few, LATER).await.unwrap().messages.len(), 2);
}

type Done = Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send>>;
type Writer = (&'static str, fn(Store) -> Done);

macro_rules! writers {
    ($($name:literal => |$store:ident| $body:expr,)*) => {
        const WRITERS: &[Writer] = &[$(
            ($name, |$store| Box::pin(async move { $body.await.map(|_| ()) })),
        )*];
    };
}

fn bob() -> AccountId {
    people::new_account("bob", Role::Viewer).id
}

fn condition() -> AlertCondition {
    AlertCondition {
        id: AlertId::parse("condition").unwrap(),
        subject: AlertSubject::DataCenter(home().clone()),
        kind: AlertKind::OutboxOld,
        facts: AlertFacts::default(),
        since: NOW,
    }
}

fn record() -> AuditRecord {
    AuditRecord {
        at: NOW,
        actor: by().clone(),
        action: AuditAction::AlertsSaved,
        subject: String::new(),
        changes: Vec::new(),
    }
}

fn route() -> StoredRoute {
    StoredRoute {
        id: domain::RouteId::parse("route").unwrap(),
        kind: domain::RouteKind::Slack,
        target: StoredTarget::Post {
            host: "hooks.example.com".into(),
            url: secret("url"),
            secret: None,
        },
    }
}

fn api_key() -> domain::ApiKey {
    domain::ApiKey {
        id: domain::ApiKeyId::parse("key-1").unwrap(),
        name: domain::ApiKeyName::parse("cron").unwrap(),
        scopes: [KeyScope::Send].into(),
        data_center: None,
        created_at: NOW,
        expires_at: None,
        last_used_at: None,
    }
}

async fn settle(store: &Store) -> Result<(), StoreError> {
    let claim = store::Claim {
        at_most: 1,
        ..claim("b")
    };
    let claimed = store.claim(&claim, LATER).await?;
    let one = &claimed.messages[0];
    let settled = settlement(one, "b", MessageState::Delivered);
    store.settle(&[settled], LATER).await.map(|_| ())
}

async fn refresh(store: &Store) -> Result<(), StoreError> {
    let version = store.grant(home()).await?.unwrap().version;
    store
        .lease_refresh(home(), version, "a", NOW, 30)
        .await
        .map(|_| ())
}

writers! {
    "enqueue" => |store| store.enqueue(&[message(7, "bob@example.com"), message(8, "bob@example.com")]),
    "claim" => |store| store.claim(&store::Claim { at_most: 1, ..claim("c") }, LATER),
    "claim with limits" => |store| store.claim(&store::Claim { per_day: Some(100), at_most: 1, ..claim("d") }, LATER),
    "settle" => |store| settle(&store),
    "renew_leases" => |store| store.renew_leases("a", LATER.plus(90)),
    "release" => |store| store.release(home(), &[(id(1), "a".into())], false, LATER),
    "release_expired" => |store| store.release_expired(LATER.plus(1_000), &HashSet::new()),
    "cancel_message" => |store| store.cancel_message(&id(6), by(), NOW),
    "retry_message" => |store| store.retry_message(&id(6), by(), NOW),
    "enqueue_again" => |store| store.enqueue_again(&id(5), &message(9, "bob@example.com"), by(), NOW),
    "pause_sending" => |store| store.pause_sending(home(), &SendingPause { until: LATER, finding: Finding::new(FindingCode::Temporary) }),
    "end_sending_pause" => |store| store.end_sending_pause(home()),
    "take_slot" => |store| store.take_slot(home(), 1, "a", LATER, NOW),
    "save_sending_settings" => |store| store.save_sending_settings(home(), &SendingSettings::default(), Vec::new(), by(), NOW),
    "lease_refresh" => |store| refresh(&store),
    "save_settings" => |store| store.save_settings(home(), 1, &oauth("other@example.com"), by(), Vec::new(), NOW),
    "begin_authorization" => |store| async move { store.begin_authorization(&authorization(2), by()).await },
    "take_authorization" => |store| store.take_authorization("state-2", Some("browser"), NOW),
    "keep_draft" => |store| store.keep_draft("browser", home(), &SmtpForm::default(), NOW),
    "drop_draft" => |store| store.drop_draft("browser", home()),
    "record" => |store| async move { store.record(&record()).await },
    "add_account" => |store| async move { store.add_account(&people::new_account("ann", Role::Viewer), None, by(), NOW).await },
    "set_role" => |store| async move { store.set_role(&bob(), Role::Operator, by(), NOW).await },
    "set_password" => |store| async move { store.set_password(&bob(), &secret("hash"), by(), NOW).await },
    "reset_password" => |store| async move { store.reset_password(&bob(), &people::link("link"), by(), NOW).await },
    "remove_account" => |store| async move { store.remove_account(&bob(), by(), NOW).await },
    "touch_session" => |store| async move { store.touch_session(&people::session(1).id, NOW.plus(60)).await },
    "make_api_key" => |store| async move { store.make_api_key(&api_key(), "token-hash", by()).await },
    "touch_api_key" => |store| async move { store.touch_api_key(&api_key().id, NOW.plus(60)).await },
    "end_api_key" => |store| async move { store.end_api_key(&api_key().id, by(), NOW).await },
    "add_data_center" => |store| async move { store.add_data_center(&DataCenterName::parse("Berlin").unwrap(), by(), NOW).await },
    "rename_data_center" => |store| async move { store.rename_data_center(home(), &DataCenterName::parse("Bonn").unwrap(), by(), NOW).await },
    "save_alert_settings" => |store| async move { store.save_alert_settings(&AlertSettings::default(), Vec::new(), by(), NOW).await },
    "save_alert_route" => |store| async move { store.save_alert_route(&route(), Vec::new(), by(), NOW).await },
    "begin_condition" => |store| async move { store.begin_condition(&condition(), true, || "telling".into()).await },
    "claim_tellings" => |store| store.claim_tellings("a", NOW, NOW, 60),
    "end_condition" => |store| async move { store.end_condition(&condition(), NOW, || "end".into()).await },
    "remove_alert_route" => |store| async move { store.remove_alert_route(&route().id, by(), NOW).await },
    "begin_daily_check" => |store| store.begin_daily_check(home(), 1, NOW),
    "probe_writing" => |store| store.probe_writing(NOW),
    "lease_mail_cursor" => |store| store.lease_mail_cursor(home(), MailReader::Bounces, "a", NOW, 60),
    "tidy_access" => |store| store.tidy_access(people::life(NOW.plus(1_000)), NOW.plus(1_000)),
    "forget_messages" => |store| store.forget_messages(home(), LATER.plus(1_000), 10),
    "rotate_key" => |store| async move {
        let folder = tempfile::tempdir().unwrap();
        store.rotate_key(Some(&folder.path().join("new.key")), by(), NOW).await
    },
}

async fn every_writer_recovers(fault: Fault) {
    let (_database, store, mut other) = limited().await;
    for (name, write) in WRITERS {
        fault.begin(&mut other).await;
        let failed = write(store.clone()).await;
        assert!(failed.is_err(), "{name} wrote nothing");
        // Once more: perhaps on the same connection.
        let failed = write(store.clone()).await;
        assert!(
            failed.is_err(),
            "{name} was acknowledged while nothing can be written"
        );
        Fault::end(&mut other).await;
        // Nobody holds the write lock.
        run(&mut other, "BEGIN IMMEDIATE; ROLLBACK").await;
        let before = number(&mut other, "PRAGMA data_version").await;
        write(store.clone())
            .await
            .unwrap_or_else(|error| panic!("{name}: {error:?}"));
        // What is acknowledged is committed: another connection sees a change.
        let after = number(&mut other, "PRAGMA data_version").await;
        assert_ne!(
            before, after,
            "{name} was acknowledged and is not committed"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_writer_recovers_from_a_full_disk() {
    every_writer_recovers(Fault::Full).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_writer_recovers_from_an_error_after_which_sqlite_rolls_back() {
    every_writer_recovers(Fault::RolledBack).await;
}

fn large(number: i64) -> NewMessage {
    NewMessage {
        content: vec![b'x'; 200_000],
        ..message(number, "bob@example.com")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_while_the_disk_was_full_is_there_after_a_restart() {
    let (database, store, mut other) = limited().await;
    let mut acknowledged = Vec::new();
    let mut failures = 0;
    let mut number = 100;
    while failures < 40 {
        number += 1;
        // Small ones still fit where a large one does not.
        let new = if number % 3 == 0 {
            message(number, "bob@example.com")
        } else {
            large(number)
        };
        match store.enqueue(&[new]).await {
            Ok(outcomes) => {
                assert_eq!(outcomes, [EnqueueOutcome::Stored]);
                acknowledged.push(id(number));
            }
            Err(error) => {
                assert!(error.is_of_the_disk(), "{error:?}");
                failures += 1;
            }
        }
    }
    assert!(acknowledged.len() > 10);
    // Space is back.
    let sql = "DELETE FROM message_contents WHERE length(content) > 100000";
    run(&mut other, sql).await;
    for _ in 0..20 {
        number += 1;
        store
            .enqueue(&[message(number, "bob@example.com")])
            .await
            .unwrap();
        acknowledged.push(id(number));
    }
    // As after a kill: nothing is closed.
    drop(store);
    let restarted = database.open().await;
    for id in acknowledged {
        assert!(
            restarted.message(&id).await.unwrap().is_some(),
            "{id:?} is lost"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_stays_busy_fails_one_write_and_nothing_after_it() {
    let database = Database::sqlite();
    let store = database.open().await;
    save(&store, &oauth("zoe@example.com")).await;
    let mut other = database.connection().await;
    run(&mut other, "BEGIN IMMEDIATE").await;
    let new = [message(1, "bob@example.com")];
    let enqueued = store.enqueue(&new);
    let busy = tokio::time::timeout(Duration::from_secs(30), enqueued).await;
    assert!(busy.unwrap().is_err());
    run(&mut other, "ROLLBACK").await;
    let outcomes = store.enqueue(&[message(1, "bob@example.com")]).await;
    assert_eq!(outcomes.unwrap(), [EnqueueOutcome::Stored]);
    run(&mut other, "BEGIN IMMEDIATE; ROLLBACK").await;
}

#[tokio::test]
async fn messages_that_are_stored_already_are_left_as_they_are() {
    let database = Database::sqlite();
    let store = database.open().await;
    let new = [message(1, "bob@example.com"), message(2, "bob@example.com")];
    for _ in 0..2 {
        let outcomes = store.enqueue(&new).await.unwrap();
        assert_eq!(outcomes, [EnqueueOutcome::Stored, EnqueueOutcome::Stored]);
    }
    let counts = store.hour_counts(None, UnixTime(0)).await.unwrap();
    assert_eq!(counts.iter().map(|hour| hour.accepted).sum::<i64>(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn content_that_was_dropped_is_in_no_file_of_the_database() {
    let database = Database::sqlite();
    let store = database.open().await;
    let planted = "pLanted-content-of-a-message";
    let new = NewMessage {
        content: format!("Subject: x\r\n\r\n{}\r\n", planted.repeat(500)).into_bytes(),
        ..message(1, "bob@example.com")
    };
    store.enqueue(&[new]).await.unwrap();
    let is_in_a_file = || {
        let files = std::fs::read_dir(database.folder.path()).unwrap();
        files.flatten().any(|file| {
            let bytes = std::fs::read(file.path()).unwrap();
            bytes
                .windows(planted.len())
                .any(|part| part == planted.as_bytes())
        })
    };
    assert!(is_in_a_file());
    let claimed = store.claim(&claim("a"), LATER).await.unwrap();
    let mut settled = settlement(&claimed.messages[0], "a", MessageState::Delivered);
    settled.drop_content = true;
    store.settle(&[settled], LATER).await.unwrap();
    assert!(store.truncate_log().await.unwrap());
    assert!(!is_in_a_file());
    // A reader is in the way for now.
    let mut reader = database.connection().await;
    run(&mut reader, "BEGIN; SELECT * FROM messages").await;
    store
        .enqueue(&[message(2, "bob@example.com")])
        .await
        .unwrap();
    assert!(!store.truncate_log().await.unwrap());
    run(&mut reader, "COMMIT").await;
    assert!(store.truncate_log().await.unwrap());
}
