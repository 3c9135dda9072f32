use domain::{
    EmailAddress, Finding, FindingCode, MessageState, Recipient, RecipientKind, RecipientState,
};
use store::{Bounce, MailCursor, MailReader, Store};

use crate::{
    database::{Database, on_both},
    delivery::{LATER, claim, update},
    outbox::{id, message},
    samples::{NOW, home},
};

fn bounce(address: &str) -> Bounce {
    Bounce {
        addresses: vec![EmailAddress::parse(address).unwrap()],
        reply: "550 5.1.1 No such user".into(),
        finding: Finding::new(FindingCode::RecipientRefused),
    }
}

fn recipient(address: &str) -> Recipient {
    Recipient::new(EmailAddress::parse(address).unwrap(), RecipientKind::To)
}

/// Stores a message that was accepted for these recipients.
async fn delivered(database: &Database, store: &Store, to: &[&str]) {
    let recipients: Vec<_> = to
        .iter()
        .map(|address| Recipient {
            state: RecipientState::Accepted,
            ..recipient(address)
        })
        .collect();
    let mut new = message(1, to[0]);
    new.recipients = recipients;
    store.enqueue(&[new]).await.unwrap();
    database
        .tamper("UPDATE messages SET state = 'delivered'")
        .await;
}

async fn states(store: &Store) -> (MessageState, Vec<RecipientState>) {
    let message = store.message(&id(1)).await.unwrap().unwrap();
    let recipients = message.recipients.iter();
    (message.state, recipients.map(|one| one.state).collect())
}

fn ids(ids: &[&str]) -> Vec<String> {
    ids.iter().map(|id| (*id).to_owned()).collect()
}

on_both! {
    async fn a_bounced_message_shows_the_reason(database) {
        let store = database.open().await;
        delivered(&database, &store, &["bob@example.com"]).await;
        let named = ids(&["<unknown@example.com>", "<1@example.com>"]);
        let sent_back = [bounce("BOB@example.com")];
        let bounced = store.bounce_message(home(), &named, &sent_back, NOW).await.unwrap();
        assert_eq!(bounced, Some(id(1)));
        let message = store.message(&id(1)).await.unwrap().unwrap();
        assert_eq!(message.state, MessageState::Bounced);
        assert_eq!(message.finding.as_ref(), Some(&sent_back[0].finding));
        assert_eq!(message.recipients[0].state, RecipientState::Bounced);
        assert_eq!(message.recipients[0].reply, sent_back[0].reply);
        // A repeated notification changes nothing.
        let again = store.bounce_message(home(), &named, &sent_back, NOW).await.unwrap();
        assert_eq!(again, None);
    }

    async fn a_message_that_some_recipients_got_is_partly_delivered(database) {
        let store = database.open().await;
        delivered(&database, &store, &["bob@example.com", "carol@example.com"]).await;
        let named = ids(&["<1@example.com>"]);
        for (address, state, recipients) in [
            ("mallory@example.com", MessageState::Delivered, [RecipientState::Accepted; 2]),
            ("carol@example.com", MessageState::PartlyDelivered, [RecipientState::Accepted, RecipientState::Bounced]),
            ("bob@example.com", MessageState::Bounced, [RecipientState::Bounced; 2]),
        ] {
            store.bounce_message(home(), &named, &[bounce(address)], NOW).await.unwrap();
            assert_eq!(states(&store).await, (state, recipients.to_vec()), "{address}");
        }
    }

    async fn the_only_recipient_is_meant_when_mail_was_forwarded(database) {
        let store = database.open().await;
        delivered(&database, &store, &["bob@example.com"]).await;
        let sent_back = [bounce("bob@elsewhere.example")];
        store.bounce_message(home(), &ids(&["<1@example.com>"]), &sent_back, NOW).await.unwrap();
        assert_eq!(states(&store).await.0, MessageState::Bounced);
    }

    async fn a_message_that_no_server_accepted_cannot_bounce(database) {
        let store = database.open().await;
        store.enqueue(&[message(1, "bob@example.com")]).await.unwrap();
        let sent_back = [bounce("bob@example.com")];
        let bounced = store.bounce_message(home(), &ids(&["<1@example.com>"]), &sent_back, NOW).await;
        assert_eq!(bounced.unwrap(), None);
        assert_eq!(states(&store).await, (MessageState::Waiting, vec![RecipientState::Waiting]));
    }

    async fn recipients_that_bounced_during_an_attempt_stay_bounced(database) {
        let store = database.open().await;
        for (number, other, expected) in [
            (1, RecipientState::Accepted, MessageState::PartlyDelivered),
            (2, RecipientState::Refused, MessageState::Bounced),
            (3, RecipientState::Waiting, MessageState::Waiting),
        ] {
            let mut new = message(number, "bob@example.com");
            new.recipients = vec![
                Recipient { state: RecipientState::Accepted, ..recipient("bob@example.com") },
                recipient("carol@example.com"),
            ];
            store.enqueue(&[new]).await.unwrap();
            let lease = format!("lease {number}");
            let claimed = store.claim(&claim(&lease), LATER).await.unwrap().messages.remove(0);
            let sent_back = [bounce("bob@example.com")];
            let named = ids(&[&format!("<{number}@example.com>")]);
            let bounced = store.bounce_message(home(), &named, &sent_back, NOW).await.unwrap();
            assert_eq!(bounced, Some(id(number)));
            assert_eq!(store.message(&id(number)).await.unwrap().unwrap().state, MessageState::Sending);

            let mut went = update(&claimed, &lease, MessageState::Delivered);
            went.recipients[1].state = other;
            went.state = match other {
                RecipientState::Accepted => MessageState::Delivered,
                RecipientState::Refused => MessageState::PartlyDelivered,
                _ => MessageState::Waiting,
            };
            assert_eq!(store.record_attempts(&[went], LATER).await.unwrap().len(), 1);

            let message = store.message(&id(number)).await.unwrap().unwrap();
            assert_eq!(message.state, expected);
            assert_eq!(message.finding.as_ref(), Some(&sent_back[0].finding));
            assert_eq!(message.recipients[0].state, RecipientState::Bounced);
            assert_eq!(message.recipients[0].reply, sent_back[0].reply);
            assert_eq!(message.recipients[1].state, other);
            assert_eq!(message.attempts, 1);
        }
    }

    async fn a_message_comes_back_under_each_identifier_of_its_provider(database) {
        let store = database.open().await;
        let addresses = ["bob@example.com", "carol@example.com", "dave@example.com"];
        let mut new = message(1, addresses[0]);
        new.recipients = addresses.map(recipient).to_vec();
        store.enqueue(&[new]).await.unwrap();
        // Two transactions in the first attempt, one in the second.
        for (attempt, accepted, provider_ids) in
            [("first", &[0, 1][..], &["0102-abc", "0102-def"][..]), ("second", &[2], &["0103-abc"])]
        {
            let claimed = store.claim(&claim(attempt), LATER).await.unwrap().messages.remove(0);
            let state = if attempt == "first" { MessageState::Waiting } else { MessageState::Delivered };
            let mut went = update(&claimed, attempt, state);
            went.due_at = LATER;
            for number in accepted {
                went.recipients[*number].state = RecipientState::Accepted;
            }
            went.provider_ids = provider_ids.iter().map(ToString::to_string).collect();
            store.record_attempts(&[went], LATER).await.unwrap();
        }
        for (address, provider_id, expected) in [
            (addresses[0], "0102", None),
            (addresses[0], "0102-abc", Some(id(1))),
            (addresses[1], "0102-def", Some(id(1))),
            (addresses[2], "0103-abc", Some(id(1))),
        ] {
            let named = ids(&["unknown", provider_id]);
            let bounced = store.bounce_accepted_message(home(), &named, &[bounce(address)], NOW).await;
            assert_eq!(bounced.unwrap(), expected, "{provider_id}");
        }
        assert_eq!(states(&store).await, (MessageState::Bounced, vec![RecipientState::Bounced; 3]));
    }

    async fn a_message_of_another_data_center_stays(database) {
        let store = database.open().await;
        delivered(&database, &store, &["bob@example.com"]).await;
        let other = domain::DataCenterId::parse("other").unwrap();
        let sent_back = [bounce("bob@example.com")];
        let bounced = store.bounce_message(&other, &ids(&["<1@example.com>"]), &sent_back, NOW).await;
        assert_eq!(bounced.unwrap(), None);
        assert_eq!(states(&store).await.0, MessageState::Delivered);
    }

    async fn a_cursor_survives_a_restart_and_one_owner_at_a_time_has_the_lease(database) {
        let store = database.open().await;
        let lease = async |owner: &'static str, reader, seconds| {
            store.lease_mail_cursor(home(), reader, owner, NOW.plus(seconds), 60).await.unwrap()
        };
        assert_eq!(lease("a", MailReader::Bounces, 0).await, Some(None));
        assert_eq!(lease("b", MailReader::Bounces, 59).await, None);
        assert_eq!(lease("b", MailReader::Webhook, 0).await, Some(None));
        let cursor = MailCursor {
            mailbox: "zoe@imap.example.com".into(),
            uid_validity: u32::MAX,
            last_uid: 7,
            looked_at: NOW,
        };
        let keep = async |owner: &'static str| {
            store.store_mail_cursor(home(), MailReader::Bounces, owner, &cursor).await.unwrap()
        };
        assert!(!keep("b").await);
        assert!(keep("a").await);
        assert_eq!(lease("b", MailReader::Bounces, 60).await, Some(Some(cursor.clone())));
        assert!(!keep("a").await, "its turn has passed");
        store.release_mail_cursors("b").await.unwrap();
        store.close().await;

        let store = database.open().await;
        let held = store.lease_mail_cursor(home(), MailReader::Bounces, "c", NOW, 60).await;
        assert_eq!(held.unwrap(), Some(Some(cursor)));
        let nowhere = domain::DataCenterId::parse("nowhere").unwrap();
        let held = store.lease_mail_cursor(&nowhere, MailReader::Bounces, "c", NOW, 60).await;
        assert_eq!(held.unwrap(), None);
    }
}
