use access::{FormError, NewSession};
use domain::{
    AuditAction, Role, TypedSecret,
    access::{AccessField, ChangePasswordError, ChangePasswordForm},
};

use crate::world::{ELSEWHERE, HOME, OTHER, PASSWORD, World, errors, same_browser, visitor};

fn form(current: &str, password: &str, repeated: &str) -> ChangePasswordForm {
    ChangePasswordForm {
        current: TypedSecret::new(current),
        password: TypedSecret::new(password),
        repeated: TypedSecret::new(repeated),
    }
}

async fn change(
    world: &World,
    who: &NewSession,
    current: &str,
    new: &str,
) -> Result<(), FormError<ChangePasswordError>> {
    let form = form(current, new, new);
    world
        .access
        .change_password(&who.signed_in, &form, HOME)
        .await
}

#[tokio::test]
async fn a_new_password_has_to_be_long_hard_to_guess_and_typed_twice() {
    let (world, alice) = World::with_alice().await;
    let long = format!("{PASSWORD}{}", "ä".repeat(256 - PASSWORD.len()));
    for (password, repeated, expected) in [
        (
            "",
            "",
            vec![
                (AccessField::Password, ChangePasswordError::Required),
                (AccessField::Repeated, ChangePasswordError::Required),
            ],
        ),
        (
            "Kx7#pQ9!vZ2",
            "Kx7#pQ9!vZ2",
            vec![(AccessField::Password, ChangePasswordError::PasswordTooShort)],
        ),
        (
            "äöüäöüäöüäö",
            "äöüäöüäöüäö",
            vec![(AccessField::Password, ChangePasswordError::PasswordTooShort)],
        ),
        (
            &*format!("{long}x"),
            &*format!("{long}x"),
            vec![(AccessField::Password, ChangePasswordError::TooLong)],
        ),
        (
            OTHER,
            PASSWORD,
            vec![(AccessField::Repeated, ChangePasswordError::PasswordsDiffer)],
        ),
        (
            OTHER,
            &format!("{OTHER} "),
            vec![(AccessField::Repeated, ChangePasswordError::PasswordsDiffer)],
        ),
        (
            "passwordpassword",
            "passwordpassword",
            vec![(
                AccessField::Password,
                ChangePasswordError::PasswordGuessable,
            )],
        ),
        (
            "mailgrantalice",
            "mailgrantalice",
            vec![(
                AccessField::Password,
                ChangePasswordError::PasswordGuessable,
            )],
        ),
    ] {
        let form = form(PASSWORD, password, repeated);
        let refused = world
            .access
            .change_password(&alice.signed_in, &form, HOME)
            .await;
        assert_eq!(errors(refused), expected, "{password}");
    }
    change(&world, &alice, PASSWORD, &long).await.unwrap();
    world.sign_in("alice", &long, &visitor(HOME)).await.unwrap();
}

#[tokio::test]
async fn white_space_belongs_to_a_password() {
    let (world, alice) = World::with_alice().await;
    let spaced = format!("  {OTHER}\t");
    change(&world, &alice, PASSWORD, &spaced).await.unwrap();
    world
        .sign_in("alice", OTHER, &visitor(HOME))
        .await
        .unwrap_err();
    world
        .sign_in("alice", &spaced, &visitor(HOME))
        .await
        .unwrap();
}

#[tokio::test]
async fn changing_the_password_ends_the_other_sessions_and_forgets_the_browsers() {
    let (world, alice) = World::with_alice().await;
    let other = world
        .sign_in("alice", PASSWORD, &visitor(ELSEWHERE))
        .await
        .unwrap();
    world.add("bob", Role::Viewer).await;
    let bob = world
        .sign_in("bob", PASSWORD, &visitor(ELSEWHERE))
        .await
        .unwrap();

    change(&world, &alice, PASSWORD, OTHER).await.unwrap();
    assert!(world.access.session(&alice.token).await.unwrap().is_some());
    assert_eq!(world.access.session(&other.token).await.unwrap(), None);
    assert!(world.access.session(&bob.token).await.unwrap().is_some());
    world
        .sign_in("alice", PASSWORD, &visitor(HOME))
        .await
        .unwrap_err();
    let again = world
        .sign_in("alice", OTHER, &same_browser(HOME, &other))
        .await
        .unwrap();
    assert_ne!(world.device_name(&again), world.device_name(&other));
    let set = world.audited(AuditAction::PasswordSet).await;
    assert_eq!(
        (set.len(), set[0].actor.who.name(), &*set[0].actor.address),
        (1, "alice", HOME)
    );
}

#[tokio::test]
async fn the_current_password_must_be_correct_and_guesses_are_slowed_down() {
    let (world, alice) = World::with_alice().await;
    let missing = change(&world, &alice, "", OTHER).await;
    assert_eq!(
        errors(missing),
        [(AccessField::Current, ChangePasswordError::Required)]
    );
    for _ in 0..5 {
        let wrong = change(&world, &alice, "wrong", OTHER).await;
        assert_eq!(
            errors(wrong),
            [(AccessField::Current, ChangePasswordError::PasswordWrong)]
        );
    }
    for current in ["wrong", PASSWORD] {
        let slowed = change(&world, &alice, current, OTHER).await;
        assert!(matches!(slowed, Err(FormError::SlowDown { seconds: 1 })));
    }
    world.advance(1);
    change(&world, &alice, PASSWORD, OTHER).await.unwrap();
    assert_eq!(
        world.subjects(AuditAction::SignInFailed).await,
        ["alice"; 5]
    );
}
