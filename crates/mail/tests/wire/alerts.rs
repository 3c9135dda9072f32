//! Alerts, as receivers of notifications see them.

use std::time::Duration;

use domain::{
    AlertFacts, AlertKind, AuditAction, DataCenterId, MessageFilter, NotificationFailure,
    NotificationState, Sender, SenderId, SenderName, SenderSettings, TypedSecret, UnixTime,
    WebhookFailure,
    alert::{AlertField, AlertSettingsForm, ChannelForm, ChannelFormError},
};
use mail::{AlertChannelError, CountedSender, Mailer, MailerOptions, NotReady};
use sandbox::{Faults, RefusalStyle, TokenError};

use crate::{
    hooks::{Hooks, Posted},
    outbox::submission,
    support::{ALICE, BOB, World},
};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const DAY: i64 = 86_400;
const HOUR: i64 = 3_600;

fn channel(kind: &str, url: &str) -> ChannelForm {
    ChannelForm {
        kind: kind.into(),
        url: TypedSecret::new(url),
        secret: TypedSecret::new(SECRET),
        ..ChannelForm::default()
    }
}

async fn add(world: &World, form: &ChannelForm) -> String {
    let by = &world.admin;
    world.mailer.alerts.add_channel(form, by).await.unwrap();
    let channels = world.mailer.alerts.overview().await.unwrap().channels;
    channels.last().unwrap().id.as_str().to_owned()
}

fn settings() -> AlertSettingsForm {
    let on = || "on".to_owned();
    AlertSettingsForm {
        version: "0".into(),
        needs_authorization: on(),
        testing_ends: on(),
        unused_ends: on(),
        client_secret_expires: on(),
        outbox_old: on(),
        check_fails: on(),
        outbox_minutes: "30".into(),
        days_before: "14".into(),
        daily_check: on(),
        ..AlertSettingsForm::default()
    }
}

async fn save(world: &World, form: &AlertSettingsForm) {
    world
        .mailer
        .alerts
        .save_settings(form, &world.admin)
        .await
        .unwrap();
}

/// Makes the provider report that the grant is gone.
async fn end_grant(world: &World) {
    world.control().set(Faults {
        token_error: TokenError::named("invalid_grant"),
        ..Faults::default()
    });
    world.clock.advance(3_600);
    world.mailer.tokens.refresh_due().await.unwrap();
    world.control().set(Faults::default());
}

async fn active_alerts(mailer: &Mailer) -> Vec<AlertKind> {
    let overview = mailer.alerts.overview().await.unwrap();
    let active = overview.active.into_iter();
    active.map(|one| one.condition.kind).collect()
}

fn types(posted: &[Posted]) -> Vec<String> {
    posted
        .iter()
        .map(|request| request.json()["type"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_grant_that_needs_authorization_causes_one_notification_at_its_start_and_one_at_its_end()
{
    let (world, hooks) = (World::authorized().await, Hooks::start().await);
    add(&world, &channel("webhook", &hooks.url("/mine"))).await;
    world.mailer.alerts.evaluate().await.unwrap();
    assert!(hooks.posted().is_empty());
    end_grant(&world).await;
    for _ in 0..3 {
        world.mailer.alerts.evaluate().await.unwrap();
        world.clock.advance(600);
    }
    assert_eq!(types(&hooks.posted()), ["alert.began"]);
    let began = &hooks.posted()[0];
    let data = &began.json()["data"];
    assert_eq!(data["condition"], "needs_authorization");
    assert_eq!(data["data_center"]["name"], "Default");
    assert_eq!(data["finding"], "grant_ended");
    assert!(began.header("webhook-signature").starts_with("v1,"));
    assert!(!began.header("webhook-id").is_empty());
    assert_eq!(
        active_alerts(&world.mailer).await,
        [AlertKind::NeedsAuthorization]
    );

    world.authorize(ALICE, true).await;
    for _ in 0..3 {
        world.mailer.alerts.evaluate().await.unwrap();
    }
    assert_eq!(types(&hooks.posted()), ["alert.began", "alert.ended"]);
    let ended = hooks.posted()[1].json();
    assert_eq!(ended["data"]["alert"], data["alert"]);
    assert!(active_alerts(&world.mailer).await.is_empty());
}

#[tokio::test]
async fn a_condition_of_a_server_stops_it_and_is_notified_when_it_begins_and_when_it_ends() {
    let hooks = Hooks::start().await;
    let world = World::with(|options| options.server_name = Some("web-1:3000".into())).await;
    let mailer = &world.mailer;
    add(&world, &channel("webhook", &hooks.url("/"))).await;
    mailer.health.ready().await.unwrap();
    let facts = AlertFacts {
        free_bytes: Some(42),
        ..AlertFacts::default()
    };
    for _ in 0..3 {
        mailer.conditions.raise(AlertKind::DiskFull, facts.clone());
        // A condition is known before it is stored.
        let error = mailer.health.ready().await.unwrap_err();
        assert!(matches!(error, NotReady::Condition(AlertKind::DiskFull)));
        mailer.alerts.evaluate().await.unwrap();
    }
    // A warning does not affect readiness.
    mailer.conditions.raise(AlertKind::DiskSpaceLow, facts);
    let text = mailer.metrics.render(None).await.unwrap();
    assert!(text.contains(r#"mailgrant_server_condition{condition="disk_full"} 1"#));
    mailer.conditions.resolve(AlertKind::DiskFull);
    mailer.health.ready().await.unwrap();
    for _ in 0..3 {
        mailer.alerts.evaluate().await.unwrap();
    }
    assert_eq!(active_alerts(mailer).await, [AlertKind::DiskSpaceLow]);
    let posted = hooks.posted();
    assert_eq!(
        types(&posted),
        ["alert.began", "alert.began", "alert.ended"]
    );
    let data = &posted[0].json()["data"];
    assert_eq!(data["condition"], "disk_full");
    assert_eq!(data["server"], "web-1:3000");
    assert!(data["data_center"].is_null());
    assert_eq!(data["free_bytes"], 42);
}

#[tokio::test]
async fn the_condition_of_one_server_is_resolved_by_another_only_when_the_first_is_gone() {
    let named = |name: &'static str| {
        move |options: &mut MailerOptions| {
            options.server_name = Some(name.into());
            options.server_gone_after = Duration::from_secs(5);
        }
    };
    let world = World::with(named("one")).await;
    let other = world.another_mailer_with(named("other")).await;
    let kind = AlertKind::ClockDiffers;
    world.mailer.conditions.raise(kind, AlertFacts::default());
    for _ in 0..8 {
        world.mailer.alerts.evaluate().await.unwrap();
        other.alerts.evaluate().await.unwrap();
        assert_eq!(active_alerts(&other).await, [kind]);
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    // Both servers have the condition.
    other.conditions.raise(kind, AlertFacts::default());
    other.alerts.evaluate().await.unwrap();
    assert_eq!(active_alerts(&other).await, [kind, kind]);
    tokio::time::sleep(Duration::from_secs(6)).await;
    other.alerts.evaluate().await.unwrap();
    assert_eq!(active_alerts(&other).await, [kind]);
    // The server that seemed gone is alive after all.
    world.mailer.alerts.evaluate().await.unwrap();
    assert_eq!(active_alerts(&other).await, [kind, kind]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn several_mailers_on_one_database_send_one_notification() {
    let (world, hooks) = (World::authorized().await, Hooks::start().await);
    add(&world, &channel("webhook", &hooks.url("/"))).await;
    end_grant(&world).await;
    let mut mailers = vec![world.mailer.clone()];
    for _ in 0..3 {
        mailers.push(world.another_mailer().await);
    }
    for _ in 0..3 {
        let rounds = mailers.iter().cloned();
        let rounds =
            rounds.map(|mailer| tokio::spawn(async move { mailer.alerts.evaluate().await }));
        for round in rounds.collect::<Vec<_>>() {
            round.await.unwrap().unwrap();
        }
    }
    assert_eq!(types(&hooks.posted()), ["alert.began"]);
}

#[tokio::test]
async fn conditions_survive_a_restart_without_another_notification() {
    let (world, hooks) = (World::authorized().await, Hooks::start().await);
    add(&world, &channel("webhook", &hooks.url("/"))).await;
    end_grant(&world).await;
    world.mailer.alerts.evaluate().await.unwrap();
    let after = world.another_mailer().await;
    after.alerts.evaluate().await.unwrap();
    assert_eq!(hooks.posted().len(), 1);
    assert_eq!(active_alerts(&after).await, [AlertKind::NeedsAuthorization]);
}

#[tokio::test]
async fn each_chat_service_gets_its_own_format() {
    let (world, hooks) = (World::new().await, Hooks::start().await);
    let mut posted = Vec::new();
    for kind in ["slack", "teams", "mattermost"] {
        let id = add(&world, &channel(kind, &hooks.url(&format!("/{kind}")))).await;
        let taken = world.mailer.alerts.send_test(&id, &world.admin).await;
        taken.unwrap().unwrap();
        let request = hooks.posted().last().unwrap().clone();
        assert_eq!(request.path, format!("/{kind}"));
        assert_eq!(request.header("content-type"), "application/json");
        assert_eq!(request.header("webhook-signature"), "", "{kind}");
        posted.push(request.json());
    }
    let [slack, teams, mattermost] = &posted[..] else {
        panic!()
    };
    // https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
    assert!(slack["text"].as_str().unwrap().contains("test"));
    assert_eq!(slack["blocks"][0]["type"], "header");
    assert_eq!(slack["blocks"][0]["text"]["type"], "plain_text");
    assert_eq!(slack["blocks"][1]["type"], "section");
    // A workflow "When a Teams webhook request is received" expects a message with adaptive cards.
    assert_eq!(teams["type"], "message");
    let card = &teams["attachments"][0];
    let media_type = "application/vnd.microsoft.card.adaptive";
    assert_eq!(card["contentType"], media_type);
    assert_eq!(card["content"]["type"], "AdaptiveCard");
    assert_eq!(card["content"]["version"], "1.4");
    assert_eq!(card["content"]["body"][0]["type"], "TextBlock");
    // https://developers.mattermost.com/integrate/webhooks/incoming/
    assert!(mattermost["text"].as_str().unwrap().contains("test"));
    assert!(mattermost["attachments"][0]["fallback"].is_string());
}

#[tokio::test]
async fn an_undelivered_alert_is_retried_shown_and_given_up_after_a_day() {
    let (world, hooks) = (World::authorized().await, Hooks::start().await);
    add(&world, &channel("slack", &hooks.url("/"))).await;
    end_grant(&world).await;
    hooks.script("HTTP/1.1 503 Busy\r\n\r\n");
    world.mailer.alerts.evaluate().await.unwrap();
    let shown = world.mailer.alerts.overview().await.unwrap().latest[0].clone();
    let busy = NotificationFailure::Webhook(WebhookFailure::Status(503));
    assert_eq!(
        (shown.state, shown.attempts),
        (NotificationState::Waiting, 1)
    );
    assert_eq!(shown.failure, Some(busy));
    world.clock.advance(29);
    world.mailer.alerts.evaluate().await.unwrap();
    assert_eq!(hooks.posted().len(), 1);
    hooks.script("HTTP/1.1 503 Busy\r\n\r\n");
    world.clock.advance(1);
    world.mailer.alerts.evaluate().await.unwrap();
    assert_eq!(hooks.posted().len(), 2);
    world.clock.advance(DAY);
    hooks.script("HTTP/1.1 410 Gone\r\n\r\n");
    world.mailer.alerts.evaluate().await.unwrap();
    let shown = world.mailer.alerts.overview().await.unwrap().latest[0].clone();
    assert_eq!(
        (shown.state, shown.attempts),
        (NotificationState::Failed, 3)
    );
    world.clock.advance(DAY);
    world.mailer.alerts.evaluate().await.unwrap();
    assert_eq!(hooks.posted().len(), 3);
    // A channel that was never notified of the start is not notified of the end.
    world.authorize(ALICE, true).await;
    world.mailer.alerts.evaluate().await.unwrap();
    assert_eq!(hooks.posted().len(), 3);
}

#[tokio::test]
async fn mail_goes_into_the_outbox_of_another_data_center_once_and_never_of_the_broken_one() {
    let world = World::authorized().await;
    let mailer = &world.mailer;
    let second = mailer
        .settings
        .add_data_center("Second", &world.admin)
        .await;
    let second = second.unwrap().id;
    let form = domain::SmtpForm {
        data_center: second.to_string(),
        ..world.basic_form()
    };
    let redirect = crate::support::redirect_url();
    mailer
        .settings
        .save(&form, &redirect, &world.admin)
        .await
        .unwrap();
    for via in ["default", "second"] {
        let form = ChannelForm {
            kind: "mail".into(),
            via: via.into(),
            recipient: "ops@sandbox.test".into(),
            ..ChannelForm::default()
        };
        add(&world, &form).await;
    }
    end_grant(&world).await;
    mailer.alerts.evaluate().await.unwrap();
    mailer.alerts.evaluate().await.unwrap();
    let all = MessageFilter::default();
    let messages = mailer
        .outbox
        .messages(&all, None, 10)
        .await
        .unwrap()
        .messages;
    let [message] = &messages[..] else {
        panic!("{messages:?}")
    };
    assert_eq!(message.data_center, second);
    assert_eq!(message.recipients[0].address.as_str(), "ops@sandbox.test");
    assert_eq!(
        message.subject,
        "Mailgrant, Default: mail waits for a new authorization"
    );
    let content = mailer.outbox.content(&message.id).await.unwrap().unwrap();
    let content = String::from_utf8(content).unwrap();
    assert!(content.contains("Auto-Submitted: auto-generated\r\n"));
    assert!(content.contains(&format!("Message-ID: {}\r\n", message.message_id)));
}

#[tokio::test]
async fn upcoming_expiries_raise_alerts_by_their_known_dates() {
    let (world, hooks) = (World::authorized().await, Hooks::start().await);
    add(&world, &channel("webhook", &hooks.url("/"))).await;
    // The clock is at 2023-11-14.
    let notes = [("expires:default", "2023-12-01"), ("testing:default", "on")];
    let notes = notes.map(|(name, typed)| (name.to_owned(), typed.to_owned()));
    let form = AlertSettingsForm {
        notes: notes.into(),
        daily_check: String::new(),
        ..settings()
    };
    save(&world, &form).await;
    world.mailer.alerts.evaluate().await.unwrap();
    assert!(active_alerts(&world.mailer).await.is_empty());
    world.clock.advance(3 * DAY);
    world.mailer.alerts.evaluate().await.unwrap();
    let secret = AlertKind::ClientSecretExpires;
    assert_eq!(active_alerts(&world.mailer).await, [secret]);
    world.clock.advance(2 * DAY);
    world.mailer.alerts.evaluate().await.unwrap();
    let testing = AlertKind::TestingEnds;
    assert_eq!(active_alerts(&world.mailer).await, [secret, testing]);
    assert_eq!(types(&hooks.posted()), ["alert.began", "alert.began"]);
    let ends = hooks.posted()[0].json();
    assert_eq!(ends["data"]["ends_at"], "2023-12-01T00:00:00Z");
    // A new authorization and a later expiry of the secret resolve both problems.
    world.authorize(ALICE, true).await;
    let notes = [("expires:default".to_owned(), "2025-12-01".to_owned())];
    let form = AlertSettingsForm {
        version: "1".into(),
        notes: notes.into(),
        ..form
    };
    save(&world, &form).await;
    world.mailer.alerts.evaluate().await.unwrap();
    assert!(active_alerts(&world.mailer).await.is_empty());
    // The grant is not renewed for 76 days.
    world.clock.advance(76 * DAY);
    world.mailer.alerts.evaluate().await.unwrap();
    assert_eq!(active_alerts(&world.mailer).await, [AlertKind::UnusedEnds]);
}

#[tokio::test]
async fn messages_that_wait_too_long_raise_an_alert() {
    let (world, hooks) = (World::authorized().await, Hooks::start().await);
    // A message that the product itself sends: the email of a test alert.
    let form = ChannelForm {
        kind: "mail".into(),
        via: "default".into(),
        recipient: "ops@sandbox.test".into(),
        ..ChannelForm::default()
    };
    let id = add(&world, &form).await;
    let sent = world.mailer.alerts.send_test(&id, &world.admin).await;
    sent.unwrap().unwrap();
    add(&world, &channel("webhook", &hooks.url("/"))).await;
    world.clock.advance(30 * 60);
    world.mailer.alerts.evaluate().await.unwrap();
    assert!(hooks.posted().is_empty());
    world.clock.advance(1);
    world.mailer.alerts.evaluate().await.unwrap();
    let reported = hooks.posted()[0].json();
    assert_eq!(reported["data"]["condition"], "outbox_old");
    assert_eq!(reported["data"]["waiting_since"], "2023-11-14T22:13:20Z");
    let all = MessageFilter::default();
    let messages = world
        .mailer
        .outbox
        .messages(&all, None, 10)
        .await
        .unwrap()
        .messages;
    let cancelled = world.mailer.outbox.cancel(&messages[0].id, &world.admin);
    cancelled.await.unwrap();
    world.mailer.alerts.evaluate().await.unwrap();
    assert_eq!(types(&hooks.posted()), ["alert.began", "alert.ended"]);
}

#[tokio::test]
async fn a_failing_daily_check_raises_an_alert_that_is_resolved_when_it_succeeds() {
    let (world, hooks) = (World::new().await, Hooks::start().await);
    world.save(&world.basic_form()).await;
    add(&world, &channel("webhook", &hooks.url("/"))).await;
    world.mailer.alerts.check_daily().await.unwrap();
    assert!(world.control().auth_attempts().is_empty());
    world.control().set(Faults {
        refuse_passwords: Some(RefusalStyle::Google),
        ..Faults::default()
    });
    world.clock.advance(DAY);
    for _ in 0..2 {
        world.mailer.alerts.check_daily().await.unwrap();
        world.mailer.alerts.evaluate().await.unwrap();
    }
    assert_eq!(types(&hooks.posted()), ["alert.began"]);
    let reported = hooks.posted()[0].json();
    assert_eq!(reported["data"]["condition"], "check_fails");
    assert!(reported["data"]["finding"].is_string());
    assert_eq!(active_alerts(&world.mailer).await, [AlertKind::CheckFails]);
    world.control().set(Faults::default());
    world.clock.advance(DAY);
    world.mailer.alerts.check_daily().await.unwrap();
    world.mailer.alerts.evaluate().await.unwrap();
    assert_eq!(types(&hooks.posted()), ["alert.began", "alert.ended"]);
    // None of them sent a message.
    assert!(world.control().messages().is_empty());
    let checks = world.mailer.alerts.overview().await.unwrap().checks;
    assert!(checks[0].finished && checks[0].finding.is_none());
}

#[tokio::test]
async fn a_mailbox_that_refuses_the_sign_in_raises_an_alert() {
    let (world, hooks) = (World::new().await, Hooks::start().await);
    world
        .save(&crate::doctor::with_mailbox(&world, world.basic_form()))
        .await;
    add(&world, &channel("webhook", &hooks.url("/"))).await;
    world.mailer.alerts.check_daily().await.unwrap();
    world.control().set(Faults {
        imap: Some(sandbox::ImapFault::WrongCredentials),
        ..Faults::default()
    });
    world.clock.advance(DAY);
    world.mailer.alerts.check_daily().await.unwrap();
    world.mailer.alerts.evaluate().await.unwrap();
    assert_eq!(active_alerts(&world.mailer).await, [AlertKind::CheckFails]);
    assert_eq!(types(&hooks.posted()), ["alert.began"]);
}

#[tokio::test]
async fn a_grant_that_the_daily_check_finds_ended_raises_only_its_own_alert() {
    let (world, hooks) = (World::authorized().await, Hooks::start().await);
    add(&world, &channel("webhook", &hooks.url("/"))).await;
    world.mailer.alerts.check_daily().await.unwrap();
    world.control().set(Faults {
        token_error: TokenError::named("invalid_grant"),
        ..Faults::default()
    });
    for _ in 0..2 {
        world.clock.advance(DAY);
        world.mailer.alerts.check_daily().await.unwrap();
        world.mailer.alerts.evaluate().await.unwrap();
    }
    let needs_authorization = [AlertKind::NeedsAuthorization];
    assert_eq!(active_alerts(&world.mailer).await, needs_authorization);
    world.control().set(Faults::default());
    world.authorize(ALICE, true).await;
    world.mailer.alerts.evaluate().await.unwrap();
    assert!(active_alerts(&world.mailer).await.is_empty());
    assert_eq!(types(&hooks.posted()), ["alert.began", "alert.ended"]);
    // There is something to check now.
    world.mailer.alerts.check_daily().await.unwrap();
    let checks = world.mailer.alerts.overview().await.unwrap().checks;
    assert!(checks[0].finished && checks[0].finding.is_none());
}

#[tokio::test]
async fn a_data_center_that_was_never_authorized_is_not_checked_daily() {
    let world = World::new().await;
    world.save(&world.oauth_form()).await;
    for _ in 0..2 {
        world.mailer.alerts.check_daily().await.unwrap();
        world.clock.advance(DAY);
    }
    assert!(
        world
            .mailer
            .alerts
            .overview()
            .await
            .unwrap()
            .checks
            .is_empty()
    );
    world.mailer.alerts.evaluate().await.unwrap();
    assert!(active_alerts(&world.mailer).await.is_empty());
}

#[tokio::test]
async fn a_grant_that_ends_is_reported_immediately_by_the_process_that_refreshes() {
    let (world, hooks) = (World::authorized().await, Hooks::start().await);
    add(&world, &channel("webhook", &hooks.url("/"))).await;
    let watching = world.mailer.clone();
    let watching = tokio::spawn(async move { watching.alerts.run().await });
    // The first round finds no problem.
    tokio::time::sleep(Duration::from_millis(300)).await;
    end_grant(&world).await;
    hooks.until(1).await;
    world.authorize(ALICE, true).await;
    hooks.until(2).await;
    assert_eq!(types(&hooks.posted()), ["alert.began", "alert.ended"]);
    watching.abort();
}

#[tokio::test]
async fn the_url_of_a_channel_is_never_shown_and_a_saved_secret_stays_with_its_host() {
    let (world, hooks) = (World::new().await, Hooks::start().await);
    let url = hooks.url("/services/pLanted");
    let id = add(&world, &channel("webhook", &url)).await;
    let shown = format!("{:?}", world.mailer.alerts.overview().await.unwrap());
    assert!(shown.contains("127.0.0.1") && !shown.contains("pLanted"));
    let change = |url: &str, secret: &str| ChannelForm {
        url: TypedSecret::new(url),
        secret: TypedSecret::new(secret),
        ..ChannelForm::default()
    };
    let (mailer, by) = (&world.mailer, &world.admin);
    let elsewhere = change("https://hooks.example.com/pLanted", "");
    let refused = mailer.alerts.change_channel(&id, &elsewhere, by).await;
    let Err(AlertChannelError::Form(errors)) = refused else {
        panic!("{refused:?}")
    };
    let error = Some(ChannelFormError::SecretBelongsElsewhere);
    assert_eq!(errors.get(AlertField::Secret), error);
    // The secret is kept if the host stays the same.
    let same = change(&hooks.url("/services/pLanted-too"), "");
    mailer.alerts.change_channel(&id, &same, by).await.unwrap();
    let sent = mailer.alerts.send_test(&id, by).await;
    sent.unwrap().unwrap();
    let request = &hooks.posted()[0];
    assert_eq!(request.path, "/services/pLanted-too");
    assert!(request.header("webhook-signature").starts_with("v1,"));
    mailer.alerts.remove_channel(&id, by).await.unwrap();
    let gone = mailer.alerts.send_test(&id, by).await;
    assert!(matches!(gone, Err(AlertChannelError::Unknown)));
    let recorded = world.recorded().await;
    let actions: Vec<_> = recorded.iter().map(|record| record.action).collect();
    let expected = [
        AuditAction::ChannelAdded,
        AuditAction::ChannelChanged,
        AuditAction::TestAlertSent,
        AuditAction::ChannelRemoved,
    ];
    assert_eq!(actions, expected);
    let recorded = format!("{recorded:?}");
    assert!(!recorded.contains("pLanted") && !recorded.contains(SECRET));
}

fn sender(number: i64, silent_after_hours: Option<u32>) -> Sender {
    Sender {
        id: SenderId::parse(&format!("sender-{number}")).unwrap(),
        name: SenderName::parse(&format!("Printer {number}")).unwrap(),
        user: None,
        data_center: DataCenterId::default(),
        settings: SenderSettings {
            silent_after_hours,
            ..SenderSettings::default()
        },
        passwords: Vec::new(),
        created_at: UnixTime(1_700_000_000),
        last_seen_at: None,
        accepted: 0,
        rejected: 0,
    }
}

/// Submits a message of a sender. It is never due, so no other alert is raised.
async fn send(world: &World, sender: &Sender) {
    let mut submission = submission(&[BOB]);
    submission.due_at = Some(UnixTime(i64::MAX / 2));
    submission.counts_for = Some(CountedSender::from(sender));
    world.mailer.outbox.submit(submission).await.unwrap();
}

/// Evaluates the alerts every five minutes, as a running server does more often.
async fn pass(world: &World, seconds: i64) {
    for _ in 0..seconds / 300 {
        world.clock.advance(300);
        world.mailer.alerts.evaluate().await.unwrap();
    }
}

/// Returns the names of the senders that are silent.
async fn silent(world: &World) -> Vec<String> {
    let overview = world.mailer.alerts.overview().await.unwrap();
    let active = overview.active.into_iter();
    let facts = active.map(|alert| match alert.condition.subject {
        domain::AlertSubject::Sender { name, .. } => name,
        subject => panic!("{subject:?}"),
    });
    facts.collect()
}

#[tokio::test]
async fn a_sender_that_falls_silent_raises_an_alert_until_it_sends_again() {
    let (world, hooks) = (World::new().await, Hooks::start().await);
    let (store, by) = (world.store().await, &world.admin);
    add(&world, &channel("webhook", &hooks.url("/"))).await;
    let watched = sender(1, Some(2));
    // Without the setting, and with the setting but without a message yet.
    for sender in [&watched, &sender(2, None), &sender(3, Some(2))] {
        store.add_sender(sender, None, by).await.unwrap();
    }
    pass(&world, 300).await;
    send(&world, &watched).await;
    send(&world, &sender(2, None)).await;
    pass(&world, 2 * HOUR - 300).await;
    assert!(silent(&world).await.is_empty());
    pass(&world, 2 * HOUR).await;
    assert_eq!(silent(&world).await, ["Printer 1"]);
    let text = world.mailer.metrics.render(None).await.unwrap();
    let metric = r#"mailgrant_silent_senders{data_center="default"} 1"#;
    assert!(text.contains(metric), "{text}");

    send(&world, &watched).await;
    pass(&world, 300).await;
    assert!(silent(&world).await.is_empty());
    let posted = hooks.posted();
    assert_eq!(types(&posted), ["alert.began", "alert.ended"]);
    let (began, ended) = (&posted[0].json()["data"], &posted[1].json()["data"]);
    assert_eq!(began["condition"], "sender_silent");
    assert_eq!(began["sender"]["id"], "sender-1");
    assert_eq!(began["sender"]["name"], "Printer 1");
    assert!(began["data_center"].is_null() && began["sent_again_at"].is_null());
    assert_eq!(began["silent_since"], "2023-11-14T22:18:20Z");
    assert_eq!(ended["sent_again_at"], "2023-11-15T02:13:20Z");

    // It falls silent again, and is removed.
    pass(&world, 2 * HOUR).await;
    assert_eq!(silent(&world).await, ["Printer 1"]);
    store
        .remove_sender(&watched.id, by, UnixTime(0))
        .await
        .unwrap();
    pass(&world, 300).await;
    assert!(silent(&world).await.is_empty());
    let ended = hooks.posted().last().unwrap().json();
    assert_eq!(ended["type"], "alert.ended");
    assert!(ended["data"]["sent_again_at"].is_null());
}

#[tokio::test]
async fn silence_of_a_sender_counts_only_while_the_server_runs() {
    let world = World::new().await;
    let (store, by) = (world.store().await, &world.admin);
    let mut watched = sender(1, Some(2));
    store.add_sender(&watched, None, by).await.unwrap();
    pass(&world, 300).await;
    send(&world, &watched).await;
    // A short restart does not matter, a long interruption starts a grace period.
    world.clock.advance(DAY);
    pass(&world, 2 * HOUR).await;
    assert!(silent(&world).await.is_empty());
    pass(&world, 300).await;
    assert_eq!(silent(&world).await, ["Printer 1"]);
    // An interruption does not resolve an alert.
    world.clock.advance(DAY);
    pass(&world, 300).await;
    assert_eq!(silent(&world).await, ["Printer 1"]);

    // More hours, and an expired sender.
    watched.settings.silent_after_hours = Some(72);
    store
        .change_sender(&watched, by, UnixTime(0))
        .await
        .unwrap();
    pass(&world, 300).await;
    assert!(silent(&world).await.is_empty());
    watched.settings.silent_after_hours = Some(1);
    watched.settings.expires_at = Some(UnixTime(1_700_000_000));
    store
        .change_sender(&watched, by, UnixTime(0))
        .await
        .unwrap();
    pass(&world, 2 * HOUR).await;
    assert!(silent(&world).await.is_empty());
}
