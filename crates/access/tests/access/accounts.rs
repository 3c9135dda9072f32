use access::{AccessError, FormError, LinkKind};
use domain::{
    AccountId, AuditAction, Role,
    access::{
        AccessField, AccountChangeError, AccountWithPasswordError, NewAccountError,
        NewPasswordError,
    },
};

use crate::world::{
    ELSEWHERE, HOME, OTHER, PASSWORD, World, cli, errors, new_account, same_browser, visitor,
};

const LAST: AccountChangeError = AccountChangeError::LastAdministrator;

#[tokio::test]
async fn accounts_are_listed_by_name_with_their_role() {
    let (world, _) = World::with_alice().await;
    let form = new_account("Zoe", Role::Operator);
    let link = world.access.add_account(&form, &cli()).await.unwrap();
    assert_eq!(link.kind, LinkKind::Password);
    assert_eq!(link.expires_at, Some(world.now().plus(86_400)));
    world.add("bob", Role::Viewer).await;

    let all = world.access.accounts().await.unwrap();
    let listed: Vec<_> = all
        .iter()
        .map(|one| (one.name.as_str(), one.role, one.has_password))
        .collect();
    let expected = [
        ("alice", Role::Administrator, true),
        ("bob", Role::Viewer, true),
        ("Zoe", Role::Operator, false),
    ];
    assert_eq!(listed, expected);
    assert_eq!(
        world.subjects(AuditAction::AccountAdded).await,
        ["Zoe", "bob"]
    );
    assert_eq!(world.subjects(AuditAction::PasswordLinkMade).await, ["Zoe"]);
}

#[tokio::test]
async fn names_are_unique_regardless_of_case() {
    let (world, _) = World::with_alice().await;
    let form = new_account("ALICE", Role::Viewer);
    let taken = [(AccessField::Name, NewAccountError::NameTaken)];
    assert_eq!(errors(world.access.add_account(&form, &cli()).await), taken);
    let (by, password) = (cli(), PASSWORD.into());
    let with_password = world
        .access
        .add_account_with_password(&form, &password, &by);
    let taken = taken.map(|(field, error)| (field, AccountWithPasswordError::Account(error)));
    assert_eq!(errors(with_password.await), taken);
    assert_eq!(world.audited(AuditAction::AccountAdded).await, []);
}

#[tokio::test]
async fn the_last_administrator_stays() {
    let (world, _) = World::with_alice().await;
    let alice = world.account("alice").await;
    let bob = world.add("bob", Role::Operator).await;
    let role = world
        .access
        .set_role(&alice.id, Role::Operator, &cli())
        .await;
    assert_eq!(errors(role), [(AccessField::Role, LAST)]);
    let remove = world.access.remove_account(&alice.id, &cli()).await;
    assert_eq!(errors(remove), [(AccessField::Name, LAST)]);

    world
        .access
        .set_role(&bob.id, Role::Administrator, &cli())
        .await
        .unwrap();
    world
        .access
        .set_role(&alice.id, Role::Viewer, &cli())
        .await
        .unwrap();
    world
        .access
        .remove_account(&alice.id, &cli())
        .await
        .unwrap();
    assert_eq!(
        world.subjects(AuditAction::RoleChanged).await,
        ["bob", "alice"]
    );
    assert_eq!(world.subjects(AuditAction::AccountRemoved).await, ["alice"]);
}

#[tokio::test]
async fn an_administrator_without_a_password_does_not_count() {
    let (world, _) = World::with_alice().await;
    let alice = world.account("alice").await;
    let form = new_account("bob", Role::Administrator);
    world.access.add_account(&form, &cli()).await.unwrap();
    let remove = world.access.remove_account(&alice.id, &cli()).await;
    assert_eq!(errors(remove), [(AccessField::Name, LAST)]);
    let bob = world.account("bob").await;
    world.access.remove_account(&bob.id, &cli()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_administrators_who_remove_each_other_one_stays() {
    let (world, _) = World::with_alice().await;
    let alice = world.account("alice").await;
    for _ in 0..5 {
        let bob = world.add("bob", Role::Administrator).await;
        let by = cli();
        let (one, other) = tokio::join!(
            world.access.remove_account(&bob.id, &by),
            world.access.set_role(&alice.id, Role::Viewer, &by)
        );
        assert_ne!(one.is_ok(), other.is_ok());
        let all = world.access.accounts().await.unwrap();
        let administrators = all.iter().filter(|one| one.role == Role::Administrator);
        assert_eq!(administrators.count(), 1);
        world
            .access
            .set_role(&alice.id, Role::Administrator, &by)
            .await
            .unwrap();
        let _ = world.access.remove_account(&bob.id, &by).await;
    }
}

#[tokio::test]
async fn unknown_items_are_reported() {
    fn unknown<E>(error: &FormError<E>) -> bool {
        matches!(error, FormError::Access(AccessError::Unknown))
    }
    let (world, _) = World::with_alice().await;
    let id = AccountId::parse("unknown").unwrap();
    assert!(unknown(
        &world
            .access
            .set_role(&id, Role::Viewer, &cli())
            .await
            .unwrap_err()
    ));
    assert!(unknown(
        &world.access.remove_account(&id, &cli()).await.unwrap_err()
    ));
    let set = world
        .access
        .set_password(&id, &PASSWORD.into(), &cli())
        .await;
    assert!(unknown(&set.unwrap_err()));
    let reset = world.access.reset_password(&id, &cli()).await;
    assert!(matches!(reset, Err(AccessError::Unknown)));
}

#[tokio::test]
async fn an_account_that_was_removed_and_added_again_is_another_one() {
    let (world, _) = World::with_alice().await;
    let bob = world.add("bob", Role::Viewer).await;
    let old = world
        .sign_in("bob", PASSWORD, &visitor(HOME))
        .await
        .unwrap();
    world.access.remove_account(&bob.id, &cli()).await.unwrap();
    let new = world.add("bob", Role::Viewer).await;
    assert_ne!(bob.id, new.id);
    assert_eq!(world.access.session(&old.token).await.unwrap(), None);
    let browser = same_browser(HOME, &old);
    let session = world.sign_in("bob", PASSWORD, &browser).await.unwrap();
    assert_ne!(world.device_name(&session), world.device_name(&old));
}

#[tokio::test]
async fn a_password_set_from_the_command_line_ends_the_sessions() {
    let (world, session) = World::with_alice().await;
    let alice = world.account("alice").await;
    let weak = world
        .access
        .set_password(&alice.id, &"alicealice12".into(), &cli())
        .await;
    assert_eq!(
        errors(weak),
        [(AccessField::Password, NewPasswordError::PasswordGuessable)]
    );
    assert!(
        world
            .access
            .session(&session.token)
            .await
            .unwrap()
            .is_some()
    );

    world
        .access
        .set_password(&alice.id, &OTHER.into(), &cli())
        .await
        .unwrap();
    assert_eq!(world.access.session(&session.token).await.unwrap(), None);
    world
        .sign_in("alice", PASSWORD, &visitor(ELSEWHERE))
        .await
        .unwrap_err();
    world
        .sign_in("alice", OTHER, &visitor(ELSEWHERE))
        .await
        .unwrap();
    assert_eq!(world.subjects(AuditAction::PasswordSet).await, ["alice"]);
}
