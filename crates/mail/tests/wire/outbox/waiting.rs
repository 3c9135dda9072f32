//! Messages that wait for their data center.

use std::time::Duration;

use domain::{DataCenterId, FindingCode, MessageState, SendingLimits};
use sandbox::{Faults, RefusalStyle, Stage};

use super::{
    Delivering, delivering_at, read, replying, save_sending, submit, until, until_attempts,
    until_state,
};
use crate::support::{ALICE, BOB, World};

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
        .outbox
        .pause(&DataCenterId::default())
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
            .outbox
            .pause(&DataCenterId::default())
            .await
            .unwrap(),
        None
    );
    delivering.stop().await;
}

async fn pause(world: &World) -> Option<domain::SendingPause> {
    let id = DataCenterId::default();
    world.mailer.outbox.pause(&id).await.unwrap()
}

async fn until_paused(world: &World) -> domain::SendingPause {
    for _ in 0..400 {
        if let Some(pause) = pause(world).await {
            return pause;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("no pause");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_temporarily_rejected_sign_in_pauses_shortly_and_mail_recovers_by_itself() {
    for (fault, code) in [
        (
            Faults {
                refuse_tokens: Some(RefusalStyle::Dovecot),
                ..Faults::default()
            },
            FindingCode::TokenRefused,
        ),
        (
            replying(
                Stage::Auth,
                "535 5.7.8 Error: authentication failed: Connection lost to authentication server",
                None,
            ),
            FindingCode::AuthenticationUnavailable,
        ),
    ] {
        let (world, delivering) = delivering_at(fault).await;
        let (one, two) = (submit(&world, &[BOB]).await, submit(&world, &[BOB]).await);
        for seconds in [30, 60, 120, 240, 480, 900, 900] {
            let pause = until_paused(&world).await;
            assert_eq!(pause.finding.code, code);
            assert_eq!(
                pause.until.since(world.mailer.clock.now()),
                seconds,
                "{code:?}"
            );
            if seconds < 900 {
                world.clock.advance(seconds);
            }
        }
        world.control().set(Faults::default());
        world.clock.advance(900);
        for id in [one, two] {
            let message = until_state(&world, &id, MessageState::Delivered).await;
            assert_eq!(message.due_at, message.created_at);
        }
        // The next failure starts with a short pause again.
        world.control().set(Faults {
            refuse_tokens: Some(RefusalStyle::Dovecot),
            ..Faults::default()
        });
        delivering.stop().await;
        let delivering = Delivering::start(&world.mailer);
        submit(&world, &[BOB]).await;
        let pause = until_paused(&world).await;
        assert_eq!(pause.until.since(world.mailer.clock.now()), 30);
        delivering.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejection_that_needs_an_administrator_pauses_for_long_immediately() {
    let (world, delivering) = delivering_at(Faults {
        refuse_tokens: Some(RefusalStyle::MicrosoftTenantDisabled),
        ..Faults::default()
    })
    .await;
    submit(&world, &[BOB]).await;
    let pause = until_paused(&world).await;
    assert_eq!(pause.finding.code, FindingCode::SmtpAuthDisabledForTenant);
    assert_eq!(pause.until.since(world.mailer.clock.now()), 900);
    delivering.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exceeded_quota_pauses_the_data_center_and_not_the_message() {
    let (world, delivering) = delivering_at(replying(
        Stage::Data,
        "550 5.4.5 Daily user sending limit exceeded",
        Some(1),
    ))
    .await;
    let id = submit(&world, &[BOB]).await;
    let message = until_attempts(&world, &id, 1).await;
    assert_eq!(
        (message.state, message.due_at),
        (MessageState::Waiting, message.created_at)
    );
    let pause = world
        .mailer
        .outbox
        .pause(&DataCenterId::default())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(pause.finding.code, FindingCode::QuotaExceeded);
    assert_eq!(pause.until.since(world.mailer.clock.now()), 600);
    world.clock.advance(601);
    until_state(&world, &id, MessageState::Delivered).await;
    delivering.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_of_an_account_pause_the_data_center_also_with_a_permanent_code() {
    let (world, delivering) = delivering_at(Faults::default()).await;
    for (stage, reply) in [
        (
            Stage::Final,
            "550 5.4.6 Unusual sending activity detected. Please try after sometime.",
        ),
        (Stage::Mail, "550 Connection frequency limited"),
        (
            Stage::Final,
            "454 Throttling failure: Maximum sending rate exceeded.",
        ),
        (
            Stage::Rcpt,
            "550 5.1.8 Access denied, bad outbound sender AS(42004)",
        ),
    ] {
        world.control().set(replying(stage, reply, Some(1)));
        let id = submit(&world, &[BOB]).await;
        let message = until_attempts(&world, &id, 1).await;
        let (state, due) = (message.state, message.due_at);
        assert_eq!((state, due), (MessageState::Waiting, message.created_at));
        let pause = until_paused(&world).await;
        let wait = pause.until.since(world.mailer.clock.now());
        assert!((60..=7_200).contains(&wait), "{reply}: {wait}");
        world.clock.advance(wait + 1);
        until_state(&world, &id, MessageState::Delivered).await;
    }
    delivering.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_waits_for_settings_and_the_grant_and_is_sent_immediately_afterwards() {
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
async fn a_server_sends_only_for_its_configured_data_centers() {
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
        .outbox
        .usage(&DataCenterId::default())
        .await
        .unwrap();
    assert_eq!((used.connections, used.last_day), (1, 21));
    one.stop().await;
    two.stop().await;
    let used = world
        .mailer
        .outbox
        .usage(&DataCenterId::default())
        .await
        .unwrap();
    assert_eq!(used.connections, 0);
}
