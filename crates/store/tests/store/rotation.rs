use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use domain::{AuditAction, AuditFilter};
use secrecy::{ExposeSecret, SecretString};
use store::{
    AuditVerdict, CallbackClaim, FinishOutcome, KeySource, Refreshed, Rotated, SaveOutcome, Store,
    StoreError, StoredChannel, StoredTarget,
};

use crate::{
    database::{Database, key, on_both},
    samples::{NOW, authorization, authorized, basic, by, given, home, id, oauth, save, secret},
};

fn file(database: &Database) -> PathBuf {
    database.folder.path().join("mailgrant.key")
}

fn beside(database: &Database) -> PathBuf {
    database.folder.path().join("mailgrant.key.new")
}

fn write_key(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

async fn try_open(database: &Database) -> Result<Store, StoreError> {
    Store::open(&database.url, KeySource::File(file(database))).await
}

async fn open(database: &Database) -> Store {
    try_open(database).await.unwrap()
}

async fn rotate(store: &Store) -> Rotated {
    store.rotate_key(None, by(), NOW).await.unwrap()
}

/// Fills every sealed column, with two authorizations, one of them open.
async fn fill(store: &Store) {
    save(store, &basic()).await;
    let name = domain::DataCenterName::parse("Other").unwrap();
    store.add_data_center(&name, by(), NOW).await.unwrap();
    let other = domain::DataCenterId::parse("other").unwrap();
    let saved = store
        .save_settings(&other, 0, &basic(), by(), Vec::new(), NOW)
        .await;
    assert!(matches!(saved, Ok(SaveOutcome::Saved { .. })));
    authorized(store, 1).await;
    store
        .begin_authorization(&authorization(2), by())
        .await
        .unwrap();
    let channel = StoredChannel {
        id: domain::ChannelId::parse("channel").unwrap(),
        kind: domain::ChannelKind::Webhook,
        target: StoredTarget::Post {
            host: "hooks.example.com".into(),
            url: secret("url"),
            secret: Some(secret("signing")),
        },
    };
    let saved = store.save_alert_channel(&channel, Vec::new(), by(), NOW);
    saved.await.unwrap();
}

/// Checks that every sealed value opens and the audit is intact.
async fn opens(store: &Store) {
    let settings = store.settings(home()).await.unwrap().unwrap().settings;
    let kept = settings.secret(domain::SecretField::ClientSecret).unwrap();
    assert_eq!(kept.expose_secret(), secret("client").expose_secret());
    let grant = store.grant(home()).await.unwrap().unwrap();
    assert_eq!(
        grant.access_token.expose_secret(),
        secret("access-1").expose_secret()
    );
    whole(store).await;
}

async fn whole(store: &Store) {
    let verdict = store.verify_audit().await.unwrap();
    assert!(
        matches!(verdict, AuditVerdict::Intact { .. }),
        "{verdict:?}"
    );
}

/// Returns, by column, the key IDs of all values in the database that look sealed: base64 of at
/// least a header, a nonce, and a tag, with our version. Columns are discovered, so a new table is
/// included.
async fn sealed(database: &Database) -> BTreeMap<String, Vec<Vec<u8>>> {
    let columns = if database.is_sqlite() {
        "SELECT CAST(t.name AS TEXT), CAST(c.name AS TEXT)
         FROM sqlite_master t JOIN pragma_table_info(t.name) c WHERE t.type = 'table'"
    } else {
        "SELECT CAST(table_name AS TEXT), CAST(column_name AS TEXT)
         FROM information_schema.columns WHERE table_schema = 'public'"
    };
    let mut found = BTreeMap::<_, Vec<_>>::new();
    for (table, column) in database.pairs(columns).await {
        let sql = format!(
            r#"SELECT '', CAST("{column}" AS TEXT) FROM "{table}" WHERE "{column}" IS NOT NULL"#
        );
        if table == "_sqlx_migrations" {
            continue;
        }
        for (_, value) in database.pairs(&sql).await {
            let Ok(bytes) = BASE64_STANDARD.decode(value) else {
                continue;
            };
            if bytes.len() >= 1 + 8 + 24 + 16 && bytes[0] == 1 {
                let name = format!("{table}.{column}");
                found.entry(name).or_default().push(bytes[1..9].to_vec());
            }
        }
    }
    found
}

/// Checks that everything is sealed with one key, and that every column that can be sealed has a
/// value.
async fn is_sealed_with_one_key(database: &Database) -> Vec<u8> {
    let found = sealed(database).await;
    let columns: Vec<_> = found.keys().map(String::as_str).collect();
    assert_eq!(
        columns,
        [
            "alert_channels.secret",
            "alert_channels.url",
            "audit_head.sealed_key",
            "authorizations.verifier",
            "grants.access_token",
            "grants.refresh_token",
            "seal_check.sealed",
            "smtp_settings.client_secret",
            "smtp_settings.mailbox_password",
            "smtp_settings.password",
        ]
    );
    let key = &found["seal_check.sealed"][0];
    assert!(found.values().flatten().all(|id| id == key), "{found:?}");
    key.clone()
}

on_both! {
    async fn everything_is_sealed_with_the_new_key(database) {
        let store = open(&database).await;
        fill(&store).await;
        let old = fs::read_to_string(file(&database)).unwrap();
        let old_id = is_sealed_with_one_key(&database).await;
        let rotated = rotate(&store).await;
        let expected = Rotated { key_file: file(&database), in_place: true, secrets: 8 };
        assert_eq!(rotated, expected);
        assert_ne!(is_sealed_with_one_key(&database).await, old_id);
        assert_ne!(fs::read_to_string(file(&database)).unwrap(), old);
        assert_eq!(fs::metadata(file(&database)).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(!beside(&database).exists());
        opens(&store).await;
        store.close().await;

        let error = Store::open(&database.url, KeySource::Value(SecretString::from(old))).await;
        assert!(matches!(error, Err(StoreError::WrongKey)), "{error:?}");
        let store = open(&database).await;
        opens(&store).await;
        let claimed = store.claim_authorization("state-2", Some("browser"), NOW).await.unwrap();
        let CallbackClaim::Claimed(claimed) = claimed else { panic!("{claimed:?}") };
        assert_eq!(claimed.verifier.expose_secret(), secret("verifier").expose_secret());
    }

    async fn the_audit_names_both_keys_by_their_ids(database) {
        let store = open(&database).await;
        fill(&store).await;
        rotate(&store).await;
        let filter = AuditFilter { action: Some(AuditAction::SealingKeyRotated), ..AuditFilter::default() };
        let entries = store.audit(&filter, None, 10).await.unwrap();
        assert_eq!(entries.len(), 1);
        let change = &entries[0].record.changes[0];
        assert_eq!(change.field, "key_id");
        assert!(change.old != change.new && change.new.as_ref().unwrap().len() == 16, "{change:?}");
        let key = fs::read_to_string(file(&database)).unwrap();
        assert!(!format!("{entries:?}").contains(key.trim()));
    }

    async fn a_server_that_runs_on_takes_the_new_key_from_the_file(database) {
        let (running, rotating) = (open(&database).await, open(&database).await);
        fill(&running).await;
        rotate(&rotating).await;
        // The first operation after each rotation is a different one: a read, a write, or a claim.
        opens(&running).await;
        rotate(&rotating).await;
        save(&running, &oauth("zoe@example.com")).await;
        rotate(&rotating).await;
        running.begin_authorization(&authorization(3), by()).await.unwrap();
        rotate(&rotating).await;
        let claimed = running.claim_authorization("state-3", Some("browser"), NOW).await.unwrap();
        assert!(matches!(claimed, CallbackClaim::Claimed(_)), "{claimed:?}");
        rotate(&rotating).await;
        running.finish_authorization(&id(3), FinishOutcome::Granted(given()), by(), NOW).await.unwrap();
        rotate(&rotating).await;
        whole(&running).await;
        is_sealed_with_one_key(&database).await;
        opens(&open(&database).await).await;
    }

    async fn saving_and_reading_go_on_while_the_key_is_rotated(database) {
        let stores = [open(&database).await, open(&database).await];
        let rotating = open(&database).await;
        fill(&rotating).await;
        let work: Vec<_> = stores
            .into_iter()
            .enumerate()
            .map(|(number, store)| {
                tokio::spawn(async move {
                    for round in 0..15 {
                        let state = authorization(100 + number * 100 + round);
                        store.begin_authorization(&state, by()).await.unwrap();
                        let version = store.settings(home()).await.unwrap().unwrap().version;
                        let settings = oauth("zoe@example.com");
                        let saved = store.save_settings(home(), version, &settings, by(), Vec::new(), NOW);
                        saved.await.unwrap();
                        store.grant(home()).await.unwrap().unwrap();
                        let claimed = store.claim_authorization(&state.state_hash, Some("browser"), NOW);
                        assert!(matches!(claimed.await.unwrap(), CallbackClaim::Claimed(_)));
                    }
                })
            })
            .collect();
        for _ in 0..5 {
            rotate(&rotating).await;
        }
        for work in work {
            work.await.unwrap();
        }
        is_sealed_with_one_key(&database).await;
        opens(&open(&database).await).await;
    }

    async fn two_concurrent_rotations_run_one_after_the_other(database) {
        let (one, two) = (open(&database).await, open(&database).await);
        fill(&one).await;
        let both = tokio::join!(one.rotate_key(None, by(), NOW), two.rotate_key(None, by(), NOW));
        both.0.unwrap();
        both.1.unwrap();
        is_sealed_with_one_key(&database).await;
        assert!(!beside(&database).exists());
        opens(&open(&database).await).await;
        opens(&one).await;
    }

    async fn a_key_that_is_no_file_needs_a_file_for_the_new_one(database) {
        let (running, rotating) = (database.open().await, database.open().await);
        fill(&rotating).await;
        let error = rotating.rotate_key(None, by(), NOW).await;
        assert!(matches!(error, Err(StoreError::NewKeyFileMissing)), "{error:?}");

        let new = database.folder.path().join("next.key");
        let rotated = rotating.rotate_key(Some(&new), by(), NOW).await.unwrap();
        assert_eq!((rotated.key_file, rotated.in_place), (new.clone(), false));
        let id = is_sealed_with_one_key(&database).await;
        opens(&rotating).await;

        let error = running.settings(home()).await;
        assert!(matches!(error, Err(StoreError::KeyRotated)), "{error:?}");
        let error = running.save_settings(home(), 2, &oauth("zoe@example.com"), by(), Vec::new(), NOW).await;
        assert!(matches!(error, Err(StoreError::KeyRotated)), "{error:?}");
        let error = running.begin_authorization(&authorization(5), by()).await;
        assert!(matches!(error, Err(StoreError::KeyRotated)), "{error:?}");
        assert!(running.settings_view(home()).await.is_ok());
        assert_eq!(is_sealed_with_one_key(&database).await, id);

        let error = Store::open(&database.url, key(1)).await;
        assert!(matches!(error, Err(StoreError::WrongKey)), "{error:?}");
        opens(&Store::open(&database.url, KeySource::File(new)).await.unwrap()).await;
    }

    async fn a_file_that_is_named_and_there_is_read(database) {
        let store = open(&database).await;
        fill(&store).await;
        let old = fs::read_to_string(file(&database)).unwrap();
        let new = database.folder.path().join("next.key");
        write_key(&new, &old);
        let error = store.rotate_key(Some(&new), by(), NOW).await;
        assert!(matches!(error, Err(StoreError::SameKey)), "{error:?}");
        write_key(&new, "pLanted");
        let error = store.rotate_key(Some(&new), by(), NOW).await;
        assert!(matches!(error, Err(StoreError::KeyMalformed)), "{error:?}");
        opens(&store).await;
        write_key(&new, &"ab".repeat(32));
        store.rotate_key(Some(&new), by(), NOW).await.unwrap();
        assert_eq!(fs::read_to_string(&new).unwrap(), "ab".repeat(32));
        // The previous key file stays but no longer opens anything.
        assert_eq!(fs::read_to_string(file(&database)).unwrap(), old);
        let error = try_open(&database).await;
        assert!(matches!(error, Err(StoreError::WrongKey)), "{error:?}");
        opens(&Store::open(&database.url, KeySource::File(new)).await.unwrap()).await;
    }

    async fn a_rotation_interrupted_before_the_commit_is_dropped_at_the_next_start(database) {
        let store = open(&database).await;
        fill(&store).await;
        let old = fs::read_to_string(file(&database)).unwrap();
        store.close().await;
        // Complete, truncated, or empty.
        for unfinished in ["ab".repeat(32), "ab".repeat(9), String::new()] {
            write_key(&beside(&database), &unfinished);
            let store = open(&database).await;
            opens(&store).await;
            assert!(!beside(&database).exists());
            assert_eq!(fs::read_to_string(file(&database)).unwrap(), old);
            // Left behind by a failed rotation of another process while this one runs.
            write_key(&beside(&database), &unfinished);
            opens(&store).await;
            store.close().await;
        }
        let store = open(&database).await;
        write_key(&beside(&database), &"ab".repeat(9));
        rotate(&store).await;
        assert!(!beside(&database).exists());
        opens(&open(&database).await).await;
    }

    async fn a_rotation_interrupted_after_the_commit_is_finished_at_the_next_start(database) {
        let store = open(&database).await;
        fill(&store).await;
        let running = open(&database).await;
        for old_is_there in [true, false] {
            let old = fs::read_to_string(file(&database)).unwrap();
            rotate(&store).await;
            let new = fs::read_to_string(file(&database)).unwrap();
            // The state between the commit and the rename.
            fs::rename(file(&database), beside(&database)).unwrap();
            if old_is_there {
                write_key(&file(&database), &old);
            }
            opens(&running).await;
            assert!(beside(&database).exists(), "a server that runs moves nothing");
            opens(&open(&database).await).await;
            assert!(!beside(&database).exists());
            assert_eq!(fs::read_to_string(file(&database)).unwrap(), new);
        }
    }

    async fn the_next_rotation_finishes_one_that_was_interrupted_after_the_commit(database) {
        let store = open(&database).await;
        fill(&store).await;
        let old = fs::read_to_string(file(&database)).unwrap();
        rotate(&store).await;
        fs::rename(file(&database), beside(&database)).unwrap();
        write_key(&file(&database), &old);
        rotate(&store).await;
        assert!(!beside(&database).exists());
        is_sealed_with_one_key(&database).await;
        opens(&open(&database).await).await;
    }

    async fn when_neither_file_opens_the_database_both_stay(database) {
        let store = open(&database).await;
        fill(&store).await;
        store.close().await;
        for (path, text) in [(file(&database), "ab"), (beside(&database), "cd")] {
            write_key(&path, &text.repeat(32));
        }
        let error = try_open(&database).await;
        assert!(matches!(error, Err(StoreError::WrongKey)), "{error:?}");
        fs::remove_file(file(&database)).unwrap();
        let error = try_open(&database).await;
        assert!(matches!(error, Err(StoreError::KeyMissing { .. })), "{error:?}");
        assert!(beside(&database).exists());
    }

    async fn a_sealed_value_that_the_rotation_does_not_know_stops_it(database) {
        let store = open(&database).await;
        fill(&store).await;
        let old = is_sealed_with_one_key(&database).await;
        database.tamper(
            "CREATE TABLE future (secret TEXT);
             INSERT INTO future SELECT access_token FROM grants",
        ).await;
        let error = store.rotate_key(None, by(), NOW).await.unwrap_err();
        let StoreError::NotResealed { table, column } = error else { panic!("{error:?}") };
        assert_eq!((table.as_str(), column.as_str()), ("future", "secret"));
        database.tamper("DROP TABLE future").await;
        assert_eq!(is_sealed_with_one_key(&database).await, old);
        opens(&store).await;
        opens(&open(&database).await).await;
        rotate(&store).await;
    }

    async fn a_value_that_does_not_open_stops_the_rotation_and_is_named(database) {
        let store = open(&database).await;
        fill(&store).await;
        database.tamper("UPDATE grants SET refresh_token = access_token").await;
        let error = store.rotate_key(None, by(), NOW).await.unwrap_err();
        assert!(
            matches!(error, StoreError::Unsealable { table: "grants", column: "refresh_token" }),
            "{error:?}"
        );
        assert!(store.settings(home()).await.is_ok());
    }
}

#[tokio::test]
async fn nothing_that_the_old_key_opens_stays_in_the_files_of_the_database() {
    let database = Database::sqlite();
    let store = open(&database).await;
    fill(&store).await;
    let mut old = Vec::new();
    let mut version = store.grant(home()).await.unwrap().unwrap().version;
    for length in [900, 20_000, 100] {
        old.extend(sealed_values(&database).await);
        let refreshed = Refreshed {
            access_token: SecretString::from("x".repeat(length)),
            refresh_token: Some(SecretString::from("y".repeat(length))),
            expires_at: NOW,
            scope: None,
        };
        let stored = store.store_refreshed(home(), version, "a", refreshed, NOW);
        version = stored.await.unwrap().unwrap();
    }
    store
        .claim_authorization("state-2", Some("browser"), NOW)
        .await
        .unwrap();
    let rest = |text: &String| {
        let files = fs::read_dir(database.folder.path()).unwrap();
        let mut contents = files.map(|file| fs::read(file.unwrap().path()).unwrap());
        // The end of a value, because its beginning may be overwritten by chance.
        let end = &text.as_bytes()[text.len() - 32..];
        contents.any(|content| content.windows(end.len()).any(|window| window == end))
    };
    assert!(old.len() > 20 && old.iter().all(rest));
    rotate(&store).await;
    assert_eq!(old.iter().filter(|text| rest(text)).count(), 0);
}

async fn sealed_values(database: &Database) -> Vec<String> {
    let mut values = Vec::new();
    for sql in [
        "SELECT access_token, refresh_token FROM grants",
        "SELECT verifier, verifier FROM authorizations WHERE verifier IS NOT NULL",
        "SELECT client_secret, mailbox_password FROM smtp_settings WHERE client_secret IS NOT NULL",
        "SELECT password, password FROM smtp_settings WHERE password IS NOT NULL",
        "SELECT sealed, sealed_key FROM seal_check, audit_head",
    ] {
        for (one, two) in database.pairs(sql).await {
            values.extend([one, two]);
        }
    }
    values
}
