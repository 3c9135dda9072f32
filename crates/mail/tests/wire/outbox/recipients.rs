//! Servers that accept fewer recipients per transaction than a message has.

use domain::{AttemptOutcome, FindingCode, MessageState, RecipientState};
use sandbox::{Faults, Stage};

use super::{attempts, delivering_at, replying, submit, until_attempts, until_state};
use crate::support::{BOB, World};

fn many(count: usize) -> Vec<String> {
    (0..count)
        .map(|number| format!("user{number}@sandbox.test"))
        .collect()
}

fn taking(max_recipients: usize) -> Faults {
    Faults {
        max_recipients,
        ..Faults::default()
    }
}

/// Returns the number of recipients of each accepted transaction.
fn sizes(world: &World) -> Vec<usize> {
    let messages = world.control().messages();
    messages.iter().map(|message| message.to.len()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn recipients_that_are_too_many_follow_in_the_next_transaction_on_the_same_connection() {
    let (world, delivering) = delivering_at(taking(2)).await;
    let to = many(8);
    let to: Vec<&str> = to.iter().map(String::as_str).collect();
    let id = submit(&world, &to).await;
    let message = until_state(&world, &id, MessageState::Delivered).await;
    assert_eq!(sizes(&world), [2, 2, 2, 2]);
    let received: Vec<_> = world.control().messages();
    let received: Vec<_> = received.iter().flat_map(|message| &message.to).collect();
    assert_eq!(received, to);
    assert_eq!(world.control().auth_attempts().len(), 1);
    assert_eq!(message.attempts, 1);
    assert!(message.recipients.iter().all(|one| {
        one.state == RecipientState::Accepted
            && one.finding.is_none()
            && one.reply.starts_with("250")
    }));
    let attempts = attempts(&world, &id).await;
    assert_eq!(attempts[0].outcome, AttemptOutcome::Delivered);
    assert_eq!(attempts[0].finding, None);
    assert_eq!(attempts[0].transcript.matches("C: DATA").count(), 4);
    delivering.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_closes_after_many_errors_gets_as_many_recipients_as_it_takes() {
    // The sandbox closes the connection with 421 after 20 errors, as Postfix does.
    let (world, delivering) = delivering_at(taking(50)).await;
    let to = many(180);
    let to: Vec<&str> = to.iter().map(String::as_str).collect();
    let id = submit(&world, &to).await;
    let message = until_state(&world, &id, MessageState::Delivered).await;
    assert_eq!(sizes(&world), [50, 50, 50, 30]);
    assert_eq!(world.control().auth_attempts().len(), 2);
    assert_eq!(message.attempts, 1);
    delivering.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_accepts_no_recipient_is_retried_later() {
    let (world, delivering) =
        delivering_at(replying(Stage::Rcpt, "452 4.5.3 Too many recipients", None)).await;
    let id = submit(&world, &["a@sandbox.test", BOB]).await;
    let message = until_attempts(&world, &id, 1).await;
    assert_eq!(message.state, MessageState::Waiting);
    assert_eq!(
        message.finding.unwrap().code,
        FindingCode::TooManyRecipients
    );
    let wait = message.due_at.since(message.created_at);
    assert!((24..=36).contains(&wait), "{wait}");
    let attempts = attempts(&world, &id).await;
    assert_eq!(attempts[0].outcome, AttemptOutcome::PutOff);
    assert_eq!(attempts[0].transcript.matches("C: MAIL").count(), 1);
    assert!(world.control().messages().is_empty());
    delivering.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_reply_about_too_many_recipients_is_recognized() {
    let (world, delivering) = delivering_at(Faults::default()).await;
    for (stage, reply) in [
        (Stage::Rcpt, "452 4.5.3 Too many recipients (AS780090) [x]"),
        (Stage::Rcpt, "452 4.5.3 Error: too many recipients"),
        (Stage::Rcpt, "452 too many recipients"),
        (Stage::Rcpt, "451 Too many recipients in one transaction"),
        (Stage::Rcpt, "552 Too many recipients"),
        (Stage::Rcpt, "552 5.5.3 limit reached"),
        (Stage::Data, "452 4.5.3 Too many recipients"),
        (
            Stage::Final,
            "452 4.5.3 Your message has too many recipients",
        ),
    ] {
        world.control().set(replying(stage, reply, Some(1)));
        let id = submit(&world, &["a@sandbox.test", BOB]).await;
        let message = until_state(&world, &id, MessageState::Delivered).await;
        assert_eq!(message.attempts, 1, "{reply}");
    }
    assert_eq!(world.control().auth_attempts().len(), 1);
    delivering.stop().await;
}
