//! Permanent and temporary rejections.

use domain::{AttemptOutcome, FindingCode, MessageState, RecipientState};
use sandbox::{Faults, Stage};
use store::ChangeOutcome;

use super::{attempts, delivering_at, replying, submit, until_attempts, until_state};
use crate::support::BOB;

#[tokio::test(flavor = "multi_thread")]
async fn a_rejected_recipient_does_not_prevent_delivery_to_the_others() {
    let (world, delivering) =
        delivering_at(replying(Stage::Rcpt, "550 5.1.1 no such user", Some(1))).await;
    let id = submit(&world, &["nobody@sandbox.test", BOB]).await;
    let message = until_state(&world, &id, MessageState::PartlyDelivered).await;
    let states: Vec<_> = message.recipients.iter().map(|one| one.state).collect();
    assert_eq!(states, [RecipientState::Refused, RecipientState::Accepted]);
    let refused = message.recipients[0].finding.as_ref().unwrap();
    assert_eq!(refused.code, FindingCode::NoSuchUser);
    assert_eq!(message.recipients[0].reply, "550 5.1.1 no such user");
    assert_eq!(
        attempts(&world, &id).await[0].outcome,
        AttemptOutcome::PartlyDelivered
    );
    // The same connection is used again.
    let next = submit(&world, &[BOB]).await;
    until_state(&world, &next, MessageState::Delivered).await;
    assert_eq!(world.control().auth_attempts().len(), 1);
    delivering.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deferred_recipient_is_retried_alone() {
    let (world, delivering) =
        delivering_at(replying(Stage::Rcpt, "452 4.2.2 mailbox full", Some(1))).await;
    let id = submit(&world, &["full@sandbox.test", BOB]).await;
    let message = until_attempts(&world, &id, 1).await;
    assert_eq!(message.state, MessageState::Waiting);
    let wait = message.due_at.since(message.created_at);
    assert!((24..=36).contains(&wait), "{wait}");
    world.clock.advance(36);
    until_state(&world, &id, MessageState::Delivered).await;
    let received = world.control().messages();
    let to: Vec<_> = received.iter().map(|one| one.to.clone()).collect();
    assert_eq!(
        to,
        [vec![BOB.to_owned()], vec!["full@sandbox.test".to_owned()]]
    );
    delivering.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_permanent_rejection_is_not_retried_and_the_connection_continues() {
    let (world, delivering) = delivering_at(Faults::default()).await;
    for (stage, text, code) in [
        (
            Stage::Mail,
            "553 5.1.8 sender refused",
            FindingCode::SenderRefused,
        ),
        (
            Stage::Rcpt,
            "550 5.1.1 no such user",
            FindingCode::NoSuchUser,
        ),
        (Stage::Data, "554 5.7.1 policy", FindingCode::PolicyRefused),
        (
            Stage::Final,
            "552 5.3.4 too large",
            FindingCode::MessageTooLarge,
        ),
    ] {
        world.control().set(replying(stage, text, None));
        let id = submit(&world, &[BOB]).await;
        let message = until_state(&world, &id, MessageState::Failed).await;
        assert_eq!(message.finding.unwrap().code, code, "{text}");
        assert_eq!(
            attempts(&world, &id).await[0].outcome,
            AttemptOutcome::Refused
        );
        assert_eq!(message.recipients[0].state, RecipientState::Refused);
        assert!(message.finished_at.is_some());
    }
    world.control().set(Faults::default());
    let id = submit(&world, &[BOB]).await;
    until_state(&world, &id, MessageState::Delivered).await;
    assert_eq!(world.control().auth_attempts().len(), 1);
    delivering.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn temporary_failures_are_retried_with_growing_waits_and_finally_given_up() {
    let (world, delivering) =
        delivering_at(replying(Stage::Final, "451 4.3.0 try later", None)).await;
    let id = submit(&world, &[BOB]).await;
    let mut due = until_attempts(&world, &id, 1).await.due_at;
    let mut waits = Vec::new();
    for attempt in 2..=4 {
        let now = world.mailer.clock.now();
        waits.push(due.since(now));
        world.clock.advance(due.since(now));
        due = until_attempts(&world, &id, attempt).await.due_at;
    }
    assert!(waits.is_sorted() && waits[2] >= 96, "{waits:?}");
    world.clock.advance(5 * 86_400);
    let message = until_state(&world, &id, MessageState::Failed).await;
    assert_eq!(
        (message.attempts, message.finding.unwrap().code),
        (5, FindingCode::Temporary)
    );
    assert!(world.control().messages().is_empty());
    delivering.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn progress_resets_the_wait() {
    let (world, delivering) =
        delivering_at(replying(Stage::Final, "451 4.3.0 try later", None)).await;
    let id = submit(&world, &["full@sandbox.test", BOB]).await;
    for attempt in 1..=4 {
        let due = until_attempts(&world, &id, attempt).await.due_at;
        if attempt == 4 {
            world
                .control()
                .set(replying(Stage::Rcpt, "452 4.2.2 mailbox full", Some(1)));
        }
        world.clock.advance(due.since(world.mailer.clock.now()));
    }
    let message = until_attempts(&world, &id, 5).await;
    assert_eq!(message.state, MessageState::Waiting);
    let wait = message.due_at.since(world.mailer.clock.now());
    assert!((24..=36).contains(&wait), "{wait}");
    delivering.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_was_given_up_is_sent_on_request() {
    let (world, delivering) =
        delivering_at(replying(Stage::Final, "554 5.7.1 policy", Some(1))).await;
    let id = submit(&world, &[BOB]).await;
    until_state(&world, &id, MessageState::Failed).await;
    let retried = world.mailer.outbox.retry(&id, &world.admin).await.unwrap();
    assert_eq!(retried, ChangeOutcome::Changed);
    let message = until_state(&world, &id, MessageState::Delivered).await;
    assert_eq!(message.attempts, 2);
    delivering.stop().await;
}
