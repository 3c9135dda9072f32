use domain::{ApiKey, ApiKeyId, ApiKeyName, DataCenterId, KeyScope};
use store::{MakeKeyOutcome, Store};

use crate::{
    database::on_both,
    samples::{NOW, by, home},
};

pub fn key(number: usize, name: &str) -> ApiKey {
    ApiKey {
        id: ApiKeyId::parse(&format!("key-{number}")).unwrap(),
        name: ApiKeyName::parse(name).unwrap(),
        scopes: vec![KeyScope::Messages],
        data_center: None,
        sender: None,
        created_at: NOW,
        expires_at: None,
        last_used_at: None,
    }
}

async fn make(store: &Store, key: &ApiKey) -> MakeKeyOutcome {
    let token = format!("token-of-{}", key.id.as_str());
    store.make_api_key(key, &token, by()).await.unwrap()
}

on_both! {
    async fn a_key_is_found_as_it_was_made(database) {
        let store = database.open().await;
        let mut new = key(1, "Zürich");
        new.scopes = KeyScope::ALL.to_vec();
        new.data_center = Some(home().clone());
        new.expires_at = Some(NOW.plus(60));
        assert_eq!(make(&store, &new).await, MakeKeyOutcome::Created);
        let found = async |now| store.api_key("token-of-key-1", now).await.unwrap();
        assert_eq!(found(NOW.plus(59)).await.as_ref(), Some(&new));
        assert_eq!(found(NOW.plus(60)).await, None);
        assert_eq!(store.api_key("key-1", NOW).await.unwrap(), None);

        store.touch_api_key(&new.id, NOW.plus(5)).await.unwrap();
        new.last_used_at = Some(NOW.plus(5));
        assert_eq!(store.api_keys().await.unwrap(), [new]);
    }

    async fn a_key_name_is_unique_regardless_of_case_until_the_key_is_revoked(database) {
        let store = database.open().await;
        assert_eq!(make(&store, &key(1, "Zürich")).await, MakeKeyOutcome::Created);
        assert_eq!(make(&store, &key(2, "zÜRICH")).await, MakeKeyOutcome::NameTaken);
        let id = key(1, "x").id;
        assert!(store.end_api_key(&id, by(), NOW).await.unwrap());
        assert!(!store.end_api_key(&id, by(), NOW).await.unwrap());
        assert_eq!(store.api_key("token-of-key-1", NOW).await.unwrap(), None);
        assert_eq!(make(&store, &key(2, "zÜRICH")).await, MakeKeyOutcome::Created);
        let names: Vec<_> = store.api_keys().await.unwrap().into_iter().map(|key| key.id).collect();
        assert_eq!(names, [key(2, "x").id]);
    }

    async fn of_two_who_create_one_name_concurrently_one_wins(database) {
        let store = database.open().await;
        let (one, other) = (key(1, "Cron"), key(2, "cron"));
        let (one, other) = tokio::join!(make(&store, &one), make(&store, &other));
        assert_ne!(one, other);
        assert_eq!(store.api_keys().await.unwrap().len(), 1);
    }

    async fn a_key_for_an_unknown_data_center_is_not_created(database) {
        let store = database.open().await;
        let mut new = key(1, "Cron");
        new.data_center = Some(DataCenterId::parse("unknown").unwrap());
        assert_eq!(make(&store, &new).await, MakeKeyOutcome::UnknownDataCenter);
        assert!(store.api_keys().await.unwrap().is_empty());
    }
}
