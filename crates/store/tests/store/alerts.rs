use std::sync::atomic::{AtomicU32, Ordering};

use domain::{
    AlertCondition, AlertFacts, AlertId, AlertKind, AlertSettings, AlertSubject, AuditAction,
    AuditFilter, ChannelId, ChannelKind, DataCenterId, DataCenterName, EmailAddress, FindingCode,
    Notification, NotificationEvent, NotificationFailure, NotificationState, UnixTime,
    WebhookFailure,
};
use secrecy::ExposeSecret;
use store::{
    ChannelOutcome, EnqueueOutcome, NewMessage, SaveAlertsOutcome, Store, StoredChannel,
    StoredTarget,
};

use crate::{
    database::on_both,
    samples::{NOW, PLANTED, by, home, secret},
    senders::sender,
};

fn next() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("id{:08}", COUNT.fetch_add(1, Ordering::Relaxed))
}

fn post(id: &str) -> StoredChannel {
    StoredChannel {
        id: ChannelId::parse(id).unwrap(),
        kind: ChannelKind::Webhook,
        target: StoredTarget::Post {
            host: "hooks.example.com".into(),
            url: secret("url"),
            secret: Some(secret("signing")),
        },
    }
}

fn mail(id: &str, via: &DataCenterId) -> StoredChannel {
    StoredChannel {
        id: ChannelId::parse(id).unwrap(),
        kind: ChannelKind::Mail,
        target: StoredTarget::Mail {
            via: via.clone(),
            recipient: EmailAddress::parse("ops@example.com").unwrap(),
        },
    }
}

async fn add(store: &Store, channel: &StoredChannel) {
    let saved = store.save_alert_channel(channel, Vec::new(), by(), NOW);
    saved.await.unwrap();
}

fn condition(kind: AlertKind) -> AlertCondition {
    AlertCondition {
        id: AlertId::parse(&next()).unwrap(),
        subject: AlertSubject::DataCenter(home().clone()),
        kind,
        facts: AlertFacts {
            finding: Some(FindingCode::GrantMissing.into()),
            ..AlertFacts::default()
        },
        since: NOW,
    }
}

async fn begin(store: &Store, condition: &AlertCondition) -> bool {
    store.begin_condition(condition, true, next).await.unwrap()
}

async fn claim(store: &Store, owner: &str, at: UnixTime) -> Vec<Notification> {
    let claimed = store.claim_notifications(owner, at, at, 60);
    claimed.await.unwrap()
}

fn reported(notification: &Notification, at: UnixTime) -> Notification {
    Notification {
        state: NotificationState::Delivered,
        attempts: notification.attempts + 1,
        finished_at: Some(at),
        ..notification.clone()
    }
}

fn message(number: i64, due_at: UnixTime) -> NewMessage {
    NewMessage {
        id: domain::MessageId::parse(&format!("m{number:08}")).unwrap(),
        data_center: home().clone(),
        created_at: NOW.plus(number),
        due_at,
        message_id: format!("<{number}@example.com>"),
        sender: EmailAddress::parse("a@example.com").unwrap(),
        from: "a@example.com".into(),
        subject: String::new(),
        recipients: Vec::new(),
        submitted_by: domain::Principal::Mailgrant,
        arrival: domain::Arrival::over(domain::ArrivalProtocol::Alert),
        content: Vec::new(),
        idempotency: None,
        counts_for: None,
    }
}

on_both! {
    async fn a_problem_is_sent_to_each_channel_once_also_when_several_servers_detect_it(database) {
        let (one, other) = (database.open().await, database.open().await);
        add(&one, &post("a")).await;
        add(&one, &post("b")).await;
        let kind = AlertKind::NeedsAuthorization;
        let (first, second) = (condition(kind), condition(kind));
        let (began, again) = tokio::join!(begin(&one, &first), begin(&other, &second));
        assert!(began != again, "{began} {again}");
        let (mine, theirs) = tokio::join!(claim(&one, "one", NOW), claim(&other, "other", NOW));
        let mut channels: Vec<_> = mine.iter().chain(&theirs).map(|notification| notification.channel.as_str().to_owned()).collect();
        channels.sort();
        assert_eq!(channels, ["a", "b"]);
        let known = one.alert_conditions().await.unwrap();
        let id = if began { first.id } else { second.id };
        assert_eq!(known.len(), 1);
        assert_eq!(known[0].id, id);
        assert_eq!(one.notifications_about(&id).await.unwrap().len(), 2);
    }

    async fn a_condition_of_a_server_is_kept_for_each_server_and_notified_through_every_data_center(database) {
        let store = database.open().await;
        add(&store, &mail("a", home())).await;
        let of = |name: &str| AlertCondition {
            subject: AlertSubject::Server(name.into()),
            ..condition(AlertKind::DiskFull)
        };
        let (one, other) = (of("one"), of("other"));
        assert!(begin(&store, &one).await && begin(&store, &other).await);
        assert!(!begin(&store, &of("one")).await);
        assert_eq!(store.alert_conditions().await.unwrap(), [one.clone(), other.clone()]);
        assert_eq!(store.notifications_about(&one.id).await.unwrap()[0].condition, one);
        // Each server sees the heartbeats of the other.
        let beats = async |server| store.increment_heartbeats(server).await.unwrap();
        let [first] = &beats("one").await[..] else { panic!() };
        beats("other").await;
        let [second] = &beats("one").await[..] else { panic!() };
        assert_eq!((&first.id, &second.id), (&other.id, &other.id));
        assert!(second.beats > first.beats);
        assert!(store.end_condition(&other, NOW.plus(60), next).await.unwrap());
        assert_eq!(store.alert_conditions().await.unwrap(), [one]);
    }

    async fn a_condition_of_a_sender_is_kept_until_it_ends_even_if_the_sender_is_removed(database) {
        let store = database.open().await;
        add(&store, &post("a")).await;
        let printer = sender(1, "Printer");
        store.add_sender(&printer, None, by()).await.unwrap();
        let silent = || AlertCondition {
            subject: AlertSubject::Sender { id: printer.id.clone(), name: "Printer".into() },
            facts: AlertFacts { silent_since: Some(NOW), ..AlertFacts::default() },
            ..condition(AlertKind::SenderSilent)
        };
        let first = silent();
        assert!(begin(&store, &first).await && !begin(&store, &silent()).await);
        assert!(store.remove_sender(&printer.id, by(), NOW).await.unwrap());
        assert_eq!(
            store.alert_conditions().await.unwrap(),
            std::slice::from_ref(&first)
        );
        let mut ended = first.clone();
        ended.facts.sent_again_at = Some(NOW.plus(60));
        assert!(store.end_condition(&ended, NOW.plus(60), next).await.unwrap());
        assert!(store.alert_conditions().await.unwrap().is_empty());
        let told = store.notifications_about(&first.id).await.unwrap();
        let told: Vec<_> = told.into_iter().map(|one| one.condition).collect();
        assert_eq!(told, [first, ended]);
    }

    async fn alerts_are_watched_since_the_last_interruption_of_more_than_ten_minutes(database) {
        let store = database.open().await;
        let watched = async |after| store.record_alert_watch(NOW.plus(after)).await.unwrap();
        assert_eq!(watched(0).await, NOW);
        // A restart, and a clock that was set back.
        for after in [30, 630, 600, 1_230] {
            assert_eq!(watched(after).await, NOW, "{after}");
        }
        assert_eq!(watched(1_831).await, NOW.plus(1_831));
        assert_eq!(watched(1_861).await, NOW.plus(1_831));
    }

    async fn channels_that_were_notified_of_the_start_are_notified_of_the_end_afterwards(database) {
        let store = database.open().await;
        add(&store, &post("a")).await;
        let wrong = condition(AlertKind::CheckFails);
        assert!(begin(&store, &wrong).await);
        // A channel added later is not notified of the end, because it was not notified of the
        // start.
        add(&store, &post("b")).await;
        let ended = store.end_condition(&wrong, NOW.plus(60), next).await.unwrap();
        assert!(ended && !store.end_condition(&wrong, NOW.plus(60), next).await.unwrap());
        let [began] = &claim(&store, "x", NOW.plus(60)).await[..] else { panic!() };
        assert_eq!((began.channel.as_str(), began.event), ("a", NotificationEvent::Began));
        assert_eq!(began.condition, wrong);
        // The notification of the end waits for that of the start.
        assert!(claim(&store, "x", NOW.plus(61)).await.is_empty());
        assert!(store.record_notification(&reported(began, NOW.plus(61)), "x").await.unwrap());
        let [end] = &claim(&store, "x", NOW.plus(62)).await[..] else { panic!() };
        assert_eq!((end.channel.as_str(), end.event), ("a", NotificationEvent::Ended));
        assert!(store.alert_conditions().await.unwrap().is_empty());
    }

    async fn failed_notifications_are_due_again_and_expired_leases_are_taken_over(database) {
        let store = database.open().await;
        add(&store, &post("a")).await;
        assert!(begin(&store, &condition(AlertKind::OutboxOld)).await);
        let [notification] = &claim(&store, "one", NOW).await[..] else { panic!() };
        let failed = Notification {
            attempts: 1,
            due_at: NOW.plus(30),
            failure: Some(NotificationFailure::Webhook(WebhookFailure::Status(503))),
            ..notification.clone()
        };
        assert!(store.record_notification(&failed, "one").await.unwrap());
        assert!(claim(&store, "one", NOW.plus(29)).await.is_empty());
        let [again] = &claim(&store, "one", NOW.plus(30)).await[..] else { panic!() };
        assert_eq!(*again, failed);
        // The first server is killed. Another one takes over, and the first one's result is
        // rejected.
        let [claimed] = &claim(&store, "other", NOW.plus(90)).await[..] else { panic!() };
        assert!(!store.record_notification(&reported(again, NOW.plus(91)), "one").await.unwrap());
        assert!(store.record_notification(&reported(claimed, NOW.plus(91)), "other").await.unwrap());
        store.prune_notifications(NOW.plus(92)).await.unwrap();
        // The condition of the notification still exists.
        assert_eq!(store.latest_notifications(10).await.unwrap().len(), 1);
    }

    async fn mail_never_goes_through_the_data_center_that_is_broken(database) {
        let store = database.open().await;
        let name = DataCenterName::parse("Second").unwrap();
        store.add_data_center(&name, by(), NOW).await.unwrap();
        add(&store, &mail("a", home())).await;
        add(&store, &mail("b", &DataCenterId::parse("second").unwrap())).await;
        assert!(begin(&store, &condition(AlertKind::NeedsAuthorization)).await);
        assert!(begin(&store, &condition(AlertKind::ClientSecretExpires)).await);
        let latest = store.latest_notifications(10).await.unwrap();
        let mut to: Vec<_> = latest.iter().map(|notification| (notification.condition.kind, notification.channel.as_str())).collect();
        to.sort();
        let expected = [
            (AlertKind::NeedsAuthorization, "b"),
            (AlertKind::ClientSecretExpires, "a"),
            (AlertKind::ClientSecretExpires, "b"),
        ];
        assert_eq!(to, expected);
    }

    async fn a_disabled_condition_is_stored_without_notifications(database) {
        let store = database.open().await;
        add(&store, &post("a")).await;
        let wrong = condition(AlertKind::OutboxOld);
        assert!(store.begin_condition(&wrong, false, next).await.unwrap());
        assert_eq!(store.alert_conditions().await.unwrap(), std::slice::from_ref(&wrong));
        assert!(store.end_condition(&wrong, NOW, next).await.unwrap());
        assert!(store.latest_notifications(10).await.unwrap().is_empty());
    }

    async fn the_url_and_the_secret_of_a_channel_are_sealed_and_never_listed(database) {
        let store = database.open().await;
        add(&store, &post("a")).await;
        let listed = store.alert_channels().await.unwrap();
        assert!(listed[0].has_secret && listed[0].host == "hooks.example.com");
        assert!(!format!("{listed:?}").contains(PLANTED));
        let rows = database.pairs("SELECT url, secret FROM alert_channels").await;
        assert!(!format!("{rows:?}").contains(PLANTED));
        let channel = store.alert_channel(&post("a").id).await.unwrap().unwrap();
        let StoredTarget::Post { url, secret: signing, .. } = channel.target else { panic!() };
        assert_eq!(url.expose_secret(), secret("url").expose_secret());
        assert_eq!(signing.unwrap().expose_secret(), secret("signing").expose_secret());
        // The audit records the addition, the change by a second save, and the removal.
        add(&store, &post("a")).await;
        let removed = store.remove_alert_channel(&post("a").id, by(), NOW).await.unwrap();
        assert_eq!(removed, ChannelOutcome::Changed);
        let gone = store.remove_alert_channel(&post("a").id, by(), NOW).await.unwrap();
        assert_eq!(gone, ChannelOutcome::Unknown);
        let entries = store.audit_after(&AuditFilter::default(), 0, 10).await.unwrap();
        let actions: Vec<_> = entries.iter().map(|entry| entry.record.action).collect();
        let expected = [AuditAction::ChannelAdded, AuditAction::ChannelChanged, AuditAction::ChannelRemoved];
        assert_eq!(actions, expected);
        assert!(!format!("{entries:?}").contains(PLANTED));
    }

    async fn alert_settings_are_saved_once_for_each_version(database) {
        let store = database.open().await;
        let before = store.alert_settings().await.unwrap();
        assert_eq!(before, AlertSettings::default());
        let new = AlertSettings { outbox_minutes: 5, ..before };
        let save = || store.save_alert_settings(&new, Vec::new(), by(), NOW);
        assert_eq!(save().await.unwrap(), SaveAlertsOutcome::Saved(1));
        assert_eq!(save().await.unwrap(), SaveAlertsOutcome::Conflict(1));
        let saved = store.alert_settings().await.unwrap();
        assert_eq!(saved, AlertSettings { version: 1, ..new.clone() });
        let next = AlertSettings { outbox_minutes: 6, ..saved };
        let saved = store.save_alert_settings(&next, Vec::new(), by(), NOW).await.unwrap();
        assert_eq!(saved, SaveAlertsOutcome::Saved(2));
        let none = AlertSettings { version: 7, ..next };
        let saved = store.save_alert_settings(&none, Vec::new(), by(), NOW).await.unwrap();
        assert_eq!(saved, SaveAlertsOutcome::Conflict(2));
    }

    async fn one_server_runs_the_daily_check_and_an_interrupted_one_runs_again(database) {
        let (one, other) = (database.open().await, database.open().await);
        assert!(!one.claim_daily_check(home(), 100, NOW).await.unwrap());
        assert_eq!(one.daily_check(home()).await.unwrap(), None);
        assert!(!one.claim_daily_check(home(), 100, NOW).await.unwrap());
        let (mine, theirs) = tokio::join!(
            one.claim_daily_check(home(), 101, NOW),
            other.claim_daily_check(home(), 101, NOW)
        );
        assert!(mine.unwrap() != theirs.unwrap());
        assert!(!one.claim_daily_check(home(), 101, NOW.plus(299)).await.unwrap());
        assert!(other.claim_daily_check(home(), 101, NOW.plus(300)).await.unwrap());
        let finding = FindingCode::GrantMissing.into();
        one.finish_daily_check(home(), 101, Some(&finding)).await.unwrap();
        assert!(!one.claim_daily_check(home(), 101, NOW.plus(900)).await.unwrap());
        let kept = one.daily_check(home()).await.unwrap().unwrap();
        assert_eq!((kept.finding, kept.finished, kept.started_at), (Some(finding), true, NOW.plus(300)));
        assert_eq!(one.daily_check(&DataCenterId::parse("x").unwrap()).await.unwrap(), None);
    }

    async fn the_oldest_message_is_the_oldest_overdue_one(database) {
        let store = database.open().await;
        assert_eq!(store.oldest_waiting(home(), NOW).await.unwrap(), None);
        let later = NOW.plus(3_600);
        let stored = store.enqueue(&[message(1, later), message(2, NOW), message(3, NOW)]).await;
        assert_eq!(stored.unwrap(), vec![EnqueueOutcome::Stored; 3]);
        assert_eq!(store.oldest_waiting(home(), NOW).await.unwrap(), Some(NOW.plus(2)));
        assert_eq!(store.oldest_waiting(home(), later).await.unwrap(), Some(NOW.plus(1)));
        let elsewhere = DataCenterId::parse("x").unwrap();
        assert_eq!(store.oldest_waiting(&elsewhere, later).await.unwrap(), None);
        let observed = store.observe(NOW).await.unwrap();
        assert_eq!(observed.pending, [(home().clone(), domain::MessageState::Waiting, 3)]);
        assert_eq!(observed.happened, [(home().clone(), "accepted".to_owned(), 3)]);
        store.probe_writing(NOW).await.unwrap();
    }
}
