use domain::{AuditAction, Role};
use secrecy::ExposeSecret as _;
use store::SignIn;

use crate::{
    database::on_both,
    people::{add, life, link, open, session, sign_in},
    samples::{NOW, by},
};

on_both! {
    async fn a_session_is_found_by_the_hash_of_its_token(database) {
        let store = database.open().await;
        let alice = add(&store, "alice", Role::Operator).await;
        let begun = sign_in(&store, &alice, &session(1)).await.unwrap();
        assert_eq!(open(&store, "token-1", NOW).await, Some(begun.clone()));
        assert_eq!((begun.name, begun.role), (alice.name, Role::Operator));
        for other in ["token-2", "session-1", ""] {
            assert_eq!(open(&store, other, NOW).await, None, "{other}");
        }
    }

    async fn a_session_ends_by_age_or_without_use(database) {
        let store = database.open().await;
        let alice = add(&store, "alice", Role::Operator).await;
        let begun = sign_in(&store, &alice, &session(1)).await.unwrap();
        for at in 0..11 {
            let now = NOW.plus(at * 9);
            assert!(open(&store, "token-1", now).await.is_some(), "{at}");
            store.touch_session(&begun.session, now).await.unwrap();
        }
        assert_eq!(open(&store, "token-1", NOW.plus(100)).await, None);
        sign_in(&store, &alice, &session(2)).await.unwrap();
        assert!(open(&store, "token-2", NOW.plus(9)).await.is_some());
        assert_eq!(open(&store, "token-2", NOW.plus(10)).await, None);
        // A clock that goes back does not undo a use.
        store.touch_session(&begun.session, NOW).await.unwrap();
        assert!(open(&store, "token-1", NOW.plus(99)).await.is_some());
    }

    async fn a_sign_in_fails_when_the_password_was_changed_meanwhile(database) {
        let store = database.open().await;
        let alice = add(&store, "alice", Role::Operator).await;
        store.set_password(&alice.id, &"hash-2".into(), by(), NOW).await.unwrap();
        assert!(sign_in(&store, &alice, &session(1)).await.is_none());
        assert_eq!(open(&store, "token-1", NOW).await, None);
        store.reset_password(&alice.id, &link("l"), by(), NOW).await.unwrap();
        assert!(sign_in(&store, &alice, &session(1)).await.is_none());
    }

    async fn a_sign_in_keeps_the_newer_hash_and_ends_the_session_before(database) {
        let store = database.open().await;
        let alice = add(&store, "alice", Role::Operator).await;
        sign_in(&store, &alice, &session(1)).await.unwrap();
        let mut second = session(2);
        second.replaces = Some("token-1".into());
        let newer = "hash-2".into();
        let sign_in = SignIn {
            account: &alice.id,
            verified: alice.password_hash.as_ref().unwrap(),
            rehashed: Some(&newer),
            counted: &[],
        };
        store.sign_in(sign_in, &second).await.unwrap().unwrap();
        assert_eq!(open(&store, "token-1", NOW).await, None);
        let found = store.credentials(&alice.name).await.unwrap().unwrap();
        assert_eq!(found.password_hash.unwrap().expose_secret(), "hash-2");
        assert_eq!(found.account.signed_in_at, Some(NOW));
    }

    async fn returns_the_roles_of_sessions_that_have_not_ended(database) {
        let store = database.open().await;
        let alice = add(&store, "alice", Role::Administrator).await;
        let bob = add(&store, "bob", Role::Viewer).await;
        for number in 0..450 {
            let who = if number % 2 == 0 { &alice } else { &bob };
            let mut session = session(number);
            session.now = NOW.plus(i64::from(number >= 400));
            sign_in(&store, who, &session).await.unwrap();
        }
        let hashes: Vec<_> = (0..500).map(|number| format!("token-{number}")).collect();
        let mut roles = store.roles_of_sessions(&hashes, life(NOW)).await.unwrap();
        assert_eq!(roles.len(), 450);
        assert!(roles.contains(&("token-448".into(), Role::Administrator)));
        assert!(roles.contains(&("token-449".into(), Role::Viewer)));
        roles = store.roles_of_sessions(&hashes, life(NOW.plus(10))).await.unwrap();
        assert_eq!(roles.len(), 50);
        assert!(store.roles_of_sessions(&[], life(NOW)).await.unwrap().is_empty());
    }

    async fn lists_the_sessions_of_one_or_of_all_the_latest_use_first(database) {
        let store = database.open().await;
        for (number, name) in ["alice", "bob"].iter().enumerate() {
            let who = add(&store, name, Role::Operator).await;
            for at in 0..2 {
                let mut session = session(number * 10 + at);
                session.now = NOW.plus(i64::try_from(at * 5 + number).unwrap());
                sign_in(&store, &who, &session).await.unwrap();
            }
        }
        let ids = async |of| {
            let sessions = store.sessions(of, life(NOW.plus(6))).await.unwrap();
            sessions.iter().map(|one| one.id.as_str().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(ids(None).await, ["session-11", "session-1", "session-10", "session-0"]);
        let bob = crate::people::new_account("bob", Role::Operator).id;
        assert_eq!(ids(Some(&bob)).await, ["session-11", "session-10"]);
        let late = store.sessions(None, life(NOW.plus(15))).await.unwrap();
        assert_eq!(late.len(), 1);
    }

    async fn ends_a_session_once_and_only_of_the_given_account(database) {
        let store = database.open().await;
        let alice = add(&store, "alice", Role::Operator).await;
        let bob = add(&store, "bob", Role::Operator).await;
        let begun = sign_in(&store, &alice, &session(1)).await.unwrap();
        let end = async |of| {
            let action = AuditAction::SessionEnded;
            store.end_session(&begun.session, of, action, by(), NOW).await.unwrap()
        };
        assert!(!end(Some(&bob.id)).await);
        assert!(open(&store, "token-1", NOW).await.is_some());
        assert!(end(Some(&alice.id)).await);
        assert!(!end(None).await);
        assert_eq!(open(&store, "token-1", NOW).await, None);
    }

    async fn changing_the_password_keeps_the_own_session_only(database) {
        let store = database.open().await;
        let alice = add(&store, "alice", Role::Operator).await;
        let own = sign_in(&store, &alice, &session(1)).await.unwrap();
        sign_in(&store, &alice, &session(2)).await.unwrap();
        let old = alice.password_hash.as_ref().unwrap();
        let new = "hash-2".into();
        let change = |verified| store.change_password(&own, verified, &new, &[], "192.0.2.1", NOW);
        assert!(change(old).await.unwrap());
        assert!(!change(old).await.unwrap());
        assert!(open(&store, "token-1", NOW).await.is_some());
        assert_eq!(open(&store, "token-2", NOW).await, None);
    }

    async fn cleanup_deletes_ended_items_and_nothing_else(database) {
        let store = database.open().await;
        let alice = add(&store, "alice", Role::Operator).await;
        sign_in(&store, &alice, &session(1)).await.unwrap();
        store.add_account(&crate::people::new_account("bob", Role::Viewer), Some(&link("l")), by(), NOW)
            .await
            .unwrap();
        let delete_expired = async |now: domain::UnixTime| {
            store.delete_expired(life(now), now).await.unwrap();
        };
        delete_expired(NOW.plus(9)).await;
        assert!(open(&store, "token-1", NOW).await.is_some());
        delete_expired(NOW.plus(10)).await;
        assert_eq!(open(&store, "token-1", NOW).await, None);
        assert!(store.password_link("l", NOW).await.unwrap().is_some());
        delete_expired(NOW.plus(86_400)).await;
        assert_eq!(store.password_link("l", NOW).await.unwrap(), None);
    }
}
