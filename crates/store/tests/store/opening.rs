use std::{
    error::Error,
    fs,
    os::unix::fs::{MetadataExt, PermissionsExt, symlink},
};

use store::{KeySource, Store, StoreError};

use crate::{
    database::{Database, key, on_both},
    samples::{NOW, authorization, authorized, by, home, id},
};

fn chain(error: &StoreError) -> String {
    let mut texts = Vec::new();
    let mut next: Option<&dyn Error> = Some(error);
    while let Some(error) = next {
        texts.push(format!("{error} {error:?}"));
        next = error.source();
    }
    texts.join(" | ")
}

on_both! {
    async fn a_restart_keeps_all(database) {
        let store = database.open().await;
        let version = authorized(&store, 1).await;
        store.begin_authorization(&authorization(2), by()).await.unwrap();
        store.save_draft("browser", home(), &domain::SmtpForm::default(), NOW).await.unwrap();
        store.close().await;

        let store = database.open().await;
        assert_eq!(store.settings(home()).await.unwrap().unwrap().version, 1);
        assert_eq!(store.grant(home()).await.unwrap().unwrap().version, version);
        assert!(store.authorization(&id(2)).await.unwrap().is_some());
        assert!(store.draft("browser", home()).await.unwrap().is_some());
        assert_eq!(store.data_centers().await.unwrap().len(), 1);
    }

    async fn many_servers_open_one_new_database_concurrently(database) {
        let path = database.folder.path().join("mailgrant.key");
        let opening: Vec<_> = (0..6)
            .map(|_| {
                let (url, key) = (database.url.clone(), KeySource::File(path.clone()));
                tokio::spawn(async move { Store::open(&url, key).await })
            })
            .collect();
        let mut stores = Vec::new();
        for opened in opening {
            stores.push(opened.await.unwrap().unwrap());
        }
        let version = authorized(&stores[0], 1).await;
        for store in &stores {
            assert_eq!(store.grant(home()).await.unwrap().unwrap().version, version);
        }
    }

    async fn a_database_of_a_newer_version_is_refused(database) {
        database.open().await.close().await;
        let (yes, no) = if database.is_sqlite() { ("1", "x''") } else { ("TRUE", "''") };
        database.tamper(&format!(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
             VALUES (9999, 'later', {yes}, {no}, 0)"
        )).await;
        let error = Store::open(&database.url, key(1)).await.unwrap_err();
        assert!(matches!(error, StoreError::Migrate(_)), "{error}");
        assert!(chain(&error).contains("9999"), "{}", chain(&error));
    }

    async fn a_database_from_before_the_first_release_is_refused_and_stays_as_it_is(database) {
        database.open().await.close().await;
        let (yes, other) = if database.is_sqlite() { ("1", "x'01'") } else { ("TRUE", "'\\x01'") };
        let migrations = "SELECT COUNT(*) || '' FROM _sqlx_migrations";
        // The tables as the last development version left them, and as the first one did.
        database.tamper(&format!(
            "UPDATE _sqlx_migrations SET description = 'smtp settings', checksum = {other};
             INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
             VALUES (2, 'access', {yes}, {other}, 0), (17, 'running checks', {yes}, {other}, 0)"
        )).await;
        for (removed, count) in [("version > 17", "3"), ("version > 1", "1")] {
            database.tamper(&format!("DELETE FROM _sqlx_migrations WHERE {removed}")).await;
            let error = Store::open(&database.url, key(1)).await.unwrap_err();
            assert!(matches!(error, StoreError::MadeBeforeFirstRelease), "{error}");
            for said in ["development version", "move the database away", "set it up"] {
                assert!(error.to_string().contains(said), "{error}");
            }
            assert_eq!(database.text(migrations).await.as_deref(), Some(count));
        }
    }
}

#[tokio::test]
async fn the_file_of_a_new_database_is_for_its_owner_only() {
    let database = Database::sqlite();
    let store = database.open().await;
    authorized(&store, 1).await;
    for file in fs::read_dir(database.folder.path()).unwrap() {
        let file = file.unwrap();
        assert_eq!(file.metadata().unwrap().mode() & 0o777, 0o600, "{file:?}");
    }
}

#[tokio::test]
async fn a_database_in_memory_serves_concurrent_queries() {
    let store = Store::open("sqlite::memory:", key(1)).await.unwrap();
    authorized(&store, 1).await;
    let reading: Vec<_> = (0..16)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move { store.grant(home()).await.unwrap().is_some() })
        })
        .collect();
    for read in reading {
        assert!(read.await.unwrap());
    }
    let other = Store::open("sqlite::memory:", key(2)).await.unwrap();
    assert!(other.grant(home()).await.unwrap().is_none());
}

#[tokio::test]
async fn a_url_that_is_not_understood_is_not_repeated() {
    for url in [
        "",
        "pLanted",
        "mysql://u:pLanted@127.0.0.1/x",
        "postgres://u:pLanted@[x/y",
    ] {
        let error = Store::open(url, key(1)).await.unwrap_err();
        assert!(matches!(error, StoreError::Url), "{url}: {error}");
        assert!(!chain(&error).contains("pLanted"), "{}", chain(&error));
    }
}

#[tokio::test]
async fn no_error_repeats_the_password_of_the_url() {
    for url in [
        "postgres://u:pLanted@127.0.0.1:1/x",
        "postgres://u:pLanted@127.0.0.1:1/x?sslmode=pLanted",
        "postgres://u:pLanted@127.0.0.1:1/x?sslmode=verify-full&sslrootcert=/pLanted",
    ] {
        let error = Store::open(url, key(1)).await.unwrap_err();
        assert!(!chain(&error).contains("pLanted"), "{}", chain(&error));
    }
}

#[tokio::test]
async fn a_folder_that_does_not_exist_is_named() {
    let opened = Store::open("sqlite:///nonexistent/mailgrant.db", key(1)).await;
    let error = opened.unwrap_err();
    assert!(matches!(&error, StoreError::DatabaseFile { .. }), "{error}");
    assert!(error.to_string().contains("/nonexistent/mailgrant.db"));
}

#[tokio::test]
async fn a_database_that_every_user_may_open_is_refused() {
    let database = Database::sqlite();
    database.open().await.close().await;
    let path = database.folder.path().join("mailgrant.db");
    let link = database.folder.path().join("link.db");
    symlink(&path, &link).unwrap();
    let through_link = format!("sqlite://{}", link.display());
    let set = |path: &std::path::Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    for (mode, refused) in [
        (0o604, true),
        (0o602, true),
        (0o601, true),
        (0o644, true),
        (0o666, true),
        (0o660, false),
        (0o640, false),
        (0o600, false),
    ] {
        set(&path, mode);
        for url in [&database.url, &through_link] {
            let opened = Store::open(url, key(1)).await;
            let found = matches!(&opened, Err(StoreError::DatabaseReadable { path: named }) if *named == path);
            assert_eq!(found, refused, "{mode:o} {url}");
            assert_eq!(opened.is_ok(), !refused, "{mode:o} {url}");
            if let Ok(store) = opened {
                store.close().await;
            }
        }
    }
    for beside in [
        "mailgrant.db-wal",
        "mailgrant.db-shm",
        "mailgrant.db-journal",
    ] {
        let beside = database.folder.path().join(beside);
        fs::write(&beside, "").unwrap();
        set(&beside, 0o644);
        for url in [&database.url, &through_link] {
            let error = Store::open(url, key(1)).await.unwrap_err();
            let found = matches!(&error, StoreError::DatabaseReadable { path } if *path == beside);
            assert!(found, "{error} {url}");
        }
        fs::remove_file(&beside).unwrap();
    }
    database.open().await;
}

#[tokio::test]
async fn a_database_that_is_not_a_regular_file_is_refused() {
    let database = Database::sqlite();
    let path = database.folder.path().join("mailgrant.db");
    let refused = async || {
        let opened = Store::open(&database.url, key(1)).await;
        matches!(opened, Err(StoreError::DatabaseFile { .. }))
    };
    fs::create_dir(&path).unwrap();
    assert!(refused().await);
    fs::remove_dir(&path).unwrap();
    symlink("/dev/zero", &path).unwrap();
    assert!(refused().await);
    fs::remove_file(&path).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(&path).unwrap();
    assert!(refused().await);
}
