use access::{AccessError, Token};
use domain::{
    Actor, ApiKey, ApiKeyId, AuditAction, DataCenterId, DataCenterName, KeyScope, UnixTime,
    access::{AccessField, NewKeyError, NewKeyForm},
};
use secrecy::{ExposeSecret as _, SecretString};
use store::AddOutcome;

use crate::world::{World, cli, errors};

fn form(name: &str) -> NewKeyForm {
    NewKeyForm {
        name: name.into(),
        messages: "on".into(),
        ..NewKeyForm::default()
    }
}

async fn make(world: &World, form: &NewKeyForm) -> (ApiKey, SecretString) {
    world.access.make_api_key(form, &cli()).await.unwrap()
}

async fn good(world: &World, shown: &SecretString) -> Option<ApiKey> {
    world.access.api_key(shown).await.unwrap()
}

#[tokio::test]
async fn a_key_is_shown_once_and_known_by_its_hash() {
    let world = World::new().await;
    let (key, shown) = make(&world, &form("Grafana")).await;
    let text = shown.expose_secret();
    assert!(
        text.starts_with("mgk_") && text.len() == 47,
        "{}",
        text.len()
    );
    assert_eq!(key.scopes, [KeyScope::Messages]);
    assert_eq!(
        (key.data_center.clone(), key.expires_at, key.last_used_at),
        (None, None, None)
    );

    let found = good(&world, &shown).await.unwrap();
    assert_eq!(
        (&found.id, found.last_used_at),
        (&key.id, Some(world.now()))
    );
    for other in [
        text.trim_start_matches("mgk_").to_owned(),
        text.to_uppercase(),
        format!("{text} "),
        format!("mgk_{}", Token::generate().expose()),
        format!("mgk_{}", Token::parse(&text[4..]).unwrap().hash()),
        String::new(),
    ] {
        assert_eq!(good(&world, &other.into()).await, None);
    }
}

#[tokio::test]
async fn a_revoked_key_is_invalid_and_frees_its_name() {
    let world = World::new().await;
    let (key, shown) = make(&world, &form("Cron")).await;
    let taken = world.access.make_api_key(&form("cRON"), &cli()).await;
    assert_eq!(errors(taken), [(AccessField::Name, NewKeyError::NameTaken)]);

    world.access.end_api_key(&key.id, &cli()).await.unwrap();
    assert_eq!(good(&world, &shown).await, None);
    assert!(world.access.api_keys().await.unwrap().is_empty());
    let again = world.access.end_api_key(&key.id, &cli()).await;
    assert!(matches!(again, Err(AccessError::Unknown)));
    let unknown = ApiKeyId::parse("unknown").unwrap();
    let unknown = world.access.end_api_key(&unknown, &cli()).await;
    assert!(matches!(unknown, Err(AccessError::Unknown)));

    let (_, other) = make(&world, &form("CRON")).await;
    world.access.delete_expired().await.unwrap();
    assert!(good(&world, &other).await.is_some());
    assert_eq!(world.subjects(AuditAction::KeyMade).await, ["Cron", "CRON"]);
    assert_eq!(world.subjects(AuditAction::KeyEnded).await, ["Cron"]);
}

#[tokio::test]
async fn a_key_expires_after_its_last_day_and_stays_in_the_list() {
    let world = World::new().await;
    let mut form = form("Cron");
    form.expires = world.now().rfc3339()[..10].into();
    let (key, shown) = make(&world, &form).await;
    let left = key.expires_at.unwrap().since(world.now());
    world.advance(left - 1);
    assert!(good(&world, &shown).await.is_some());
    world.advance(1);
    assert_eq!(good(&world, &shown).await, None);
    world.access.delete_expired().await.unwrap();
    assert_eq!(world.access.api_keys().await.unwrap().len(), 1);
}

#[tokio::test]
async fn the_last_use_is_known_to_the_minute() {
    let world = World::new().await;
    let (_, shown) = make(&world, &form("Cron")).await;
    let start = world.now();
    let used = async || -> Option<UnixTime> {
        good(&world, &shown).await.unwrap();
        world.access.api_keys().await.unwrap()[0].last_used_at
    };
    assert_eq!(used().await, Some(start));
    world.advance(59);
    assert_eq!(used().await, Some(start));
    world.advance(1);
    assert_eq!(used().await, Some(start.plus(60)));
}

#[tokio::test]
async fn a_key_may_be_for_one_data_center_and_goes_with_it() {
    let world = World::new().await;
    let mut form = form("Cron");
    form.send = "on".into();
    form.data_center = "berlin".into();
    let unknown = world.access.make_api_key(&form, &cli()).await;
    let expected = [(AccessField::DataCenter, NewKeyError::UnknownDataCenter)];
    assert_eq!(errors(unknown), expected);

    let name = DataCenterName::parse("Berlin").unwrap();
    let added = world
        .store
        .add_data_center(&name, &cli(), world.now())
        .await
        .unwrap();
    assert!(matches!(added, AddOutcome::Added(_)));
    let (_, shown) = make(&world, &form).await;
    let berlin = DataCenterId::parse("berlin").unwrap();
    let found = good(&world, &shown).await.unwrap();
    assert_eq!(found.data_center.as_ref(), Some(&berlin));
    assert_eq!(found.scopes, [KeyScope::Send, KeyScope::Messages]);
    world
        .store
        .remove_data_center(&berlin, &cli(), world.now())
        .await
        .unwrap();
    assert_eq!(good(&world, &shown).await, None);
}

#[tokio::test]
async fn the_audit_contains_the_scopes_of_a_key_and_its_creator() {
    let world = World::new().await;
    let mut form = form("Cron");
    form.expires = "2030-01-31".into();
    let (_, shown) = world
        .access
        .make_api_key(&form, &Actor::anonymous("192.0.2.9"))
        .await
        .unwrap();
    let made = world.audited(AuditAction::KeyMade).await.pop().unwrap();
    assert_eq!(made.actor.address, "192.0.2.9");
    let facts: Vec<_> = made
        .changes
        .iter()
        .map(|fact| (&*fact.field, fact.new.as_deref()))
        .collect();
    let expected = [
        ("scopes", Some("messages")),
        ("expires", Some("2030-02-01T00:00:00Z")),
    ];
    assert_eq!(facts, expected);
    let key = shown.expose_secret();
    assert!(!format!("{made:?}").contains(&key[4..]));
}

#[tokio::test]
async fn a_key_used_concurrently_is_valid_for_all_requests_and_for_none_after_its_revocation() {
    let world = World::new().await;
    let (key, shown) = make(&world, &form("Cron")).await;
    let show_all = || {
        let all = (0..200).map(|_| {
            let (access, shown) = (world.access.clone(), shown.clone());
            tokio::spawn(async move { access.api_key(&shown).await.unwrap() })
        });
        all.collect::<Vec<_>>()
    };
    let before = show_all();
    // The request that started the lookup is cancelled.
    before[0].abort();
    for taken in before.into_iter().skip(1) {
        assert_eq!(taken.await.unwrap().unwrap().id, key.id);
    }

    let during = show_all();
    world.access.end_api_key(&key.id, &cli()).await.unwrap();
    for taken in show_all() {
        assert_eq!(taken.await.unwrap(), None);
    }
    for taken in during {
        // Some requests came before the end and some after; all must be answered.
        taken.await.unwrap();
    }
}
