use access::Device;
use domain::Role;

use crate::world::{HOME, PASSWORD, World, same_browser, visitor};

#[tokio::test]
async fn a_device_cookie_that_was_changed_anywhere_is_none() {
    let (world, alice) = World::with_alice().await;
    let cookie = alice.device.expose();
    assert!(world.access.device_name(&alice.device).is_some());
    for at in 0..cookie.len() {
        let mut changed = cookie.as_bytes().to_vec();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        let named = Device::parse(&changed).and_then(|device| world.access.device_name(&device));
        assert_eq!(named, None, "{at}");
    }
    for other in [
        "",
        "x",
        "a.b.c.d",
        "a.b.1.c.d",
        &format!("{cookie}.x"),
        &"x.".repeat(200),
    ] {
        let named = Device::parse(other).and_then(|device| world.access.device_name(&device));
        assert_eq!(named, None, "{other}");
    }
}

#[tokio::test]
async fn a_device_cookie_lasts_a_year_and_says_nothing_of_the_password() {
    let (world, alice) = World::with_alice().await;
    world.advance(365 * 86_400 - 1);
    assert!(world.access.device_name(&alice.device).is_some());
    world.advance(1);
    assert_eq!(world.access.device_name(&alice.device), None);
    world.add("bob", Role::Viewer).await;
    let of = |session: &access::NewSession| {
        let cookie = session.device.expose().to_owned();
        cookie.split('.').nth(3).unwrap().to_owned()
    };
    let alice = world
        .sign_in("alice", PASSWORD, &visitor(HOME))
        .await
        .unwrap();
    let bob = world
        .sign_in("bob", PASSWORD, &visitor(HOME))
        .await
        .unwrap();
    assert_ne!(of(&alice), of(&bob));
}

#[tokio::test]
async fn two_browsers_of_one_account_have_different_names_and_each_keeps_its_own() {
    let (world, alice) = World::with_alice().await;
    let other = world
        .sign_in("alice", PASSWORD, &visitor(HOME))
        .await
        .unwrap();
    assert_ne!(world.device_name(&alice), world.device_name(&other));
    world.advance(100);
    let browser = same_browser(HOME, &alice);
    let again = world.sign_in("alice", PASSWORD, &browser).await.unwrap();
    assert_eq!(world.device_name(&alice), world.device_name(&again));
    assert_ne!(alice.device.expose(), again.device.expose());
}
