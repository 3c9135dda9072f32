//! Servers that send something that is not an SMTP reply. This is a failure of the connection, not
//! of the message.

use domain::{AttemptOutcome, FindingCode, MessageState};
use sandbox::{Faults, Stage};

use super::{attempts, delivering_at, replying, submit, until_attempts, until_state};
use crate::support::BOB;

#[tokio::test(flavor = "multi_thread")]
async fn a_malformed_reply_fails_the_connection_and_never_the_message() {
    for (stage, line) in [
        (Stage::Greeting, "Notice: maintenance tonight"),
        (Stage::Greeting, "HTTP/1.1 400 Bad Request"),
        (Stage::Greeting, "5500 no"),
        (Stage::Ehlo, "Notice: maintenance tonight"),
        (Stage::Ehlo, "650 no"),
        (Stage::Starttls, "Notice: maintenance tonight"),
        (Stage::Auth, "Notice: maintenance tonight"),
        (Stage::Auth, "354 go on"),
        (Stage::Auth, "5350 no"),
        (Stage::Mail, "Notice: maintenance tonight"),
        (Stage::Mail, "354 go on"),
        (Stage::Mail, "650 no"),
        (Stage::Mail, "150 wait"),
        (Stage::Rcpt, "Notice: maintenance tonight"),
        (Stage::Rcpt, "334 go on"),
        (Stage::Data, "Notice: maintenance tonight"),
        (Stage::Data, "250 thank you"),
        (Stage::Data, "999 no"),
    ] {
        let (world, delivering) = delivering_at(replying(stage, line, Some(1))).await;
        let id = submit(&world, &[BOB]).await;
        let message = until_attempts(&world, &id, 1).await;
        let finding = message.finding.unwrap();
        assert_eq!(finding.code, FindingCode::NotSmtp, "{stage:?} {line}");
        assert_eq!(finding.said.as_deref(), Some(line), "{stage:?}");
        assert_eq!(message.state, MessageState::Waiting, "{stage:?} {line}");
        assert_eq!(
            attempts(&world, &id).await[0].outcome,
            AttemptOutcome::PutOff
        );
        world.clock.advance(36);
        until_state(&world, &id, MessageState::Delivered).await;
        assert_eq!(world.control().messages().len(), 1, "{stage:?} {line}");
        delivering.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_final_reply_that_cannot_be_read_leaves_open_if_the_message_was_sent() {
    for line in ["Notice: maintenance tonight", "354 go on", "650 no"] {
        let (world, delivering) = delivering_at(replying(Stage::Final, line, Some(1))).await;
        let id = submit(&world, &[BOB]).await;
        let message = until_attempts(&world, &id, 1).await;
        let finding = message.finding.unwrap();
        assert_eq!(finding.code, FindingCode::ClosedAfterMessage, "{line}");
        assert_eq!(finding.said.as_deref(), Some(line));
        assert_eq!(
            attempts(&world, &id).await[0].outcome,
            AttemptOutcome::Unknown
        );
        world.clock.advance(36);
        until_state(&world, &id, MessageState::Delivered).await;
        delivering.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_turns_out_unreadable_when_it_is_used_again_is_replaced_immediately() {
    let (world, delivering) = delivering_at(Faults::default()).await;
    let first = submit(&world, &[BOB]).await;
    until_state(&world, &first, MessageState::Delivered).await;
    for line in ["Notice: maintenance tonight", "354 go on"] {
        world.control().set(replying(Stage::Mail, line, Some(1)));
        let id = submit(&world, &[BOB]).await;
        let message = until_state(&world, &id, MessageState::Delivered).await;
        assert_eq!(message.attempts, 1);
    }
    delivering.stop().await;
}
