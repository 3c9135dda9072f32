use domain::Role;
use store::Store;

use crate::{
    database::on_both,
    people::{add, life, link, new_account, open, session, sign_in},
    samples::{NOW, by},
};

async fn finish(store: &Store, token: &str, number: usize) -> bool {
    let new = new_account(&format!("a{number}"), Role::Administrator);
    let finished = store.finish_setup(token, &new, &session(number)).await;
    finished.unwrap().is_some()
}

on_both! {
    async fn the_setup_link_makes_one_account_and_a_session(database) {
        let store = database.open().await;
        assert!(store.make_setup_link("first").await.unwrap());
        assert!(store.make_setup_link("second").await.unwrap());
        assert!(!store.is_setup_link("first").await.unwrap());
        assert!(!finish(&store, "first", 1).await);
        assert!(finish(&store, "second", 2).await);
        assert!(open(&store, "token-2", NOW).await.is_some());
        assert!(!finish(&store, "second", 3).await);
        assert!(!store.make_setup_link("third").await.unwrap());
        assert!(!store.is_setup_link("third").await.unwrap());
    }

    async fn of_many_who_finish_the_setup_concurrently_one_wins(database) {
        let store = database.open().await;
        store.make_setup_link("token").await.unwrap();
        let mut tasks = tokio::task::JoinSet::new();
        for number in 0..8 {
            let store = store.clone();
            tasks.spawn(async move { finish(&store, "token", number).await });
        }
        let outcomes = tasks.join_all().await;
        assert_eq!(outcomes.iter().filter(|won| **won).count(), 1);
        assert_eq!(store.accounts().await.unwrap().len(), 1);
    }

    async fn a_setup_link_is_invalid_once_an_account_exists(database) {
        let store = database.open().await;
        add(&store, "alice", Role::Administrator).await;
        database.tamper("INSERT INTO links (token_hash, kind) VALUES ('token', 'setup')").await;
        assert!(!store.is_setup_link("token").await.unwrap());
        assert!(!finish(&store, "token", 1).await);
        assert_eq!(store.accounts().await.unwrap().len(), 1);
    }

    async fn of_many_who_choose_a_password_by_one_link_one_wins(database) {
        let store = database.open().await;
        let alice = add(&store, "alice", Role::Operator).await;
        sign_in(&store, &alice, &session(9)).await.unwrap();
        store.reset_password(&alice.id, &link("token"), by(), NOW).await.unwrap();
        let mut tasks = tokio::task::JoinSet::new();
        for number in 0..8 {
            let store = store.clone();
            tasks.spawn(async move {
                let hash = format!("hash-{number}").into();
                let chosen = store.choose_password("token", &hash, &session(number)).await;
                chosen.unwrap().is_some()
            });
        }
        let outcomes = tasks.join_all().await;
        assert_eq!(outcomes.iter().filter(|won| **won).count(), 1);
        let sessions = store.sessions(None, life(NOW)).await.unwrap();
        assert_eq!(sessions.len(), 1);
        assert_eq!(open(&store, "token-9", NOW).await, None);
    }

    async fn a_password_link_ends_by_time_and_by_a_newer_one(database) {
        let store = database.open().await;
        let alice = add(&store, "alice", Role::Operator).await;
        for token in ["first", "second"] {
            assert!(store.reset_password(&alice.id, &link(token), by(), NOW).await.unwrap());
        }
        let good = async |token, now| store.password_link(token, now).await.unwrap().is_some();
        assert!(!good("first", NOW).await);
        assert!(good("second", NOW.plus(86_399)).await);
        assert!(!good("second", NOW.plus(86_400)).await);
        let mut late = session(1);
        late.now = NOW.plus(86_400);
        let chosen = store.choose_password("second", &"hash".into(), &late).await.unwrap();
        assert_eq!(chosen, None);
        assert!(!store.credentials(&alice.name).await.unwrap().unwrap().account.has_password);
    }

    async fn a_concurrent_reset_and_choice_do_not_wait_for_each_other(database) {
        let store = database.open().await;
        let alice = add(&store, "alice", Role::Administrator).await;
        for round in 0..10 {
            let (token, next) = (format!("t{round}"), link(&format!("n{round}")));
            store.reset_password(&alice.id, &link(&token), by(), NOW).await.unwrap();
            let (hash, session) = ("hash".into(), session(round));
            let (reset, chosen) = tokio::join!(
                store.reset_password(&alice.id, &next, by(), NOW),
                store.choose_password(&token, &hash, &session)
            );
            assert!(reset.unwrap());
            // The password was chosen either before the reset, which undid it, or too late.
            chosen.unwrap();
            assert_eq!(open(&store, &session.token_hash, NOW).await, None);
        }
    }
}
