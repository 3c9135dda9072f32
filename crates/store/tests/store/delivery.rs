use std::collections::HashSet;

use domain::{
    Attempt, AttemptOutcome, DataCenterId, DataCenterName, Finding, FindingCode, MessageId,
    MessageState, RecipientState, SendingPause, UnixTime,
};
use store::{
    AddOutcome, AttemptUpdate, ChangeOutcome, Claim, Claimed, ClaimedMessage, RemoveOutcome, Store,
};

use crate::{
    database::on_both,
    outbox::{id, message},
    samples::{NOW, basic, by, home, save},
};

pub(crate) const LATER: UnixTime = UnixTime(NOW.0 + 1_000);

pub(crate) fn claim(lease: &str) -> Claim<'_> {
    Claim {
        data_center: home(),
        lease,
        until: LATER.plus(60),
        except: &[],
        max_messages: 10,
        octets: 1_000_000,
        per_minute: None,
        per_day: None,
    }
}

fn ids(claimed: &Claimed) -> Vec<MessageId> {
    claimed
        .messages
        .iter()
        .map(|message| message.id.clone())
        .collect()
}

async fn enqueue(store: &Store, numbers: std::ops::RangeInclusive<i64>) {
    let new: Vec<_> = numbers
        .map(|number| message(number, "bob@example.com"))
        .collect();
    store.enqueue(&new).await.unwrap();
}

pub(crate) fn update(claimed: &ClaimedMessage, lease: &str, state: MessageState) -> AttemptUpdate {
    let mut recipients = claimed.recipients.clone();
    if state == MessageState::Delivered {
        recipients[0].state = RecipientState::Accepted;
    }
    AttemptUpdate {
        id: claimed.id.clone(),
        data_center: home().clone(),
        lease: lease.into(),
        state,
        due_at: LATER.plus(30),
        recipients,
        finding: (state != MessageState::Delivered).then(|| Finding::new(FindingCode::Temporary)),
        attempt: Attempt {
            number: claimed.attempts + 1,
            started_at: LATER,
            micros: 5,
            server: "localhost:25".into(),
            outcome: AttemptOutcome::Delivered,
            finding: None,
            transcript: "C: DATA".into(),
        },
        drop_content: false,
        uncounted_submissions: 1,
        may_be_recorded: false,
        provider_ids: Vec::new(),
    }
}

on_both! {
    async fn due_messages_are_claimed_once_and_in_order(database) {
        let store = database.open().await;
        enqueue(&store, 1..=5).await;
        let few = Claim { max_messages: 2, ..claim("a") };
        let claimed = store.claim(&few, LATER).await.unwrap();
        assert_eq!(ids(&claimed), [id(1), id(2)]);
        let first = &claimed.messages[0];
        let new = message(1, "bob@example.com");
        assert_eq!(first.content.as_ref(), Some(&new.content));
        assert_eq!((&first.sender, &first.recipients, first.attempts), (&new.sender, &new.recipients, 0));
        let others = store.claim(&claim("b"), NOW.plus(4)).await.unwrap();
        assert_eq!(ids(&others), [id(3), id(4)]);
        assert_eq!(store.message(&id(1)).await.unwrap().unwrap().state, MessageState::Sending);
        assert_eq!(store.cancel_message(&id(1), by(), LATER).await.unwrap(), ChangeOutcome::NotNow(MessageState::Sending));
    }

    async fn a_claim_takes_no_more_octets_than_asked_for_but_one_message_always(database) {
        let store = database.open().await;
        enqueue(&store, 1..=4).await;
        let size = message(1, "bob@example.com").content.len();
        let small = Claim { octets: i64::try_from(size * 2).unwrap(), ..claim("a") };
        assert_eq!(ids(&store.claim(&small, LATER).await.unwrap()), [id(1), id(2)]);
        let tiny = Claim { octets: 1, ..claim("b") };
        assert_eq!(ids(&store.claim(&tiny, LATER).await.unwrap()), [id(3)]);
    }

    async fn many_servers_that_claim_concurrently_get_each_message_once(database) {
        let stores = [database.open().await, database.open().await, database.open().await];
        enqueue(&stores[0], 1..=200).await;
        let claiming = stores.iter().enumerate().map(|(number, store)| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut mine = Vec::new();
                loop {
                    let lease = format!("{number}.{}", mine.len());
                    let few = Claim { max_messages: 7, ..claim(&lease) };
                    let claimed = store.claim(&few, LATER).await.unwrap();
                    if claimed.messages.is_empty() {
                        return mine;
                    }
                    mine.extend(ids(&claimed));
                }
            })
        });
        let mut all = Vec::new();
        for task in claiming.collect::<Vec<_>>() {
            all.extend(task.await.unwrap());
        }
        // Claims skipped rows that another server was claiming. No other server claims now.
        let last = Claim { max_messages: 200, ..claim("last") };
        all.extend(ids(&stores[0].claim(&last, LATER).await.unwrap()));
        let once: HashSet<_> = all.iter().collect();
        assert_eq!((all.len(), once.len()), (200, 200));
    }

    async fn the_result_of_an_attempt_is_recorded(database) {
        let store = database.open().await;
        enqueue(&store, 1..=6).await;
        let claimed = store.claim(&claim("a"), LATER).await.unwrap();
        let states = [MessageState::Delivered, MessageState::Waiting, MessageState::Failed, MessageState::Delivered, MessageState::Delivered, MessageState::Delivered];
        let mut updates: Vec<_> = claimed.messages.iter().zip(states).map(|(one, state)| update(one, "a", state)).collect();
        updates[3].drop_content = true;
        let settled = store.record_attempts(&updates, LATER).await.unwrap();
        assert_eq!(settled.len(), 6);
        for (number, state) in (1..).zip(states) {
            let message = store.message(&id(number)).await.unwrap().unwrap();
            assert_eq!((message.state, message.attempts, message.has_content), (state, 1, number != 4));
            assert_eq!(message.finished_at, state.is_final().then_some(LATER));
            let attempts = store.message_attempts(&id(number)).await.unwrap();
            assert_eq!(attempts, [updates[usize::try_from(number - 1).unwrap()].attempt.clone()]);
        }
        let used = store.sending_use(home(), LATER.plus(59)).await.unwrap();
        assert_eq!((used.last_minute, used.last_day), (6, 6));
        assert_eq!(store.sending_use(home(), LATER.plus(61)).await.unwrap().last_minute, 0);
        let hours = store.hour_counts(Some(home()), NOW).await.unwrap();
        assert_eq!((hours[0].accepted, hours[0].delivered, hours[0].failed), (6, 4, 1));
        let again = store.claim(&claim("b"), LATER.plus(30)).await.unwrap();
        assert_eq!((ids(&again), again.messages[0].attempts), (vec![id(2)], 1));
    }

    async fn limits_hold_for_all_servers_together(database) {
        let store = database.open().await;
        enqueue(&store, 1..=9).await;
        let limited = |lease| Claim { per_minute: Some(4), per_day: Some(6), ..claim(lease) };
        let first = store.claim(&Claim { max_messages: 3, ..limited("a") }, LATER).await.unwrap();
        assert_eq!((first.messages.len(), first.limited), (3, false));
        let second = store.claim(&limited("b"), LATER).await.unwrap();
        assert_eq!((second.messages.len(), second.limited), (1, true));
        assert!(store.claim(&limited("c"), LATER.plus(59)).await.unwrap().messages.is_empty());
        let released = [(second.messages[0].id.clone(), "b".to_owned())];
        store.release(home(), &released, true, LATER).await.unwrap();
        assert_eq!(store.claim(&limited("d"), LATER.plus(59)).await.unwrap().messages.len(), 1);
        let third = store.claim(&limited("e"), LATER.plus(120)).await.unwrap();
        assert_eq!((third.messages.len(), third.limited), (2, true));
        let day = store.claim(&limited("f"), LATER.plus(86_400)).await.unwrap();
        assert_eq!(day.messages.len(), 3);
    }

    async fn connections_are_limited_and_come_back_when_their_server_is_gone(database) {
        let store = database.open().await;
        let take = |owner, until: i64, now: i64| store.acquire_slot(home(), 2, owner, LATER.plus(until), LATER.plus(now));
        assert_eq!(take("a", 60, 0).await.unwrap(), Some(0));
        assert_eq!(take("b", 60, 0).await.unwrap(), Some(1));
        assert_eq!(take("c", 60, 0).await.unwrap(), None);
        store.free_slot(home(), 1, "c").await.unwrap();
        assert_eq!(take("c", 60, 0).await.unwrap(), None);
        store.free_slot(home(), 0, "a").await.unwrap();
        assert_eq!(take("c", 90, 0).await.unwrap(), Some(0));
        store.renew_slots("c", LATER.plus(120)).await.unwrap();
        assert_eq!(take("d", 200, 60).await.unwrap(), Some(1));
        assert_eq!(store.sending_use(home(), LATER.plus(60)).await.unwrap().connections, 2);
        assert_eq!(take("e", 200, 119).await.unwrap(), None);
        // No clock jump frees the connections of a server that still runs.
        assert_eq!(take("c", 900, 600).await.unwrap(), Some(1));
        assert_eq!(take("c", 900, 600).await.unwrap(), None);
    }

    async fn a_pause_ends_after_its_time_or_when_a_user_changes_something(database) {
        let store = database.open().await;
        let pause = |seconds| SendingPause { until: NOW.plus(seconds), finding: Finding::new(FindingCode::QuotaExceeded) };
        store.pause_sending(home(), &pause(60)).await.unwrap();
        store.pause_sending(home(), &pause(30)).await.unwrap();
        assert_eq!(store.sending_pause(home(), NOW.plus(59)).await.unwrap(), Some(pause(60)));
        assert_eq!(store.sending_pause(home(), NOW.plus(60)).await.unwrap(), None);
        save(&store, &basic()).await;
        assert_eq!(store.sending_pause(home(), NOW).await.unwrap(), None);
        store.pause_sending(home(), &pause(60)).await.unwrap();
        enqueue(&store, 1..=1).await;
        store.retry_message(&id(1), by(), NOW).await.unwrap();
        assert_eq!(store.sending_pause(home(), NOW).await.unwrap(), None);
    }

    async fn data_centers_with_due_mail_are_found(database) {
        let store = database.open().await;
        enqueue(&store, 1..=1).await;
        assert!(store.data_centers_with_due_mail(NOW).await.unwrap().is_empty());
        assert_eq!(store.data_centers_with_due_mail(NOW.plus(1)).await.unwrap(), [home().clone()]);
        store.claim(&claim("a"), LATER).await.unwrap();
        assert!(store.data_centers_with_due_mail(LATER).await.unwrap().is_empty());
    }

    async fn only_messages_that_finished_long_ago_are_deleted(database) {
        let store = database.open().await;
        enqueue(&store, 1..=3).await;
        store.cancel_message(&id(1), by(), NOW.plus(10)).await.unwrap();
        store.cancel_message(&id(2), by(), NOW.plus(20)).await.unwrap();
        let elsewhere = DataCenterId::parse("elsewhere").unwrap();
        assert_eq!(store.prune_messages(&elsewhere, LATER, 10).await.unwrap(), 0);
        assert_eq!(store.prune_messages(home(), NOW.plus(20), 10).await.unwrap(), 1);
        assert_eq!(store.message_content(&id(1)).await.unwrap(), None);
        assert_eq!(store.prune_messages(home(), LATER, 10).await.unwrap(), 1);
        assert!(store.message(&id(3)).await.unwrap().is_some());
        store.prune_sending_records(LATER, LATER, LATER).await.unwrap();
    }

    async fn a_data_center_in_which_mail_waits_is_not_removed(database) {
        let store = database.open().await;
        let name = DataCenterName::parse("Berlin").unwrap();
        let AddOutcome::Added(added) = store.add_data_center(&name, by(), NOW).await.unwrap() else { panic!() };
        let mut waiting = message(1, "bob@example.com");
        waiting.data_center = added.id.clone();
        store.enqueue(&[waiting]).await.unwrap();
        assert_eq!(store.remove_data_center(&added.id, by(), NOW).await.unwrap(), RemoveOutcome::HasMail);
        store.cancel_message(&id(1), by(), NOW).await.unwrap();
        assert_eq!(store.remove_data_center(&added.id, by(), NOW).await.unwrap(), RemoveOutcome::Removed);
        assert_eq!(store.message(&id(1)).await.unwrap(), None);
    }
}
