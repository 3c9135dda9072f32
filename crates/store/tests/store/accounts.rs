use domain::{AuditAction, AuditFilter, Role};
use store::{AccountChange, Store};

use crate::{
    database::on_both,
    people::{add, link, new_account, open, session, sign_in},
    samples::{NOW, by},
};

async fn actions(store: &Store) -> Vec<AuditAction> {
    let entries = store
        .audit(&AuditFilter::default(), None, 100)
        .await
        .unwrap();
    entries
        .iter()
        .rev()
        .map(|entry| entry.record.action)
        .collect()
}

on_both! {
    async fn keeps_accounts_by_name_without_regard_to_case(database) {
        let store = database.open().await;
        assert!(!store.has_accounts().await.unwrap());
        for name in ["zoe", "Bob", "alice"] {
            add(&store, name, Role::Viewer).await;
        }
        assert!(store.has_accounts().await.unwrap());
        let all = store.accounts().await.unwrap();
        let names: Vec<_> = all.iter().map(|account| account.name.as_str()).collect();
        assert_eq!(names, ["alice", "Bob", "zoe"]);

        let mut account = new_account("bOB", Role::Administrator);
        assert!(!store.add_account(&account, Some(&link("l")), by(), NOW).await.unwrap());
        assert_eq!(store.password_link("l", NOW).await.unwrap(), None);
        let found = store.credentials(&account.name).await.unwrap().unwrap();
        assert_eq!((found.account.name.as_str(), found.account.role), ("Bob", Role::Viewer));
        account = new_account("nobody", Role::Viewer);
        assert!(store.credentials(&account.name).await.unwrap().is_none());
        assert_eq!(store.account_name(&account.id).await.unwrap(), None);
    }

    async fn an_account_is_in_the_audit_when_it_is_there_and_only_then(database) {
        let store = database.open().await;
        let new = new_account("alice", Role::Viewer);
        store.add_account(&new, Some(&link("l")), by(), NOW).await.unwrap();
        store.add_account(&new_account("ALICE", Role::Viewer), None, by(), NOW).await.unwrap();
        let expected = [AuditAction::AccountAdded, AuditAction::PasswordLinkMade];
        assert_eq!(actions(&store).await, expected);
    }

    async fn a_role_that_stays_is_no_change(database) {
        let store = database.open().await;
        let alice = add(&store, "alice", Role::Administrator).await;
        let set = store.set_role(&alice.id, Role::Administrator, by(), NOW).await.unwrap();
        assert_eq!(set, AccountChange::Changed);
        assert_eq!(actions(&store).await, [AuditAction::AccountAdded]);
        let unknown = new_account("nobody", Role::Viewer).id;
        let set = store.set_role(&unknown, Role::Viewer, by(), NOW).await.unwrap();
        assert_eq!(set, AccountChange::Unknown);
    }

    async fn the_last_administrator_with_a_password_stays(database) {
        let store = database.open().await;
        let alice = add(&store, "alice", Role::Administrator).await;
        let mut bob = new_account("bob", Role::Administrator);
        bob.password_hash = None;
        store.add_account(&bob, None, by(), NOW).await.unwrap();
        let last = AccountChange::LastAdministrator;
        assert_eq!(store.remove_account(&alice.id, by(), NOW).await.unwrap(), last);
        assert_eq!(store.set_role(&alice.id, Role::Viewer, by(), NOW).await.unwrap(), last);
        let removed = store.remove_account(&bob.id, by(), NOW).await.unwrap();
        assert_eq!(removed, AccountChange::Changed);
        // Even without a password, it is still the last administrator.
        store.reset_password(&alice.id, &link("l"), by(), NOW).await.unwrap();
        assert_eq!(store.remove_account(&alice.id, by(), NOW).await.unwrap(), last);
    }

    async fn of_many_administrators_removed_concurrently_one_stays(database) {
        let store = database.open().await;
        let mut tasks = tokio::task::JoinSet::new();
        for number in 0..6 {
            add(&store, &format!("a{number}"), Role::Administrator).await;
        }
        for number in 0..6 {
            let store = store.clone();
            let id = new_account(&format!("a{number}"), Role::Administrator).id;
            tasks.spawn(async move {
                match number % 2 {
                    0 => store.remove_account(&id, by(), NOW).await.unwrap(),
                    _ => store.set_role(&id, Role::Viewer, by(), NOW).await.unwrap(),
                }
            });
        }
        let outcomes = tasks.join_all().await;
        let done = outcomes.iter().filter(|outcome| **outcome == AccountChange::Changed);
        assert_eq!(done.count(), 5);
        let all = store.accounts().await.unwrap();
        let administrators = all.iter().filter(|one| one.role == Role::Administrator);
        assert_eq!(administrators.count(), 1);
    }

    async fn removing_an_account_ends_all_it_had(database) {
        let store = database.open().await;
        add(&store, "alice", Role::Administrator).await;
        let bob = add(&store, "bob", Role::Viewer).await;
        sign_in(&store, &bob, &session(1)).await.unwrap();
        store.remove_account(&bob.id, by(), NOW).await.unwrap();
        assert_eq!(open(&store, "token-1", NOW).await, None);
        assert!(sign_in(&store, &bob, &session(2)).await.is_none());
    }
}
