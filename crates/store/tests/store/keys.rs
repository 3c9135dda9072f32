use std::{
    fs,
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::PathBuf,
    time::Duration,
};

use secrecy::SecretString;
use store::{KeySource, Store, StoreError};

use crate::{
    database::{Database, key, on_both},
    samples::{basic, home, save},
};

fn file(database: &Database) -> PathBuf {
    database.folder.path().join("mailgrant.key")
}

async fn open(database: &Database) -> Result<Store, StoreError> {
    Store::open(&database.url, KeySource::File(file(database))).await
}

on_both! {
    async fn makes_a_key_file_for_a_new_database_and_uses_it_again(database) {
        let store = open(&database).await.unwrap();
        let made = fs::metadata(file(&database)).unwrap();
        assert_eq!(made.mode() & 0o777, 0o600);
        save(&store, &basic()).await;
        store.close().await;
        let store = open(&database).await.unwrap();
        assert!(store.settings(home()).await.unwrap().is_some());
        let keys = fs::read_dir(database.folder.path()).unwrap();
        let keys = keys.filter(|file| {
            file.as_ref().unwrap().file_name().to_string_lossy().starts_with("mailgrant.key")
        });
        assert_eq!(keys.count(), 1);
    }

    async fn a_missing_key_is_reported_and_not_replaced(database) {
        save(&open(&database).await.unwrap(), &basic()).await;
        fs::remove_file(file(&database)).unwrap();
        let error = open(&database).await.unwrap_err();
        assert!(matches!(error, StoreError::KeyMissing { path } if path == file(&database)));
        assert!(!file(&database).exists());
    }

    async fn a_wrong_key_is_reported(database) {
        database.open().await;
        let error = Store::open(&database.url, key(2)).await.unwrap_err();
        assert!(matches!(error, StoreError::WrongKey), "{error}");
        database.open().await;
    }

    async fn a_key_file_open_to_others_is_refused(database) {
        open(&database).await.unwrap();
        for (mode, refused) in [(0o644, true), (0o602, true), (0o620, true), (0o400, false), (0o440, false)] {
            fs::set_permissions(file(&database), fs::Permissions::from_mode(mode)).unwrap();
            let opened = open(&database).await;
            assert_eq!(matches!(opened, Err(StoreError::KeyReadable { .. })), refused, "{mode:o}");
            assert_eq!(opened.is_ok(), !refused, "{mode:o}");
        }
    }

    async fn a_key_file_that_is_not_a_regular_file_is_an_error_and_does_not_block(database) {
        open(&database).await.unwrap().close().await;
        let file = file(&database);
        fs::remove_file(&file).unwrap();
        let refused = async || {
            let opened = tokio::time::timeout(Duration::from_mins(1), open(&database)).await;
            assert!(matches!(opened.unwrap(), Err(StoreError::KeyFile { .. })));
        };
        // The pipe has no writer.
        let made = std::process::Command::new("mkfifo").args(["-m", "600"]).arg(&file).status();
        assert!(made.unwrap().success());
        refused().await;
        fs::remove_file(&file).unwrap();
        fs::create_dir(&file).unwrap();
        refused().await;
        fs::remove_dir(&file).unwrap();
        std::os::unix::fs::symlink("/dev/zero", &file).unwrap();
        refused().await;
        fs::remove_file(&file).unwrap();
        fs::File::create(&file).unwrap().set_len(1 << 40).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        refused().await;
    }

    async fn a_malformed_key_is_refused_without_repeating_it(database) {
        let malformed = KeySource::Value(SecretString::from("pLanted-password"));
        let error = Store::open(&database.url, malformed).await.unwrap_err();
        assert!(matches!(error, StoreError::KeyMalformed), "{error}");
        assert!(!format!("{error} {error:?}").contains("pLanted"));
        fs::write(file(&database), "pLanted").unwrap();
        fs::set_permissions(file(&database), fs::Permissions::from_mode(0o600)).unwrap();
        let error = open(&database).await.unwrap_err();
        assert!(matches!(error, StoreError::KeyMalformed), "{error}");
        assert_eq!(fs::read_to_string(file(&database)).unwrap(), "pLanted");
    }
}
