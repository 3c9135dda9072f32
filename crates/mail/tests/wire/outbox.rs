//! Mail on its way out of the outbox, at a server that behaves and at one that does not.

use std::{sync::Arc, time::Duration};

use domain::{
    Actor, Attempt, AttemptOutcome, DataCenterId, EmailAddress, FindingCode, MessageId,
    MessageState, OutboxMessage, Recipient, RecipientKind, RecipientState, SendingLimits,
    SendingSettings, Who,
};
use mail::{Mailer, Resent, Submission};
use sandbox::{CutAt, Faults, RefusalStyle, Stage, StageReply};
use store::{ChangeOutcome, SaveSendingOutcome};
use tokio::{sync::Notify, task::JoinHandle, time::timeout};

use crate::support::{ALICE, BOB, World};

const PATIENCE: Duration = Duration::from_secs(20);

/// A server that delivers.
pub(crate) struct Delivering {
    stop: Arc<Notify>,
    task: JoinHandle<()>,
}

impl Delivering {
    pub(crate) fn start(mailer: &Mailer) -> Self {
        let stop = Arc::new(Notify::new());
        let task = tokio::spawn({
            let (mailer, stop) = (mailer.clone(), Arc::clone(&stop));
            async move { mailer.deliver(stop.notified()).await }
        });
        Self { stop, task }
    }

    pub(crate) async fn stop(self) {
        self.stop.notify_one();
        timeout(PATIENCE, self.task).await.unwrap().unwrap();
    }
}

pub(crate) fn submission(to: &[&str]) -> Submission {
    let address = |text: &str| EmailAddress::parse(text).unwrap();
    let recipients = to.iter();
    let message_id = format!("<{}@sandbox.test>", ambient::random::hex::<8>());
    Submission {
        data_center: DataCenterId::default(),
        sender: address(ALICE),
        recipients: recipients
            .map(|to| Recipient::new(address(to), RecipientKind::To))
            .collect(),
        content: format!("From: {ALICE}\r\nMessage-ID: {message_id}\r\nSubject: Hi\r\n\r\n.Hi\r\n")
            .into_bytes(),
        message_id,
        from: ALICE.into(),
        subject: "Hi".into(),
        by: Who::Key("cron".into()),
        idempotency: None,
        due_at: None,
    }
}

async fn submit(world: &World, to: &[&str]) -> MessageId {
    world.mailer.submit(submission(to)).await.unwrap().id
}

async fn read(world: &World, id: &MessageId) -> OutboxMessage {
    world.mailer.message(id).await.unwrap().unwrap()
}

async fn attempts(world: &World, id: &MessageId) -> Vec<Attempt> {
    world.mailer.message_attempts(id).await.unwrap()
}

/// Waits for what a message comes to.
pub(crate) async fn until(
    world: &World,
    id: &MessageId,
    what: impl Fn(&OutboxMessage) -> bool,
) -> OutboxMessage {
    for _ in 0..400 {
        let message = read(world, id).await;
        if what(&message) {
            return message;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!(
        "{:?}\n{:?}",
        read(world, id).await,
        attempts(world, id).await
    );
}

async fn until_attempts(world: &World, id: &MessageId, count: i64) -> OutboxMessage {
    until(world, id, |message| {
        message.attempts == count && message.state != MessageState::Sending
    })
    .await
}

async fn until_state(world: &World, id: &MessageId, state: MessageState) -> OutboxMessage {
    until(world, id, |message| message.state == state).await
}

fn reply(stage: Stage, reply: &str, times: Option<u32>) -> StageReply {
    StageReply {
        stage,
        reply: reply.into(),
        times,
    }
}

fn replies(replies: Vec<StageReply>) -> Faults {
    Faults {
        replies,
        ..Faults::default()
    }
}

async fn save_sending(world: &World, change: impl FnOnce(&mut SendingSettings)) {
    let id = DataCenterId::default();
    let mut settings = world.mailer.sending_settings(&id).await.unwrap();
    change(&mut settings);
    let (store, by) = (world.store().await, Actor::command_line());
    let saved = store.save_sending_settings(&id, &settings, Vec::new(), &by, world.mailer.now());
    assert!(matches!(saved.await.unwrap(), SaveSendingOutcome::Saved(_)));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_submitted_is_delivered_at_once_over_one_connection() {
    let world = World::authorized().await;
    let delivering = Delivering::start(&world.mailer);
    let mut ids = Vec::new();
    for _ in 0..5 {
        let id = submit(&world, &[BOB]).await;
        let message = until_state(&world, &id, MessageState::Delivered).await;
        assert_eq!((message.attempts, &message.finding), (1, &None));
        assert_eq!(message.recipients[0].state, RecipientState::Accepted);
        assert!(
            message.recipients[0].reply.starts_with("250 2.0.0"),
            "{message:?}"
        );
        ids.push(message.message_id);
    }
    let received = world.control().messages();
    let received_ids: Vec<_> = received
        .iter()
        .map(|one| format!("<{}>", one.message_id.clone().unwrap()))
        .collect();
    assert_eq!(received_ids, ids);
    assert!(
        received[0].raw.ends_with("\r\n\r\n.Hi\r\n"),
        "{}",
        received[0].raw
    );
    assert_eq!(world.control().auth_attempts().len(), 1);
    delivering.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attempt_keeps_its_conversation_and_no_secret() {
    let world = World::authorized().await;
    let delivering = Delivering::start(&world.mailer);
    let id = submit(&world, &[BOB]).await;
    until_state(&world, &id, MessageState::Delivered).await;
    let attempts = attempts(&world, &id).await;
    let [attempt] = attempts.as_slice() else {
        panic!("{attempts:?}")
    };
    assert_eq!(
        (attempt.number, attempt.outcome),
        (1, AttemptOutcome::Delivered)
    );
    assert!(
        attempt.micros > 0 && attempt.server.starts_with("localhost:"),
        "{attempt:?}"
    );
    for said in [
        "C: STARTTLS",
        "C: AUTH XOAUTH2 [redacted]",
        "S: 235",
        "C: MAIL FROM:<alice@sandbox.test> SIZE=",
        "S: 354",
        "S: 250 2.0.0",
    ] {
        assert!(
            attempt.transcript.contains(said),
            "{said}\n{}",
            attempt.transcript
        );
    }
    assert!(
        !attempt.transcript.contains("Subject"),
        "{}",
        attempt.transcript
    );
    for secret in world.control().secrets() {
        assert!(!attempt.transcript.contains(&secret));
    }
    delivering.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recipient_that_is_refused_does_not_keep_the_others_from_their_mail() {
    let world = World::authorized().await;
    world.control().set(replies(vec![reply(
        Stage::Rcpt,
        "550 5.1.1 no such user",
        Some(1),
    )]));
    let delivering = Delivering::start(&world.mailer);
    let id = submit(&world, &["nobody@sandbox.test", BOB]).await;
    let message = until_state(&world, &id, MessageState::PartlyDelivered).await;
    let states: Vec<_> = message.recipients.iter().map(|one| one.state).collect();
    assert_eq!(states, [RecipientState::Refused, RecipientState::Accepted]);
    let refused = message.recipients[0].finding.as_ref().unwrap();
    assert_eq!(refused.code, FindingCode::RecipientRefused);
    assert_eq!(message.recipients[0].reply, "550 5.1.1 no such user");
    assert_eq!(
        attempts(&world, &id).await[0].outcome,
        AttemptOutcome::PartlyDelivered
    );
    // The same connection goes on.
    let next = submit(&world, &[BOB]).await;
    until_state(&world, &next, MessageState::Delivered).await;
    assert_eq!(world.control().auth_attempts().len(), 1);
    delivering.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recipient_that_is_put_off_is_tried_again_alone() {
    let world = World::authorized().await;
    world.control().set(replies(vec![reply(
        Stage::Rcpt,
        "452 4.2.2 mailbox full",
        Some(1),
    )]));
    let delivering = Delivering::start(&world.mailer);
    let id = submit(&world, &["full@sandbox.test", BOB]).await;
    let message = until_attempts(&world, &id, 1).await;
    assert_eq!(message.state, MessageState::Waiting);
    let wait = message.due_at.since(message.created_at);
    assert!((24..=36).contains(&wait), "{wait}");
    world.clock.advance(36);
    until_state(&world, &id, MessageState::Delivered).await;
    let received = world.control().messages();
    let to: Vec<_> = received.iter().map(|one| one.to.clone()).collect();
    assert_eq!(
        to,
        [vec![BOB.to_owned()], vec!["full@sandbox.test".to_owned()]]
    );
    delivering.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_for_good_is_not_tried_again_and_the_connection_goes_on() {
    let world = World::authorized().await;
    let delivering = Delivering::start(&world.mailer);
    for (stage, text, code) in [
        (
            Stage::Mail,
            "553 5.1.8 sender refused",
            FindingCode::SenderRefused,
        ),
        (
            Stage::Rcpt,
            "550 5.1.1 no such user",
            FindingCode::RecipientRefused,
        ),
        (Stage::Data, "554 5.7.1 policy", FindingCode::PolicyRefused),
        (
            Stage::Final,
            "552 5.3.4 too large",
            FindingCode::MessageTooLarge,
        ),
    ] {
        world.control().set(replies(vec![reply(stage, text, None)]));
        let id = submit(&world, &[BOB]).await;
        let message = until_state(&world, &id, MessageState::Failed).await;
        assert_eq!(message.finding.unwrap().code, code, "{text}");
        assert_eq!(
            attempts(&world, &id).await[0].outcome,
            AttemptOutcome::Refused
        );
        assert_eq!(message.recipients[0].state, RecipientState::Refused);
        assert!(message.finished_at.is_some());
    }
    world.control().set(Faults::default());
    let id = submit(&world, &[BOB]).await;
    until_state(&world, &id, MessageState::Delivered).await;
    assert_eq!(world.control().auth_attempts().len(), 1);
    delivering.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fails_for_now_is_tried_again_later_and_later_and_at_last_given_up() {
    let world = World::authorized().await;
    world.control().set(replies(vec![reply(
        Stage::Final,
        "451 4.3.0 try later",
        None,
    )]));
    let delivering = Delivering::start(&world.mailer);
    let id = submit(&world, &[BOB]).await;
    let mut due = until_attempts(&world, &id, 1).await.due_at;
    let mut waits = Vec::new();
    for attempt in 2..=4 {
        let now = world.mailer.now();
        waits.push(due.since(now));
        world.clock.advance(due.since(now));
        due = until_attempts(&world, &id, attempt).await.due_at;
    }
    assert!(waits.is_sorted() && waits[2] >= 96, "{waits:?}");
    world.clock.advance(5 * 86_400);
    let message = until_state(&world, &id, MessageState::Failed).await;
    assert_eq!(
        (message.attempts, message.finding.unwrap().code),
        (5, FindingCode::Temporary)
    );
    assert!(world.control().messages().is_empty());
    delivering.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_cut_after_the_final_dot_is_told_and_tried_again_with_the_same_message_id() {
    let world = World::authorized().await;
    world.control().set(Faults {
        cut_at: Some(CutAt::AfterFinalDotBeforeReply),
        cut_times: Some(1),
        ..Faults::default()
    });
    let delivering = Delivering::start(&world.mailer);
    let id = submit(&world, &[BOB]).await;
    let message = until_attempts(&world, &id, 1).await;
    assert_eq!(
        message.finding.unwrap().code,
        FindingCode::ClosedAfterMessage
    );
    assert_eq!(
        attempts(&world, &id).await[0].outcome,
        AttemptOutcome::Unknown
    );
    world.clock.advance(36);
    until_state(&world, &id, MessageState::Delivered).await;
    let received = world.control().messages();
    assert_eq!(received.len(), 2);
    assert_eq!(received[0].message_id, received[1].message_id);
    delivering.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_cut_before_the_final_dot_loses_and_doubles_nothing() {
    for stage in [
        CutAt::Greeting,
        CutAt::Ehlo,
        CutAt::Auth,
        CutAt::Mail,
        CutAt::Rcpt,
        CutAt::Data,
    ] {
        let world = World::authorized().await;
        world.control().set(Faults {
            cut_at: Some(stage),
            cut_times: Some(1),
            ..Faults::default()
        });
        let delivering = Delivering::start(&world.mailer);
        let id = submit(&world, &[BOB]).await;
        let message = until_attempts(&world, &id, 1).await;
        assert_eq!(
            message.finding.unwrap().code,
            FindingCode::ConnectionClosed,
            "{stage:?}"
        );
        assert_eq!(
            attempts(&world, &id).await[0].outcome,
            AttemptOutcome::PutOff
        );
        world.clock.advance(36);
        until_state(&world, &id, MessageState::Delivered).await;
        assert_eq!(world.control().messages().len(), 1);
        delivering.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_was_closed_while_it_was_idle_is_no_failure_of_the_next_message() {
    let world = World::authorized().await;
    let delivering = Delivering::start(&world.mailer);
    let id = submit(&world, &[BOB]).await;
    until_state(&world, &id, MessageState::Delivered).await;
    for fault in [
        Faults {
            cut_at: Some(CutAt::Mail),
            cut_times: Some(1),
            ..Faults::default()
        },
        replies(vec![reply(
            Stage::Mail,
            "421 4.4.2 idle for too long",
            Some(1),
        )]),
    ] {
        world.control().set(fault);
        let id = submit(&world, &[BOB]).await;
        let message = until_state(&world, &id, MessageState::Delivered).await;
        assert_eq!(message.attempts, 1);
    }
    delivering.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_goes_silent_is_not_waited_for_for_ever() {
    let world = World::with(|options| {
        options.outbox.reply = Duration::from_secs(1);
        options.outbox.message = Duration::from_secs(1);
    })
    .await;
    world.save(&world.basic_form()).await;
    world.control().set(Faults {
        silent_at: Some(Stage::Rcpt),
        ..Faults::default()
    });
    let delivering = Delivering::start(&world.mailer);
    let id = submit(&world, &[BOB]).await;
    let message = until_attempts(&world, &id, 1).await;
    assert_eq!(message.finding.unwrap().code, FindingCode::Timeout);
    world.control().set(Faults {
        silent_at: Some(Stage::Final),
        ..Faults::default()
    });
    world.clock.advance(36);
    let message = until_attempts(&world, &id, 2).await;
    assert_eq!(
        message.finding.unwrap().code,
        FindingCode::ClosedAfterMessage
    );
    delivering.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_refused_before_its_time_is_refreshed_once_and_the_mail_goes_out() {
    let world = World::authorized().await;
    world.control().expire_access_tokens();
    let delivering = Delivering::start(&world.mailer);
    let id = submit(&world, &[BOB]).await;
    let message = until_state(&world, &id, MessageState::Delivered).await;
    assert_eq!(message.attempts, 1);
    let accepted: Vec<_> = world
        .control()
        .auth_attempts()
        .iter()
        .map(|one| one.accepted)
        .collect();
    assert_eq!(accepted, [false, true]);
    delivering.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_that_is_refused_pauses_the_data_center_until_its_settings_change() {
    let world = World::new().await;
    world.save(&world.basic_form()).await;
    world.control().set(Faults {
        refuse_passwords: Some(RefusalStyle::MicrosoftIncorrectCredentials),
        ..Faults::default()
    });
    let delivering = Delivering::start(&world.mailer);
    let (one, two) = (submit(&world, &[BOB]).await, submit(&world, &[BOB]).await);
    until(&world, &one, |message| {
        message.attempts == 1 && message.state == MessageState::Waiting
    })
    .await;
    let pause = world
        .mailer
        .sending_pause(&DataCenterId::default())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(pause.finding.code, FindingCode::CredentialsIncorrect);
    world.control().set(Faults::default());
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert_eq!(read(&world, &two).await.state, MessageState::Waiting);
    world.save(&world.basic_form()).await;
    until_state(&world, &one, MessageState::Delivered).await;
    until_state(&world, &two, MessageState::Delivered).await;
    assert_eq!(
        world
            .mailer
            .sending_pause(&DataCenterId::default())
            .await
            .unwrap(),
        None
    );
    delivering.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quota_that_is_used_up_pauses_the_data_center_and_not_the_message() {
    let world = World::authorized().await;
    world.control().set(replies(vec![reply(
        Stage::Data,
        "550 5.4.5 Daily user sending limit exceeded",
        Some(1),
    )]));
    let delivering = Delivering::start(&world.mailer);
    let id = submit(&world, &[BOB]).await;
    let message = until_attempts(&world, &id, 1).await;
    assert_eq!(
        (message.state, message.due_at),
        (MessageState::Waiting, message.created_at)
    );
    let pause = world
        .mailer
        .sending_pause(&DataCenterId::default())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(pause.finding.code, FindingCode::QuotaExceeded);
    assert_eq!(pause.until.since(world.mailer.now()), 600);
    world.clock.advance(601);
    until_state(&world, &id, MessageState::Delivered).await;
    delivering.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_waits_for_settings_and_for_the_grant_and_goes_out_after_them_at_once() {
    let world = World::new().await;
    let delivering = Delivering::start(&world.mailer);
    let id = submit(&world, &[BOB]).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    world.save(&world.oauth_form()).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    let waiting = read(&world, &id).await;
    assert_eq!(
        (waiting.state, waiting.attempts),
        (MessageState::Waiting, 0)
    );
    world.authorize(ALICE, true).await;
    until_state(&world, &id, MessageState::Delivered).await;
    delivering.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_waits_while_a_grant_has_ended() {
    let world = World::authorized().await;
    world.control().revoke_all();
    let delivering = Delivering::start(&world.mailer);
    let id = submit(&world, &[BOB]).await;
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    let waiting = read(&world, &id).await;
    assert_eq!(waiting.state, MessageState::Waiting, "{waiting:?}");
    world.authorize(ALICE, true).await;
    until_state(&world, &id, MessageState::Delivered).await;
    delivering.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn recipients_are_split_as_the_provider_takes_them() {
    let world = World::authorized().await;
    save_sending(&world, |settings| settings.limits.recipients = Some(2)).await;
    let delivering = Delivering::start(&world.mailer);
    let to = [
        "a@sandbox.test",
        "b@sandbox.test",
        "c@sandbox.test",
        "d@sandbox.test",
        "e@sandbox.test",
    ];
    let id = submit(&world, &to).await;
    until_state(&world, &id, MessageState::Delivered).await;
    let sizes: Vec<_> = world
        .control()
        .messages()
        .iter()
        .map(|one| one.to.len())
        .collect();
    assert_eq!(sizes, [2, 2, 1]);
    delivering.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_messages_are_sent_in_a_minute_than_the_limit_says_by_two_servers_together() {
    let world = World::authorized().await;
    save_sending(&world, |settings| {
        settings.limits = SendingLimits {
            per_minute: Some(3),
            ..SendingLimits::default()
        }
    })
    .await;
    let other = world.another_mailer().await;
    let (one, two) = (Delivering::start(&world.mailer), Delivering::start(&other));
    let mut ids = Vec::new();
    for _ in 0..7 {
        ids.push(submit(&world, &[BOB]).await);
    }
    let sent = || world.control().messages().len();
    for expected in [3, 6, 7] {
        for _ in 0..200 {
            if sent() == expected {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        tokio::time::sleep(Duration::from_millis(1_300)).await;
        assert_eq!(sent(), expected);
        world.clock.advance(61);
    }
    for id in ids {
        until_state(&world, &id, MessageState::Delivered).await;
    }
    one.stop().await;
    two.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_connections_are_open_than_the_limit_says() {
    let world = World::authorized().await;
    save_sending(&world, |settings| settings.limits.connections = Some(1)).await;
    let other = world.another_mailer().await;
    let (one, two) = (Delivering::start(&world.mailer), Delivering::start(&other));
    for _ in 0..20 {
        submit(&world, &[BOB]).await;
    }
    let id = submit(&world, &[BOB]).await;
    until_state(&world, &id, MessageState::Delivered).await;
    assert_eq!(world.control().auth_attempts().len(), 1);
    let used = world
        .mailer
        .sending_use(&DataCenterId::default())
        .await
        .unwrap();
    assert_eq!((used.connections, used.last_day), (1, 21));
    one.stop().await;
    two.stop().await;
    let used = world
        .mailer
        .sending_use(&DataCenterId::default())
        .await
        .unwrap();
    assert_eq!(used.connections, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stops_finishes_what_is_under_way_and_gives_the_rest_back() {
    let world = World::with(|options| options.outbox.connections = 1).await;
    world.save(&world.basic_form()).await;
    world.control().set(Faults {
        slow_ms: [(Stage::Final, 500)].into(),
        ..Faults::default()
    });
    let delivering = Delivering::start(&world.mailer);
    let (one, two) = (submit(&world, &[BOB]).await, submit(&world, &[BOB]).await);
    until_state(&world, &one, MessageState::Sending).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    delivering.stop().await;
    let states = (
        read(&world, &one).await.state,
        read(&world, &two).await.state,
    );
    assert!(
        matches!(states, (MessageState::Delivered, MessageState::Waiting)),
        "{states:?}"
    );
    assert_eq!(world.control().messages().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_has_no_time_left_says_what_is_not_known() {
    let world = World::with(|options| options.outbox.grace = Duration::from_millis(100)).await;
    world.save(&world.basic_form()).await;
    world.control().set(Faults {
        slow_ms: [(Stage::Final, 5_000)].into(),
        ..Faults::default()
    });
    let delivering = Delivering::start(&world.mailer);
    let id = submit(&world, &[BOB]).await;
    until_state(&world, &id, MessageState::Sending).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    delivering.stop().await;
    let message = read(&world, &id).await;
    assert_eq!(message.state, MessageState::Waiting);
    assert_eq!(
        attempts(&world, &id).await[0].outcome,
        AttemptOutcome::Unknown
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_sends_only_for_the_data_centers_it_is_told() {
    let elsewhere = DataCenterId::parse("elsewhere").unwrap();
    let world = World::with(move |options| options.outbox.data_centers = vec![elsewhere]).await;
    world.save(&world.basic_form()).await;
    let delivering = Delivering::start(&world.mailer);
    let id = submit(&world, &[BOB]).await;
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert_eq!(read(&world, &id).await.state, MessageState::Waiting);
    delivering.stop().await;
    let other = world.another_mailer().await;
    let delivering = Delivering::start(&other);
    until_state(&world, &id, MessageState::Delivered).await;
    delivering.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_content_of_a_delivered_message_is_dropped_when_that_is_chosen() {
    let world = World::authorized().await;
    save_sending(&world, |settings| settings.drop_content = true).await;
    let delivering = Delivering::start(&world.mailer);
    let id = submit(&world, &[BOB]).await;
    let message = until_state(&world, &id, MessageState::Delivered).await;
    assert!(!message.has_content);
    assert_eq!(
        world
            .mailer
            .resend_message(&id, &world.admin)
            .await
            .unwrap(),
        Resent::ContentGone
    );
    world.clock.advance(30 * 86_400 + 1);
    world.mailer.forget_settled().await.unwrap();
    assert_eq!(world.mailer.message(&id).await.unwrap(), None);
    assert_eq!(
        world
            .mailer
            .resend_message(&id, &world.admin)
            .await
            .unwrap(),
        Resent::Unknown
    );
    delivering.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_is_sent_again_is_a_new_one() {
    let world = World::authorized().await;
    let delivering = Delivering::start(&world.mailer);
    let id = submit(&world, &[BOB]).await;
    until_state(&world, &id, MessageState::Delivered).await;
    let resent = world
        .mailer
        .resend_message(&id, &world.admin)
        .await
        .unwrap();
    let Resent::As(copy) = resent else {
        panic!("{resent:?}")
    };
    until_state(&world, &copy, MessageState::Delivered).await;
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

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_was_given_up_goes_out_when_somebody_asks_for_it() {
    let world = World::authorized().await;
    world.control().set(replies(vec![reply(
        Stage::Final,
        "554 5.7.1 policy",
        Some(1),
    )]));
    let delivering = Delivering::start(&world.mailer);
    let id = submit(&world, &[BOB]).await;
    until_state(&world, &id, MessageState::Failed).await;
    let retried = world.mailer.retry_message(&id, &world.admin).await.unwrap();
    assert_eq!(retried, ChangeOutcome::Changed);
    let message = until_state(&world, &id, MessageState::Delivered).await;
    assert_eq!(message.attempts, 2);
    delivering.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_messages_handed_over_at_once_by_two_servers_arrive_once_each() {
    let world = World::authorized().await;
    let other = world.another_mailer().await;
    let (one, two) = (Delivering::start(&world.mailer), Delivering::start(&other));
    let submitting = (0..100).map(|number| {
        let mailer = if number % 2 == 0 {
            world.mailer.clone()
        } else {
            other.clone()
        };
        async move { mailer.submit(submission(&[BOB])).await.unwrap().id }
    });
    let ids = futures::future::join_all(submitting).await;
    for id in &ids {
        until_state(&world, id, MessageState::Delivered).await;
    }
    let mut received: Vec<_> = world
        .control()
        .messages()
        .into_iter()
        .map(|one| one.message_id)
        .collect();
    assert_eq!(received.len(), 100);
    received.sort();
    received.dedup();
    assert_eq!(received.len(), 100);
    let hours = world
        .mailer
        .hour_counts(None, world.mailer.now())
        .await
        .unwrap();
    assert_eq!(
        (hours[0].accepted, hours[0].delivered, hours[0].failed),
        (100, 100, 0)
    );
    one.stop().await;
    two.stop().await;
}
