//! Secrets with values that were changed in the database.

use domain::{ChannelId, ChannelKind, MailboxSignIn, SmtpSettings};
use secrecy::SecretString;
use store::{
    CallbackClaim, FinishOutcome, Finished, Refreshed, RowFault, Store, StoreError, StoredChannel,
    StoredTarget, StoredWebhook, TamperedRow,
};

use crate::{
    database::{Database, on_both},
    samples::{
        NOW, authorization, authorized, basic, begin_and_take, by, given, home, id, oauth, reading,
        save, secret,
    },
};

fn is_unsealable<T>(result: &Result<T, StoreError>, table: &str, column: &str) -> bool {
    matches!(
        result,
        Err(StoreError::Unsealable { table: t, column: c }) if *t == table && *c == column
    )
}

/// Checks for each change of the saved row that the secret in the named column no longer opens.
async fn refuses(
    database: &Database,
    settings: &SmtpSettings<SecretString>,
    changes: &[(&str, &str)],
) {
    let store = database.open().await;
    for (change, column) in changes {
        save(&store, settings).await;
        assert!(store.settings(home()).await.is_ok());
        let (name, value) = change.split_once(" = ").unwrap();
        let value = match value {
            "false" => false.into(),
            text => text.into(),
        };
        database.rewrite_setting(name, value).await;
        let error = store.settings(home()).await;
        assert!(is_unsealable(&error, "smtp_settings", column), "{change}");
        assert!(store.settings_view(home()).await.is_ok(), "{change}");
        let found = store.verify_rows().await.unwrap();
        let expected = TamperedRow {
            table: "smtp_settings",
            row: "default".into(),
            fault: RowFault::Unsealable,
        };
        assert_eq!(found, [expected], "{change}");
    }
    // Entering the secrets again repairs the settings.
    save(&store, settings).await;
    assert!(store.settings(home()).await.is_ok());
}

fn channel(kind: ChannelKind) -> StoredChannel {
    StoredChannel {
        id: ChannelId::parse("channel").unwrap(),
        kind,
        target: StoredTarget::Post {
            host: "hooks.example.com".into(),
            url: secret("url"),
            secret: Some(secret("signing")),
        },
    }
}

async fn granted(store: &Store, number: usize) -> Finished {
    let outcome = FinishOutcome::Granted(given());
    let id = id(number);
    let finished = store.finish_authorization(&id, outcome, by(), NOW);
    finished.await.unwrap()
}

on_both! {
    async fn a_password_does_not_open_with_another_server_or_user(database) {
        refuses(&database, &basic(), &[
            ("smtp_host = evil.example", "password"),
            ("smtp_port = 25", "password"),
            ("username = eve", "password"),
            ("security = implicit_tls", "password"),
            ("enable_ssl = false", "password"),
            ("tls_minimum = 1.2", "password"),
        ]).await;
    }

    async fn a_client_secret_does_not_open_with_another_client_endpoint_or_server(database) {
        refuses(&database, &oauth("zoe@example.com"), &[
            ("client_id = client-2", "client_secret"),
            ("token_endpoint = https://evil.example/t", "client_secret"),
            ("authorization_endpoint = https://evil.example/a", "client_secret"),
            ("redirect_url = https://evil.example/oauth/callback", "client_secret"),
            ("scope = everything", "client_secret"),
            ("smtp_host = evil.example", "client_secret"),
            ("username = eve@example.com", "client_secret"),
        ]).await;
    }

    async fn a_mailbox_password_does_not_open_with_another_server_or_account(database) {
        let mut settings = basic();
        settings.mailbox = oauth("").mailbox;
        refuses(&database, &settings, &[
            ("mailbox_host = evil.example", "mailbox_password"),
            ("mailbox_port = 143", "mailbox_password"),
            ("mailbox_email = eve@example.com", "mailbox_password"),
            ("mailbox_security = starttls", "mailbox_password"),
        ]).await;
    }

    async fn a_mailbox_that_reads_with_the_grant_cannot_be_pointed_elsewhere(database) {
        let settings = reading("imap.example.com");
        let sign_in = &settings.mailbox.as_ref().unwrap().sign_in;
        assert!(matches!(sign_in, MailboxSignIn::SameAuthorization));
        refuses(&database, &settings, &[
            ("mailbox_host = evil.example", "client_secret"),
            ("mailbox_port = 143", "client_secret"),
        ]).await;
    }

    async fn a_grant_does_not_open_with_another_binding(database) {
        let store = database.open().await;
        let version = authorized(&store, 1).await;
        let binding = database.text("SELECT binding FROM grants").await.unwrap();
        let forged = binding.replace("smtp.example.com", "evil.example");
        assert_ne!(forged, binding);
        for sql in [
            format!("UPDATE grants SET binding = '{forged}'"),
            format!("UPDATE grants SET binding = '{binding}', account = 'eve@example.com'"),
        ] {
            database.tamper(&sql).await;
            let error = store.grant(home()).await;
            assert!(is_unsealable(&error, "grants", "access_token"), "{sql}");
            let found = store.verify_rows().await.unwrap();
            assert_eq!((found.len(), found[0].fault), (1, RowFault::Unsealable));
            // A refresh in progress does not seal new tokens for the forged binding either.
            let refreshed = Refreshed {
                access_token: secret("access-2"),
                refresh_token: None,
                expires_at: NOW.plus(3_600),
                scope: None,
            };
            let stored = store.store_refreshed(home(), version, "a", refreshed, NOW).await;
            assert!(is_unsealable(&stored, "grants", "access_token"), "{sql}");
        }
        let right = format!("UPDATE grants SET binding = '{binding}', account = 'zoe@example.com'");
        database.tamper(&right).await;
        assert!(store.grant(home()).await.unwrap().is_some());
    }

    async fn an_authorization_whose_binding_was_rewritten_gives_no_grant(database) {
        let store = database.open().await;
        save(&store, &oauth("zoe@example.com")).await;
        store.begin_authorization(&authorization(1), by()).await.unwrap();
        let binding = database.text("SELECT binding FROM authorizations").await.unwrap();
        let forged = binding.replace("smtp.example.com", "evil.example");
        for (change, before) in [
            (format!("binding = '{forged}'"), format!("binding = '{binding}'")),
            ("redirect_url = 'https://evil.example/'".into(), "redirect_url = 'http://127.0.0.1:3000/oauth/callback'".into()),
            ("settings_version = 2".into(), "settings_version = 1".into()),
            ("expires_at = expires_at + 600".into(), "expires_at = expires_at - 600".into()),
            ("session = 'mine'".into(), "session = 'browser'".into()),
        ] {
            database.tamper(&format!("UPDATE authorizations SET {change}")).await;
            for session in ["browser", "mine"] {
                let claimed = store.claim_authorization("state-1", Some(session), NOW).await;
                assert!(!matches!(claimed, Ok(CallbackClaim::Claimed(_))), "{change}");
            }
            let found = store.verify_rows().await.unwrap();
            let expected = TamperedRow {
                table: "authorizations",
                row: "authorization-1".into(),
                fault: RowFault::Changed,
            };
            assert_eq!(found, [expected], "{change}");
            database.tamper(&format!("UPDATE authorizations SET {before}")).await;
        }
        assert_eq!(store.verify_rows().await.unwrap(), []);
        let claimed = store.claim_authorization("state-1", Some("browser"), NOW).await.unwrap();
        assert!(matches!(claimed, CallbackClaim::Claimed(_)), "{claimed:?}");
        // Between the callback and the grant.
        database.tamper(&format!("UPDATE authorizations SET binding = '{forged}'")).await;
        database.rewrite_setting("smtp_host", "evil.example".into()).await;
        assert_eq!(granted(&store, 1).await, Finished::NotOpen);
        assert!(store.grant_summary(home()).await.unwrap().is_none());
        database.rewrite_setting("smtp_host", "smtp.example.com".into()).await;
        begin_and_take(&store, 2).await;
        assert!(matches!(granted(&store, 2).await, Finished::Granted { .. }));
    }

    async fn the_secrets_of_webhooks_do_not_open_with_another_url_or_host(database) {
        let store = database.open().await;
        let hook = |url| StoredWebhook { url: secret(url), secret: secret("signing") };
        store.save_inbound_webhook(home(), "hooks.example.com", &hook("1"), by(), NOW).await.unwrap();
        database.tamper("CREATE TABLE old AS SELECT url, secret FROM inbound_webhooks").await;
        store.save_inbound_webhook(home(), "hooks.example.com", &hook("2"), by(), NOW).await.unwrap();
        database.tamper("UPDATE inbound_webhooks SET url = (SELECT url FROM old)").await;
        assert!(is_unsealable(&store.stored_inbound_webhook(home()).await, "inbound_webhooks", "secret"));
        database.tamper("UPDATE inbound_webhooks SET secret = (SELECT secret FROM old)").await;
        assert!(store.stored_inbound_webhook(home()).await.unwrap().is_some());
        database.tamper("UPDATE inbound_webhooks SET host = 'evil.example'").await;
        assert!(is_unsealable(&store.stored_inbound_webhook(home()).await, "inbound_webhooks", "url"));

        let channel = channel(ChannelKind::Webhook);
        store.save_alert_channel(&channel, Vec::new(), by(), NOW).await.unwrap();
        assert!(store.alert_channel(&channel.id).await.unwrap().is_some());
        database.tamper("UPDATE alert_channels SET host = 'evil.example'").await;
        assert!(is_unsealable(&store.alert_channel(&channel.id).await, "alert_channels", "url"));
        let tables: Vec<_> = store.verify_rows().await.unwrap().into_iter().map(|row| row.table).collect();
        assert_eq!(tables, ["alert_channels", "inbound_webhooks"]);
    }

    async fn secrets_and_rows_stay_valid_when_the_key_is_rotated_and_forged_ones_invalid(database) {
        use crate::people::{add, open, session, sign_in};
        let file = database.folder.path().join("mailgrant.key");
        let store = Store::open(&database.url, store::KeySource::File(file.clone())).await.unwrap();
        let running = Store::open(&database.url, store::KeySource::File(file)).await.unwrap();
        authorized(&store, 1).await;
        begin_and_take(&store, 2).await;
        store.save_inbound_webhook(home(), "hooks.example.com", &StoredWebhook { url: secret("1"), secret: secret("2") }, by(), NOW).await.unwrap();
        store.save_alert_channel(&channel(ChannelKind::Webhook), Vec::new(), by(), NOW).await.unwrap();
        let alice = add(&store, "alice", domain::Role::Administrator).await;
        let bob = add(&store, "bob", domain::Role::Viewer).await;
        sign_in(&store, &alice, &session(1)).await.unwrap();
        sign_in(&store, &bob, &session(2)).await.unwrap();
        database.tamper("UPDATE accounts SET role = 'administrator' WHERE name = 'bob'").await;
        assert!(store.sign("test", &["a"]) != store.sign("test", &["b"]));
        let signature = store.sign("test", &["a"]);
        store.rotate_key(None, by(), NOW).await.unwrap();
        assert!(!store.is_signed("test", &["a"], &signature));
        for store in [&running, &store] {
            assert!(open(store, "token-1", NOW).await.is_some());
            assert!(open(store, "token-2", NOW).await.is_none());
            assert!(store.credentials(&bob.name).await.unwrap().is_none());
            assert!(store.grant(home()).await.unwrap().is_some());
            assert!(store.stored_inbound_webhook(home()).await.unwrap().is_some());
            let id = ChannelId::parse("channel").unwrap();
            assert!(store.alert_channel(&id).await.unwrap().is_some());
        }
        assert!(matches!(granted(&running, 2).await, Finished::Granted { .. }));
        assert!(sign_in(&running, &alice, &session(3)).await.is_some());
        let found = store.verify_rows().await.unwrap();
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((found[0].table, found[0].row.as_str()), ("accounts", "bob"));
    }
}
