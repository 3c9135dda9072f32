//! Claims that expire, and attempts that were made under them.

use std::collections::HashSet;

use domain::{EmailAddress, MessageId, MessageState, Recipient, RecipientKind, RecipientState};
use store::{ChangeOutcome, Claim, ClaimedMessage, Store};

use crate::{
    database::on_both,
    delivery::{LATER, claim, update},
    outbox::{id, message},
    samples::{by, home},
};

fn live(names: &[&str]) -> HashSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

async fn enqueue(store: &Store, number: i64, to: &[&str]) {
    let mut new = message(number, to[0]);
    new.recipients = to.iter().map(|to| recipient(to)).collect();
    store.enqueue(&[new]).await.unwrap();
}

fn recipient(address: &str) -> Recipient {
    Recipient::new(EmailAddress::parse(address).unwrap(), RecipientKind::To)
}

async fn claim_one(store: &Store, lease: &str) -> ClaimedMessage {
    let claim = Claim {
        until: LATER.plus(1_000),
        max_messages: 1,
        ..claim(lease)
    };
    store.claim(&claim, LATER).await.unwrap().messages.remove(0)
}

/// Claims a message as `lost`. Another server then takes the claim and makes the message due again.
async fn lose(store: &Store) -> ClaimedMessage {
    let claimed = claim_one(store, "lost").await;
    let released = store.release_expired(LATER.plus(1_000), &live(&[])).await;
    assert_eq!(released.unwrap(), 1);
    claimed
}

async fn states(store: &Store, id: &MessageId) -> (MessageState, Vec<RecipientState>, i64) {
    let message = store.message(id).await.unwrap().unwrap();
    let recipients = message.recipients.iter().map(|one| one.state).collect();
    (message.state, recipients, message.attempts)
}

async fn numbers(store: &Store, id: &MessageId) -> Vec<i64> {
    let attempts = store.message_attempts(id).await.unwrap();
    attempts.iter().map(|attempt| attempt.number).collect()
}

on_both! {
    async fn a_claim_expires_unless_it_is_renewed(database) {
        let store = database.open().await;
        enqueue(&store, 1, &["bob@example.com"]).await;
        store.claim(&claim("a"), LATER).await.unwrap();
        let release = |after| {
            let store = store.clone();
            async move { store.release_expired(LATER.plus(after), &live(&[])).await.unwrap() }
        };
        assert_eq!(release(59).await, 0);
        assert_eq!(store.renew_leases("a", LATER.plus(90)).await.unwrap(), [id(1)]);
        assert_eq!(release(89).await, 0);
        assert_eq!(release(90).await, 1);
        assert!(store.renew_leases("a", LATER.plus(300)).await.unwrap().is_empty());
        assert_eq!(states(&store, &id(1)).await.0, MessageState::Waiting);
    }

    async fn an_expired_claim_is_renewed_unless_another_server_has_claimed_the_message(database) {
        let store = database.open().await;
        enqueue(&store, 1, &["bob@example.com"]).await;
        store.claim(&claim("a"), LATER).await.unwrap();
        assert_eq!(store.renew_leases("a", LATER.plus(700)).await.unwrap(), [id(1)]);
        assert_eq!(store.release_expired(LATER.plus(600), &live(&[])).await.unwrap(), 0);
    }

    async fn a_process_does_not_take_over_its_own_work_however_far_the_clock_jumps(database) {
        let store = database.open().await;
        enqueue(&store, 1, &["bob@example.com"]).await;
        enqueue(&store, 2, &["bob@example.com"]).await;
        claim_one(&store, "server-a.1").await;
        let few = Claim { max_messages: 1, ..claim("server-a.2") };
        store.claim(&few, LATER).await.unwrap();
        let jump = LATER.plus(86_400);
        // The second claim is unknown to its server, as if the reply was lost.
        assert_eq!(store.release_expired(jump, &live(&["server-a.1"])).await.unwrap(), 1);
        assert_eq!(states(&store, &id(1)).await.0, MessageState::Sending);
        assert_eq!(states(&store, &id(2)).await.0, MessageState::Waiting);
    }

    async fn a_message_that_is_under_way_here_is_not_claimed_a_second_time(database) {
        let store = database.open().await;
        for number in 1..=3 {
            enqueue(&store, number, &["bob@example.com"]).await;
        }
        let except = [id(1), id(3)];
        let claimed = store.claim(&Claim { except: &except, ..claim("a") }, LATER).await.unwrap();
        let ids: Vec<_> = claimed.messages.iter().map(|one| one.id.clone()).collect();
        assert_eq!(ids, [id(2)]);
    }

    async fn an_attempt_that_lost_its_lease_is_recorded_and_leaves_the_message_to_the_other_server(database) {
        let store = database.open().await;
        enqueue(&store, 1, &["bob@example.com"]).await;
        let lost = lose(&store).await;
        let next = claim_one(&store, "next").await;
        let late = update(&lost, "lost", MessageState::Failed);
        assert!(store.record_attempts(&[late], LATER).await.unwrap().is_empty());
        store.release(home(), &[(id(1), "lost".into())], false, LATER).await.unwrap();
        assert_eq!(states(&store, &id(1)).await, (MessageState::Sending, vec![RecipientState::Waiting], 1));
        assert_eq!(store.renew_leases("next", LATER.plus(2_000)).await.unwrap(), [id(1)]);
        let settled = store.record_attempts(&[update(&next, "next", MessageState::Delivered)], LATER).await.unwrap();
        assert_eq!(settled.len(), 1);
        assert_eq!(states(&store, &id(1)).await, (MessageState::Delivered, vec![RecipientState::Accepted], 2));
        assert_eq!(numbers(&store, &id(1)).await, [1, 2]);
    }

    async fn an_attempt_that_lost_its_lease_and_delivered_cancels_the_retry(database) {
        let store = database.open().await;
        enqueue(&store, 1, &["bob@example.com"]).await;
        let lost = lose(&store).await;
        let mut late = update(&lost, "lost", MessageState::Delivered);
        late.drop_content = true;
        assert!(store.record_attempts(&[late], LATER).await.unwrap().is_empty());
        assert_eq!(states(&store, &id(1)).await, (MessageState::Delivered, vec![RecipientState::Accepted], 1));
        let message = store.message(&id(1)).await.unwrap().unwrap();
        assert_eq!((message.finished_at, message.has_content), (Some(LATER), false));
        assert!(store.claim(&claim("next"), LATER).await.unwrap().messages.is_empty());
        let hours = store.hour_counts(Some(home()), LATER).await.unwrap();
        assert_eq!((hours[0].accepted, hours[0].delivered, hours[0].retried), (1, 1, 0));
    }

    async fn an_attempt_that_lost_its_lease_and_delivered_ends_the_claim_of_the_other_server(database) {
        let store = database.open().await;
        enqueue(&store, 1, &["bob@example.com"]).await;
        let lost = lose(&store).await;
        let next = claim_one(&store, "next").await;
        store.record_attempts(&[update(&lost, "lost", MessageState::Delivered)], LATER).await.unwrap();
        assert!(store.renew_leases("next", LATER.plus(2_000)).await.unwrap().is_empty());
        // The second attempt had started already and was deferred.
        let settled = store.record_attempts(&[update(&next, "next", MessageState::Waiting)], LATER).await.unwrap();
        assert!(settled.is_empty());
        assert_eq!(states(&store, &id(1)).await, (MessageState::Delivered, vec![RecipientState::Accepted], 2));
        assert_eq!(numbers(&store, &id(1)).await, [1, 2]);
        let hours = store.hour_counts(Some(home()), LATER).await.unwrap();
        assert_eq!(hours[0].delivered, 1);
    }

    async fn recipients_that_a_lost_attempt_delivered_to_are_not_tried_again(database) {
        let store = database.open().await;
        enqueue(&store, 1, &["bob@example.com", "carol@example.com"]).await;
        let lost = lose(&store).await;
        let next = claim_one(&store, "next").await;
        // The first attempt delivered to Bob. The second was deferred for all recipients.
        let mut late = update(&lost, "lost", MessageState::Waiting);
        late.recipients[0].state = RecipientState::Accepted;
        store.record_attempts(&[late], LATER).await.unwrap();
        assert_eq!(states(&store, &id(1)).await.0, MessageState::Sending);
        let settled = store.record_attempts(&[update(&next, "next", MessageState::Waiting)], LATER).await.unwrap();
        assert_eq!(settled.len(), 1);
        let expected = vec![RecipientState::Accepted, RecipientState::Waiting];
        assert_eq!(states(&store, &id(1)).await, (MessageState::Waiting, expected, 2));
        // The third attempt delivers to Carol.
        let claim = Claim { until: LATER.plus(2_000), ..claim("third") };
        let third = store.claim(&claim, LATER.plus(30)).await.unwrap().messages.remove(0);
        let mut went = update(&third, "third", MessageState::Delivered);
        went.recipients[1].state = RecipientState::Accepted;
        store.record_attempts(&[went], LATER).await.unwrap();
        let expected = vec![RecipientState::Accepted; 2];
        assert_eq!(states(&store, &id(1)).await, (MessageState::Delivered, expected, 3));
    }

    async fn two_attempts_that_delivered_to_one_recipient_each_have_delivered_the_message(database) {
        let store = database.open().await;
        enqueue(&store, 1, &["bob@example.com", "carol@example.com"]).await;
        let lost = lose(&store).await;
        let next = claim_one(&store, "next").await;
        let mut late = update(&lost, "lost", MessageState::Waiting);
        late.recipients[0].state = RecipientState::Accepted;
        store.record_attempts(&[late], LATER).await.unwrap();
        let mut went = update(&next, "next", MessageState::Waiting);
        went.recipients[1].state = RecipientState::Accepted;
        store.record_attempts(&[went], LATER).await.unwrap();
        let expected = vec![RecipientState::Accepted; 2];
        assert_eq!(states(&store, &id(1)).await, (MessageState::Delivered, expected, 2));
        let message = store.message(&id(1)).await.unwrap().unwrap();
        assert_eq!((message.finished_at, message.finding), (Some(LATER), None));
        let hours = store.hour_counts(Some(home()), LATER).await.unwrap();
        assert_eq!(hours[0].delivered, 1);
    }

    async fn a_message_that_was_cancelled_and_yet_delivered_is_delivered(database) {
        let store = database.open().await;
        enqueue(&store, 1, &["bob@example.com"]).await;
        let lost = lose(&store).await;
        let cancelled = store.cancel_message(&id(1), by(), LATER).await.unwrap();
        assert_eq!(cancelled, ChangeOutcome::Changed);
        store.record_attempts(&[update(&lost, "lost", MessageState::Delivered)], LATER).await.unwrap();
        assert_eq!(states(&store, &id(1)).await.0, MessageState::Delivered);
        let hours = store.hour_counts(Some(home()), LATER).await.unwrap();
        let counts = (hours[0].delivered, hours[0].cancelled, hours[0].retried);
        assert_eq!(counts, (1, 1, 1), "nothing waits: accepted - delivered - cancelled + retried");
    }

    async fn a_result_that_may_be_recorded_already_is_recorded_once(database) {
        let store = database.open().await;
        let again = |mut result: store::AttemptUpdate| {
            result.may_be_recorded = true;
            result
        };
        enqueue(&store, 1, &["bob@example.com"]).await;
        let claimed = claim_one(&store, "a").await;
        let result = update(&claimed, "a", MessageState::Waiting);
        // It was not recorded.
        let settled = store.record_attempts(&[again(result.clone())], LATER).await.unwrap();
        assert_eq!(settled.len(), 1);
        // It was recorded.
        let settled = store.record_attempts(&[again(result.clone())], LATER).await.unwrap();
        assert_eq!(settled.len(), 1);
        assert_eq!(states(&store, &id(1)).await, (MessageState::Waiting, vec![RecipientState::Waiting], 1));
        assert_eq!(numbers(&store, &id(1)).await, [1]);
        let used = store.sending_use(home(), LATER.plus(1)).await.unwrap();
        assert_eq!(used.last_minute, 1);

        enqueue(&store, 2, &["bob@example.com"]).await;
        let lost = lose(&store).await;
        let mut late = update(&lost, "lost", MessageState::Delivered);
        late.attempt.micros = 6;
        for _ in 0..2 {
            store.record_attempts(&[again(late.clone())], LATER).await.unwrap();
            assert_eq!(states(&store, &id(2)).await, (MessageState::Delivered, vec![RecipientState::Accepted], 1));
        }
        let hours = store.hour_counts(Some(home()), LATER).await.unwrap();
        assert_eq!((hours[0].delivered, hours[0].retried), (1, 0));
    }

    async fn an_attempt_at_a_deleted_message_has_no_effect(database) {
        let store = database.open().await;
        enqueue(&store, 1, &["bob@example.com"]).await;
        let lost = lose(&store).await;
        store.cancel_message(&id(1), by(), LATER).await.unwrap();
        store.prune_messages(home(), LATER.plus(1), 10).await.unwrap();
        let late = update(&lost, "lost", MessageState::Delivered);
        assert!(store.record_attempts(&[late], LATER).await.unwrap().is_empty());
    }

    async fn only_a_database_of_several_servers_has_a_time_of_its_own(database) {
        let store = database.open().await;
        let read = store.database_time().await.unwrap();
        assert_eq!(read.is_none(), database.is_sqlite());
        if let Some(read) = read {
            let seconds = "SELECT CAST(CAST(FLOOR(EXTRACT(EPOCH FROM clock_timestamp())) AS BIGINT) AS TEXT)";
            let after: i64 = database.text(seconds).await.unwrap().parse().unwrap();
            assert!((read.0..=read.0 + 60).contains(&after), "{read:?} {after}");
        }
    }
}
