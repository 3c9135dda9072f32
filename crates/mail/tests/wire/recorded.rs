//! Audit entries of the mailer's operations.

use domain::{
    Actor, AddressError, AuditAction, AuditRecord, Change, DataCenterId, FindingCode, SessionId,
    SmtpForm, TypedSecret,
};
use mail::{Callback, CallbackOutcome, MailError, TestError};
use sandbox::{Faults, TokenError};

use crate::support::{ALICE, BOB, World, delivered, finding, short_timeouts};

/// Returns the values of a fact, in order.
fn facts<'a>(record: &'a AuditRecord, field: &str) -> Vec<&'a str> {
    let changes = record.changes.iter().filter(|change| change.field == field);
    changes.filter_map(|change| change.new.as_deref()).collect()
}

async fn of(world: &World, action: AuditAction) -> Vec<AuditRecord> {
    let mut records = world.recorded().await;
    records.retain(|record| record.action == action);
    records
}

#[tokio::test]
async fn a_save_is_recorded_with_each_field_that_differs_and_no_secret() {
    let world = World::new().await;
    world.save(&world.oauth_form()).await;
    let first = of(&world, AuditAction::SettingsSaved).await.remove(0);
    assert_eq!(
        (&first.actor, first.subject.as_str()),
        (&world.admin, "default")
    );
    assert!(first.changes.contains(&Change::of(
        "authentication_type",
        None,
        Some("oauth".into())
    )));
    assert!(first.changes.contains(&Change::secret("client_secret")));

    let mut form = world.oauth_form().without_secrets();
    form.smtp_port = world.descriptor().smtp_tls_port.to_string();
    form.security = "implicit_tls".into();
    form.mailbox_enabled = true;
    form.mailbox_email = BOB.into();
    form.mailbox_password = TypedSecret::new("pLanted-mailbox");
    form.mailbox_host = "imap.example.com".into();
    form.mailbox_port = "993".into();
    world.save(&form).await;
    let was = world.descriptor().smtp_starttls_port.to_string();
    let new = |field, value: &str| Change::of(field, None, Some(value.into()));
    let second = of(&world, AuditAction::SettingsSaved).await.remove(1);
    assert_eq!(
        second.changes,
        [
            Change::of("smtp_port", Some(was), Some(form.smtp_port.clone())),
            Change::of(
                "security",
                Some("starttls".into()),
                Some("implicit_tls".into())
            ),
            new("mailbox_email", BOB),
            new("mailbox_sign_in", "password"),
            Change::secret("mailbox_password"),
            new("mailbox_host", "imap.example.com"),
            new("mailbox_port", "993"),
            new("mailbox_security", "implicit_tls"),
        ]
    );

    // A secret that is kept, and one that is entered again unchanged.
    form.mailbox_password = TypedSecret::default();
    form.client_secret = TypedSecret::new(&world.descriptor().client_secret);
    world.save(&form).await;
    assert!(
        of(&world, AuditAction::SettingsSaved).await[2]
            .changes
            .is_empty()
    );
    let all = format!("{:?}", world.recorded().await);
    for secret in ["pLanted", &world.descriptor().client_secret] {
        assert!(!all.contains(secret));
    }
    assert!(of(&world, AuditAction::GrantEnded).await.is_empty());
}

#[tokio::test]
async fn a_save_that_is_refused_is_not_recorded() {
    let world = World::new().await;
    let form = SmtpForm {
        version: 4,
        ..world.oauth_form()
    };
    let url = crate::support::redirect_url();
    world
        .mailer
        .settings
        .save(&form, &url, &world.admin)
        .await
        .unwrap_err();
    assert!(world.recorded().await.is_empty());
}

#[tokio::test]
async fn a_grant_that_a_save_ends_is_recorded_with_the_user_who_saved() {
    let world = World::authorized().await;
    world.save(&world.basic_form()).await;
    let ended = of(&world, AuditAction::GrantEnded).await.remove(0);
    assert_eq!(ended.actor, world.admin);
    assert_eq!(facts(&ended, "finding"), ["settings_changed"]);
}

#[tokio::test]
async fn data_centers_are_recorded_with_their_names() {
    let world = World::new().await;
    let (mailer, by) = (&world.mailer, &world.admin);
    let paris = mailer
        .settings
        .add_data_center("Paris", by)
        .await
        .unwrap()
        .id;
    mailer
        .settings
        .rename_data_center(&paris, "Lutetia", by)
        .await
        .unwrap();
    mailer
        .settings
        .add_data_center("lutetia", by)
        .await
        .unwrap_err();
    mailer
        .settings
        .remove_data_center(&paris, by)
        .await
        .unwrap();
    let (old, new) = (Some("Paris".to_owned()), Some("Lutetia".to_owned()));
    let recorded: Vec<_> = world
        .recorded()
        .await
        .into_iter()
        .inspect(|record| assert_eq!((&record.actor, record.subject.as_str()), (by, "paris")))
        .map(|mut record| (record.action, record.changes.remove(0)))
        .collect();
    assert_eq!(
        recorded,
        [
            (
                AuditAction::DataCenterAdded,
                Change::of("name", None, old.clone())
            ),
            (
                AuditAction::DataCenterRenamed,
                Change::of("name", old, new.clone())
            ),
            (
                AuditAction::DataCenterRemoved,
                Change::of("name", new, None)
            ),
        ]
    );
}

#[tokio::test]
async fn an_authorization_is_recorded_from_its_beginning_to_its_end() {
    let world = World::new().await;
    world.save(&world.oauth_form()).await;
    world.control().set(Faults {
        account_in_id_token: true,
        ..Faults::default()
    });
    world.authorize(ALICE, true).await;
    let begun = of(&world, AuditAction::AuthorizationBegun).await.remove(0);
    let finished = of(&world, AuditAction::AuthorizationFinished)
        .await
        .remove(0);
    assert_eq!(
        facts(&begun, "authorization"),
        facts(&finished, "authorization")
    );
    assert_eq!(
        (&finished.actor, finished.subject.as_str()),
        (&world.admin, "default")
    );
    assert_eq!(facts(&finished, "account"), [ALICE]);
    assert!(facts(&finished, "scope")[0].contains("mail"));

    world.authorize(ALICE, false).await;
    let refused = of(&world, AuditAction::AuthorizationFailed).await.remove(0);
    assert_eq!(facts(&refused, "finding"), ["access_denied"]);
}

#[tokio::test]
async fn responses_of_a_provider_never_get_into_the_audit() {
    let world = World::authorized().await;
    let error = TokenError {
        status: 400,
        error: "pLanted".into(),
        error_description: Some("pLanted".into()),
        times: None,
        retry_after: None,
    };
    world.control().set(Faults {
        token_error: Some(error),
        ..Faults::default()
    });
    world.authorize(ALICE, true).await;
    let forged = Callback {
        state: Some("pLanted state".into()),
        error: Some("pLanted".into()),
        error_description: Some("pLanted".into()),
        ..Callback::default()
    };
    world.finish(forged).await;
    world.clock.advance(4_000);
    world.test_email().await;
    let recorded = world.recorded().await;
    assert!(recorded.len() > 5);
    assert!(!format!("{recorded:?}").contains("pLanted"), "{recorded:?}");
}

#[tokio::test]
async fn rejected_callbacks_are_recorded() {
    let world = World::new().await;
    world.save(&world.oauth_form()).await;
    let begun = world.begin().await;
    let callback = world.answer(&begun, ALICE, true);
    let other = SessionId::parse("session-2").unwrap();
    let nobody = Actor::anonymous("198.51.100.9");
    for (callback, session) in [
        (Callback::default(), None),
        (callback.clone(), None),
        (callback.clone(), Some(&other)),
    ] {
        let answer = world
            .mailer
            .authorizations
            .finish(callback, session, &nobody);
        let outcome = answer.await.unwrap();
        assert!(matches!(outcome, CallbackOutcome::Rejected(_)));
    }
    world.finish(callback.clone()).await;
    world.finish(callback).await;
    let late = world.begin().await;
    let late = world.answer(&late, ALICE, true);
    world.clock.advance(601);
    world.finish(late).await;
    let failed = of(&world, AuditAction::AuthorizationFailed).await;
    let failed: Vec<_> = failed
        .iter()
        .map(|record| {
            (
                record.subject.as_str(),
                facts(record, "finding")[0],
                &record.actor,
            )
        })
        .collect();
    assert_eq!(
        failed,
        [
            ("", "state_unknown", &nobody),
            ("default", "other_browser", &nobody),
            ("default", "other_browser", &nobody),
            ("default", "authorization_used", &world.admin),
            ("default", "authorization_expired", &world.admin),
        ]
    );
}

#[tokio::test]
async fn a_refresh_that_keeps_failing_is_recorded_once_for_each_reason() {
    let world = World::authorized_with(short_timeouts).await;
    for error in [
        "temporarily_unavailable",
        "temporarily_unavailable",
        "server_error",
    ] {
        world.control().set(Faults {
            token_error: TokenError::named(error),
            ..Faults::default()
        });
        world.clock.advance(4_000);
        world.mailer.tokens.refresh_due().await.unwrap();
    }
    world.control().set(Faults {
        token_silent: true,
        ..Faults::default()
    });
    world.clock.advance(4_000);
    world.mailer.tokens.refresh_due().await.unwrap();
    world.control().set(Faults::default());
    world.control().revoke_all();
    for _ in 0..2 {
        world.clock.advance(4_000);
        world.mailer.tokens.refresh_due().await.unwrap();
    }
    let records = world.recorded().await;
    let reported: Vec<_> = records
        .iter()
        .filter(|record| record.actor == Actor::mailgrant())
        .map(|record| (record.action, facts(record, "finding")[0]))
        .collect();
    assert_eq!(
        reported,
        [
            (AuditAction::RefreshFailed, "provider_unavailable"),
            (AuditAction::RefreshFailed, "token_endpoint_timeout"),
            // The refresh token may have been replaced by the request without a response.
            (AuditAction::GrantEnded, "grant_ended_after_interruption"),
        ]
    );
}

#[tokio::test]
async fn a_test_email_is_recorded_with_its_recipient_and_its_outcome() {
    let world = World::authorized().await;
    world.test_email().await;
    let elsewhere = SmtpForm {
        smtp_host: "127.0.0.1".into(),
        ..world.oauth_form()
    };
    world.test_email_with(&elsewhere).await;
    let sent = of(&world, AuditAction::TestEmailSent).await;
    for (record, settings, outcome, finding) in [
        (&sent[0], "saved", vec!["delivered"], vec![]),
        (&sent[1], "unsaved", vec![], vec!["grant_missing"]),
    ] {
        assert_eq!(
            (&record.actor, record.subject.as_str()),
            (&world.admin, "default")
        );
        assert_eq!(facts(record, "recipient"), [BOB]);
        assert_eq!(facts(record, "settings"), [settings]);
        assert_eq!(
            (facts(record, "outcome"), facts(record, "finding")),
            (outcome, finding)
        );
    }
    assert!(facts(&sent[1], "server")[0].starts_with("127.0.0.1:"));
}

#[tokio::test]
async fn a_test_of_the_saved_settings_ignores_the_form() {
    let world = World::new().await;
    let (home, by) = (DataCenterId::default(), &world.admin);
    let refused = world.mailer.doctor.send_saved_test(&home, BOB, by).await;
    assert!(
        matches!(refused, Err(TestError::Mail(MailError::NoSettings))),
        "{refused:?}"
    );
    world.save(&world.basic_form()).await;
    match world
        .mailer
        .doctor
        .send_saved_test(&home, "nobody", by)
        .await
    {
        Err(TestError::Form { errors, recipient }) => {
            assert!(errors.is_empty());
            assert_eq!(recipient, Some(AddressError::NotAnAddress));
        }
        other => panic!("{other:?}"),
    }
    let (id, report) = world
        .mailer
        .doctor
        .send_saved_test(&home, BOB, by)
        .await
        .unwrap();
    delivered(&report);
    assert_eq!(world.mailer.doctor.get(&id).await.unwrap(), Some(report));
    world.save(&world.oauth_form()).await;
    let (_, report) = world
        .mailer
        .doctor
        .send_saved_test(&home, BOB, by)
        .await
        .unwrap();
    assert_eq!(finding(&report), FindingCode::GrantMissing);
    let sent = of(&world, AuditAction::TestEmailSent).await;
    assert_eq!(sent.len(), 2);
    assert!(
        sent.iter()
            .all(|record| facts(record, "settings") == ["saved"])
    );
}
