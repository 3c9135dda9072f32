//! Processing of delivered messages.

use std::time::Duration;

use domain::{ArrivalProtocol, MessageState};
use mail::Resent;
use sandbox::Faults;

use super::{Delivering, delivering_at, save_sending, submission, submit, until_state};
use crate::support::{BOB, World};

#[tokio::test(flavor = "multi_thread")]
async fn the_content_of_a_delivered_message_is_dropped_when_that_is_chosen() {
    let world = World::authorized().await;
    save_sending(&world, |settings| settings.drop_content = true).await;
    let delivering = Delivering::start(&world.mailer);
    let id = submit(&world, &[BOB]).await;
    let message = until_state(&world, &id, MessageState::Delivered).await;
    assert!(!message.has_content);
    assert_eq!(
        world.mailer.outbox.resend(&id, &world.admin).await.unwrap(),
        Resent::ContentGone
    );
    world.clock.advance(30 * 86_400 + 1);
    world.mailer.outbox.prune_finished().await.unwrap();
    assert_eq!(world.mailer.outbox.message(&id).await.unwrap(), None);
    assert_eq!(
        world.mailer.outbox.resend(&id, &world.admin).await.unwrap(),
        Resent::Unknown
    );
    delivering.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn dropped_content_also_leaves_the_log_of_the_database() {
    const PLANTED: &str = "pLanted-words-of-a-message";
    let world = World::authorized().await;
    save_sending(&world, |settings| settings.drop_content = true).await;
    let delivering = Delivering::start(&world.mailer);
    let mut submission = submission(&[BOB]);
    let words = format!("{PLANTED}\r\n").repeat(20);
    submission.message.content.extend(words.bytes());
    let id = world.mailer.outbox.submit(submission).await.unwrap().id;
    until_state(&world, &id, MessageState::Delivered).await;
    assert!(world.is_in_the_database(PLANTED));
    let watching = tokio::spawn({
        let mailer = world.mailer.clone();
        async move { mailer.disk.watch().await }
    });
    for _ in 0..200 {
        if !world.is_in_the_database(PLANTED) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(!world.is_in_the_database(PLANTED));
    watching.abort();
    delivering.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_is_sent_again_is_a_new_one() {
    let (world, delivering) = delivering_at(Faults::default()).await;
    let id = submit(&world, &[BOB]).await;
    until_state(&world, &id, MessageState::Delivered).await;
    let resent = world.mailer.outbox.resend(&id, &world.admin).await.unwrap();
    let Resent::As(copy) = resent else {
        panic!("{resent:?}")
    };
    let copied = until_state(&world, &copy, MessageState::Delivered).await;
    assert_eq!(copied.arrival.protocol, ArrivalProtocol::Resent);
    assert_eq!(copied.arrival.resent_from, Some(id.clone()));
    let received = world.control().messages();
    assert_eq!(received.len(), 2);
    assert_ne!(received[0].message_id, received[1].message_id);
    assert!(
        received[1]
            .raw
            .contains("Date: Tue, 14 Nov 2023 22:13:20 +0000\r\n"),
        "{}",
        received[1].raw
    );
    assert!(received[1].raw.ends_with("\r\n\r\n.Hi\r\n"));
    assert!(
        world
            .recorded()
            .await
            .iter()
            .any(|record| record.action == domain::AuditAction::MessageResent)
    );
    delivering.stop().await;
}
