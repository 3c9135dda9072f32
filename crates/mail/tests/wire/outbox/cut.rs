//! Lost connections and stopped servers.

use std::time::Duration;

use domain::{AttemptOutcome, FindingCode, MessageState};
use sandbox::{CutAt, Faults, Stage};

use super::{
    Delivering, attempts, cut_once, delivering_at, read, replying, submit, until_attempts,
    until_state,
};
use crate::support::{BOB, World};

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_cut_after_the_final_dot_is_recorded_as_unknown_and_retried_with_the_same_message_id()
 {
    let (world, delivering) = delivering_at(cut_once(CutAt::AfterFinalDotBeforeReply)).await;
    let id = submit(&world, &[BOB]).await;
    let message = until_attempts(&world, &id, 1).await;
    assert_eq!(
        message.finding.unwrap().code,
        FindingCode::ClosedAfterMessage
    );
    assert_eq!(
        attempts(&world, &id).await[0].outcome,
        AttemptOutcome::Unknown
    );
    world.clock.advance(36);
    until_state(&world, &id, MessageState::Delivered).await;
    let received = world.control().messages();
    assert_eq!(received.len(), 2);
    assert_eq!(received[0].message_id, received[1].message_id);
    delivering.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_cut_before_the_final_dot_neither_loses_nor_duplicates_the_message() {
    for stage in [
        CutAt::Greeting,
        CutAt::Ehlo,
        CutAt::Auth,
        CutAt::Mail,
        CutAt::Rcpt,
        CutAt::Data,
    ] {
        let (world, delivering) = delivering_at(cut_once(stage)).await;
        let id = submit(&world, &[BOB]).await;
        let message = until_attempts(&world, &id, 1).await;
        assert_eq!(
            message.finding.unwrap().code,
            FindingCode::ConnectionClosed,
            "{stage:?}"
        );
        assert_eq!(
            attempts(&world, &id).await[0].outcome,
            AttemptOutcome::PutOff
        );
        world.clock.advance(36);
        until_state(&world, &id, MessageState::Delivered).await;
        assert_eq!(world.control().messages().len(), 1);
        delivering.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_was_closed_while_it_was_idle_is_no_failure_of_the_next_message() {
    let (world, delivering) = delivering_at(Faults::default()).await;
    let id = submit(&world, &[BOB]).await;
    until_state(&world, &id, MessageState::Delivered).await;
    for fault in [
        cut_once(CutAt::Mail),
        replying(Stage::Mail, "421 4.4.2 idle for too long", Some(1)),
    ] {
        world.control().set(fault);
        let id = submit(&world, &[BOB]).await;
        let message = until_state(&world, &id, MessageState::Delivered).await;
        assert_eq!(message.attempts, 1);
    }
    delivering.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn waiting_for_a_silent_server_ends() {
    let world = World::with(|options| {
        options.outbox.reply = Duration::from_secs(1);
        options.outbox.message = Duration::from_secs(1);
    })
    .await;
    world.save(&world.basic_form()).await;
    world.control().set(Faults {
        silent_at: Some(Stage::Rcpt),
        ..Faults::default()
    });
    let delivering = Delivering::start(&world.mailer);
    let id = submit(&world, &[BOB]).await;
    let message = until_attempts(&world, &id, 1).await;
    assert_eq!(message.finding.unwrap().code, FindingCode::Timeout);
    world.control().set(Faults {
        silent_at: Some(Stage::Final),
        ..Faults::default()
    });
    world.clock.advance(36);
    let message = until_attempts(&world, &id, 2).await;
    assert_eq!(
        message.finding.unwrap().code,
        FindingCode::ClosedAfterMessage
    );
    delivering.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopping_server_finishes_running_attempts_and_releases_the_rest() {
    let world = World::with(|options| options.outbox.connections = 1).await;
    world.save(&world.basic_form()).await;
    world.control().set(Faults {
        slow_ms: [(Stage::Final, 500)].into(),
        ..Faults::default()
    });
    let delivering = Delivering::start(&world.mailer);
    let (one, two) = (submit(&world, &[BOB]).await, submit(&world, &[BOB]).await);
    until_state(&world, &one, MessageState::Sending).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    delivering.stop().await;
    let states = (
        read(&world, &one).await.state,
        read(&world, &two).await.state,
    );
    assert!(
        matches!(states, (MessageState::Delivered, MessageState::Waiting)),
        "{states:?}"
    );
    assert_eq!(world.control().messages().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_time_left_reports_the_unknown_result() {
    let world = World::with(|options| options.outbox.grace = Duration::from_millis(100)).await;
    world.save(&world.basic_form()).await;
    world.control().set(Faults {
        slow_ms: [(Stage::Final, 5_000)].into(),
        ..Faults::default()
    });
    let delivering = Delivering::start(&world.mailer);
    let id = submit(&world, &[BOB]).await;
    until_state(&world, &id, MessageState::Sending).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    delivering.stop().await;
    let message = read(&world, &id).await;
    assert_eq!(message.state, MessageState::Waiting);
    assert_eq!(
        attempts(&world, &id).await[0].outcome,
        AttemptOutcome::Unknown
    );
}
