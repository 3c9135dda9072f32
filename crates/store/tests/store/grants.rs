use domain::{Finding, FindingCode};
use secrecy::{ExposeSecret, SecretString};
use store::{Grant, GrantState, Refreshed, Store};

use crate::{
    database::on_both,
    samples::{NOW, authorized, binding, home, oauth, save, secret},
};

fn refreshed(number: usize, rotated: bool) -> Refreshed {
    Refreshed {
        access_token: secret(&format!("access-{number}")),
        refresh_token: rotated.then(|| secret(&format!("refresh-{number}"))),
        expires_at: NOW.plus(7_200),
        scope: None,
    }
}

fn failing(retry_after: i64) -> GrantState {
    GrantState::Failing {
        finding: Finding::new(FindingCode::TokenEndpointTimeout).saying("too slow"),
        failures: 2,
        retry_at: NOW.plus(retry_after),
    }
}

async fn held(store: &Store) -> Grant {
    store.grant(home()).await.unwrap().unwrap()
}

fn is(token: &SecretString, name: &str) -> bool {
    token.expose_secret() == secret(name).expose_secret()
}

on_both! {
    async fn a_grant_reads_back_with_and_without_its_tokens(database) {
        let store = database.open().await;
        assert!(store.grant(home()).await.unwrap().is_none());
        let version = authorized(&store, 1).await;
        let grant = held(&store).await;
        assert!(is(&grant.access_token, "access-1"));
        assert!(is(grant.refresh_token.as_ref().unwrap(), "refresh-1"));
        assert_eq!((grant.version, grant.binding), (version, binding()));
        let summary = store.grant_summary(home()).await.unwrap().unwrap();
        assert_eq!((summary.version, summary.binding), (version, binding()));
        assert!(summary.has_refresh_token);
        assert_eq!(summary.state, GrantState::Active);
        assert_eq!(summary.account.as_deref(), Some("zoe@example.com"));
        assert_eq!((summary.authorized_at, summary.expires_at), (NOW, NOW.plus(3_600)));
    }

    async fn one_owner_at_a_time_has_the_lease_until_it_runs_out(database) {
        let store = database.open().await;
        let version = authorized(&store, 1).await;
        let lease = |owner: &'static str, after| {
            let store = store.clone();
            async move { store.lease_refresh(home(), version, owner, NOW.plus(after), 60).await.unwrap() }
        };
        assert!(lease("a", 0).await);
        assert!(!lease("b", 59).await);
        assert!(lease("a", 30).await);
        assert!(!lease("b", 89).await);
        assert!(lease("b", 90).await);
        assert!(!lease("a", 91).await);
        assert!(!store.lease_refresh(home(), version + 1, "b", NOW, 60).await.unwrap());
    }

    async fn of_many_concurrent_requests_for_the_lease_one_gets_it(database) {
        let stores = [database.open().await, database.open().await];
        let version = authorized(&stores[0], 1).await;
        let asking: Vec<_> = (0..16)
            .map(|number| {
                let store = stores[number % 2].clone();
                tokio::spawn(async move {
                    let owner = format!("owner-{number}");
                    store.lease_refresh(home(), version, &owner, NOW, 60).await.unwrap()
                })
            })
            .collect();
        let mut got = 0;
        for requested in asking {
            got += usize::from(requested.await.unwrap());
        }
        assert_eq!(got, 1);
    }

    async fn a_refresh_is_committed_once_for_each_version(database) {
        let store = database.open().await;
        let version = authorized(&store, 1).await;
        let commit = |owner: &'static str, number| {
            let store = store.clone();
            tokio::spawn(async move {
                store.store_refreshed(home(), version, owner, refreshed(number, true), NOW).await.unwrap()
            })
        };
        let (a, b) = (commit("a", 2), commit("b", 3));
        let (a, b) = (a.await.unwrap(), b.await.unwrap());
        assert!(matches!((a, b), (Some(_), None) | (None, Some(_))), "{a:?} {b:?}");
        let grant = held(&store).await;
        assert_eq!(Some(grant.version), a.or(b));
        let number = if a.is_some() { 2 } else { 3 };
        assert!(is(&grant.access_token, &format!("access-{number}")));
        assert!(is(grant.refresh_token.as_ref().unwrap(), &format!("refresh-{number}")));
    }

    async fn an_answer_without_a_refresh_token_keeps_the_old_one(database) {
        let store = database.open().await;
        let version = authorized(&store, 1).await;
        let stored = store.store_refreshed(home(), version, "a", refreshed(2, false), NOW.plus(9));
        let version = stored.await.unwrap().unwrap();
        let grant = held(&store).await;
        assert!(is(&grant.access_token, "access-2"));
        assert!(is(grant.refresh_token.as_ref().unwrap(), "refresh-1"));
        assert_eq!((grant.scope.as_str(), grant.refreshed_at), ("mail", NOW.plus(9)));
        let wider = Refreshed { scope: Some("mail more".into()), ..refreshed(3, false) };
        store.store_refreshed(home(), version, "a", wider, NOW).await.unwrap().unwrap();
        assert_eq!(held(&store).await.scope, "mail more");
    }

    async fn a_late_answer_counts_and_leaves_the_lease_of_another_owner(database) {
        let store = database.open().await;
        let version = authorized(&store, 1).await;
        assert!(store.lease_refresh(home(), version, "slow", NOW, 60).await.unwrap());
        assert!(store.lease_refresh(home(), version, "next", NOW.plus(60), 60).await.unwrap());
        let stored = store.store_refreshed(home(), version, "slow", refreshed(2, true), NOW.plus(61));
        let newer = stored.await.unwrap().unwrap();
        let finding = Finding::new(FindingCode::GrantEnded);
        assert!(!store.end_grant(home(), version, finding, NOW.plus(62)).await.unwrap());
        assert!(!store.lease_refresh(home(), newer, "third", NOW.plus(62), 60).await.unwrap());
        assert!(store.lease_refresh(home(), newer, "third", NOW.plus(120), 60).await.unwrap());
    }

    async fn a_failed_refresh_keeps_the_tokens_and_releases_the_lease(database) {
        let store = database.open().await;
        let version = authorized(&store, 1).await;
        let fail = |owner: &'static str, state| {
            let store = store.clone();
            async move { store.refresh_failed(home(), version, owner, state, NOW).await.unwrap() }
        };
        assert!(!fail("a", failing(5)).await);
        assert!(store.lease_refresh(home(), version, "a", NOW, 60).await.unwrap());
        assert!(!fail("b", failing(5)).await);
        assert!(fail("a", failing(5)).await);
        let grant = held(&store).await;
        assert_eq!(grant.state, failing(5));
        assert!(is(&grant.access_token, "access-1"));
        assert!(store.lease_refresh(home(), version, "b", NOW, 60).await.unwrap());
        store.store_refreshed(home(), version, "b", refreshed(2, true), NOW).await.unwrap().unwrap();
        assert_eq!(held(&store).await.state, GrantState::Active);
    }

    async fn a_grant_that_has_ended_is_not_refreshed(database) {
        let store = database.open().await;
        let version = authorized(&store, 1).await;
        let finding = Finding::new(FindingCode::GrantEnded);
        let end = |version| store.end_grant(home(), version, finding.clone(), NOW.plus(5));
        assert!(!end(version + 1).await.unwrap());
        assert!(end(version).await.unwrap());
        assert!(!end(version).await.unwrap());
        let since = NOW.plus(5);
        assert_eq!(held(&store).await.state, GrantState::Ended { finding, since });
        assert!(!store.lease_refresh(home(), version, "a", NOW, 60).await.unwrap());
        let due = store.grants_to_refresh(NOW.plus(1_000_000), NOW.plus(1_000_000)).await.unwrap();
        assert!(due.is_empty());
    }

    async fn names_the_grants_that_are_due(database) {
        let store = database.open().await;
        let version = authorized(&store, 1).await;
        let due = |before, now| {
            let store = store.clone();
            async move {
                let due = store.grants_to_refresh(NOW.plus(before), NOW.plus(now)).await.unwrap();
                due == [home().clone()]
            }
        };
        assert!(!due(3_600, 0).await);
        assert!(due(3_601, 0).await);
        store.lease_refresh(home(), version, "a", NOW, 60).await.unwrap();
        store.refresh_failed(home(), version, "a", failing(30), NOW).await.unwrap();
        assert!(!due(1_000_000, 29).await);
        assert!(due(0, 30).await);
    }

    async fn a_version_never_comes_back(database) {
        let store = database.open().await;
        let first = authorized(&store, 1).await;
        let second = authorized(&store, 2).await;
        let stored = store.store_refreshed(home(), second, "a", refreshed(2, true), NOW);
        let third = stored.await.unwrap().unwrap();
        save(&store, &oauth("other@example.com")).await;
        let fourth = authorized(&store, 3).await;
        assert!(first < second && second < third && third < fourth);
        let late = store.store_refreshed(home(), third, "a", refreshed(9, true), NOW);
        assert_eq!(late.await.unwrap(), None);
    }
}
