use access::{AccessError, Token};
use domain::{AuditAction, Role, SignedIn};

use crate::world::{ELSEWHERE, HOME, PASSWORD, START, World, cli, visitor};

async fn open(world: &World, token: &Token) -> Option<SignedIn> {
    world.access.session(token).await.unwrap()
}

#[tokio::test]
async fn a_session_ends_an_hour_after_its_last_use() {
    let (world, alice) = World::with_alice().await;
    for _ in 0..3 {
        world.advance(3_599);
        assert!(open(&world, &alice.token).await.is_some());
    }
    world.advance(3_600);
    assert_eq!(open(&world, &alice.token).await, None);
    assert!(world.access.sessions(None).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_session_ends_twelve_hours_after_its_beginning_however_much_it_is_used() {
    let (world, alice) = World::with_alice().await;
    for _ in 0..24 {
        assert!(open(&world, &alice.token).await.is_some());
        world.advance(1_800);
    }
    assert_eq!(world.now(), alice.expires_at);
    assert_eq!(open(&world, &alice.token).await, None);
}

#[tokio::test]
async fn the_last_use_is_known_to_the_minute() {
    let (world, alice) = World::with_alice().await;
    let seen = async || {
        open(&world, &alice.token).await.unwrap();
        world.access.sessions(None).await.unwrap()[0].seen_at.0 - START
    };
    world.advance(59);
    assert_eq!(seen().await, 0);
    world.advance(1);
    assert_eq!(seen().await, 60);
    world.advance(59);
    assert_eq!(seen().await, 60);
}

#[tokio::test]
async fn a_token_that_was_changed_is_no_session() {
    let (world, alice) = World::with_alice().await;
    let text = alice.token.expose();
    for at in [0, 21, 42] {
        let mut bytes = text.as_bytes().to_vec();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let changed = Token::parse(str::from_utf8(&bytes).unwrap()).unwrap();
        assert_eq!(open(&world, &changed).await, None);
    }
    let hash = Token::parse(&alice.token.hash()).unwrap();
    assert_eq!(
        open(&world, &hash).await,
        None,
        "what is stored is no token"
    );
}

#[tokio::test]
async fn sessions_are_listed_with_where_they_come_from_the_latest_use_first() {
    let (world, alice) = World::with_alice().await;
    let bob = world.add("bob", Role::Viewer).await;
    world.advance(60);
    let mut browser = visitor(ELSEWHERE);
    browser.agent = format!("Bad\r\n\u{0}{}", "x".repeat(300));
    world.sign_in("bob", PASSWORD, &browser).await.unwrap();

    let all = world.access.sessions(None).await.unwrap();
    let names: Vec<_> = all.iter().map(|one| one.account.as_str()).collect();
    assert_eq!(names, ["bob", "alice"]);
    assert_eq!(all[0].address, ELSEWHERE);
    assert_eq!(all[0].agent, format!("Bad  {}", "x".repeat(195)));
    assert_eq!(all[1].id, alice.signed_in.session);
    let bobs = world.access.sessions(Some(&bob.id)).await.unwrap();
    assert_eq!(bobs, &all[..1]);
}

#[tokio::test]
async fn a_session_is_ended_by_its_owner_or_by_an_administrator() {
    let (world, alice) = World::with_alice().await;
    let bob = world.add("bob", Role::Viewer).await;
    let id = &alice.signed_in.session;
    let foreign = world.access.end_session(id, Some(&bob.id), &cli()).await;
    assert!(matches!(foreign, Err(AccessError::Unknown)));
    assert!(open(&world, &alice.token).await.is_some());

    world.access.end_session(id, None, &cli()).await.unwrap();
    assert_eq!(open(&world, &alice.token).await, None);
    let again = world.access.end_session(id, None, &cli()).await;
    assert!(matches!(again, Err(AccessError::Unknown)));
    assert_eq!(world.subjects(AuditAction::SessionEnded).await, ["alice"]);
}

#[tokio::test]
async fn a_change_of_role_takes_effect_immediately_in_open_sessions() {
    let (world, _) = World::with_alice().await;
    let bob = world.add("bob", Role::Administrator).await;
    let session = world
        .sign_in("bob", PASSWORD, &visitor(HOME))
        .await
        .unwrap();
    for role in [Role::Viewer, Role::Operator, Role::Administrator] {
        world.access.set_role(&bob.id, role, &cli()).await.unwrap();
        assert_eq!(open(&world, &session.token).await.unwrap().role, role);
    }
    world.access.remove_account(&bob.id, &cli()).await.unwrap();
    assert_eq!(open(&world, &session.token).await, None);
}

#[tokio::test]
async fn cleanup_deletes_ended_items_and_nothing_else() {
    let (world, alice) = World::with_alice().await;
    world.advance(3_599);
    world.access.delete_expired().await.unwrap();
    assert!(open(&world, &alice.token).await.is_some());
    world.advance(3_600);
    world.access.delete_expired().await.unwrap();
    assert_eq!(open(&world, &alice.token).await, None);
    // The device cookie of the browser is still valid.
    let browser = crate::world::same_browser(HOME, &alice);
    let again = world.sign_in("alice", PASSWORD, &browser).await.unwrap();
    assert_eq!(world.device_name(&again), world.device_name(&alice));
}
