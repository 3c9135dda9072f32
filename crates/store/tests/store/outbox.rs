use domain::{
    Arrival, ArrivalProtocol, ArrivalSender, DataCenterId, EmailAddress, HourCounts, MessageFilter,
    MessageId, MessageState, OutboxMessage, Principal, Recipient, RecipientKind, SenderId,
    SenderName, SendingLimits, SendingSettings, UnixTime,
};
use store::{ChangeOutcome, EnqueueOutcome, Idempotency, NewMessage, SaveSendingOutcome, Store};

use crate::{
    database::on_both,
    samples::{NOW, by, home},
};

pub fn id(number: i64) -> MessageId {
    MessageId::parse(&format!("{:010x}{number:026x}", NOW.0 + number)).unwrap()
}

pub fn message(number: i64, to: &str) -> NewMessage {
    let recipient = EmailAddress::parse(to).unwrap();
    NewMessage {
        id: id(number),
        data_center: home().clone(),
        created_at: NOW.plus(number),
        due_at: NOW.plus(number),
        message_id: format!("<{number}@example.com>"),
        sender: EmailAddress::parse("zoe@example.com").unwrap(),
        from: "Zoë <zoe@example.com>".into(),
        subject: format!("Größe {number}"),
        recipients: vec![Recipient::new(recipient, RecipientKind::To)],
        submitted_by: Principal::Key("cron".into()),
        arrival: Arrival::over(ArrivalProtocol::Http),
        content: format!("Subject: =?utf-8?q?Gr=C3=B6=C3=9Fe?= {number}\r\n\r\nHi\r\n")
            .into_bytes(),
        idempotency: None,
        counts_for: None,
    }
}

fn with_key(number: i64, key: &str, hash: &str) -> NewMessage {
    NewMessage {
        idempotency: Some(Idempotency {
            owner: "key-1".into(),
            key: key.into(),
            request_hash: hash.into(),
        }),
        ..message(number, "bob@example.com")
    }
}

async fn list(store: &Store, filter: MessageFilter) -> Vec<MessageId> {
    let messages = store.messages(&filter, None, 10).await.unwrap();
    messages.into_iter().map(|message| message.id).collect()
}

async fn read(store: &Store, number: i64) -> OutboxMessage {
    store.message(&id(number)).await.unwrap().unwrap()
}

on_both! {
    async fn enqueued_messages_read_back(database) {
        let store = database.open().await;
        let mut binary = message(2, "bob@example.com");
        binary.content = b"Subject: x\r\n\r\n\0\xff".to_vec();
        binary.arrival = Arrival {
            protocol: ArrivalProtocol::Smtp,
            sender: Some(ArrivalSender {
                id: SenderId::parse("sender-1").unwrap(),
                name: SenderName::parse("Drucker Süd").unwrap(),
            }),
            client_address: Some("2001:db8::1".parse().unwrap()),
            client_name: Some("[printer]".into()),
            tls: Some("1.3".into()),
            listener: Some("[::]:587 starttls".into()),
            resent_from: Some(id(1)),
        };
        let new = [message(1, "bob@example.com"), binary.clone()];
        let outcomes = store.enqueue(&new).await.unwrap();
        assert_eq!(outcomes, [EnqueueOutcome::Stored, EnqueueOutcome::Stored]);
        let stored = read(&store, 1).await;
        assert_eq!(stored.state, MessageState::Waiting);
        assert_eq!(stored.subject, "Größe 1");
        assert_eq!(stored.submitted_by, Principal::Key("cron".into()));
        assert_eq!(stored.recipients, new[0].recipients);
        assert_eq!(stored.arrival, new[0].arrival);
        assert_eq!(read(&store, 2).await.arrival, binary.arrival);
        assert!(stored.has_content);
        let content = store.message_content(&id(2)).await.unwrap();
        assert_eq!(content, Some(binary.content));
        assert!(store.message_attempts(&id(1)).await.unwrap().is_empty());
        assert_eq!(store.message(&id(3)).await.unwrap(), None);
    }

    async fn the_same_request_is_stored_once_and_another_one_with_its_key_is_reported(database) {
        let store = database.open().await;
        let new = [with_key(1, "a", "x"), with_key(2, "a", "x"), with_key(3, "a", "y"), with_key(4, "b", "x")];
        let outcomes = store.enqueue(&new).await.unwrap();
        let expected = [
            EnqueueOutcome::Stored,
            EnqueueOutcome::Known(id(1)),
            EnqueueOutcome::KeyReused,
            EnqueueOutcome::Stored,
        ];
        assert_eq!(outcomes, expected);
        assert_eq!(list(&store, MessageFilter::default()).await, [id(4), id(1)]);
    }

    async fn nothing_is_stored_for_a_data_center_that_is_none(database) {
        let store = database.open().await;
        let mut lost = message(1, "bob@example.com");
        lost.data_center = DataCenterId::parse("nowhere").unwrap();
        let outcomes = store.enqueue(&[lost]).await.unwrap();
        assert_eq!(outcomes, [EnqueueOutcome::UnknownDataCenter]);
        assert!(list(&store, MessageFilter::default()).await.is_empty());
    }

    async fn messages_are_listed_newest_first_and_found_by_what_is_asked(database) {
        let store = database.open().await;
        let new = [message(1, "bob@example.com"), message(2, "b%b@example.com"), message(3, "bob@example.com")];
        store.enqueue(&new).await.unwrap();
        store.cancel_message(&id(3), by(), NOW).await.unwrap();
        let all = list(&store, MessageFilter::default()).await;
        assert_eq!(all, [id(3), id(2), id(1)]);
        let after = store.messages(&MessageFilter::default(), Some(&id(3)), 1).await.unwrap();
        assert_eq!(after[0].id, id(2));
        let found = |search: &str| MessageFilter { search: search.into(), ..MessageFilter::default() };
        assert_eq!(list(&store, found("B%B@")).await, [id(2)]);
        assert_eq!(list(&store, found("größe 1")).await, [id(1)]);
        assert_eq!(list(&store, found("<3@example.com>")).await, [id(3)]);
        let states = vec![MessageState::Cancelled, MessageState::Failed];
        let cancelled = MessageFilter { states, ..MessageFilter::default() };
        assert_eq!(list(&store, cancelled).await, [id(3)]);
        let span = MessageFilter { since: Some(NOW.plus(2)), until: Some(NOW.plus(3)), ..MessageFilter::default() };
        assert_eq!(list(&store, span).await, [id(2)]);
        let elsewhere = MessageFilter { data_center: Some(DataCenterId::parse("x").unwrap()), ..MessageFilter::default() };
        assert!(list(&store, elsewhere).await.is_empty());
    }

    async fn a_waiting_message_can_be_cancelled_and_retried(database) {
        let store = database.open().await;
        store.enqueue(&[message(1, "bob@example.com")]).await.unwrap();
        let at = NOW.plus(60);
        assert_eq!(store.cancel_message(&id(1), by(), at).await.unwrap(), ChangeOutcome::Changed);
        let cancelled = read(&store, 1).await;
        assert_eq!((cancelled.state, cancelled.finished_at), (MessageState::Cancelled, Some(at)));
        let again = store.cancel_message(&id(1), by(), at).await.unwrap();
        assert_eq!(again, ChangeOutcome::NotNow(MessageState::Cancelled));
        assert_eq!(store.retry_message(&id(1), by(), at).await.unwrap(), ChangeOutcome::Changed);
        let waiting = read(&store, 1).await;
        assert_eq!((waiting.state, waiting.due_at, waiting.finished_at), (MessageState::Waiting, at, None));
        assert_eq!(store.retry_message(&id(9), by(), at).await.unwrap(), ChangeOutcome::Unknown);
    }

    async fn accepted_and_delivered_messages_are_counted_by_hour(database) {
        let store = database.open().await;
        store.enqueue(&[message(1, "bob@example.com"), message(2, "bob@example.com")]).await.unwrap();
        let later = NOW.plus(7_200);
        store.cancel_message(&id(1), by(), NOW).await.unwrap();
        // A waiting message stays in the waiting state.
        store.retry_message(&id(2), by(), later).await.unwrap();
        store.retry_message(&id(1), by(), later).await.unwrap();
        let hours = store.hour_counts(None, NOW.plus(-3_600)).await.unwrap();
        let hour = |at: UnixTime| UnixTime(at.0 - at.0.rem_euclid(3_600));
        let first = HourCounts { hour: hour(NOW), accepted: 2, cancelled: 1, ..HourCounts::default() };
        let second = HourCounts { hour: hour(later), retried: 1, ..HourCounts::default() };
        assert_eq!(hours, [first, second]);
        assert_eq!(store.hour_counts(None, later.plus(3_600)).await.unwrap(), []);
        assert_eq!(store.count_waiting().await.unwrap(), 2);
        store.cancel_message(&id(2), by(), later).await.unwrap();
        assert_eq!(store.count_waiting().await.unwrap(), 1);
    }

    async fn sending_settings_are_saved_once_for_each_version(database) {
        let store = database.open().await;
        let before = store.sending_settings(home()).await.unwrap();
        assert_eq!(before, SendingSettings::default());
        let limits = SendingLimits { per_minute: Some(30), ..SendingLimits::default() };
        let new = SendingSettings { limits, drop_content: true, ..before };
        let saved = store.save_sending_settings(home(), &new, Vec::new(), by(), NOW).await.unwrap();
        assert_eq!(saved, SaveSendingOutcome::Saved(1));
        let again = store.save_sending_settings(home(), &new, Vec::new(), by(), NOW).await.unwrap();
        assert_eq!(again, SaveSendingOutcome::Conflict(1));
        let read = store.sending_settings(home()).await.unwrap();
        assert_eq!(read, SendingSettings { version: 1, ..new });
    }

    async fn waiting_messages_are_counted_and_a_request_is_found_by_its_key(database) {
        let store = database.open().await;
        assert_eq!(store.waiting_messages(home()).await.unwrap(), (0, None));
        assert_eq!(store.known_request("key-1", "a").await.unwrap(), None);
        store.enqueue(&[with_key(1, "a", "hash"), message(2, "bob@example.com")]).await.unwrap();
        let waiting = store.waiting_messages(home()).await.unwrap();
        assert_eq!(waiting, (2, Some(NOW.plus(1))));
        let known = store.known_request("key-1", "a").await.unwrap().unwrap();
        assert_eq!((&*known.request_hash, known.message), ("hash", id(1)));
        assert_eq!(store.known_request("key-2", "a").await.unwrap(), None);
        store.cancel_message(&id(1), by(), NOW).await.unwrap();
        assert_eq!(store.waiting_messages(home()).await.unwrap(), (1, Some(NOW.plus(2))));
    }
}
