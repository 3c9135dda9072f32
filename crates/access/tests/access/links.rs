use access::{FormError, Link, Token};
use domain::{
    AuditAction, Role, TypedSecret,
    access::{AccessField, NewPasswordError, PasswordForm},
    paths,
};

use crate::world::{
    ELSEWHERE, HOME, OTHER, PASSWORD, World, cli, errors, new_account, same_browser, visitor,
};

fn form(link: &Link, password: &str) -> PasswordForm {
    PasswordForm {
        token: TypedSecret::new(link.token.expose()),
        password: TypedSecret::new(password),
        repeated: TypedSecret::new(password),
    }
}

async fn whose(world: &World, link: &Link) -> Option<String> {
    let name = world.access.password_link(&link.token).await.unwrap();
    name.map(|name| name.to_string())
}

#[tokio::test]
async fn a_link_sets_the_password_once_and_signs_in() {
    let (world, _) = World::with_alice().await;
    let added = new_account("bob", Role::Operator);
    let link = world.access.add_account(&added, &cli()).await.unwrap();
    assert_eq!(
        link.path(),
        format!(
            "{}?token={}",
            paths::ChoosePassword::PATH,
            link.token.expose()
        )
    );
    assert_eq!(whose(&world, &link).await.as_deref(), Some("bob"));

    let weak = world
        .access
        .choose_password(&form(&link, "bobbobbobbob"), &visitor(HOME))
        .await;
    assert_eq!(
        errors(weak),
        [(AccessField::Password, NewPasswordError::PasswordGuessable)]
    );
    let bob = world
        .access
        .choose_password(&form(&link, OTHER), &visitor(HOME))
        .await
        .unwrap();
    assert_eq!(
        (bob.signed_in.name.as_str(), bob.signed_in.role),
        ("bob", Role::Operator)
    );
    assert!(world.access.session(&bob.token).await.unwrap().is_some());
    world
        .sign_in("bob", OTHER, &visitor(ELSEWHERE))
        .await
        .unwrap();

    assert_eq!(whose(&world, &link).await, None);
    let again = world
        .access
        .choose_password(&form(&link, PASSWORD), &visitor(HOME))
        .await;
    assert!(matches!(again, Err(FormError::Link)));
    let set = world.audited(AuditAction::PasswordSet).await;
    assert_eq!(
        (set.len(), &*set[0].subject, set[0].actor.who.name()),
        (1, "bob", "bob")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_use_a_link_concurrently_one_wins() {
    let (world, _) = World::with_alice().await;
    let added = new_account("bob", Role::Operator);
    let link = world.access.add_account(&added, &cli()).await.unwrap();
    let forms = [form(&link, OTHER), form(&link, PASSWORD)];
    let (home, elsewhere) = (visitor(HOME), visitor(ELSEWHERE));
    let (one, other) = tokio::join!(
        world.access.choose_password(&forms[0], &home),
        world.access.choose_password(&forms[1], &elsewhere)
    );
    assert_ne!(one.is_ok(), other.is_ok());
    let password = if one.is_ok() { OTHER } else { PASSWORD };
    world
        .sign_in("bob", password, &visitor(HOME))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_link_is_valid_for_a_day_or_until_a_newer_one_is_created() {
    let (world, _) = World::with_alice().await;
    let alice = world.account("alice").await;
    let first = world
        .access
        .reset_password(&alice.id, &cli())
        .await
        .unwrap();
    let second = world
        .access
        .reset_password(&alice.id, &cli())
        .await
        .unwrap();
    assert_eq!(whose(&world, &first).await, None);
    world.advance(86_399);
    assert_eq!(whose(&world, &second).await.as_deref(), Some("alice"));
    world.advance(1);
    assert_eq!(whose(&world, &second).await, None);
    let late = world
        .access
        .choose_password(&form(&second, OTHER), &visitor(HOME))
        .await;
    assert!(matches!(late, Err(FormError::Link)));
}

#[tokio::test]
async fn a_reset_ends_password_sessions_browsers_and_waiting() {
    let (world, session) = World::with_alice().await;
    let alice = world.account("alice").await;
    for _ in 0..5 {
        world
            .sign_in("alice", "wrong", &visitor(ELSEWHERE))
            .await
            .unwrap_err();
    }
    let link = world
        .access
        .reset_password(&alice.id, &cli())
        .await
        .unwrap();
    assert!(!world.account("alice").await.has_password);
    assert_eq!(world.access.session(&session.token).await.unwrap(), None);
    world
        .sign_in("alice", PASSWORD, &visitor(HOME))
        .await
        .unwrap_err();

    world
        .access
        .choose_password(&form(&link, OTHER), &visitor(HOME))
        .await
        .unwrap();
    let browser = same_browser(HOME, &session);
    let again = world.sign_in("alice", OTHER, &browser).await.unwrap();
    assert_ne!(world.device_name(&again), world.device_name(&session));
}

#[tokio::test]
async fn a_link_of_one_kind_is_invalid_for_the_other() {
    let world = World::new().await;
    let setup = world.access.begin_setup().await.unwrap().unwrap();
    assert_eq!(whose(&world, &setup).await, None);
    let chosen = world
        .access
        .choose_password(&form(&setup, OTHER), &visitor(HOME))
        .await;
    assert!(matches!(chosen, Err(FormError::Link)));
    assert!(world.access.is_setup_link(&setup.token).await.unwrap());
}

#[tokio::test]
async fn removing_the_account_ends_its_link() {
    let (world, _) = World::with_alice().await;
    let added = new_account("bob", Role::Operator);
    let link = world.access.add_account(&added, &cli()).await.unwrap();
    let bob = world.account("bob").await;
    world.access.remove_account(&bob.id, &cli()).await.unwrap();
    assert_eq!(whose(&world, &link).await, None);
    let gone = world
        .access
        .choose_password(&form(&link, OTHER), &visitor(HOME))
        .await;
    assert!(matches!(gone, Err(FormError::Link)));
}

#[tokio::test]
async fn wrong_links_slow_their_address_down() {
    let (world, _) = World::with_alice().await;
    let guess = async || {
        let link = Link {
            kind: access::LinkKind::Password,
            token: Token::generate(),
            expires_at: None,
        };
        world
            .access
            .choose_password(&form(&link, OTHER), &visitor(HOME))
            .await
            .unwrap_err()
    };
    for _ in 0..20 {
        assert!(matches!(guess().await, FormError::Link));
    }
    assert!(matches!(guess().await, FormError::SlowDown { seconds: 1 }));
}
