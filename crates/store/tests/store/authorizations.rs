use domain::{Finding, FindingCode};
use secrecy::ExposeSecret;
use store::{CallbackClaim, FinishOutcome, Finished, RecordState};

use crate::{
    database::on_both,
    samples::{
        NOW, authorization, authorized, begin_and_take, binding, by, given, home, id, oauth, save,
        secret,
    },
};

fn changed() -> Finding {
    Finding::new(FindingCode::SettingsChanged)
}

on_both! {
    async fn of_many_concurrent_callbacks_one_takes_the_authorization(database) {
        let stores = [database.open().await, database.open().await];
        stores[0].begin_authorization(&authorization(1), by()).await.unwrap();
        let callbacks: Vec<_> = (0..16)
            .map(|number| {
                let store = stores[number % 2].clone();
                tokio::spawn(async move {
                    store.claim_authorization("state-1", Some("browser"), NOW).await.unwrap()
                })
            })
            .collect();
        let mut won = 0;
        for callback in callbacks {
            match callback.await.unwrap() {
                CallbackClaim::Claimed(claimed) => {
                    won += 1;
                    assert_eq!(claimed.verifier.expose_secret(), secret("verifier").expose_secret());
                    assert_eq!((claimed.id, claimed.data_center), (id(1), home().clone()));
                    assert_eq!((claimed.binding, claimed.settings_version), (binding(), 1));
                    assert_eq!(claimed.issuer, authorization(1).issuer);
                }
                CallbackClaim::AlreadyUsed { id: used, .. } => assert_eq!(used, id(1)),
                outcome => panic!("{outcome:?}"),
            }
        }
        assert_eq!(won, 1);
        assert_eq!(database.text("SELECT verifier FROM authorizations").await, None);
    }

    async fn another_browser_does_not_consume_the_authorization(database) {
        let store = database.open().await;
        store.begin_authorization(&authorization(1), by()).await.unwrap();
        for browser in [None, Some("other"), Some("")] {
            let outcome = store.claim_authorization("state-1", browser, NOW).await.unwrap();
            assert!(matches!(outcome, CallbackClaim::OtherBrowser { .. }), "{outcome:?}");
        }
        let outcome = store.claim_authorization("state-1", Some("browser"), NOW).await.unwrap();
        assert!(matches!(outcome, CallbackClaim::Claimed(_)), "{outcome:?}");
        let outcome = store.claim_authorization("state-1", None, NOW).await.unwrap();
        assert!(matches!(outcome, CallbackClaim::OtherBrowser { .. }), "{outcome:?}");
    }

    async fn a_forged_state_and_a_late_response_are_distinguished(database) {
        let store = database.open().await;
        store.begin_authorization(&authorization(1), by()).await.unwrap();
        let outcome = store.claim_authorization("forged", Some("browser"), NOW).await.unwrap();
        assert!(matches!(outcome, CallbackClaim::Unknown), "{outcome:?}");
        let outcome = store.claim_authorization("state-1", Some("browser"), NOW.plus(600)).await.unwrap();
        assert!(matches!(outcome, CallbackClaim::Expired { .. }), "{outcome:?}");
        let outcome = store.claim_authorization("state-1", Some("browser"), NOW.plus(599)).await.unwrap();
        assert!(matches!(outcome, CallbackClaim::Claimed(_)), "{outcome:?}");
    }

    async fn records_how_an_authorization_stands(database) {
        let store = database.open().await;
        assert_eq!(store.authorization(&id(1)).await.unwrap(), None);
        save(&store, &oauth("zoe@example.com")).await;
        begin_and_take(&store, 1).await;
        let record = store.authorization(&id(1)).await.unwrap().unwrap();
        assert_eq!((record.state, record.expires_at), (RecordState::Pending, NOW.plus(600)));
        assert_eq!(record.data_center.name.as_str(), "Default");
        store.finish_authorization(&id(1), FinishOutcome::Granted(given()), by(), NOW).await.unwrap();
        let record = store.authorization(&id(1)).await.unwrap().unwrap();
        let granted = RecordState::Granted {
            account: Some("zoe@example.com".into()),
            username: "zoe@example.com".into(),
            valid_until: NOW.plus(3_600),
            scope: "mail".into(),
        };
        assert_eq!(record.state, granted);
    }

    async fn a_failed_authorization_does_not_change_a_working_grant(database) {
        let store = database.open().await;
        let version = authorized(&store, 1).await;
        begin_and_take(&store, 2).await;
        let finding = Finding::new(FindingCode::AccessDenied).saying("no");
        let failed = FinishOutcome::Failed(finding.clone());
        let finished = store.finish_authorization(&id(2), failed, by(), NOW).await.unwrap();
        assert_eq!(finished, Finished::Failed(finding.clone()));
        let record = store.authorization(&id(2)).await.unwrap().unwrap();
        assert_eq!(record.state, RecordState::Failed(finding));
        assert_eq!(store.grant(home()).await.unwrap().unwrap().version, version);
    }

    async fn a_grant_for_settings_that_were_changed_is_not_stored(database) {
        let store = database.open().await;
        save(&store, &oauth("zoe@example.com")).await;
        begin_and_take(&store, 1).await;
        save(&store, &oauth("other@example.com")).await;
        let finished = store.finish_authorization(&id(1), FinishOutcome::Granted(given()), by(), NOW).await.unwrap();
        assert_eq!(finished, Finished::Failed(changed()));
        assert!(store.grant(home()).await.unwrap().is_none());
        let record = store.authorization(&id(1)).await.unwrap().unwrap();
        assert_eq!(record.state, RecordState::Failed(changed()));
    }

    async fn a_save_at_the_same_time_never_leaves_a_grant_for_other_values(database) {
        let stores = [database.open().await, database.open().await];
        for number in 0..8 {
            save(&stores[0], &oauth("zoe@example.com")).await;
            begin_and_take(&stores[0], number).await;
            let finishing = {
                let store = stores[1].clone();
                tokio::spawn(async move {
                    store.finish_authorization(&id(number), FinishOutcome::Granted(given()), by(), NOW).await.unwrap()
                })
            };
            let ended = save(&stores[0], &oauth("other@example.com")).await.1;
            let finished = finishing.await.unwrap();
            assert_eq!(ended, matches!(finished, Finished::Granted { .. }), "{finished:?}");
            assert!(stores[0].grant(home()).await.unwrap().is_none());
        }
    }

    async fn an_authorization_is_finished_once_and_only_after_its_claim(database) {
        let store = database.open().await;
        save(&store, &oauth("zoe@example.com")).await;
        store.begin_authorization(&authorization(1), by()).await.unwrap();
        let finish = |number| {
            let store = store.clone();
            async move {
                store.finish_authorization(&id(number), FinishOutcome::Granted(given()), by(), NOW).await.unwrap()
            }
        };
        assert_eq!(finish(1).await, Finished::NotOpen);
        assert_eq!(finish(7).await, Finished::NotOpen);
        begin_and_take(&store, 2).await;
        let (a, b) = tokio::join!(finish(2), finish(2));
        let not_open = [&a, &b].into_iter().filter(|one| **one == Finished::NotOpen);
        assert_eq!(not_open.count(), 1, "{a:?} {b:?}");
        assert_eq!(store.grant(home()).await.unwrap().unwrap().version, 1);
    }

    async fn deletes_data_that_ended_before(database) {
        let store = database.open().await;
        store.begin_authorization(&authorization(1), by()).await.unwrap();
        store.prune_authorizations(NOW.plus(600)).await.unwrap();
        assert!(store.authorization(&id(1)).await.unwrap().is_some());
        store.prune_authorizations(NOW.plus(601)).await.unwrap();
        assert!(store.authorization(&id(1)).await.unwrap().is_none());
    }
}
