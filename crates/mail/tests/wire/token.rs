//! Refreshes of grants.

use domain::{DataCenterId, FindingCode, GrantStatus};
use mail::Mailer;
use sandbox::{Faults, RefusalStyle, TokenError};
use sqlx::{AnyConnection, Connection as _};

use crate::support::{ALICE, BOB, World, delivered, finding, short_timeouts};

fn refreshes(world: &World) -> usize {
    let requests = world.control().token_requests();
    requests
        .iter()
        .filter(|request| request.grant_type == "refresh_token")
        .count()
}

async fn status(mailer: &Mailer) -> GrantStatus {
    mailer
        .settings
        .grant_status(&DataCenterId::default())
        .await
        .unwrap()
}

#[tokio::test]
async fn a_token_is_refreshed_five_minutes_before_it_expires_and_not_before() {
    let world = World::authorized().await;
    world.clock.advance(3_299);
    delivered(&world.test_email().await);
    assert_eq!(refreshes(&world), 0);
    world.clock.advance(1);
    delivered(&world.test_email().await);
    assert_eq!(refreshes(&world), 1);
    delivered(&world.test_email().await);
    assert_eq!(refreshes(&world), 1);
}

#[tokio::test]
async fn a_token_that_lives_for_minutes_only_is_refreshed_once_at_half_its_life() {
    for life in [20, 300] {
        let world = World::new().await;
        world.control().set(Faults {
            access_token_lifetime_seconds: life,
            ..Faults::default()
        });
        world.save(&world.oauth_form()).await;
        world.authorize(ALICE, true).await;
        let half = i64::try_from(life / 2).unwrap();
        for (advance, expected) in [(half - 1, 0), (1, 1), (0, 1), (half - 1, 1), (1, 2)] {
            world.clock.advance(advance);
            delivered(&world.test_email().await);
            world.mailer.tokens.refresh_due().await.unwrap();
            assert_eq!(refreshes(&world), expected, "{life} s");
        }
        // A token that is rejected before it expires is refreshed once as well.
        world.control().expire_access_tokens();
        delivered(&world.test_email().await);
        assert_eq!(refreshes(&world), 3, "{life} s");
    }
}

#[tokio::test]
async fn grants_are_refreshed_in_the_background() {
    let world = World::authorized_with(short_timeouts).await;
    for _ in 0..3 {
        world.clock.advance(3_400);
        world.mailer.tokens.refresh_due().await.unwrap();
    }
    assert_eq!(refreshes(&world), 3);
    world.control().set(Faults {
        token_silent: true,
        ..Faults::default()
    });
    delivered(&world.test_email().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixty_four_sends_with_an_expired_token_cause_one_refresh() {
    let world = World::authorized().await;
    world.control().expire_access_tokens();
    world.clock.advance(4_000);
    let sends = (0..64).map(|_| {
        let (mailer, form, by) = (
            world.mailer.clone(),
            world.oauth_form(),
            world.admin.clone(),
        );
        tokio::spawn(async move { mailer.doctor.send_test(&form, BOB, &by).await.unwrap().1 })
    });
    for send in sends.collect::<Vec<_>>() {
        delivered(&send.await.unwrap());
    }
    assert_eq!(refreshes(&world), 1);
    assert_eq!(world.control().messages().len(), 64);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_processes_on_one_database_refresh_once() {
    let world = World::authorized().await;
    let other = world.another_mailer().await;
    world.control().expire_access_tokens();
    world.control().set(Faults {
        token_delay_ms: 200,
        ..Faults::default()
    });
    world.clock.advance(4_000);
    let form = world.oauth_form();
    let (one, two) = tokio::join!(
        world.mailer.doctor.send_test(&form, BOB, &world.admin),
        other.doctor.send_test(&form, BOB, &world.admin)
    );
    delivered(&one.unwrap().1);
    delivered(&two.unwrap().1);
    assert_eq!(refreshes(&world), 1);
}

#[tokio::test]
async fn a_rotated_refresh_token_survives_whoever_asked_for_it_going_away() {
    let world = World::authorized().await;
    world.clock.advance(4_000);
    world.control().expire_access_tokens();
    world.control().set(Faults {
        token_delay_ms: 300,
        ..Faults::default()
    });
    let form = world.oauth_form();
    let gone = std::time::Duration::from_millis(100);
    let requested = tokio::time::timeout(
        gone,
        world.mailer.doctor.send_test(&form, BOB, &world.admin),
    )
    .await;
    assert!(
        requested.is_err(),
        "the answer took longer than the asker waited"
    );

    delivered(&world.test_email().await);
    assert_eq!(refreshes(&world), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotated_refresh_token_survives_a_database_that_fails_for_a_while() {
    let world = World::authorized().await;
    let mut database = AnyConnection::connect(&world.database_url()).await.unwrap();
    // As after a full disk, SQLite rolls back by itself.
    let fault = "CREATE TRIGGER fault BEFORE UPDATE OF access_token ON grants
        BEGIN SELECT RAISE(ROLLBACK, 'disk I/O error'); END";
    sqlx::raw_sql(fault).execute(&mut database).await.unwrap();
    world.clock.advance(4_000);
    world.control().expire_access_tokens();
    let sending = tokio::spawn({
        let (mailer, form, by) = (
            world.mailer.clone(),
            world.oauth_form(),
            world.admin.clone(),
        );
        async move { mailer.doctor.send_test(&form, BOB, &by).await.unwrap().1 }
    });
    while refreshes(&world) == 0 {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    tokio::time::sleep(std::time::Duration::from_millis(700)).await;
    let repaired = sqlx::raw_sql("DROP TRIGGER fault").execute(&mut database);
    repaired.await.unwrap();
    delivered(&sending.await.unwrap());
    assert_eq!(refreshes(&world), 1);
    // The new refresh token is the one that was stored.
    world.clock.advance(4_000);
    world.control().expire_access_tokens();
    delivered(&world.test_email().await);
    assert_eq!(refreshes(&world), 2);
}

#[tokio::test]
async fn a_rotated_refresh_token_survives_a_restart() {
    let world = World::authorized().await;
    for _ in 0..3 {
        world.clock.advance(4_000);
        let restarted = world.another_mailer().await;
        delivered(
            &restarted
                .doctor
                .send_test(&world.oauth_form(), BOB, &world.admin)
                .await
                .unwrap()
                .1,
        );
    }
    assert_eq!(refreshes(&world), 3);
}

#[tokio::test]
async fn an_answer_without_a_refresh_token_keeps_the_old_one() {
    let world = World::authorized().await;
    world.control().set(Faults {
        rotate_refresh_token: false,
        ..Faults::default()
    });
    for _ in 0..2 {
        world.clock.advance(4_000);
        delivered(&world.test_email().await);
    }
    assert_eq!(refreshes(&world), 2);
}

#[tokio::test]
async fn invalid_grant_immediately_and_permanently_means_needs_authorization() {
    let world = World::authorized().await;
    world.control().revoke_all();
    world.clock.advance(4_000);
    assert_eq!(finding(&world.test_email().await), FindingCode::GrantEnded);
    let GrantStatus::NeedsAuthorization {
        account,
        finding: why,
        ..
    } = status(&world.mailer).await
    else {
        panic!()
    };
    assert_eq!(
        (account.as_str(), why.code),
        (ALICE, FindingCode::GrantEnded)
    );
    assert_eq!(finding(&world.test_email().await), FindingCode::GrantEnded);
    world.mailer.tokens.refresh_due().await.unwrap();
    // One refresh, with the credentials in the header and then in the body.
    assert_eq!(refreshes(&world), 2);

    world.authorize(ALICE, true).await;
    delivered(&world.test_email().await);
}

#[tokio::test]
async fn an_error_with_status_200_ends_a_grant_like_any_other() {
    let world = World::authorized().await;
    world.control().set(Faults {
        token_error: Some(TokenError {
            status: 200,
            error: "bad_refresh_token".into(),
            error_description: Some("The refresh token passed is incorrect or expired.".into()),
            times: None,
            retry_after: None,
        }),
        ..Faults::default()
    });
    world.clock.advance(4_000);
    assert_eq!(finding(&world.test_email().await), FindingCode::GrantEnded);
    let GrantStatus::NeedsAuthorization { finding: why, .. } = status(&world.mailer).await else {
        panic!()
    };
    let said = "HTTP 200 OK: bad_refresh_token: The refresh token passed is incorrect or expired.";
    assert_eq!(why.said.as_deref(), Some(said));
}

#[tokio::test]
async fn the_next_refresh_is_not_earlier_than_the_provider_asks() {
    let world = World::authorized().await;
    let mut error = TokenError::named("too_many_requests").unwrap();
    error.retry_after = Some("600".into());
    world.control().set(Faults {
        token_error: Some(error),
        ..Faults::default()
    });
    world.clock.advance(3_400);
    delivered(&world.test_email().await);
    assert_eq!(refreshes(&world), 1);
    // The backoff alone would have tried again, and the token has expired.
    world.clock.advance(300);
    world.mailer.tokens.refresh_due().await.unwrap();
    let code = finding(&world.test_email().await);
    assert_eq!(code, FindingCode::ProviderUnavailable);
    assert_eq!(refreshes(&world), 1);
    world.control().set(Faults::default());
    world.clock.advance(301);
    world.mailer.tokens.refresh_due().await.unwrap();
    assert_eq!(refreshes(&world), 2);
    delivered(&world.test_email().await);
}

#[tokio::test]
async fn a_grant_that_ends_after_a_lost_response_names_that_possibility() {
    let world = World::authorized().await;
    world.control().set(Faults {
        token_answer_lost: true,
        ..Faults::default()
    });
    world.clock.advance(4_000);
    let code = finding(&world.test_email().await);
    assert_eq!(code, FindingCode::TokenEndpointUnreachable);
    world.control().set(Faults::default());
    let code = finding(&world.test_email().await);
    assert_eq!(code, FindingCode::GrantEndedAfterInterruption);
}

#[tokio::test]
async fn a_grant_that_ends_after_a_killed_refresh_names_that_possibility() {
    let world = World::authorized().await;
    world.control().set(Faults {
        token_delay_ms: 60_000,
        ..Faults::default()
    });
    world.clock.advance(4_000);
    let process = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let mailer = world.another_mailer().await;
    process.spawn(async move { mailer.tokens.refresh_due().await });
    while refreshes(&world) == 0 {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    process.shutdown_background();

    world.control().set(Faults::default());
    world.clock.advance(120);
    let code = finding(&world.test_email().await);
    assert_eq!(code, FindingCode::GrantEndedAfterInterruption);
}

#[tokio::test]
async fn other_failures_are_retried_with_backoff() {
    let world = World::authorized().await;
    world.control().set(Faults {
        token_error: TokenError::named("temporarily_unavailable"),
        ..Faults::default()
    });
    world.clock.advance(3_400);
    // The token is valid for another 200 seconds and is used meanwhile.
    delivered(&world.test_email().await);
    let GrantStatus::Authorized { trouble, .. } = status(&world.mailer).await else {
        panic!()
    };
    assert_eq!(
        trouble.map(|finding| finding.code),
        Some(FindingCode::ProviderUnavailable)
    );

    let tried = refreshes(&world);
    delivered(&world.test_email().await);
    world.mailer.tokens.refresh_due().await.unwrap();
    assert_eq!(refreshes(&world), tried, "not before the back-off is over");
    world.clock.advance(600);
    world.mailer.tokens.refresh_due().await.unwrap();
    assert_eq!(refreshes(&world), tried + 1);
    assert_eq!(
        finding(&world.test_email().await),
        FindingCode::ProviderUnavailable
    );

    world.control().set(Faults::default());
    world.clock.advance(600);
    world.mailer.tokens.refresh_due().await.unwrap();
    let GrantStatus::Authorized { trouble: None, .. } = status(&world.mailer).await else {
        panic!()
    };
    delivered(&world.test_email().await);
}

#[tokio::test]
async fn a_token_refused_before_its_time_is_refreshed_once_and_tried_once_more() {
    let world = World::authorized().await;
    world.control().expire_access_tokens();
    delivered(&world.test_email().await);
    assert_eq!(refreshes(&world), 1);
}

#[tokio::test]
async fn a_token_that_is_always_rejected_causes_no_loop() {
    for style in [
        RefusalStyle::Google,
        RefusalStyle::Dovecot,
        RefusalStyle::Microsoft,
    ] {
        let world = World::authorized().await;
        world.control().set(Faults {
            refuse_tokens: Some(style),
            ..Faults::default()
        });
        let report = world.test_email().await;
        let expected = match style {
            RefusalStyle::Microsoft => FindingCode::TokenForOtherResource,
            _ => FindingCode::TokenRefused,
        };
        assert_eq!(finding(&report), expected);
        assert_eq!(
            (refreshes(&world), world.control().auth_attempts().len()),
            (1, 2)
        );
    }
}

#[tokio::test]
async fn a_rejection_that_a_new_token_cannot_fix_is_not_retried() {
    let world = World::authorized().await;
    world.control().set(Faults {
        refuse_tokens: Some(RefusalStyle::MicrosoftTenantDisabled),
        ..Faults::default()
    });
    assert_eq!(
        finding(&world.test_email().await),
        FindingCode::SmtpAuthDisabledForTenant
    );
    assert_eq!(
        (refreshes(&world), world.control().auth_attempts().len()),
        (0, 1)
    );
}

#[tokio::test]
async fn a_grant_serves_only_the_values_it_was_given_for() {
    let world = World::authorized().await;
    let changes: [fn(&mut domain::SmtpForm); 4] = [
        |form| form.username = BOB.into(),
        |form| form.scope = "mail".into(),
        |form| form.smtp_host = "127.0.0.1".into(),
        |form| form.client_id = "other".into(),
    ];
    for change in changes {
        let mut form = world.oauth_form();
        change(&mut form);
        assert_eq!(
            finding(&world.test_email_with(&form).await),
            FindingCode::GrantMissing
        );
    }
    assert!(world.control().auth_attempts().is_empty());
    delivered(&world.test_email().await);
}

#[tokio::test]
async fn saving_other_values_ends_the_grant_and_saving_harmless_ones_does_not() {
    let world = World::authorized().await;
    let mut form = world.oauth_form();
    form.from_address = BOB.into();
    form.smtp_port = world.descriptor().smtp_tls_port.to_string();
    form.security = "implicit_tls".into();
    assert!(!world.save(&form).await.grant_ended);
    assert!(matches!(
        status(&world.mailer).await,
        GrantStatus::Authorized { .. }
    ));
    form.username = BOB.into();
    assert!(world.save(&form).await.grant_ended);
    let ended_by_save = Some(world.mailer.clock.now());
    let status = status(&world.mailer).await;
    assert_eq!(status, GrantStatus::NotAuthorized { ended_by_save });
}
