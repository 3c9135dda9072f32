//! No acknowledged change is lost when the disk is full or fails, and the store recovers by itself.

use std::{
    collections::{BTreeSet, HashSet},
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    pin::Pin,
    sync::Arc,
    time::Duration,
};

use domain::{
    AccountId, AlertCondition, AlertFacts, AlertId, AlertKind, AlertSettings, AlertSubject,
    AuditAction, AuditRecord, CheckOutcome, DataCenterName, EmailAddress, Finding, FindingCode,
    KeyScope, MessageState, NotificationState, Recipient, RecipientKind, RecipientState, Role,
    SendingPause, SendingSettings, SignedIn, SmtpForm, UnixTime,
};
use sqlx::{AnyConnection, AssertSqlSafe};
use store::{
    Bounce, Bucket, ClaimedMessage, EnqueueOutcome, FinishOutcome, GrantState, MailCursor,
    MailReader, NewMessage, Refreshed, SignIn, Store, StoreError, StoredChannel, StoredTarget,
    StoredWebhook,
};

use crate::{
    checks,
    database::{Database, key},
    delivery::{LATER, claim, update},
    outbox::{id, message},
    people, samples,
    samples::{NOW, authorization, authorized, by, given, home, oauth, save, secret},
    sender_sessions, senders,
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

/// Cause for which each write fails.
#[derive(Clone, Copy, Debug)]
enum Fault {
    /// The write needs more space than there is: `SQLITE_FULL`.
    Full,
    /// SQLite rolls back the whole transaction, as it does after I/O errors.
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

/// Opens a database with room for a thousand more pages, which is less than [`Fault::Full`] needs.
async fn limited(prepare: Prepare) -> (Arc<Database>, Store, AnyConnection) {
    let database = Database::sqlite();
    prepare(database.open().await).await.unwrap();
    let mut connection = database.connection().await;
    run(&mut connection, "CREATE TABLE filler (x BLOB)").await;
    let pages = number(&mut connection, "PRAGMA page_count").await;
    let url = format!("{}?max_page_count={}", database.url, pages + 1_000);
    let store = Store::open(&url, key(1)).await.unwrap();
    (database, store, connection)
}

/// Creates the rows that the writers need.
async fn prepare(store: Store) -> Result<(), StoreError> {
    let store = &store;
    authorized(store, 1).await;
    let zoe = people::add(store, "zoe", Role::Administrator).await;
    people::add(store, "bob", Role::Viewer).await;
    people::sign_in(store, &zoe, &people::session(1))
        .await
        .unwrap();
    store
        .save_draft("elsewhere", home(), &SmtpForm::default(), NOW)
        .await?;
    // The next attempt of this browser is too early.
    for _ in 0..5 {
        store.count_attempt(&[slowed_bucket()], &record()).await?;
    }
    let mut new: Vec<_> = (1..=6)
        .map(|number| message(number, "bob@example.com"))
        .collect();
    let carol = EmailAddress::parse("carol@example.com").unwrap();
    new[2]
        .recipients
        .push(Recipient::new(carol, RecipientKind::To));
    store.enqueue(&new).await?;
    let few = store::Claim {
        max_messages: 3,
        ..claim("a")
    };
    assert_eq!(store.claim(&few, LATER).await?.messages.len(), 3);
    Ok(())
}

type Done = Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send>>;
type Prepare = fn(Store) -> Done;
/// The name of a store method, with a note on the row, and a call that changes something.
type Writer = (&'static str, fn(Store) -> Done);

macro_rules! writers {
    ($table:ident: $($name:literal => |$store:ident| $body:expr,)*) => {
        const $table: &[Writer] = &[$(
            ($name, |$store| Box::pin(async move { $body.await.map(|_| ()) })),
        )*];
    };
}

fn bob() -> AccountId {
    people::new_account("bob", Role::Viewer).id
}

fn slowed_bucket() -> Bucket {
    Bucket::device("known")
}

fn zoe() -> SignedIn {
    let zoe = people::new_account("zoe", Role::Administrator);
    SignedIn {
        account: zoe.id,
        name: zoe.name,
        role: zoe.role,
        session: people::session(1).id,
    }
}

/// Returns a condition of this server.
fn server_condition() -> AlertCondition {
    AlertCondition {
        id: AlertId::parse("server-condition").unwrap(),
        subject: AlertSubject::Server("here".into()),
        kind: AlertKind::DiskFull,
        ..condition()
    }
}

fn temporary() -> Finding {
    Finding::new(FindingCode::Temporary)
}

fn hook() -> StoredWebhook {
    StoredWebhook {
        url: secret("hook"),
        secret: secret("signing"),
    }
}

fn cursor() -> MailCursor {
    MailCursor {
        mailbox: "box".into(),
        uid_validity: 1,
        last_uid: 7,
        looked_at: NOW,
    }
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

fn channel() -> StoredChannel {
    StoredChannel {
        id: domain::ChannelId::parse("channel").unwrap(),
        kind: domain::ChannelKind::Slack,
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
        sender: None,
        created_at: NOW,
        expires_at: None,
        last_used_at: None,
    }
}

/// Records the result for the message that [`prepare`] has claimed.
async fn settle(store: &Store) -> Result<(), StoreError> {
    let message = store.message(&id(3)).await?.unwrap();
    let claimed = ClaimedMessage {
        id: message.id,
        created_at: message.created_at,
        due_at: message.due_at,
        attempts: message.attempts,
        sender: message.sender,
        recipients: message.recipients,
        content: None,
    };
    let mut settled = update(&claimed, "a", MessageState::Delivered);
    settled.recipients[1].state = RecipientState::Accepted;
    settled.provider_ids = vec!["0102-abc".into()];
    store.record_attempts(&[settled], LATER).await.map(|_| ())
}

fn bounce(address: &str) -> Bounce {
    Bounce {
        addresses: vec![EmailAddress::parse(address).unwrap()],
        reply: "550 5.1.1 Unknown".into(),
        finding: temporary(),
    }
}

async fn version(store: &Store) -> Result<i64, StoreError> {
    Ok(store.grant(home()).await?.unwrap().version)
}

async fn lease_refresh(store: &Store) -> Result<(), StoreError> {
    let version = version(store).await?;
    store
        .lease_refresh(home(), version, "a", NOW, 30)
        .await
        .map(|_| ())
}

async fn fail_refresh(store: &Store) -> Result<(), StoreError> {
    let failing = GrantState::Failing {
        finding: temporary(),
        failures: 1,
        retry_at: LATER,
    };
    let version = version(store).await?;
    store
        .refresh_failed(home(), version, "a", failing, NOW)
        .await
        .map(|_| ())
}

async fn store_refreshed(store: &Store) -> Result<(), StoreError> {
    let refreshed = Refreshed {
        access_token: secret("access-2"),
        refresh_token: Some(secret("refresh-2")),
        expires_at: LATER,
        scope: None,
    };
    let version = version(store).await?;
    store
        .store_refreshed(home(), version, "a", refreshed, NOW)
        .await
        .map(|_| ())
}

async fn record_notification(store: &Store) -> Result<(), StoreError> {
    let mut notification = store.latest_notifications(1).await?.remove(0);
    notification.state = NotificationState::Delivered;
    notification.finished_at = Some(NOW);
    store
        .record_notification(&notification, "a")
        .await
        .map(|_| ())
}

async fn sign_in(store: &Store) -> Result<(), StoreError> {
    let zoe = people::new_account("zoe", Role::Administrator);
    let sign_in = SignIn {
        account: &zoe.id,
        verified: zoe.password_hash.as_ref().unwrap(),
        rehashed: None,
        counted: &[],
    };
    let signed_in = store.sign_in(sign_in, &people::session(2)).await?;
    assert!(signed_in.is_some());
    Ok(())
}

async fn change_password(store: &Store) -> Result<(), StoreError> {
    let verified = people::new_account("zoe", Role::Administrator).password_hash;
    store
        .change_password(
            &zoe(),
            &verified.unwrap(),
            &secret("hash-2"),
            &[],
            "192.0.2.1",
            NOW,
        )
        .await
        .map(|_| ())
}

async fn remove_data_center(store: &Store) -> Result<(), StoreError> {
    let centers = store.data_centers().await?;
    let other = centers.iter().find(|center| center.id != *home()).unwrap();
    store
        .remove_data_center(&other.id, by(), NOW)
        .await
        .map(|_| ())
}

writers! { WRITERS:
    "enqueue" => |store| store.enqueue(&[message(7, "bob@example.com"), message(8, "bob@example.com")]),
    "claim" => |store| store.claim(&store::Claim { max_messages: 1, ..claim("c") }, LATER),
    "claim with limits" => |store| store.claim(&store::Claim { per_day: Some(100), max_messages: 1, ..claim("d") }, LATER),
    "record_attempts" => |store| settle(&store),
    "bounce_message" => |store| store.bounce_message(home(), &["<3@example.com>".into()], &[bounce("bob@example.com")], LATER),
    "bounce_accepted_message" => |store| store.bounce_accepted_message(home(), &["0102-abc".into()], &[bounce("carol@example.com")], LATER),
    "renew_leases" => |store| store.renew_leases("a", LATER.plus(90)),
    "release" => |store| store.release(home(), &[(id(1), "a".into())], false, LATER),
    "release_expired" => |store| store.release_expired(LATER.plus(1_000), &HashSet::new()),
    "cancel_message" => |store| store.cancel_message(&id(6), by(), NOW),
    "retry_message" => |store| store.retry_message(&id(6), by(), NOW),
    "enqueue_again" => |store| store.enqueue_again(&id(3), &message(9, "bob@example.com"), by(), NOW),
    "pause_sending" => |store| store.pause_sending(home(), &SendingPause { until: LATER, finding: temporary() }),
    "save_server_extensions" => |store| store.save_server_extensions(home(), 1, true),
    "end_sending_pause" => |store| store.end_sending_pause(home()),
    "acquire_slot" => |store| store.acquire_slot(home(), 1, "a", LATER, NOW),
    "renew_slots" => |store| store.renew_slots("a", LATER.plus(90)),
    "free_slot" => |store| store.free_slot(home(), 0, "a"),
    "save_sending_settings" => |store| store.save_sending_settings(home(), &SendingSettings::default(), Vec::new(), by(), NOW),
    "begin_authorization" => |store| async move { store.begin_authorization(&authorization(2), by()).await },
    "claim_authorization" => |store| store.claim_authorization("state-2", Some("browser"), NOW),
    "finish_authorization" => |store| store.finish_authorization(&samples::id(2), FinishOutcome::Granted(given()), by(), NOW),
    "begin_authorization once more" => |store| async move { store.begin_authorization(&authorization(3), by()).await },
    "claim_authorization once more" => |store| store.claim_authorization("state-3", Some("browser"), NOW),
    "finish_authorization without a grant" => |store| store.finish_authorization(&samples::id(3), FinishOutcome::Failed(temporary()), by(), NOW),
    "prune_authorizations" => |store| store.prune_authorizations(NOW.plus(10_000)),
    "lease_refresh" => |store| lease_refresh(&store),
    "refresh_failed" => |store| fail_refresh(&store),
    "store_refreshed" => |store| store_refreshed(&store),
    "end_grant" => |store| async move {
        let version = version(&store).await?;
        store.end_grant(home(), version, temporary(), NOW).await
    },
    "save_settings" => |store| store.save_settings(home(), 1, &oauth("other@example.com"), by(), Vec::new(), NOW),
    "begin_check" => |store| store.begin_check(&checks::id(1), &checks::report(0, CheckOutcome::Running)),
    "increment_check_heartbeat" => |store| store.increment_check_heartbeat(&checks::id(1)),
    "ask_check_to_stop" => |store| store.ask_check_to_stop(&checks::id(1)),
    "interrupt_check" => |store| store.interrupt_check(&checks::id(1), 1),
    "finish_check" => |store| store.finish_check(&checks::id(2), &checks::report(1, CheckOutcome::Passed), Some(&record())),
    "save_draft" => |store| store.save_draft("browser", home(), &SmtpForm::default(), NOW),
    "delete_draft" => |store| store.delete_draft("browser", home()),
    "prune_drafts" => |store| store.prune_drafts(LATER),
    "record" => |store| async move { store.record(&record()).await },
    "add_account" => |store| async move { store.add_account(&people::new_account("ann", Role::Viewer), None, by(), NOW).await },
    "set_role" => |store| async move { store.set_role(&bob(), Role::Operator, by(), NOW).await },
    "set_password" => |store| async move { store.set_password(&bob(), &secret("hash"), by(), NOW).await },
    "reset_password" => |store| async move { store.reset_password(&bob(), &people::link("link"), by(), NOW).await },
    "choose_password" => |store| store.choose_password("link", &secret("hash"), &people::session(3)),
    "remove_account" => |store| async move { store.remove_account(&bob(), by(), NOW).await },
    "sign_in" => |store| sign_in(&store),
    "change_password" => |store| change_password(&store),
    "touch_session" => |store| async move { store.touch_session(&people::session(1).id, NOW.plus(60)).await },
    "end_session" => |store| store.end_session(&people::session(1).id, None, AuditAction::SignedOut, by(), NOW),
    "count_attempt" => |store| store.count_attempt(&[Bucket::address("192.0.2.0")], &record()),
    "count_attempt that is turned away" => |store| store.count_attempt(&[slowed_bucket()], &record()),
    "forgive_attempt" => |store| store.forgive_attempt(&[Bucket::address("192.0.2.0")]),
    "make_api_key" => |store| async move { store.make_api_key(&api_key(), "token-hash", by()).await },
    "touch_api_key" => |store| async move { store.touch_api_key(&api_key().id, NOW.plus(60)).await },
    "end_api_key" => |store| async move { store.end_api_key(&api_key().id, by(), NOW).await },
    "add_sender" => |store| async move { store.add_sender(&senders::sender(1, "Printer"), Some(&secret("password")), by()).await },
    "change_sender" => |store| async move { store.change_sender(&senders::sender(1, "Scanner"), by(), NOW).await },
    "rotate_sender_password" => |store| async move {
        store.rotate_sender_password(&senders::sender(1, "Scanner").id, &secret("new"), NOW.plus(60), by(), NOW).await
    },
    "count_rejection" => |store| async move { store.count_rejection(&senders::sender(1, "Scanner").id, NOW).await },
    "note_sender_seen" => |store| async move { store.note_sender_seen(&senders::sender(1, "Scanner").id, NOW.plus(60)).await },
    "record_sender_sessions" => |store| async move { store.record_sender_sessions(&[sender_sessions::session(1, None, true)], NOW).await },
    "record_alert_watch" => |store| async move { store.record_alert_watch(NOW).await.map(drop) },
    "remove_sender" => |store| async move { store.remove_sender(&senders::sender(1, "Scanner").id, by(), NOW).await },
    "add_data_center" => |store| async move { store.add_data_center(&DataCenterName::parse("Berlin").unwrap(), by(), NOW).await },
    "remove_data_center" => |store| remove_data_center(&store),
    "rename_data_center" => |store| async move { store.rename_data_center(home(), &DataCenterName::parse("Bonn").unwrap(), by(), NOW).await },
    "save_alert_settings" => |store| async move { store.save_alert_settings(&AlertSettings::default(), Vec::new(), by(), NOW).await },
    "save_alert_channel" => |store| async move { store.save_alert_channel(&channel(), Vec::new(), by(), NOW).await },
    "note_test_alert" => |store| store.note_test_alert(&channel(), Vec::new(), by(), NOW),
    "begin_condition" => |store| async move { store.begin_condition(&condition(), true, || "notification".into()).await },
    "begin_condition of a server" => |store| async move { store.begin_condition(&server_condition(), false, String::new).await },
    "increment_heartbeats" => |store| store.increment_heartbeats("here"),
    "claim_notifications" => |store| store.claim_notifications("a", NOW, NOW, 60),
    "record_notification" => |store| record_notification(&store),
    "end_condition" => |store| async move { store.end_condition(&condition(), NOW, || "end".into()).await },
    "prune_notifications" => |store| store.prune_notifications(LATER),
    "remove_alert_channel" => |store| async move { store.remove_alert_channel(&channel().id, by(), NOW).await },
    "claim_daily_check" => |store| store.claim_daily_check(home(), 1, NOW),
    "claim_daily_check on the next day" => |store| store.claim_daily_check(home(), 2, NOW),
    "finish_daily_check" => |store| async move { store.finish_daily_check(home(), 2, Some(&temporary())).await },
    "probe_writing" => |store| store.probe_writing(NOW),
    "lease_mail_cursor" => |store| store.lease_mail_cursor(home(), MailReader::Bounces, "a", NOW, 60),
    "store_mail_cursor" => |store| async move { store.store_mail_cursor(home(), MailReader::Bounces, "a", &cursor()).await },
    "release_mail_cursors" => |store| store.release_mail_cursors("a"),
    "save_inbound_webhook" => |store| async move { store.save_inbound_webhook(home(), "hooks.example.com", &hook(), by(), NOW).await },
    "note_inbound_webhook" => |store| store.note_inbound_webhook(home(), Some("timeout"), NOW),
    "remove_inbound_webhook" => |store| store.remove_inbound_webhook(home(), by(), NOW),
    "delete_expired" => |store| store.delete_expired(people::life(NOW.plus(1_000)), NOW.plus(1_000)),
    "prune_messages" => |store| store.prune_messages(home(), LATER.plus(1_000), 10),
    "prune_sending_records" => |store| store.prune_sending_records(LATER, LATER, LATER.plus(3 * 86_400)),
    "rotate_key" => |store| async move {
        let folder = tempfile::tempdir().unwrap();
        store.rotate_key(Some(&folder.path().join("new.key")), by(), NOW).await
    },
}

// These run before there is an account.
writers! { SETUP_WRITERS:
    "make_setup_link" => |store| store.make_setup_link("setup"),
    "finish_setup" => |store| async move {
        let zoe = people::new_account("zoe", Role::Administrator);
        store.finish_setup("setup", &zoe, &people::session(1)).await
    },
}

/// Store methods that write nothing that could be lost.
const READERS: &[&str] = &[
    // Runs before there is a store: if it fails, nothing was acknowledged.
    "open",
    "open_for_server",
    // Holds the key while it reads, and rolls back.
    "verify_rows",
    // Moves committed data from SQLite's log to its file.
    "truncate_log",
    "close",
    "account_name",
    "accounts",
    "audit_sequence",
    "smtputf8_offers",
    "alert_conditions",
    "alert_channel",
    "alert_channels",
    "alert_settings",
    "api_key",
    "api_keys",
    "audit",
    "audit_after",
    "authorization",
    "check",
    "check_progress",
    "count_waiting",
    "credentials",
    "daily_check",
    "data_center",
    "data_centers",
    "data_centers_with_due_mail",
    "database_time",
    "disk_state",
    "draft",
    "grant",
    "grant_removed_at",
    "grant_summary",
    "grants_to_refresh",
    "has_accounts",
    "hour_counts",
    "is_setup_link",
    "known_request",
    "latest_check",
    "latest_result",
    "latest_notifications",
    "inbound_webhook",
    "inbound_webhook_version",
    "message",
    "message_attempts",
    "message_content",
    "messages",
    "name_bucket",
    "observe",
    "oldest_waiting",
    "password_link",
    "ping",
    "roles_of_sessions",
    "sender",
    "sender_sessions",
    "sender_with_password",
    "senders",
    "sending_pause",
    "sending_settings",
    "sending_use",
    "session",
    "sessions",
    "settings",
    "settings_view",
    "stored_inbound_webhook",
    "notifications_about",
    "verify_audit",
    "waiting_messages",
    "waiting_octets_of",
];

async fn every_writer_recovers(fault: Fault) {
    writers_recover(fault, |store| Box::pin(prepare(store)), WRITERS).await;
    writers_recover(fault, |_| Box::pin(async { Ok(()) }), SETUP_WRITERS).await;
}

async fn writers_recover(fault: Fault, prepare: Prepare, writers: &[Writer]) {
    let (_database, store, mut other) = limited(prepare).await;
    for (name, write) in writers {
        fault.begin(&mut other).await;
        let failed = write(store.clone()).await;
        assert!(failed.is_err(), "{name} wrote nothing");
        // Retry, possibly on the same connection.
        let failed = write(store.clone()).await;
        assert!(
            failed.is_err(),
            "{name} was acknowledged while nothing can be written"
        );
        Fault::end(&mut other).await;
        // No connection holds the write lock.
        run(&mut other, "BEGIN IMMEDIATE; ROLLBACK").await;
        let before = number(&mut other, "PRAGMA data_version").await;
        write(store.clone())
            .await
            .unwrap_or_else(|error| panic!("{name}: {error:?}"));
        // An acknowledged change is committed, so another connection sees it.
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

/// Returns the Rust files below a directory.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

/// Returns the store methods in one file with their bodies, as rustfmt formats them.
fn verbs(text: &str) -> Vec<(&str, &str)> {
    let mut verbs = Vec::new();
    for part in text.split("\nimpl Store {\n").skip(1) {
        let (part, _) = part.split_once("\n}\n").unwrap();
        for verb in part.split("    pub async fn ").skip(1) {
            let (name, _) = verb.split_once(['(', '<']).unwrap();
            let (body, _) = verb.split_once("\n    }").unwrap();
            verbs.push((name, body));
        }
    }
    verbs
}

/// Returns true if a body writes by itself, not through another function.
fn writes(body: &str) -> bool {
    let signs = [
        "INSERT INTO ",
        "DELETE FROM ",
        "\"UPDATE ",
        "self.begin()",
        "self.lock_",
    ];
    signs.iter().any(|sign| body.contains(sign))
}

#[test]
fn every_verb_of_the_store_that_writes_is_tested_here() {
    let rows = WRITERS.iter().chain(SETUP_WRITERS);
    let tested: BTreeSet<_> = rows
        .map(|(name, _)| name.split(' ').next().unwrap())
        .collect();
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
    let texts = sources(Path::new(source));
    let texts: Vec<_> = texts
        .iter()
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    let verbs: Vec<_> = texts.iter().flat_map(|text| verbs(text)).collect();
    assert!(verbs.len() > 100, "{verbs:?}");
    let known: BTreeSet<_> = READERS.iter().copied().collect();
    for (name, body) in &verbs {
        let count = usize::from(tested.contains(name)) + usize::from(known.contains(name));
        assert_eq!(count, 1, "{name} belongs into one of the tables");
        let exempt = ["verify_rows"];
        assert!(
            tested.contains(name) || exempt.contains(name) || !writes(body),
            "{name} writes"
        );
    }
    let names: BTreeSet<_> = verbs.iter().map(|(name, _)| *name).collect();
    let gone: Vec<_> = tested
        .union(&known)
        .filter(|name| !names.contains(*name))
        .collect();
    assert!(gone.is_empty(), "{gone:?}");
}

fn large(number: i64) -> NewMessage {
    NewMessage {
        content: vec![b'x'; 200_000],
        ..message(number, "bob@example.com")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_acknowledged_while_the_disk_was_full_exist_after_a_restart() {
    let (database, store, mut other) = limited(|store| Box::pin(prepare(store))).await;
    let mut acknowledged = Vec::new();
    let mut failures = 0;
    let mut number = 100;
    while failures < 40 {
        number += 1;
        // Small messages still fit where a large one does not.
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
    // Free space again.
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
        let files = fs::read_dir(database.folder.path()).unwrap();
        files.flatten().any(|file| {
            let bytes = fs::read(file.path()).unwrap();
            bytes
                .windows(planted.len())
                .any(|part| part == planted.as_bytes())
        })
    };
    assert!(is_in_a_file());
    let claimed = store.claim(&claim("a"), LATER).await.unwrap();
    let mut settled = update(&claimed.messages[0], "a", MessageState::Delivered);
    settled.drop_content = true;
    store.record_attempts(&[settled], LATER).await.unwrap();
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
