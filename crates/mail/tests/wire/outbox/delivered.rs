//! Successful delivery.

use domain::{AttemptOutcome, MessageState, RecipientState};
use sandbox::Faults;

use super::{Delivering, attempts, delivering_at, save_sending, submission, submit, until_state};
use crate::support::{BOB, World};

#[tokio::test(flavor = "multi_thread")]
async fn submitted_messages_are_delivered_immediately_over_one_connection() {
    let (world, delivering) = delivering_at(Faults::default()).await;
    let mut ids = Vec::new();
    for _ in 0..5 {
        let id = submit(&world, &[BOB]).await;
        let message = until_state(&world, &id, MessageState::Delivered).await;
        assert_eq!((message.attempts, &message.finding), (1, &None));
        assert_eq!(message.recipients[0].state, RecipientState::Accepted);
        assert!(
            message.recipients[0].reply.starts_with("250 2.0.0"),
            "{message:?}"
        );
        ids.push(message.message_id);
    }
    let received = world.control().messages();
    let received_ids: Vec<_> = received
        .iter()
        .map(|one| format!("<{}>", one.message_id.clone().unwrap()))
        .collect();
    assert_eq!(received_ids, ids);
    assert!(
        received[0].raw.ends_with("\r\n\r\n.Hi\r\n"),
        "{}",
        received[0].raw
    );
    assert_eq!(world.control().auth_attempts().len(), 1);
    delivering.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attempt_stores_its_transcript_without_secrets() {
    let (world, delivering) = delivering_at(Faults::default()).await;
    let id = submit(&world, &[BOB]).await;
    until_state(&world, &id, MessageState::Delivered).await;
    let attempts = attempts(&world, &id).await;
    let [attempt] = attempts.as_slice() else {
        panic!("{attempts:?}")
    };
    assert_eq!(
        (attempt.number, attempt.outcome),
        (1, AttemptOutcome::Delivered)
    );
    assert!(
        attempt.micros > 0 && attempt.server.starts_with("localhost:"),
        "{attempt:?}"
    );
    for said in [
        "C: STARTTLS",
        "C: AUTH XOAUTH2 [redacted]",
        "S: 235",
        "C: MAIL FROM:<alice@sandbox.test> SIZE=",
        "S: 354",
        "S: 250 2.0.0",
    ] {
        assert!(
            attempt.transcript.contains(said),
            "{said}\n{}",
            attempt.transcript
        );
    }
    assert!(
        !attempt.transcript.contains("Subject"),
        "{}",
        attempt.transcript
    );
    for secret in world.control().secrets() {
        assert!(!attempt.transcript.contains(&secret));
    }
    delivering.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_refused_before_its_time_is_refreshed_once_and_the_mail_goes_out() {
    let world = World::authorized().await;
    world.control().expire_access_tokens();
    let delivering = Delivering::start(&world.mailer);
    let id = submit(&world, &[BOB]).await;
    let message = until_state(&world, &id, MessageState::Delivered).await;
    assert_eq!(message.attempts, 1);
    let accepted: Vec<_> = world
        .control()
        .auth_attempts()
        .iter()
        .map(|one| one.accepted)
        .collect();
    assert_eq!(accepted, [false, true]);
    delivering.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn recipients_are_split_by_the_limit_of_the_provider() {
    let world = World::authorized().await;
    save_sending(&world, |settings| settings.limits.recipients = Some(2)).await;
    let delivering = Delivering::start(&world.mailer);
    let to = [
        "a@sandbox.test",
        "b@sandbox.test",
        "c@sandbox.test",
        "d@sandbox.test",
        "e@sandbox.test",
    ];
    let id = submit(&world, &to).await;
    until_state(&world, &id, MessageState::Delivered).await;
    let sizes: Vec<_> = world
        .control()
        .messages()
        .iter()
        .map(|one| one.to.len())
        .collect();
    assert_eq!(sizes, [2, 2, 1]);
    delivering.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_messages_submitted_concurrently_on_two_servers_arrive_once_each() {
    let world = World::authorized().await;
    let other = world.another_mailer().await;
    let (one, two) = (Delivering::start(&world.mailer), Delivering::start(&other));
    let submitting = (0..100).map(|number| {
        let mailer = if number % 2 == 0 {
            world.mailer.clone()
        } else {
            other.clone()
        };
        async move { mailer.outbox.submit(submission(&[BOB])).await.unwrap().id }
    });
    let ids = futures::future::join_all(submitting).await;
    for id in &ids {
        until_state(&world, id, MessageState::Delivered).await;
    }
    let mut received: Vec<_> = world
        .control()
        .messages()
        .into_iter()
        .map(|one| one.message_id)
        .collect();
    assert_eq!(received.len(), 100);
    received.sort();
    received.dedup();
    assert_eq!(received.len(), 100);
    let hours = world
        .mailer
        .outbox
        .hour_counts(None, world.mailer.clock.now())
        .await
        .unwrap();
    assert_eq!(
        (hours[0].accepted, hours[0].delivered, hours[0].failed),
        (100, 100, 0)
    );
    one.stop().await;
    two.stop().await;
}
