//! Rows that decide access, against an attacker who can write to the database but has no key.

use domain::{AccountName, ApiKey, ApiKeyId, ApiKeyName, KeyScope, Role};
use store::{MakeKeyOutcome, NewAccount, RowFault, Store, TamperedRow};

use crate::{
    database::{Database, on_both},
    people::{add, life, link, new_account, open, session, sign_in},
    samples::{NOW, by, home},
};

async fn role_of(store: &Store, name: &str) -> Option<Role> {
    let name = AccountName::parse(name).unwrap();
    let found = store.credentials(&name).await.unwrap();
    found.map(|found| found.account.role)
}

async fn key(store: &Store, name: &str) -> ApiKey {
    let key = ApiKey {
        id: ApiKeyId::parse(&format!("id-{name}")).unwrap(),
        name: ApiKeyName::parse(name).unwrap(),
        scopes: vec![KeyScope::ALL[0]],
        data_center: Some(home().clone()),
        sender: None,
        created_at: NOW,
        expires_at: Some(NOW.plus(100)),
        last_used_at: None,
    };
    let token = format!("token-{name}");
    let made = store.make_api_key(&key, &token, by());
    assert_eq!(made.await.unwrap(), MakeKeyOutcome::Created);
    key
}

async fn opens(store: &Store, name: &str) -> bool {
    let found = store.api_key(&format!("token-{name}"), NOW).await;
    found.unwrap().is_some()
}

/// Copies the rows of a table.
async fn copy(database: &Database, table: &str) {
    let sql = format!("CREATE TABLE copy_of_{table} AS SELECT * FROM {table}");
    database.tamper(&sql).await;
}

/// Replaces the rows of a table with the copy.
async fn put_back(database: &Database, table: &str) {
    database
        .tamper(&format!(
            "DELETE FROM {table}; INSERT INTO {table} SELECT * FROM copy_of_{table}"
        ))
        .await;
}

async fn faults(store: &Store) -> Vec<(&'static str, String, RowFault)> {
    let rows = store.verify_rows().await.unwrap();
    let parts = |TamperedRow { table, row, fault }| (table, row, fault);
    rows.into_iter().map(parts).collect()
}

/// Adds two administrators with a session each. The first one is `alice`.
async fn two(store: &Store) -> (NewAccount, NewAccount) {
    let alice = add(store, "alice", Role::Administrator).await;
    let bob = add(store, "bob", Role::Viewer).await;
    sign_in(store, &alice, &session(1)).await.unwrap();
    sign_in(store, &bob, &session(2)).await.unwrap();
    assert_eq!(faults(store).await, []);
    (alice, bob)
}

on_both! {
    async fn an_account_that_was_inserted_by_sql_is_invalid(database) {
        let store = database.open().await;
        let (alice, _) = two(&store).await;
        database.tamper(
            "INSERT INTO accounts (id, name, folded, role, password_hash, created_at, version, mac)
             SELECT 'id-eve', 'eve', 'eve', role, 'hash-of-eve', created_at, version, mac
             FROM accounts WHERE name = 'alice'",
        ).await;
        assert_eq!(role_of(&store, "eve").await, None);
        let eve = new_account("eve", Role::Administrator);
        assert!(sign_in(&store, &eve, &session(3)).await.is_none());
        assert_eq!(store.account_name(&eve.id).await.unwrap(), None);
        assert_eq!(store.accounts().await.unwrap().len(), 2);
        assert_eq!(faults(&store).await, [("accounts", "eve".into(), RowFault::Changed)]);
        // The forged administrator does not count as a remaining one.
        let removed = store.remove_account(&alice.id, by(), NOW).await.unwrap();
        assert_eq!(removed, store::AccountChange::LastAdministrator);
        // The name is free for a user with the key.
        let eve = new_account("Eve", Role::Viewer);
        let eve = NewAccount { id: domain::AccountId::parse("id-new").unwrap(), ..eve };
        assert!(store.add_account(&eve, None, by(), NOW).await.unwrap());
        assert_eq!(role_of(&store, "eve").await, Some(Role::Viewer));
        assert_eq!(faults(&store).await, []);
    }

    async fn an_account_whose_row_was_changed_by_sql_has_no_access(database) {
        let store = database.open().await;
        two(&store).await;
        for change in [
            "role = 'administrator'",
            "password_hash = 'hash-of-eve'",
            "password_hash = NULL",
            "password_hash = (SELECT a.password_hash FROM accounts a WHERE a.name = 'alice')",
            "name = 'bobby'",
            "id = 'id-eve'",
            "version = version + 1",
            "mac = (SELECT a.mac FROM accounts a WHERE a.name = 'alice')",
            "mac = ''",
        ] {
            copy(&database, "accounts").await;
            copy(&database, "sessions").await;
            if change.starts_with("id ") {
                database.tamper("DELETE FROM sessions").await;
            }
            database.tamper(&format!("UPDATE accounts SET {change} WHERE name = 'bob'")).await;
            assert!(open(&store, "token-2", NOW).await.is_none(), "{change}");
            assert_eq!(role_of(&store, "bob").await, None, "{change}");
            assert_eq!(role_of(&store, "alice").await, Some(Role::Administrator), "{change}");
            let found = faults(&store).await;
            assert!(found.iter().all(|(table, ..)| *table == "accounts"), "{found:?}");
            assert!(found.iter().any(|(.., fault)| *fault == RowFault::Changed), "{found:?}");
            put_back(&database, "accounts").await;
            database.tamper("DELETE FROM sessions; INSERT INTO sessions SELECT * FROM copy_of_sessions").await;
            database.tamper("DROP TABLE copy_of_accounts; DROP TABLE copy_of_sessions").await;
            assert_eq!(faults(&store).await, [], "{change}");
            assert!(open(&store, "token-2", NOW).await.is_some(), "{change}");
        }
    }

    async fn two_accounts_whose_macs_were_exchanged_have_no_access(database) {
        let store = database.open().await;
        two(&store).await;
        database.tamper(
            "CREATE TABLE macs AS SELECT id, mac FROM accounts;
             UPDATE accounts SET mac = (SELECT mac FROM macs WHERE macs.id <> accounts.id)",
        ).await;
        assert!(store.accounts().await.unwrap().is_empty());
        assert!(open(&store, "token-1", NOW).await.is_none());
        assert!(open(&store, "token-2", NOW).await.is_none());
        assert!(store.sessions(None, life(NOW)).await.unwrap().is_empty());
        let tokens = ["token-1".to_owned(), "token-2".to_owned()];
        assert_eq!(store.roles_of_sessions(&tokens, life(NOW)).await.unwrap(), []);
        let found = faults(&store).await;
        assert_eq!(found.len(), 2, "{found:?}");
    }

    async fn a_restored_older_row_of_an_account_is_detected(database) {
        let store = database.open().await;
        let (alice, bob) = two(&store).await;
        store.set_role(&bob.id, Role::Administrator, by(), NOW).await.unwrap();
        copy(&database, "accounts").await;
        store.set_role(&bob.id, Role::Viewer, by(), NOW).await.unwrap();
        put_back(&database, "accounts").await;
        database.tamper("DELETE FROM sessions").await;
        assert_eq!(role_of(&store, "bob").await, None);
        let found = faults(&store).await;
        assert!(found.contains(&("accounts", "bob".into(), RowFault::Replayed)), "{found:?}");
        // No operation accepts the row as valid, and a user with the key can replace it.
        let changed = store.set_role(&bob.id, Role::Operator, by(), NOW).await.unwrap();
        assert_eq!(changed, store::AccountChange::Unknown);
        assert!(!store.set_password(&bob.id, &"hash".into(), by(), NOW).await.unwrap());
        assert!(!store.reset_password(&bob.id, &link("x"), by(), NOW).await.unwrap());
        assert_eq!(role_of(&store, "alice").await, Some(Role::Administrator));
        assert!(sign_in(&store, &alice, &session(5)).await.is_some());
    }

    async fn a_removed_account_stays_removed_when_its_row_is_restored(database) {
        let store = database.open().await;
        let (_, bob) = two(&store).await;
        copy(&database, "accounts").await;
        copy(&database, "sessions").await;
        store.remove_account(&bob.id, by(), NOW).await.unwrap();
        assert_eq!(faults(&store).await, []);
        put_back(&database, "accounts").await;
        put_back(&database, "sessions").await;
        assert_eq!(role_of(&store, "bob").await, None);
        assert!(open(&store, "token-2", NOW).await.is_none());
    }

    async fn a_restored_older_manifest_denies_all_access(database) {
        let store = database.open().await;
        let (_, bob) = two(&store).await;
        store.set_role(&bob.id, Role::Administrator, by(), NOW).await.unwrap();
        copy(&database, "accounts").await;
        copy(&database, "audit_head").await;
        store.set_role(&bob.id, Role::Viewer, by(), NOW).await.unwrap();
        put_back(&database, "accounts").await;
        database.tamper("DELETE FROM sessions").await;
        put_back(&database, "audit_head").await;
        assert_eq!(role_of(&store, "bob").await, None);
        // Appending to the chain does not make the rows valid: nothing proves which ones were
        // current.
        store.record(&domain::AuditRecord {
            at: NOW,
            actor: by().clone(),
            action: domain::AuditAction::ActivityExported,
            subject: String::new(),
            changes: Vec::new(),
        }).await.unwrap();
        assert!(store.accounts().await.unwrap().is_empty());
        // The command line, which has the key, can add an administrator.
        add(&store, "carol", Role::Administrator).await;
        assert_eq!(role_of(&store, "carol").await, Some(Role::Administrator));
    }

    async fn a_manifest_that_was_changed_by_sql_denies_all_access(database) {
        let store = database.open().await;
        let (_, bob) = two(&store).await;
        copy(&database, "accounts").await;
        store.remove_account(&bob.id, by(), NOW).await.unwrap();
        put_back(&database, "accounts").await;
        for manifest in [
            r#"{"accounts/id-alice":1,"accounts/id-bob":1}"#,
            "",
            "not JSON",
        ] {
            database.tamper(&format!("UPDATE audit_head SET manifest = '{manifest}'")).await;
            assert!(store.accounts().await.unwrap().is_empty(), "{manifest}");
        }
        database.tamper("DELETE FROM audit_head").await;
        assert!(store.accounts().await.unwrap().is_empty());
    }

    async fn a_session_that_was_inserted_changed_or_restored_by_sql_is_invalid(database) {
        let store = database.open().await;
        let (alice, _) = two(&store).await;
        copy(&database, "sessions").await;
        database.tamper(
            "INSERT INTO sessions (id, token_hash, account, created_at, seen_at, address, agent, mac)
             SELECT 'session-3', 'token-3', account, created_at, seen_at, address, agent, mac
             FROM sessions WHERE id = 'session-1'",
        ).await;
        assert!(open(&store, "token-3", NOW).await.is_none());
        for change in [
            "account = 'id-alice'",
            "created_at = created_at + 50",
            "token_hash = 'token-9'",
            "mac = (SELECT s.mac FROM sessions s WHERE s.id = 'session-1')",
        ] {
            put_back(&database, "sessions").await;
            assert!(open(&store, "token-2", NOW).await.is_some());
            database.tamper(&format!("UPDATE sessions SET {change} WHERE id = 'session-2'")).await;
            let token = if change.contains("token-9") { "token-9" } else { "token-2" };
            assert!(open(&store, token, NOW).await.is_none(), "{change}");
            let found = faults(&store).await;
            assert_eq!(found, [("sessions", "session-2".into(), RowFault::Changed)], "{change}");
        }
        put_back(&database, "sessions").await;
        let (id, action) = (&session(1).id, domain::AuditAction::SignedOut);
        assert!(store.end_session(id, Some(&alice.id), action, by(), NOW).await.unwrap());
        put_back(&database, "sessions").await;
        assert!(open(&store, "token-1", NOW).await.is_none());
        assert!(open(&store, "token-2", NOW).await.is_some());
        let listed = store.sessions(None, life(NOW)).await.unwrap();
        assert_eq!(listed.len(), 1);
        assert_eq!(faults(&store).await, [("sessions", "session-1".into(), RowFault::Replayed)]);
    }

    async fn sessions_that_a_new_password_ended_stay_ended_when_they_are_restored(database) {
        let store = database.open().await;
        let (alice, _) = two(&store).await;
        copy(&database, "sessions").await;
        assert!(store.set_password(&alice.id, &"other".into(), by(), NOW).await.unwrap());
        put_back(&database, "sessions").await;
        assert!(open(&store, "token-1", NOW).await.is_none());
        assert!(open(&store, "token-2", NOW).await.is_some());
    }

    async fn an_api_key_that_was_inserted_or_changed_by_sql_opens_nothing(database) {
        let store = database.open().await;
        key(&store, "one").await;
        key(&store, "two").await;
        copy(&database, "api_keys").await;
        database.tamper(
            "INSERT INTO api_keys (id, name, folded, token_hash, scopes, created_at, mac)
             SELECT 'id-x', 'eve', 'eve', 'token-x', scopes, created_at, mac FROM api_keys
             WHERE name = 'one'",
        ).await;
        assert!(!opens(&store, "x").await);
        assert_eq!(faults(&store).await, [("api_keys", "eve".into(), RowFault::Changed)]);
        // The name is free.
        key(&store, "eve").await;
        database.tamper("DROP TABLE copy_of_api_keys").await;
        copy(&database, "api_keys").await;
        for change in [
            "scopes = 'send messages mailbox metrics'",
            "scopes = ''",
            "data_center = NULL",
            "expires_at = expires_at + 1000",
            "expires_at = NULL",
            "token_hash = 'token-mine'",
            "mac = (SELECT k.mac FROM api_keys k WHERE k.name = 'two')",
        ] {
            database.tamper(&format!("UPDATE api_keys SET {change} WHERE name = 'one'")).await;
            let name = if change.contains("mine") { "mine" } else { "one" };
            assert!(!opens(&store, name).await, "{change}");
            assert_eq!(faults(&store).await, [("api_keys", "one".into(), RowFault::Changed)], "{change}");
            put_back(&database, "api_keys").await;
            assert!(opens(&store, "one").await, "{change}");
        }
        assert_eq!(store.api_keys().await.unwrap().len(), 3);
    }

    async fn a_revoked_api_key_stays_revoked_whatever_is_restored(database) {
        let store = database.open().await;
        let one = key(&store, "one").await;
        copy(&database, "api_keys").await;
        assert!(store.end_api_key(&one.id, by(), NOW).await.unwrap());
        assert_eq!(faults(&store).await, []);
        database.tamper("UPDATE api_keys SET ended_at = NULL").await;
        assert!(!opens(&store, "one").await);
        put_back(&database, "api_keys").await;
        assert!(!opens(&store, "one").await);
        assert_eq!(faults(&store).await, [("api_keys", "one".into(), RowFault::Replayed)]);
    }

    async fn a_row_that_was_removed_by_sql_is_missed(database) {
        let store = database.open().await;
        two(&store).await;
        key(&store, "one").await;
        database.tamper("DELETE FROM api_keys; DELETE FROM accounts WHERE name = 'bob'").await;
        assert_eq!(faults(&store).await, [
            ("accounts", "id-bob".into(), RowFault::Missing),
            ("api_keys", "id-one".into(), RowFault::Missing),
        ]);
    }

    async fn keys_that_go_with_their_data_center_are_not_missed(database) {
        let store = database.open().await;
        let name = domain::DataCenterName::parse("Other").unwrap();
        store.add_data_center(&name, by(), NOW).await.unwrap();
        let other = domain::DataCenterId::parse("other").unwrap();
        let key = ApiKey {
            id: ApiKeyId::parse("id-other").unwrap(),
            name: ApiKeyName::parse("other").unwrap(),
            scopes: vec![KeyScope::ALL[0]],
            data_center: Some(other.clone()),
            sender: None,
            created_at: NOW,
            expires_at: None,
            last_used_at: None,
        };
        assert_eq!(store.make_api_key(&key, "token", by()).await.unwrap(), MakeKeyOutcome::Created);
        let removed = store.remove_data_center(&other, by(), NOW).await.unwrap();
        assert_eq!(removed, store::RemoveOutcome::Removed);
        assert_eq!(faults(&store).await, []);
    }

    async fn a_link_that_was_inserted_changed_or_restored_by_sql_is_invalid(database) {
        let store = database.open().await;
        let (alice, bob) = two(&store).await;
        store.reset_password(&bob.id, &link("one"), by(), NOW).await.unwrap();
        let good = async |token: &str, now| store.password_link(token, now).await.unwrap().is_some();
        assert!(good("one", NOW).await);
        copy(&database, "links").await;
        database.tamper(
            "INSERT INTO links (token_hash, kind, account, expires_at, mac)
             SELECT 'mine', kind, account, expires_at, mac FROM links",
        ).await;
        assert!(!good("mine", NOW).await);
        for change in ["account = 'id-alice'", "expires_at = expires_at + 86400", "token_hash = 'mine'"] {
            put_back(&database, "links").await;
            database.tamper(&format!("UPDATE links SET {change}")).await;
            let token = if change.contains("mine") { "mine" } else { "one" };
            assert!(!good(token, NOW.plus(1)).await, "{change}");
            let chosen = store.choose_password(token, &"hash-of-eve".into(), &session(7)).await.unwrap();
            assert_eq!(chosen, None, "{change}");
        }
        assert_eq!(role_of(&store, "alice").await, Some(Role::Administrator));
        put_back(&database, "links").await;
        let chosen = store.choose_password("one", &"hash-2".into(), &session(8)).await.unwrap();
        assert!(chosen.is_some());
        put_back(&database, "links").await;
        assert!(!good("one", NOW).await);
        let again = store.choose_password("one", &"hash-3".into(), &session(9)).await.unwrap();
        assert_eq!(again, None);
        assert!(sign_in(&store, &alice, &session(10)).await.is_some());
    }

    async fn a_setup_link_that_was_inserted_or_restored_by_sql_creates_no_account(database) {
        let store = database.open().await;
        assert!(store.make_setup_link("first").await.unwrap());
        copy(&database, "links").await;
        database.tamper("UPDATE links SET token_hash = 'mine'").await;
        assert!(!store.is_setup_link("mine").await.unwrap());
        let eve = new_account("eve", Role::Administrator);
        assert_eq!(store.finish_setup("mine", &eve, &session(1)).await.unwrap(), None);
        put_back(&database, "links").await;
        let alice = new_account("alice", Role::Administrator);
        assert!(store.finish_setup("first", &alice, &session(2)).await.unwrap().is_some());
        database.tamper("DELETE FROM sessions; DELETE FROM accounts").await;
        put_back(&database, "links").await;
        assert!(!store.is_setup_link("first").await.unwrap());
        assert_eq!(store.finish_setup("first", &eve, &session(3)).await.unwrap(), None);
    }

    async fn a_setup_is_not_offered_while_there_is_an_account_that_is_not_valid(database) {
        let store = database.open().await;
        add(&store, "alice", Role::Administrator).await;
        database.tamper("UPDATE accounts SET mac = ''").await;
        assert!(store.has_accounts().await.unwrap());
        assert!(!store.make_setup_link("token").await.unwrap());
        assert!(store.accounts().await.unwrap().is_empty());
        let alice = new_account("alice", Role::Administrator);
        let alice = NewAccount { id: domain::AccountId::parse("id-new").unwrap(), ..alice };
        assert!(store.add_account(&alice, None, by(), NOW).await.unwrap());
        assert!(sign_in(&store, &alice, &session(1)).await.is_some());
        assert_eq!(faults(&store).await, []);
    }

    async fn last_uses_and_sign_ins_may_change_without_a_new_mac(database) {
        let store = database.open().await;
        let (alice, _) = two(&store).await;
        let one = key(&store, "one").await;
        store.touch_api_key(&one.id, NOW.plus(5)).await.unwrap();
        store.touch_session(&session(1).id, NOW.plus(5)).await.unwrap();
        assert!(sign_in(&store, &alice, &session(3)).await.is_some());
        assert_eq!(faults(&store).await, []);
        assert!(opens(&store, "one").await);
        assert!(open(&store, "token-1", NOW.plus(6)).await.is_some());
    }

    async fn users_who_sign_in_concurrently_all_stay_signed_in(database) {
        let store = database.open().await;
        let alice = add(&store, "alice", Role::Administrator).await;
        let mut tasks = tokio::task::JoinSet::new();
        for number in 0..8 {
            let (store, alice) = (store.clone(), alice.clone());
            tasks.spawn(async move { sign_in(&store, &alice, &session(number)).await.is_some() });
        }
        assert!(tasks.join_all().await.into_iter().all(|signed_in| signed_in));
        for number in 0..8 {
            assert!(open(&store, &format!("token-{number}"), NOW).await.is_some());
        }
        assert_eq!(faults(&store).await, []);
    }
}
