use std::fs;

use domain::SecretField;
use secrecy::ExposeSecret;
use store::StoreError;

use crate::{
    database::{Database, on_both},
    samples::{NOW, PLANTED, authorization, authorized, basic, by, home, oauth, save, secret},
};

/// Returns true if any file of the database contains the planted text, raw or as base64.
fn is_readable(database: &Database) -> bool {
    let texts = [
        PLANTED.to_owned(),
        "cExhbnRlZ".into(),
        "BMYW50ZW".into(),
        "wTGFudGVk".into(),
    ];
    let files = fs::read_dir(database.folder.path()).unwrap();
    let mut contents = files.map(|file| fs::read(file.unwrap().path()).unwrap());
    contents.any(|content| {
        texts.iter().any(|text| {
            content
                .windows(text.len())
                .any(|window| window == text.as_bytes())
        })
    })
}

#[tokio::test]
async fn no_secret_is_readable_in_the_files_of_the_database() {
    let database = Database::sqlite();
    let store = database.open().await;
    authorized(&store, 1).await;
    store
        .begin_authorization(&authorization(2), by())
        .await
        .unwrap();
    assert!(!is_readable(&database));
    let wal = database.folder.path().join("mailgrant.db-wal");
    assert!(fs::metadata(&wal).unwrap().len() > 0);
    store.close().await;
    assert!(!is_readable(&database));
    // Proves that the search finds existing text.
    fs::write(database.folder.path().join("proof"), format!("…{PLANTED}…")).unwrap();
    assert!(is_readable(&database));
}

on_both! {
    async fn a_sealed_value_does_not_open_in_another_column(database) {
        let store = database.open().await;
        authorized(&store, 1).await;
        database.tamper("UPDATE grants SET access_token = refresh_token, refresh_token = access_token").await;
        let error = store.grant(home()).await.unwrap_err();
        assert!(
            matches!(error, StoreError::Unsealable { table: "grants", column: "access_token" }),
            "{error}"
        );
        assert!(store.grant_summary(home()).await.unwrap().is_some());
    }

    async fn a_sealed_value_does_not_open_in_another_row(database) {
        let store = database.open().await;
        save(&store, &oauth("zoe")).await;
        let name = domain::DataCenterName::parse("Other").unwrap();
        store.add_data_center(&name, by(), NOW).await.unwrap();
        let other = domain::DataCenterId::parse("other").unwrap();
        store.save_settings(&other, 0, &oauth("zoe"), by(), Vec::new(), NOW).await.unwrap();
        database.tamper(
            "UPDATE smtp_settings SET client_secret =
                 (SELECT client_secret FROM smtp_settings WHERE data_center = 'default')",
        ).await;
        let error = store.settings(&other).await.unwrap_err();
        assert!(
            matches!(error, StoreError::Unsealable { table: "smtp_settings", column: "client_secret" }),
            "{error}"
        );
        let stored = store.settings(home()).await.unwrap().unwrap();
        let kept = stored.settings.secret(SecretField::ClientSecret).unwrap();
        assert_eq!(kept.expose_secret(), secret("client").expose_secret());
        assert!(store.settings_view(&other).await.unwrap().is_some());
    }

    async fn an_authorization_whose_verifier_does_not_open_is_not_used_up(database) {
        let store = database.open().await;
        store.begin_authorization(&authorization(1), by()).await.unwrap();
        let sealed = database.text("SELECT verifier FROM authorizations").await.unwrap();
        database.tamper("UPDATE authorizations SET verifier = 'AAAA'").await;
        let error = store.claim_authorization("state-1", Some("browser"), NOW).await.unwrap_err();
        assert!(matches!(error, StoreError::Unsealable { .. }), "{error}");
        database.tamper(&format!("UPDATE authorizations SET verifier = '{sealed}'")).await;
        let outcome = store.claim_authorization("state-1", Some("browser"), NOW).await.unwrap();
        assert!(matches!(outcome, store::CallbackClaim::Claimed(_)), "{outcome:?}");
    }

    async fn one_secret_is_sealed_differently_each_time(database) {
        let store = database.open().await;
        let mut seen = Vec::new();
        for _ in 0..2 {
            save(&store, &basic()).await;
            seen.push(database.text("SELECT password FROM smtp_settings").await.unwrap());
        }
        assert_ne!(seen[0], seen[1]);
    }
}
