use access::{FormError, Token};
use domain::{
    AuditAction, Role, TypedSecret,
    access::{AccessField, SetupError},
    paths,
};

use crate::world::{
    ELSEWHERE, HOME, PASSWORD, World, cli, errors, new_account, same_browser, setup_form, visitor,
};

#[tokio::test]
async fn the_link_creates_the_first_administrator_and_signs_in() {
    let world = World::new().await;
    assert!(world.access.needs_setup().await.unwrap());
    let link = world.access.begin_setup().await.unwrap().unwrap();
    assert!(world.access.is_setup_link(&link.token).await.unwrap());
    assert_eq!(
        link.path(),
        format!("{}?token={}", paths::Setup::PATH, link.token.expose())
    );

    let form = setup_form(link.token.expose());
    let alice = world
        .access
        .finish_setup(&form, &visitor(HOME))
        .await
        .unwrap();
    assert!(!world.access.needs_setup().await.unwrap());
    assert_eq!(alice.signed_in.role, Role::Administrator);
    let found = world.access.session(&alice.token).await.unwrap();
    assert_eq!(found, Some(alice.signed_in));
    assert_eq!(world.account("Alice").await.signed_in_at, Some(world.now()));
    assert_eq!(world.subjects(AuditAction::SetupFinished).await, ["alice"]);
}

#[tokio::test]
async fn the_link_is_consumed_and_no_other_is_created() {
    let world = World::new().await;
    let link = world.access.begin_setup().await.unwrap().unwrap();
    let mut form = setup_form(link.token.expose());
    world
        .access
        .finish_setup(&form, &visitor(HOME))
        .await
        .unwrap();

    form.name = "mallory".into();
    let again = world.access.finish_setup(&form, &visitor(HOME)).await;
    assert!(matches!(again, Err(FormError::Link)), "{again:?}");
    assert!(!world.access.is_setup_link(&link.token).await.unwrap());
    assert!(world.access.begin_setup().await.unwrap().is_none());
    assert_eq!(world.access.accounts().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_restart_ends_the_link_of_the_last_start() {
    let world = World::new().await;
    let first = world.access.begin_setup().await.unwrap().unwrap();
    let second = world.access.begin_setup().await.unwrap().unwrap();
    let old = world.finish_setup(first.token.expose());
    assert!(matches!(old.await, Err(FormError::Link)));
    let new = world.finish_setup(second.token.expose());
    new.await.unwrap();
}

#[tokio::test]
async fn an_account_from_the_command_line_ends_the_setup() {
    let world = World::new().await;
    let link = world.access.begin_setup().await.unwrap().unwrap();
    let form = new_account("root", Role::Administrator);
    world.access.add_account(&form, &cli()).await.unwrap();
    assert!(!world.access.needs_setup().await.unwrap());
    assert!(!world.access.is_setup_link(&link.token).await.unwrap());
    let late = world.finish_setup(link.token.expose());
    assert!(matches!(late.await, Err(FormError::Link)));
}

#[tokio::test]
async fn taking_the_only_password_away_does_not_open_the_setup_again() {
    let (world, _) = World::with_alice().await;
    let alice = world.account("alice").await;
    world
        .access
        .reset_password(&alice.id, &cli())
        .await
        .unwrap();
    assert!(!world.access.needs_setup().await.unwrap());
    assert!(world.access.begin_setup().await.unwrap().is_none());
}

#[tokio::test]
async fn an_invalid_form_does_not_consume_the_link() {
    let world = World::new().await;
    let link = world.access.begin_setup().await.unwrap().unwrap();
    let mut form = setup_form(link.token.expose());
    form.name = "a b".into();
    form.password = TypedSecret::new("short");
    let refused = world.access.finish_setup(&form, &visitor(HOME)).await;
    let expected = [
        (AccessField::Name, SetupError::NotAUserName),
        (AccessField::Password, SetupError::PasswordTooShort),
        (AccessField::Repeated, SetupError::PasswordsDiffer),
    ];
    assert_eq!(errors(refused), expected);
    let form = setup_form(link.token.expose());
    world
        .access
        .finish_setup(&form, &visitor(HOME))
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_use_the_link_concurrently_one_wins() {
    let world = World::new().await;
    let link = world.access.begin_setup().await.unwrap().unwrap();
    let forms = ["alice", "mallory"].map(|name| {
        let mut form = setup_form(link.token.expose());
        form.name = name.into();
        form
    });
    let (home, elsewhere) = (visitor(HOME), visitor(ELSEWHERE));
    let (one, other) = tokio::join!(
        world.access.finish_setup(&forms[0], &home),
        world.access.finish_setup(&forms[1], &elsewhere)
    );
    assert_ne!(one.is_ok(), other.is_ok());
    assert!(matches!(one.and(other), Err(FormError::Link)));
    assert_eq!(world.access.accounts().await.unwrap().len(), 1);
}

#[tokio::test]
async fn wrong_tokens_slow_their_address_down_and_never_the_right_one() {
    let world = World::new().await;
    let link = world.access.begin_setup().await.unwrap().unwrap();
    let guess = async |address| {
        let form = setup_form(Token::generate().expose());
        world
            .access
            .finish_setup(&form, &visitor(address))
            .await
            .unwrap_err()
    };
    for _ in 0..20 {
        assert!(matches!(guess(HOME).await, FormError::Link));
    }
    assert!(matches!(
        guess(HOME).await,
        FormError::SlowDown { seconds: 1 }
    ));
    assert!(matches!(guess(ELSEWHERE).await, FormError::Link));
    let malformed = world.finish_setup("' OR 1").await;
    assert!(matches!(malformed, Err(FormError::SlowDown { .. })));

    let form = setup_form(link.token.expose());
    world
        .access
        .finish_setup(&form, &visitor(HOME))
        .await
        .unwrap();
}

#[tokio::test]
async fn the_session_that_the_browser_had_ends_with_the_setup() {
    // The token belongs to another database or was planted. It is no session here.
    let world = World::new().await;
    let link = world.access.begin_setup().await.unwrap().unwrap();
    let planted = Token::generate();
    let mut visitor = visitor(HOME);
    visitor.session = Some(planted.clone());
    let form = setup_form(link.token.expose());
    let alice = world.access.finish_setup(&form, &visitor).await.unwrap();
    assert_ne!(alice.token.expose(), planted.expose());
    assert_eq!(world.access.session(&planted).await.unwrap(), None);
    let again = world
        .sign_in("alice", PASSWORD, &same_browser(HOME, &alice))
        .await;
    assert_eq!(again.unwrap().device.expose(), alice.device.expose());
}
