use domain::{
    Authentication, DataCenterId, EhloName, SecretField, Security, SmtpField, SmtpSettings,
    smtp_form::secret_form_field,
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use store::{SaveOutcome, StoreError};

use crate::{
    database::on_both,
    samples::{NOW, PLANTED, authorized, authorized_for, basic, by, home, oauth, reading, save},
};

fn secrets(settings: &SmtpSettings<SecretString>) -> Vec<Option<String>> {
    let secret = |field| settings.secret(field);
    SecretField::ALL
        .iter()
        .map(|field| secret(*field).map(|secret| secret.expose_secret().to_owned()))
        .collect()
}

on_both! {
    async fn settings_read_back_as_they_were_saved(database) {
        let store = database.open().await;
        assert!(store.settings(home()).await.unwrap().is_none());
        assert_eq!(store.settings_view(home()).await.unwrap(), None);
        let none = SmtpSettings {
            security: Security::Plaintext,
            port: 65_535,
            ehlo_name: EhloName::parse("mail.example.com").unwrap(),
            authentication: Authentication::None,
            ..basic()
        };
        for (count, settings) in [oauth("zoe"), basic(), none, reading("imap.example.com"), oauth("zoe")].iter().enumerate() {
            let (version, _) = save(&store, settings).await;
            assert_eq!(version, i64::try_from(count).unwrap() + 1);
            let stored = store.settings(home()).await.unwrap().unwrap();
            assert_eq!((stored.version, stored.saved_at), (version, NOW));
            assert_eq!(secrets(&stored.settings), secrets(settings));
            let shown = settings.clone().without_secrets();
            assert_eq!(stored.settings.without_secrets(), shown);
            assert_eq!(store.settings_view(home()).await.unwrap(), Some((version, shown)));
        }
    }

    async fn extensions_of_a_server_count_for_the_settings_that_they_were_seen_with(database) {
        let store = database.open().await;
        assert!(store.smtputf8_offers().await.unwrap().is_empty());
        let (version, _) = save(&store, &basic()).await;
        let offers = async || store.smtputf8_offers().await.unwrap();
        assert_eq!(offers().await, [(home().clone(), false)]);
        for offered in [true, false, true] {
            store.save_server_extensions(home(), version, offered).await.unwrap();
            assert_eq!(offers().await, [(home().clone(), offered)]);
        }
        save(&store, &oauth("zoe")).await;
        assert_eq!(offers().await, [(home().clone(), false)]);
    }

    async fn the_sequence_of_the_audit_grows_with_each_change(database) {
        let store = database.open().await;
        let before = store.audit_sequence().await.unwrap();
        save(&store, &basic()).await;
        assert!(store.audit_sequence().await.unwrap() > before);
    }

    async fn no_secret_is_in_debug_output(database) {
        let store = database.open().await;
        authorized(&store, 1).await;
        let settings = store.settings(home()).await.unwrap();
        let grant = store.grant(home()).await.unwrap();
        assert!(!format!("{store:?} {settings:?} {grant:?}").contains(PLANTED));
    }

    async fn refuses_to_save_over_a_version_that_was_not_seen(database) {
        let store = database.open().await;
        save(&store, &basic()).await;
        for expected in [0, 2] {
            let outcome = store.save_settings(home(), expected, &oauth("zoe"), by(), Vec::new(), NOW).await;
            assert_eq!(outcome.unwrap(), SaveOutcome::Conflict { version: 1 });
        }
        let stored = store.settings(home()).await.unwrap().unwrap();
        assert!(matches!(stored.settings.authentication, Authentication::Basic { .. }));
        let nowhere = DataCenterId::parse("nowhere").unwrap();
        let outcome = store.save_settings(&nowhere, 0, &basic(), by(), Vec::new(), NOW).await.unwrap();
        assert_eq!(outcome, SaveOutcome::UnknownDataCenter);
    }

    async fn of_many_who_save_concurrently_one_wins(database) {
        let stores = [database.open().await, database.open().await];
        for version in 0..3 {
            let saves = (0..8).map(|number| {
                let store = stores[number % 2].clone();
                tokio::spawn(async move {
                    store.save_settings(home(), version, &basic(), by(), Vec::new(), NOW).await.unwrap()
                })
            });
            let mut won = 0;
            for save in saves.collect::<Vec<_>>() {
                match save.await.unwrap() {
                    SaveOutcome::Saved { .. } => won += 1,
                    outcome => assert_eq!(outcome, SaveOutcome::Conflict { version: version + 1 }),
                }
            }
            assert_eq!(won, 1);
        }
    }

    async fn a_save_that_changes_a_bound_value_ends_the_grant(database) {
        let store = database.open().await;
        authorized(&store, 1).await;
        let mut other_port = oauth("zoe@example.com");
        other_port.port = 2_525;
        assert!(!save(&store, &other_port).await.1);
        assert!(store.grant(home()).await.unwrap().is_some());

        assert!(save(&store, &oauth("other@example.com")).await.1);
        assert!(store.grant(home()).await.unwrap().is_none());
        assert!(!save(&store, &oauth("zoe@example.com")).await.1);

        authorized(&store, 2).await;
        assert!(save(&store, &basic()).await.1);
        assert!(store.grant(home()).await.unwrap().is_none());
    }

    async fn reading_mail_with_the_grant_binds_it_to_one_more_host(database) {
        let store = database.open().await;
        authorized(&store, 1).await;
        assert!(save(&store, &reading("imap.example.com")).await.1);
        assert!(store.grant(home()).await.unwrap().is_none());
        let saved = store.settings(home()).await.unwrap().unwrap().settings;
        assert_eq!(saved.secret(SecretField::MailboxPassword).map(|_| ()), None);
        assert_eq!(saved.reads_with_grant().unwrap().as_str(), "imap.example.com");
    }

    async fn a_grant_for_reading_outlives_its_end_but_no_other_host(database) {
        let store = database.open().await;
        authorized_for(&store, 1, &reading("imap.example.com")).await;
        // The token is sent to fewer servers.
        assert!(!save(&store, &oauth("zoe@example.com")).await.1);
        assert!(!save(&store, &reading("imap.example.com")).await.1);
        assert!(save(&store, &reading("evil.example")).await.1);
        assert!(store.grant(home()).await.unwrap().is_none());
    }

    async fn a_grant_that_had_ended_does_not_end_again(database) {
        let store = database.open().await;
        let version = authorized(&store, 1).await;
        let finding = domain::Finding::new(domain::FindingCode::GrantEnded);
        assert!(store.end_grant(home(), version, finding, NOW).await.unwrap());
        assert!(!save(&store, &basic()).await.1);
        assert!(store.grant(home()).await.unwrap().is_none());
    }

    async fn an_impossible_row_is_an_error_that_names_the_column(database) {
        let store = database.open().await;
        for (name, value, column) in [
            ("mailbox_host", json!(null), "settings"),
            ("mailbox_host", json!(""), "mailbox_host"),
            ("mailbox_sign_in", json!(null), "settings"),
            ("mailbox_sign_in", json!("kerberos"), "mailbox_sign_in"),
            ("mailbox_security", json!("plaintext"), "mailbox_security"),
            ("smtp_port", json!("65536"), "smtp_port"),
            ("smtp_port", json!("0"), "smtp_port"),
            ("security", json!("opportunistic"), "security"),
            ("authentication_type", json!("kerberos"), "authentication_type"),
            ("client_id", json!(null), "settings"),
            ("client_id", json!(""), "client_id"),
            ("token_endpoint", json!("http://example.com/"), "token_endpoint"),
        ] {
            save(&store, &basic()).await;
            save(&store, &oauth("zoe")).await;
            database.rewrite_setting(name, value).await;
            let error = store.settings_view(home()).await.unwrap_err();
            assert!(
                matches!(error, StoreError::Corrupt { table: "smtp_settings", column: c } if c == column),
                "{name}: {error}"
            );
            database.tamper("DELETE FROM smtp_settings").await;
        }
        for (settings, column) in [(oauth("zoe"), "client_secret"), (basic(), "password")] {
            save(&store, &settings).await;
            database.tamper(&format!("UPDATE smtp_settings SET {column} = NULL")).await;
            let error = store.settings_view(home()).await.unwrap_err();
            assert!(
                matches!(error, StoreError::Corrupt { table: "smtp_settings", column: c } if c == column),
                "{column}: {error}"
            );
            database.tamper("DELETE FROM smtp_settings").await;
        }
    }

    async fn the_document_has_the_names_of_the_form_and_no_secret(database) {
        let store = database.open().await;
        save(&store, &oauth("zoe@example.com")).await;
        let settings = database.text("SELECT settings FROM smtp_settings").await.unwrap();
        let settings: serde_json::Value = serde_json::from_str(&settings).unwrap();
        let stored = |name: &str| settings.get(name).is_some();
        for field in SmtpField::ALL {
            let is_column = *field == SmtpField::DataCenter
                || SecretField::ALL.iter().any(|secret| secret_form_field(*secret) == *field);
            assert_eq!(stored(field.name()), !is_column, "{field:?}");
        }
        assert_eq!(settings["smtp_host"], "smtp.example.com");
        assert!(!stored("version"));
        // A field of an earlier or later version is ignored.
        let mut other = settings.clone();
        other["no_longer"] = json!("known");
        database.tamper(&format!("UPDATE smtp_settings SET settings = '{other}'")).await;
        assert!(store.settings(home()).await.unwrap().is_some());
    }
}
