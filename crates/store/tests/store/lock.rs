//! One server at a time per SQLite file.

use std::{fs, os::unix::fs::PermissionsExt as _};

use domain::{DataCenterId, MessageState, UnixTime};
use prerequisites::needs_postgres;
use store::{MailReader, Store, StoreError};

use crate::{
    database::{Database, key},
    delivery::{LATER, claim},
    outbox::{id, message},
    samples::{NOW, authorized, home},
};

async fn server(url: &str) -> Result<Store, StoreError> {
    Store::open_for_server(url, key(1)).await
}

#[tokio::test]
async fn only_one_server_opens_a_file_of_sqlite_and_commands_work_beside_it() {
    let database = Database::sqlite();
    let first = server(&database.url).await.unwrap();
    let lock = database.folder.path().join("mailgrant.db.lock");
    let mode = fs::metadata(&lock).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    for _ in 0..2 {
        let refused = server(&database.url).await.unwrap_err();
        assert!(matches!(refused, StoreError::InUse { .. }), "{refused:?}");
        let text = refused.to_string();
        assert!(
            text.contains("mailgrant.db;") && text.contains("Stop that server"),
            "{text}"
        );
    }
    let command = database.open().await;
    command.data_centers().await.unwrap();
    command.close().await;

    // The lock ends with the last clone that may write.
    let clone = first.clone();
    drop(first);
    assert!(server(&database.url).await.is_err());
    clone.close().await;
    drop(clone);
    assert!(lock.exists());
    server(&database.url).await.unwrap();
}

#[tokio::test]
async fn another_name_of_the_file_is_the_same_database() {
    let database = Database::sqlite();
    let _first = server(&database.url).await.unwrap();
    let other = database.folder.path().join("other.db");
    std::os::unix::fs::symlink(database.folder.path().join("mailgrant.db"), &other).unwrap();
    let refused = server(&format!("sqlite://{}", other.display())).await;
    assert!(matches!(refused.unwrap_err(), StoreError::InUse { .. }));
    assert!(!database.folder.path().join("other.db.lock").exists());
}

#[tokio::test]
async fn a_lock_file_that_cannot_be_created_is_reported_as_such() {
    let database = Database::sqlite();
    let lock = database.folder.path().join("mailgrant.db.lock");
    fs::create_dir(&lock).unwrap();
    let refused = server(&database.url).await.unwrap_err();
    assert!(
        refused.to_string().contains("mailgrant.db.lock"),
        "{refused}"
    );
}

#[needs_postgres]
#[tokio::test]
async fn servers_share_a_database_on_postgresql() {
    let database = Database::postgres().await;
    let opened = (server(&database.url).await, server(&database.url).await);
    let both = opened.0.is_ok() && opened.1.is_ok();
    drop(opened);
    database.remove().await;
    assert!(both);
}

#[tokio::test]
async fn leases_of_an_earlier_server_end_at_the_start_of_the_next_one() {
    let database = Database::sqlite();
    let store = server(&database.url).await.unwrap();
    let version = authorized(&store, 1).await;
    let owner = format!("{}first", store.lease_prefix());
    let new = message(1, "bob@example.com");
    store.enqueue(&[new]).await.unwrap();
    store.claim(&claim(&owner), LATER).await.unwrap();
    let far = UnixTime(LATER.0 + 3_600);
    store
        .acquire_slot(home(), 1, &owner, far, LATER)
        .await
        .unwrap();
    assert!(
        store
            .lease_refresh(home(), version, &owner, LATER, 3_600)
            .await
            .unwrap()
    );
    let cursor = store.lease_mail_cursor(home(), MailReader::Bounces, &owner, LATER, 3_600);
    assert!(cursor.await.unwrap().is_some());
    let day = async |store: &Store, day: i64, now| {
        let id: &DataCenterId = home();
        store.claim_daily_check(id, day, now).await.unwrap()
    };
    assert!(!day(&store, 1, LATER).await);
    assert!(day(&store, 2, LATER).await);
    store.close().await;
    drop(store);

    let store = server(&database.url).await.unwrap();
    let message = store.message(&id(1)).await.unwrap().unwrap();
    assert_eq!(message.state, MessageState::Waiting);
    let slot = store
        .acquire_slot(home(), 1, "server-next", far, LATER)
        .await;
    assert_eq!(slot.unwrap(), Some(0));
    assert!(
        store
            .lease_refresh(home(), version, "server-next", LATER, 60)
            .await
            .unwrap()
    );
    let cursor = store.lease_mail_cursor(home(), MailReader::Bounces, "server-next", LATER, 60);
    assert!(cursor.await.unwrap().is_some());
    assert!(day(&store, 2, LATER).await);
}

#[tokio::test]
async fn a_refresh_by_a_command_continues_when_a_server_starts() {
    let database = Database::sqlite();
    let command = database.open().await;
    let version = authorized(&command, 1).await;
    let owner = format!("{}check", command.lease_prefix());
    assert!(
        command
            .lease_refresh(home(), version, &owner, NOW, 60)
            .await
            .unwrap()
    );
    let store = server(&database.url).await.unwrap();
    assert!(
        !store
            .lease_refresh(home(), version, "server-a", NOW, 60)
            .await
            .unwrap()
    );
}
