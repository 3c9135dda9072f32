//! Addresses with non-ASCII characters.

use domain::{CheckOutcome, FindingCode, MessageState, RecipientState};
use sandbox::Faults;

use super::{delivering_at, submission, until_state};
use crate::support::{BOB, finding};

const JOERG: &str = "jörg@sandbox.test";

#[tokio::test(flavor = "multi_thread")]
async fn an_internationalized_recipient_is_reached_by_smtputf8() {
    let (world, delivering) = delivering_at(Faults::default()).await;
    let sent = world.mailer.outbox.submit(submission(&[JOERG, BOB])).await;
    let id = sent.unwrap().id;
    until_state(&world, &id, MessageState::Delivered).await;
    assert_eq!(world.control().messages()[0].to, [JOERG, BOB]);
    let attempts = world.mailer.outbox.attempts(&id).await.unwrap();
    assert!(attempts[0].transcript.contains(" SMTPUTF8"), "{attempts:?}");
    delivering.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_smtputf8_an_internationalized_recipient_is_refused_alone() {
    let (world, delivering) = delivering_at(without_smtputf8()).await;
    let mut submission = submission(&[JOERG, BOB]);
    let content = String::from_utf8(submission.message.content).unwrap();
    submission.message.content = format!("To: {JOERG}, {BOB}\r\n{content}").into_bytes();
    let id = world.mailer.outbox.submit(submission).await.unwrap().id;
    let message = until_state(&world, &id, MessageState::PartlyDelivered).await;
    let states: Vec<_> = message.recipients.iter().map(|one| one.state).collect();
    assert_eq!(states, [RecipientState::Refused, RecipientState::Accepted]);
    let finding = message.recipients[0].finding.as_ref().unwrap();
    assert_eq!(finding.code, FindingCode::Smtputf8NotOffered);
    let received = &world.control().messages()[0];
    assert_eq!(received.to, [BOB]);
    assert!(received.raw.is_ascii(), "{}", received.raw);
    delivering.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_smtputf8_a_message_to_internationalized_recipients_only_fails() {
    let (world, delivering) = delivering_at(without_smtputf8()).await;
    let sent = world.mailer.outbox.submit(submission(&[JOERG])).await;
    let id = sent.unwrap().id;
    let message = until_state(&world, &id, MessageState::Failed).await;
    let finding = message.finding.unwrap();
    assert_eq!(finding.code, FindingCode::Smtputf8NotOffered);
    assert!(world.control().messages().is_empty());
    delivering.stop().await;
}

fn without_smtputf8() -> Faults {
    Faults {
        offer_smtputf8: false,
        ..Faults::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_email_to_an_internationalized_address_needs_smtputf8() {
    let (world, delivering) = delivering_at(Faults::default()).await;
    let form = world.oauth_form();
    let test = || world.mailer.doctor.send_test(&form, JOERG, &world.admin);
    let report = test().await.unwrap().1;
    assert!(
        matches!(report.outcome, CheckOutcome::Delivered { .. }),
        "{report:?}"
    );
    assert_eq!(world.control().messages()[0].to, [JOERG]);

    world.control().set(without_smtputf8());
    let report = test().await.unwrap().1;
    assert_eq!(finding(&report), FindingCode::Smtputf8NotOffered);
    delivering.stop().await;
}
