use access::{Device, SignInError};
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, Version, password_hash::SaltString};
use domain::{AccountId, AccountName, AuditAction, Principal, Role};
use secrecy::ExposeSecret as _;
use store::NewAccount;

use crate::world::{
    ELSEWHERE, HOME, OTHER, PASSWORD, World, cli, new_account, same_browser, visitor,
};

#[tokio::test]
async fn the_right_password_begins_a_session_without_regard_to_the_case_of_the_name() {
    let (world, _) = World::with_alice().await;
    world.advance(100);
    let session = world
        .sign_in(" ALICE ", PASSWORD, &visitor(ELSEWHERE))
        .await
        .unwrap();
    assert_eq!(session.signed_in.name.as_str(), "alice");
    assert_eq!(session.expires_at, world.now().plus(12 * 3_600));
    let found = world.access.session(&session.token).await.unwrap();
    assert_eq!(found, Some(session.signed_in));
    assert_eq!(world.account("alice").await.signed_in_at, Some(world.now()));
    let last = world.audited(AuditAction::SignedIn).await.pop().unwrap();
    assert_eq!(last.actor.address, ELSEWHERE);
    assert_eq!(last.actor.who.name(), "alice");
}

#[tokio::test]
async fn a_wrong_name_and_a_wrong_password_get_the_same_answer() {
    let (world, _) = World::with_alice().await;
    let form = new_account("bob", Role::Viewer);
    world.access.add_account(&form, &cli()).await.unwrap();
    for (name, password) in [
        ("alice", "wrong"),
        ("alice", ""),
        ("alice", &format!("{PASSWORD} ")),
        ("nobody", PASSWORD),
        ("bob", PASSWORD),
        ("bob", ""),
        ("not a name", PASSWORD),
        ("", ""),
    ] {
        let refused = world.sign_in(name, password, &visitor(HOME)).await;
        assert!(matches!(refused, Err(SignInError::Wrong)), "{name}");
    }
}

#[tokio::test]
async fn a_typed_name_is_recorded_only_if_an_account_has_it() {
    let (world, _) = World::with_alice().await;
    for name in ["ALICE", PASSWORD, "nobody"] {
        world
            .sign_in(name, "wrong", &visitor(ELSEWHERE))
            .await
            .unwrap_err();
    }
    world.access.record_refusals(true).await;
    let failed = world.audited(AuditAction::SignInFailed).await;
    let subjects: Vec<_> = failed.iter().map(|record| &*record.subject).collect();
    assert_eq!(subjects, ["alice", "", ""]);
    assert!(
        failed
            .iter()
            .all(|record| record.actor.who == Principal::Nobody)
    );
    assert!(
        failed
            .iter()
            .all(|record| record.actor.address == ELSEWHERE)
    );
}

#[tokio::test]
async fn a_planted_or_earlier_session_is_invalid_after_a_sign_in() {
    let (world, alice) = World::with_alice().await;
    world.add("bob", Role::Viewer).await;
    let bob = world
        .sign_in("bob", PASSWORD, &same_browser(HOME, &alice))
        .await
        .unwrap();
    assert_eq!(world.access.session(&alice.token).await.unwrap(), None);
    assert_ne!(bob.token.expose(), alice.token.expose());
    let again = world
        .sign_in("bob", PASSWORD, &same_browser(HOME, &bob))
        .await
        .unwrap();
    assert_eq!(world.access.session(&bob.token).await.unwrap(), None);
    assert!(world.access.session(&again.token).await.unwrap().is_some());
}

#[tokio::test]
async fn a_wrong_attempt_leaves_the_session_that_there_is() {
    let (world, alice) = World::with_alice().await;
    let browser = same_browser(HOME, &alice);
    world.sign_in("alice", "wrong", &browser).await.unwrap_err();
    assert!(world.access.session(&alice.token).await.unwrap().is_some());
}

#[tokio::test]
async fn a_browser_keeps_its_device_only_for_the_same_account() {
    let (world, alice) = World::with_alice().await;
    world.add("bob", Role::Viewer).await;
    let browser = same_browser(HOME, &alice);
    let again = world.sign_in("alice", PASSWORD, &browser).await.unwrap();
    assert_eq!(again.device.expose(), alice.device.expose());
    let bob = world.sign_in("bob", PASSWORD, &browser).await.unwrap();
    assert_ne!(bob.device.expose(), alice.device.expose());

    let mut planted = visitor(HOME);
    planted.device = Device::parse("planted.by.1800000000.somebody.else");
    let session = world.sign_in("alice", PASSWORD, &planted).await.unwrap();
    assert_ne!(session.device.expose(), planted.device.unwrap().expose());
}

#[tokio::test]
async fn signing_out_ends_the_session_on_the_server() {
    let (world, alice) = World::with_alice().await;
    world.access.sign_out(&alice.signed_in, HOME).await.unwrap();
    assert_eq!(world.access.session(&alice.token).await.unwrap(), None);
    // A second request, as after a double click.
    world.access.sign_out(&alice.signed_in, HOME).await.unwrap();
    let ended = world.audited(AuditAction::SignedOut).await;
    assert_eq!(ended.len(), 1);
    assert_eq!(ended[0].actor.who.name(), "alice");
}

#[tokio::test]
async fn a_hash_with_older_parameters_is_replaced_at_the_sign_in() {
    let world = World::new().await;
    let params = Params::new(8_192, 1, 1, None).unwrap();
    let old = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let salt = SaltString::from_b64("c29tZXNhbHRzb21lc2FsdA").unwrap();
    let old = old
        .hash_password(OTHER.as_bytes(), &salt)
        .unwrap()
        .to_string();
    let new = NewAccount {
        id: AccountId::parse("a1").unwrap(),
        name: AccountName::parse("carol").unwrap(),
        role: Role::Operator,
        password_hash: Some(old.into()),
    };
    assert!(
        world
            .store
            .add_account(&new, None, &cli(), world.now())
            .await
            .unwrap()
    );

    world
        .sign_in("carol", PASSWORD, &visitor(HOME))
        .await
        .unwrap_err();
    let hash = async || {
        let found = world.store.credentials(&new.name).await.unwrap().unwrap();
        found.password_hash.unwrap().expose_secret().to_owned()
    };
    assert!(hash().await.starts_with("$argon2id$v=19$m=8192,"));
    for _ in 0..2 {
        world.sign_in("carol", OTHER, &visitor(HOME)).await.unwrap();
        assert!(hash().await.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    }
}
