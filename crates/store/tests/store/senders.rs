use domain::{
    AuditAction, AuditFilter, DataCenter, DataCenterId, DataCenterName, Network, OtherFrom, Sender,
    SenderId, SenderLimits, SenderName, SenderPassword, SenderSettings, SenderUser,
};
use secrecy::ExposeSecret as _;
use store::{
    AddOutcome, CountedSender, EnqueueOutcome, ExceededLimit, MakeKeyOutcome, NewMessage, RowFault,
    SaveSenderOutcome, Store,
};

use crate::{
    database::on_both,
    outbox::message,
    people,
    samples::{NOW, by, home, secret},
};

/// Returns a sender with credentials.
pub fn sender(number: usize, name: &str) -> Sender {
    let name = SenderName::parse(name).unwrap();
    Sender {
        id: SenderId::parse(&format!("sender-{number}")).unwrap(),
        user: Some(SenderUser::for_name(&name, 1)),
        name,
        data_center: home().clone(),
        settings: SenderSettings::default(),
        passwords: Vec::new(),
        created_at: NOW,
        last_seen_at: None,
        accepted: 0,
        rejected: 0,
    }
}

fn known_by(number: usize, name: &str, network: &str) -> Sender {
    let mut sender = sender(number, name);
    sender.user = None;
    sender.settings.networks = vec![Network::parse(network).unwrap()];
    sender
}

async fn add(store: &Store, sender: &Sender) -> SaveSenderOutcome {
    let password = sender.user.as_ref().map(|_| secret("first"));
    store
        .add_sender(sender, password.as_ref(), by())
        .await
        .unwrap()
}

/// Returns the name of the sender that signs in with these credentials.
async fn signs_in(store: &Store, user: &str, password: &str, after: i64) -> Option<String> {
    let user = SenderUser::parse(user).unwrap();
    let password = secret(password);
    let found = store
        .sender_with_password(&user, &password, NOW.plus(after))
        .await;
    found.unwrap().map(|sender| sender.name.to_string())
}

async fn names(store: &Store) -> Vec<String> {
    let all = store.senders().await.unwrap().into_iter();
    all.map(|sender| sender.name.to_string()).collect()
}

/// Returns a message that counts for the first sender.
fn counted(number: i64, limits: SenderLimits, after: i64) -> NewMessage {
    let mut message = message(number, "bob@example.com");
    message.created_at = NOW.plus(after);
    message.counts_for = Some(CountedSender {
        id: sender(1, "x").id,
        limits,
    });
    message
}

on_both! {
    async fn a_sender_is_found_as_it_was_added(database) {
        let store = database.open().await;
        let mut new = sender(1, "Drucker Süd");
        new.settings.networks = vec![Network::parse("192.168.1.0/24").unwrap()];
        new.settings.limits.per_day = Some(10);
        new.settings.expires_at = Some(NOW.plus(60));
        new.settings.rules.other_from = OtherFrom::Rewrite;
        new.settings.read_mailbox = true;
        assert_eq!(add(&store, &new).await, SaveSenderOutcome::Saved);
        new.passwords = vec![SenderPassword { created_at: NOW, expires_at: None }];
        assert_eq!(store.sender(&new.id).await.unwrap().as_ref(), Some(&new));
        assert_eq!(store.senders().await.unwrap(), [new.clone()]);
        let page = store.audit(&AuditFilter::default(), None, 10).await.unwrap();
        let mut changes = page[0].record.changes.iter();
        assert!(changes.any(|change| change.field == "read_mailbox"), "{page:?}");
        store.note_sender_seen(&new.id, NOW.plus(7)).await.unwrap();
        let seen = store.sender(&new.id).await.unwrap().unwrap();
        assert_eq!(seen.last_seen_at, Some(NOW.plus(7)));

        let signed_in = signs_in(&store, "druckersd", "first", 59).await;
        assert_eq!(signed_in.as_deref(), Some("Drucker Süd"));
        assert_eq!(signs_in(&store, "druckersd", "First", 0).await, None);
        assert_eq!(signs_in(&store, "other", "first", 0).await, None);
        // Expired.
        assert_eq!(signs_in(&store, "druckersd", "first", 60).await, None);
    }

    async fn the_database_does_not_contain_a_password_or_a_hash_without_key(database) {
        let store = database.open().await;
        add(&store, &sender(1, "Printer")).await;
        add(&store, &sender(2, "Scanner")).await;
        let stored = database.pairs("SELECT id, passwords FROM senders").await;
        let is_readable = |text: &str| text.contains(secret("first").expose_secret());
        assert!(!stored.iter().any(|(_, text)| is_readable(text)), "{stored:?}");
        // The same password has another hash for another sender.
        assert_ne!(stored[0].1, stored[1].1);
    }

    async fn names_user_names_and_networks_are_unique(database) {
        let store = database.open().await;
        assert_eq!(add(&store, &sender(1, "Printer")).await, SaveSenderOutcome::Saved);
        assert_eq!(add(&store, &sender(2, "PRINTER")).await, SaveSenderOutcome::NameTaken);
        assert_eq!(add(&store, &sender(2, "Printer!")).await, SaveSenderOutcome::UserTaken);
        let network = known_by(2, "Floor 1", "10.0.0.0/24");
        assert_eq!(add(&store, &network).await, SaveSenderOutcome::Saved);
        let same = known_by(3, "Floor 2", "10.0.0.0/24");
        assert_eq!(add(&store, &same).await, SaveSenderOutcome::NetworkTaken);
        let within = known_by(3, "Floor 2", "10.0.0.0/25");
        assert_eq!(add(&store, &within).await, SaveSenderOutcome::Saved);
        let mut lost = sender(4, "Lost");
        lost.data_center = DataCenterId::parse("unknown").unwrap();
        assert_eq!(add(&store, &lost).await, SaveSenderOutcome::UnknownDataCenter);
        assert_eq!(names(&store).await, ["Floor 1", "Floor 2", "Printer"]);
    }

    async fn of_two_who_add_one_name_concurrently_one_wins(database) {
        let store = database.open().await;
        let (one, other) = (sender(1, "Printer"), sender(2, "printer"));
        let (one, other) = tokio::join!(add(&store, &one), add(&store, &other));
        assert_ne!(one, other);
        assert_eq!(store.senders().await.unwrap().len(), 1);
    }

    async fn a_changed_sender_keeps_its_password_while_it_has_a_user_name(database) {
        let store = database.open().await;
        let mut printer = sender(1, "Printer");
        add(&store, &printer).await;
        printer.name = SenderName::parse("Scanner").unwrap();
        printer.settings.limits.per_minute = Some(5);
        let changed = store.change_sender(&printer, by(), NOW).await.unwrap();
        assert_eq!(changed, SaveSenderOutcome::Saved);
        let signed_in = signs_in(&store, "printer", "first", 0).await;
        assert_eq!(signed_in.as_deref(), Some("Scanner"));
        let found = store.sender(&printer.id).await.unwrap().unwrap();
        assert_eq!(found.settings.limits.per_minute, Some(5));

        let user = printer.user.take();
        store.change_sender(&printer, by(), NOW).await.unwrap();
        printer.user = user;
        store.change_sender(&printer, by(), NOW).await.unwrap();
        assert_eq!(signs_in(&store, "printer", "first", 0).await, None);

        let unknown = store.change_sender(&sender(2, "x"), by(), NOW).await.unwrap();
        assert_eq!(unknown, SaveSenderOutcome::Unknown);
    }

    async fn an_old_password_is_valid_until_its_end_after_a_rotation(database) {
        let store = database.open().await;
        let printer = sender(1, "Printer");
        add(&store, &printer).await;
        let rotate = async |password: &str, until, now| {
            let (until, now) = (NOW.plus(until), NOW.plus(now));
            let password = secret(password);
            store.rotate_sender_password(&printer.id, &password, until, by(), now).await.unwrap()
        };
        assert!(rotate("second", 100, 0).await);
        for (password, after, is_valid) in [
            ("first", 99, true), ("first", 100, false), ("second", 99, true), ("second", 1_000, true),
        ] {
            let found = signs_in(&store, "printer", password, after).await;
            assert_eq!(found.is_some(), is_valid, "{password} {after}");
        }
        // A later rotation does not prolong it.
        assert!(rotate("third", 1_000, 50).await);
        assert_eq!(signs_in(&store, "printer", "first", 100).await, None);
        assert!(signs_in(&store, "printer", "second", 999).await.is_some());
        // An end that has passed makes all old passwords invalid.
        assert!(rotate("fourth", 60, 60).await);
        assert_eq!(signs_in(&store, "printer", "third", 60).await, None);
        assert!(signs_in(&store, "printer", "fourth", 60).await.is_some());
        assert_eq!(store.sender(&printer.id).await.unwrap().unwrap().passwords.len(), 1);

        let by_network = known_by(2, "Floor 1", "10.0.0.0/24");
        add(&store, &by_network).await;
        let rotated = store.rotate_sender_password(&by_network.id, &secret("x"), NOW, by(), NOW).await;
        assert!(!rotated.unwrap());
    }

    async fn a_removed_sender_takes_its_api_keys_with_it(database) {
        let store = database.open().await;
        let printer = sender(1, "Printer");
        add(&store, &printer).await;
        let mut key = crate::api_keys::key(1, "Cron");
        key.sender = Some(printer.id.clone());
        let made = store.make_api_key(&key, "token", by()).await.unwrap();
        assert_eq!(made, MakeKeyOutcome::Created);
        assert_eq!(store.api_key("token", NOW).await.unwrap(), Some(key.clone()));
        assert!(store.remove_sender(&printer.id, by(), NOW).await.unwrap());
        assert!(!store.remove_sender(&printer.id, by(), NOW).await.unwrap());
        assert_eq!(store.api_key("token", NOW).await.unwrap(), None);
        assert_eq!(store.verify_rows().await.unwrap(), []);
        let made = store.make_api_key(&key, "token", by()).await.unwrap();
        assert_eq!(made, MakeKeyOutcome::UnknownSender);
    }

    async fn senders_of_a_removed_data_center_are_removed(database) {
        let store = database.open().await;
        let name = DataCenterName::parse("Berlin").unwrap();
        let AddOutcome::Added(DataCenter { id, .. }) = store.add_data_center(&name, by(), NOW).await.unwrap() else {
            panic!("not added");
        };
        let mut printer = sender(1, "Printer");
        printer.data_center = id.clone();
        add(&store, &printer).await;
        store.remove_data_center(&id, by(), NOW).await.unwrap();
        assert!(store.senders().await.unwrap().is_empty());
        assert_eq!(store.verify_rows().await.unwrap(), []);
    }

    async fn a_sender_that_was_inserted_changed_or_restored_by_sql_is_not_known(database) {
        let store = database.open().await;
        add(&store, &sender(1, "Printer")).await;
        let copy = "CREATE TABLE kept AS SELECT * FROM senders";
        database.tamper(copy).await;
        for change in [
            "settings = '{\"networks\":[\"10.0.0.0/8\"]}'",
            "user_name = 'eve'",
            "passwords = '[]'",
            "data_center = 'default', name = 'Eve'",
            "version = version + 1",
            "mac = ''",
        ] {
            database.tamper(&format!("UPDATE senders SET {change}")).await;
            assert!(store.senders().await.unwrap().is_empty(), "{change}");
            assert_eq!(signs_in(&store, "printer", "first", 0).await, None, "{change}");
            let faults = store.verify_rows().await.unwrap();
            assert_eq!(faults[0].fault, RowFault::Changed, "{change}");
            database.tamper("DELETE FROM senders; INSERT INTO senders SELECT * FROM kept").await;
        }
        assert_eq!(names(&store).await, ["Printer"]);
        store.remove_sender(&sender(1, "x").id, by(), NOW).await.unwrap();
        database.tamper("INSERT INTO senders SELECT * FROM kept").await;
        assert!(store.senders().await.unwrap().is_empty());
        // The name and the user name are free for a user with the key.
        assert_eq!(add(&store, &sender(2, "Printer")).await, SaveSenderOutcome::Saved);
        assert_eq!(names(&store).await, ["Printer"]);
    }

    async fn passwords_of_senders_survive_a_new_sealing_key(database) {
        let store = database.open().await;
        add(&store, &sender(1, "Printer")).await;
        let folder = tempfile::tempdir().unwrap();
        store.rotate_key(Some(&folder.path().join("new.key")), by(), NOW).await.unwrap();
        assert!(signs_in(&store, "printer", "first", 0).await.is_some());
        assert_eq!(store.verify_rows().await.unwrap(), []);
    }

    async fn accepted_and_rejected_messages_are_counted(database) {
        let store = database.open().await;
        let printer = sender(1, "Printer");
        add(&store, &printer).await;
        let none = SenderLimits::default();
        store.enqueue(&[counted(1, none, 0), counted(2, none, 5)]).await.unwrap();
        // Storing the same message again does not count.
        store.enqueue(&[counted(2, none, 5)]).await.unwrap();
        store.count_rejection(&printer.id, NOW.plus(9)).await.unwrap();
        let found = store.sender(&printer.id).await.unwrap().unwrap();
        assert_eq!((found.accepted, found.rejected), (2, 1));
        assert_eq!(found.last_seen_at, Some(NOW.plus(9)));
        // Counting does not make the row invalid.
        assert_eq!(store.verify_rows().await.unwrap(), []);
        // A message of a sender that was removed meanwhile is stored.
        store.remove_sender(&printer.id, by(), NOW).await.unwrap();
        let outcomes = store.enqueue(&[counted(3, none, 9)]).await.unwrap();
        assert_eq!(outcomes, [EnqueueOutcome::Stored]);
    }

    async fn a_message_beyond_a_limit_is_not_stored(database) {
        let store = database.open().await;
        add(&store, &sender(1, "Printer")).await;
        let limits = SenderLimits { per_minute: Some(2), per_day: Some(3) };
        let minute = EnqueueOutcome::LimitExceeded(ExceededLimit::PerMinute);
        let day = EnqueueOutcome::LimitExceeded(ExceededLimit::PerDay);
        let outcomes = store
            .enqueue(&[counted(1, limits, 0), counted(2, limits, 0), counted(3, limits, 0)])
            .await
            .unwrap();
        assert_eq!(outcomes, [EnqueueOutcome::Stored, EnqueueOutcome::Stored, minute]);
        let id = counted(3, limits, 0).id;
        assert_eq!(store.message(&id).await.unwrap(), None);
        let outcomes = store.enqueue(&[counted(3, limits, 60), counted(4, limits, 60)]).await.unwrap();
        assert_eq!(outcomes, [EnqueueOutcome::Stored, day.clone()]);
        let outcomes = store.enqueue(&[counted(4, limits, 86_000)]).await.unwrap();
        assert_eq!(outcomes, [day]);
        store.delete_expired(people::life(NOW), NOW.plus(86_470)).await.unwrap();
        let outcomes = store.enqueue(&[counted(4, limits, 86_470)]).await.unwrap();
        assert_eq!(outcomes, [EnqueueOutcome::Stored]);
    }

    async fn changes_of_senders_are_audited_without_secrets(database) {
        let store = database.open().await;
        let mut printer = sender(1, "Printer");
        add(&store, &printer).await;
        printer.settings.rules.other_from = OtherFrom::KeepName;
        printer.settings.limits.per_day = Some(100);
        store.change_sender(&printer, by(), NOW).await.unwrap();
        let rotated = store.rotate_sender_password(&printer.id, &secret("second"), NOW.plus(60), by(), NOW).await;
        assert!(rotated.unwrap());
        store.remove_sender(&printer.id, by(), NOW).await.unwrap();
        let entries = store.audit_after(&AuditFilter::default(), 0, 100).await.unwrap();
        let actions: Vec<_> = entries.iter().map(|entry| entry.record.action).collect();
        assert!(actions.ends_with(&[
            AuditAction::SenderAdded,
            AuditAction::SenderChanged,
            AuditAction::SenderPasswordMade,
            AuditAction::SenderRemoved,
        ]), "{actions:?}");
        let changed = entries.iter().find(|entry| entry.record.action == AuditAction::SenderChanged);
        let fields: Vec<_> = changed.unwrap().record.changes.iter().map(|one| one.field.as_str()).collect();
        assert_eq!(fields, ["messages_per_day", "other_from"]);
        let text = format!("{entries:?}");
        for password in ["first", "second"] {
            assert!(!text.contains(secret(password).expose_secret()), "{text}");
        }
    }
}
