use access::{SignInError, Visitor};
use domain::{AuditAction, Role};
use tokio::task::JoinSet;

use crate::world::{ELSEWHERE, HOME, PASSWORD, World, cli, same_browser, sign_in_form, visitor};

/// Returns the seconds to wait, or 0 if the wrong password was checked.
async fn wrong(world: &World, name: &str, visitor: &Visitor) -> i64 {
    match world.sign_in(name, "wrong", visitor).await {
        Err(SignInError::Wrong) => 0,
        Err(SignInError::SlowDown { seconds }) => seconds,
        other => panic!("{other:?}"),
    }
}

/// Returns a visitor from a different address for each number, to test the limit per name.
fn anywhere(number: usize) -> Visitor {
    visitor(&format!("203.0.113.{number}"))
}

#[tokio::test]
async fn five_wrong_attempts_are_free_and_then_each_waits_twice_as_long() {
    let (world, _) = World::with_alice().await;
    for name in ["alice", "nobody", "not a name"] {
        for at in 0..5 {
            assert_eq!(wrong(&world, name, &anywhere(at)).await, 0, "{name}");
        }
        for (at, wait) in [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]
            .into_iter()
            .enumerate()
        {
            assert_eq!(wrong(&world, name, &anywhere(at)).await, wait, "{name}");
            world.advance(wait - 1);
            assert_eq!(wrong(&world, name, &anywhere(at)).await, 1, "{name}");
            world.advance(1);
            assert_eq!(wrong(&world, name, &anywhere(at)).await, 0, "{name}");
        }
    }
}

#[tokio::test]
async fn the_correct_password_is_not_checked_while_waiting_and_accepted_afterwards() {
    let (world, _) = World::with_alice().await;
    for at in 0..5 {
        wrong(&world, "alice", &anywhere(at)).await;
    }
    let early = world.sign_in("alice", PASSWORD, &visitor(ELSEWHERE)).await;
    assert!(matches!(early, Err(SignInError::SlowDown { seconds: 1 })));
    // Attempts during the wait do not extend it.
    for _ in 0..50 {
        assert_eq!(wrong(&world, "alice", &anywhere(1)).await, 1);
    }
    world.advance(1);
    world
        .sign_in("alice", PASSWORD, &visitor(ELSEWHERE))
        .await
        .unwrap();
    // A successful sign-in clears the failures.
    for at in 0..5 {
        assert_eq!(wrong(&world, "alice", &anywhere(at)).await, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_attempts_get_no_more_guesses_than_sequential_ones() {
    let (world, _) = World::with_alice().await;
    let mut tasks = JoinSet::new();
    for at in 0..60 {
        let access = world.access.clone();
        tasks.spawn(async move {
            access
                .sign_in(&sign_in_form("alice", "wrong"), &anywhere(at))
                .await
        });
    }
    let answers = tasks.join_all().await;
    let looked_at = answers
        .iter()
        .filter(|answer| matches!(answer, Err(SignInError::Wrong)));
    assert_eq!(looked_at.count(), 5);
    let slowed = |answer: &&_| matches!(answer, Err(SignInError::SlowDown { seconds: 1 }));
    assert_eq!(answers.iter().filter(slowed).count(), 55);
}

#[tokio::test]
async fn a_browser_that_has_signed_in_before_is_not_slowed_down_by_others() {
    let (world, alice) = World::with_alice().await;
    for _ in 0..10 {
        wrong(&world, "alice", &visitor(HOME)).await;
    }
    let unknown_visitor = world.sign_in("alice", PASSWORD, &visitor(ELSEWHERE)).await;
    assert!(matches!(unknown_visitor, Err(SignInError::SlowDown { .. })));
    let browser = same_browser(HOME, &alice);
    let again = world.sign_in("alice", PASSWORD, &browser).await.unwrap();
    assert_eq!(again.device.expose(), alice.device.expose());
}

#[tokio::test]
async fn a_browser_that_has_signed_in_before_has_a_count_of_its_own() {
    let (world, alice) = World::with_alice().await;
    let browser = same_browser(HOME, &alice);
    for _ in 0..5 {
        assert_eq!(wrong(&world, "alice", &browser).await, 0);
    }
    assert_eq!(wrong(&world, "alice", &browser).await, 1);
    // Other browsers are not slowed down.
    world
        .sign_in("alice", PASSWORD, &visitor(HOME))
        .await
        .unwrap();
    world.advance(1);
    world.sign_in("alice", PASSWORD, &browser).await.unwrap();
    assert_eq!(wrong(&world, "alice", &browser).await, 0);
}

#[tokio::test]
async fn the_device_of_one_account_is_worth_nothing_for_another_nor_after_a_year() {
    let (world, alice) = World::with_alice().await;
    world.add("bob", Role::Viewer).await;
    let browser = same_browser(HOME, &alice);
    for at in 0..5 {
        wrong(&world, "bob", &anywhere(at)).await;
    }
    assert_eq!(wrong(&world, "bob", &browser).await, 1);

    world.advance(365 * 86_400);
    for at in 0..5 {
        wrong(&world, "alice", &anywhere(at)).await;
    }
    assert_eq!(wrong(&world, "alice", &browser).await, 1);
}

#[tokio::test]
async fn an_address_that_tries_many_names_is_slowed_down_and_so_is_its_ipv6_network() {
    let (world, _) = World::with_alice().await;
    for (address, neighbour, other) in [
        (HOME, HOME, "192.0.2.2"),
        ("2001:db8:1:2::1", "2001:db8:1:2:f::9", "2001:db8:1:3::1"),
    ] {
        for number in 0..20 {
            assert_eq!(
                wrong(&world, &format!("{number}"), &visitor(address)).await,
                0
            );
        }
        assert_eq!(wrong(&world, "other", &visitor(neighbour)).await, 1);
        assert_eq!(wrong(&world, "other", &visitor(other)).await, 0);
        world.advance(86_400);
    }
}

#[tokio::test]
async fn a_success_neither_clears_its_address_nor_counts_there() {
    let (world, _) = World::with_alice().await;
    for number in 0..10 {
        assert_eq!(wrong(&world, &format!("{number}"), &visitor(HOME)).await, 0);
        world
            .sign_in("alice", PASSWORD, &visitor(HOME))
            .await
            .unwrap();
        assert_eq!(
            wrong(&world, &format!("b{number}"), &visitor(HOME)).await,
            0
        );
    }
    assert_eq!(wrong(&world, "other", &visitor(HOME)).await, 1);
}

#[tokio::test]
async fn an_attempt_that_one_bucket_rejects_is_not_counted_in_the_other() {
    let (world, _) = World::with_alice().await;
    for number in 0..20 {
        wrong(&world, &format!("{number}"), &visitor(HOME)).await;
    }
    for _ in 0..10 {
        assert_eq!(wrong(&world, "alice", &visitor(HOME)).await, 1);
    }
    for at in 0..5 {
        assert_eq!(wrong(&world, "alice", &anywhere(at)).await, 0);
    }
}

#[tokio::test]
async fn failures_are_forgotten_a_day_after_the_last_one() {
    let (world, _) = World::with_alice().await;
    for at in 0..5 {
        wrong(&world, "alice", &anywhere(at)).await;
    }
    world.advance(86_399);
    // This is the sixth failure.
    assert_eq!(wrong(&world, "alice", &anywhere(1)).await, 0);
    assert_eq!(wrong(&world, "alice", &anywhere(1)).await, 2);
    world.advance(86_400);
    for at in 0..5 {
        assert_eq!(wrong(&world, "alice", &anywhere(at)).await, 0);
    }
}

#[tokio::test]
async fn the_first_rejected_attempt_of_a_series_is_audited() {
    let (world, _) = World::with_alice().await;
    for name in ["alice", "nobody"] {
        for at in 0..5 {
            wrong(&world, name, &anywhere(at)).await;
        }
        for _ in 0..7 {
            wrong(&world, name, &visitor(ELSEWHERE)).await;
        }
        world.advance(1);
        wrong(&world, name, &visitor(HOME)).await;
        for _ in 0..7 {
            wrong(&world, name, &visitor(HOME)).await;
        }
    }
    let slowed = world.audited(AuditAction::SignInSlowed).await;
    let reported: Vec<_> = slowed
        .iter()
        .map(|record| (&*record.subject, &*record.actor.address))
        .collect();
    let expected = [
        ("alice", ELSEWHERE),
        ("alice", HOME),
        ("", ELSEWHERE),
        ("", HOME),
    ];
    assert_eq!(reported, expected);
}

#[tokio::test]
async fn a_new_password_is_not_slowed_down_by_earlier_attempts() {
    let (world, _) = World::with_alice().await;
    for at in 0..5 {
        wrong(&world, "alice", &anywhere(at)).await;
    }
    let alice = world.account("alice").await;
    world
        .access
        .set_password(&alice.id, &PASSWORD.into(), &cli())
        .await
        .unwrap();
    world
        .sign_in("alice", PASSWORD, &visitor(ELSEWHERE))
        .await
        .unwrap();
}
