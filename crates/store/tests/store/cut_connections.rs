//! PostgreSQL over connections that are cut or stop responding.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    time::{Duration, Instant},
};

use domain::MessageState;
use prerequisites::needs_postgres;
use store::{EnqueueOutcome, Store, StoreError};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

use crate::{
    database::{Database, key},
    delivery::{LATER, claim, update},
    outbox::{id, message},
    samples::{by, home},
};

/// Connections work.
const WHOLE: u8 = 0;
/// COMMIT does not reach the server.
const CUT_BEFORE_COMMIT: u8 = 1;
/// COMMIT reaches the server, but its reply is lost.
const CUT_AFTER_COMMIT: u8 = 2;
/// Nothing is forwarded in either direction, and nothing is closed.
const SILENT: u8 = 3;

/// A proxy between the store and PostgreSQL. A cut happens once.
struct Proxy {
    url: String,
    fault: Arc<AtomicU8>,
}

impl Proxy {
    async fn before(database: &Database) -> Self {
        let (head, name) = database.url.rsplit_once('/').unwrap();
        let (user, server) = match head.rsplit_once('@') {
            Some((user, server)) => (format!("{user}@"), server.to_owned()),
            None => (
                "postgres://".to_owned(),
                head.rsplit_once('/').unwrap().1.to_owned(),
            ),
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("{user}{}/{name}", listener.local_addr().unwrap());
        let fault = Arc::new(AtomicU8::new(WHOLE));
        let shared = Arc::clone(&fault);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(&server).await.unwrap();
                tokio::spawn(pass(client, server, Arc::clone(&shared)));
            }
        });
        Self { url, fault }
    }

    fn set(&self, fault: u8) {
        self.fault.store(fault, Ordering::SeqCst);
    }
}

async fn pass(mut client: TcpStream, mut server: TcpStream, fault: Arc<AtomicU8>) {
    let (mut up, mut down) = (vec![0; 65_536], vec![0; 65_536]);
    loop {
        if fault.load(Ordering::SeqCst) == SILENT {
            tokio::time::sleep(Duration::from_millis(20)).await;
            continue;
        }
        tokio::select! {
            read = client.read(&mut up) => {
                let Ok(octets @ 1..) = read else { return };
                let sent = &up[..octets];
                let is_commit = sent.windows(6).any(|part| part == b"COMMIT");
                let now = fault.load(Ordering::SeqCst);
                if is_commit && now == CUT_BEFORE_COMMIT {
                    fault.store(WHOLE, Ordering::SeqCst);
                    return;
                }
                if server.write_all(sent).await.is_err() {
                    return;
                }
                if is_commit && now == CUT_AFTER_COMMIT {
                    // The reply arrives after the commit.
                    let _ = server.read(&mut down).await;
                    fault.store(WHOLE, Ordering::SeqCst);
                    return;
                }
            }
            read = server.read(&mut down) => {
                let Ok(octets @ 1..) = read else { return };
                if client.write_all(&down[..octets]).await.is_err() {
                    return;
                }
            }
            () = tokio::time::sleep(Duration::from_millis(20)) => {}
        }
    }
}

/// Opens a store behind a proxy, and one that connects directly.
async fn stores() -> (Arc<Database>, Proxy, Store, Store) {
    let database = Database::postgres().await;
    let direct = database.open().await;
    let proxy = Proxy::before(&database).await;
    let store = Store::open(&proxy.url, key(1)).await.unwrap();
    (database, proxy, store, direct)
}

#[needs_postgres]
#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_never_reached_the_server_is_not_acknowledged() {
    let (database, proxy, store, direct) = stores().await;
    let new = [message(1, "bob@example.com")];
    proxy.set(CUT_BEFORE_COMMIT);
    let error = store.enqueue(&new).await.unwrap_err();
    assert!(matches!(error, StoreError::CommitUnknown(_)), "{error:?}");
    assert!(direct.message(&id(1)).await.unwrap().is_none());
    let outcomes = store.enqueue(&new).await.unwrap();
    assert_eq!(outcomes, [EnqueueOutcome::Stored]);
    assert!(direct.message(&id(1)).await.unwrap().is_some());
    direct.close().await;
    database.remove().await;
}

#[needs_postgres]
#[tokio::test(flavor = "multi_thread")]
async fn a_commit_with_a_lost_response_is_resolved_by_storing_the_same_messages_again() {
    let (database, proxy, store, direct) = stores().await;
    let new = [message(1, "bob@example.com"), message(2, "bob@example.com")];
    proxy.set(CUT_AFTER_COMMIT);
    let error = store.enqueue(&new).await.unwrap_err();
    assert!(matches!(error, StoreError::CommitUnknown(_)), "{error:?}");
    assert!(direct.message(&id(1)).await.unwrap().is_some());
    let outcomes = store.enqueue(&new).await.unwrap();
    assert_eq!(outcomes, [EnqueueOutcome::Stored, EnqueueOutcome::Stored]);
    let counts = direct.hour_counts(None, domain::UnixTime(0)).await.unwrap();
    assert_eq!(counts.iter().map(|hour| hour.accepted).sum::<i64>(), 2);
    direct.close().await;
    database.remove().await;
}

#[needs_postgres]
#[tokio::test(flavor = "multi_thread")]
async fn a_result_whose_commit_lost_its_response_is_recorded_once() {
    let (database, proxy, store, direct) = stores().await;
    store
        .enqueue(&[message(1, "bob@example.com")])
        .await
        .unwrap();
    let claimed = store.claim(&claim("a"), LATER).await.unwrap();
    let mut result = update(&claimed.messages[0], "a", MessageState::Delivered);
    proxy.set(CUT_AFTER_COMMIT);
    let error = store
        .record_attempts(&[result.clone()], LATER)
        .await
        .unwrap_err();
    assert!(matches!(error, StoreError::CommitUnknown(_)), "{error:?}");
    result.may_be_recorded = true;
    let settled = store.record_attempts(&[result], LATER).await.unwrap();
    assert_eq!(settled.len(), 1);
    let found = direct.message(&id(1)).await.unwrap().unwrap();
    assert_eq!((found.state, found.attempts), (MessageState::Delivered, 1));
    assert_eq!(direct.message_attempts(&id(1)).await.unwrap().len(), 1);
    let used = direct.sending_use(home(), LATER.plus(1)).await.unwrap();
    assert_eq!(used.last_minute, 1);
    direct.close().await;
    database.remove().await;
}

#[needs_postgres]
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_falls_silent_is_noticed_and_used_again_when_it_is_back() {
    let (database, proxy, store, direct) = stores().await;
    store.ping().await.unwrap();
    // Idle connections in the pool are dead as well.
    store
        .cancel_message(&id(1), by(), domain::UnixTime(1))
        .await
        .unwrap();
    proxy.set(SILENT);
    let started = Instant::now();
    store.ping().await.unwrap_err();
    assert!(started.elapsed() < Duration::from_secs(5));
    proxy.set(WHOLE);
    store.ping().await.unwrap();
    let outcomes = store.enqueue(&[message(1, "bob@example.com")]).await;
    assert_eq!(outcomes.unwrap(), [EnqueueOutcome::Stored]);
    direct.close().await;
    database.remove().await;
}
