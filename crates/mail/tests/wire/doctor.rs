//! Checks without a message: start, live events, and end.

use std::time::Duration;

use domain::{
    AuditAction, CheckEvent, CheckId, CheckOutcome, CheckPart, CheckReport, DataCenterId,
    FindingCode, SmtpForm, StepKind, Verdict,
};
use futures::StreamExt;
use mail::{CheckOf, CheckRequest, MailError, TestError};
use sandbox::{Faults, ImapFault, MessageIdStyle, Stage};

use crate::support::{ALICE, BOB, World, short_timeouts};

/// Adds the mailbox of the sending account to a form.
pub fn with_mailbox(world: &World, form: SmtpForm) -> SmtpForm {
    let sandbox = world.descriptor();
    SmtpForm {
        mailbox_enabled: true,
        mailbox_email: ALICE.into(),
        mailbox_password: domain::TypedSecret::new("alice-password"),
        mailbox_host: sandbox.imap_host.clone(),
        mailbox_port: sandbox.imap_starttls_port.to_string(),
        ..form
    }
}

/// Runs a check that sends nothing.
pub async fn check(world: &World, form: &SmtpForm) -> CheckReport {
    let id = begin(world, form).await;
    world.mailer.doctor.finish(&id).await.unwrap().unwrap()
}

async fn begin(world: &World, form: &SmtpForm) -> CheckId {
    let request = CheckRequest::default();
    let begun = world
        .mailer
        .doctor
        .begin(CheckOf::Form(form), request, &world.admin);
    begun.await.unwrap()
}

/// Returns the steps of a part with their verdicts.
pub fn part(report: &CheckReport, part: CheckPart) -> Vec<(StepKind, Verdict)> {
    let steps = report.steps.iter().filter(|step| step.part == part);
    steps.map(|step| (step.kind, step.verdict)).collect()
}

fn kinds_of(report: &CheckReport, part: CheckPart, verdict: Verdict) -> Vec<StepKind> {
    let steps = self::part(report, part).into_iter();
    steps
        .filter(|(_, one)| *one == verdict)
        .map(|(kind, _)| kind)
        .collect()
}

#[tokio::test]
async fn a_check_tests_every_step_and_submits_nothing() {
    let world = World::authorized().await;
    world.save(&with_mailbox(&world, world.oauth_form())).await;
    let home = DataCenterId::default();
    let request = CheckRequest::default();
    let id = world
        .mailer
        .doctor
        .begin(CheckOf::Saved(&home), request, &world.admin)
        .await
        .unwrap();
    let report = world.mailer.doctor.finish(&id).await.unwrap().unwrap();
    assert_eq!(report.outcome, CheckOutcome::Passed);
    assert_eq!(
        (report.recipient.as_str(), report.settings_version),
        ("", 2)
    );
    assert!(world.control().messages().is_empty());
    {
        use StepKind as S;
        let smtp = part(&report, CheckPart::Smtp).into_iter();
        let smtp = smtp.filter(|(kind, _)| *kind != S::Connect);
        let (smtp, verdicts): (Vec<_>, Vec<_>) = smtp.unzip();
        let mut expected = vec![
            S::Resolve,
            S::Greeting,
            S::Ehlo,
            S::StartTls,
            S::Tls,
            S::Ehlo,
        ];
        expected.extend([S::Authenticate, S::MailFrom, S::RcptTo, S::Reset, S::Quit]);
        assert_eq!(smtp, expected);
        assert!(verdicts.iter().all(|verdict| *verdict == Verdict::Passed));
        let imap = kinds_of(&report, CheckPart::Imap, Verdict::Passed);
        assert_eq!(imap.last(), Some(&S::Logout));
        let domain = part(&report, CheckPart::Domain).into_iter();
        let domain: Vec<_> = domain.map(|(kind, _)| kind).collect();
        assert_eq!(domain, [S::Mx, S::Spf, S::Dkim, S::Dmarc]);
    }
    let rcpt = report
        .steps
        .iter()
        .find(|step| step.kind == StepKind::RcptTo);
    assert_eq!(rcpt.unwrap().sent, format!("RCPT TO:<{ALICE}>"));
    assert!(part(&report, CheckPart::Arrival).is_empty());

    // The check only reads, so the audit has no entry about a test email.
    let recorded = world.recorded().await;
    assert!(
        recorded
            .iter()
            .all(|record| record.action != AuditAction::TestEmailSent)
    );
    let latest = world.mailer.doctor.latest(&home).await.unwrap();
    assert_eq!(latest, Some((id, report)));
}

#[tokio::test]
async fn unsaved_settings_are_distinguished() {
    let world = World::new().await;
    world.save(&world.basic_form()).await;
    assert_eq!(check(&world, &world.basic_form()).await.settings_version, 1);
    let other = SmtpForm {
        from_address: ALICE.into(),
        ..world.basic_form()
    };
    assert_eq!(check(&world, &other).await.settings_version, 0);
}

#[tokio::test]
async fn every_watcher_receives_all_steps_whenever_it_subscribes() {
    let world = World::with(short_timeouts).await;
    world.control().set(Faults {
        silent_at: Some(Stage::Mail),
        ..Faults::default()
    });
    let id = begin(&world, &world.basic_form()).await;
    let mut early = Box::pin(world.mailer.doctor.watch(&id).unwrap());
    let mut seen = Vec::new();
    // The server is silent now, so this can only be a live event.
    loop {
        let event = early.next().await.unwrap();
        let CheckEvent::Step(step) = &event else {
            panic!("{event:?}")
        };
        let reached = step.kind == StepKind::Authenticate;
        seen.push(event);
        if reached {
            break;
        }
    }
    assert!(world.mailer.doctor.get(&id).await.unwrap().is_none());
    let late: Vec<_> = world.mailer.doctor.watch(&id).unwrap().collect().await;
    seen.extend(early.collect::<Vec<_>>().await);
    let last: Vec<_> = world.mailer.doctor.watch(&id).unwrap().collect().await;
    assert_eq!(seen, late);
    assert_eq!(late, last);

    let Some(CheckEvent::Finished(report)) = late.last() else {
        panic!()
    };
    let reported = late.iter().filter_map(|event| match event {
        CheckEvent::Step(step) => Some(step),
        CheckEvent::Finished(_) => None,
    });
    assert_eq!(reported.clone().count(), report.steps.len());
    assert!(reported.into_iter().all(|step| report.steps.contains(step)));
    assert_eq!(
        world.mailer.doctor.get(&id).await.unwrap().as_ref(),
        Some(&**report)
    );
}

#[tokio::test]
async fn an_unknown_check_cannot_be_watched_stopped_or_awaited() {
    let world = World::new().await;
    let id = CheckId::parse("nobody-began-this").unwrap();
    assert!(world.mailer.doctor.watch(&id).is_none());
    assert!(!world.mailer.doctor.cancel(&id));
    assert_eq!(world.mailer.doctor.finish(&id).await.unwrap(), None);
    let home = DataCenterId::default();
    assert_eq!(world.mailer.doctor.latest(&home).await.unwrap(), None);
    let (request, by) = (CheckRequest::default(), &world.admin);
    let begun = world
        .mailer
        .doctor
        .begin(CheckOf::Saved(&home), request.clone(), by);
    let refused = begun.await;
    assert!(matches!(
        refused,
        Err(TestError::Mail(MailError::NoSettings))
    ));
    let form = SmtpForm {
        data_center: "nowhere".into(),
        ..world.basic_form()
    };
    let begun = world.mailer.doctor.begin(CheckOf::Form(&form), request, by);
    let refused = begun.await;
    assert!(
        matches!(refused, Err(TestError::Mail(MailError::UnknownDataCenter))),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_check_that_is_stopped_says_so_and_takes_the_place_of_an_older_result() {
    let world = World::new().await;
    check(&world, &world.basic_form()).await;
    world.clock.advance(1);
    world.control().set(Faults {
        silent_at: Some(Stage::Greeting),
        imap: Some(ImapFault::Silent),
        ..Faults::default()
    });
    let id = begin(&world, &with_mailbox(&world, world.basic_form())).await;
    let mut events = Box::pin(world.mailer.doctor.watch(&id).unwrap());
    events.next().await.unwrap();
    assert!(world.mailer.doctor.cancel(&id));
    let report = world.mailer.doctor.finish(&id).await.unwrap().unwrap();
    assert!(!world.mailer.doctor.cancel(&id));
    assert_eq!(report.outcome, CheckOutcome::Cancelled);
    assert!(
        report
            .steps
            .iter()
            .all(|step| step.verdict != Verdict::Failed)
    );
    let skipped = kinds_of(&report, CheckPart::Smtp, Verdict::Skipped);
    assert_eq!(skipped.last(), Some(&StepKind::Quit));
    let latest = world.mailer.doctor.latest(&DataCenterId::default()).await;
    assert_eq!(latest.unwrap(), Some((id, report)));
}

#[tokio::test]
async fn a_stopped_test_email_is_recorded_too() {
    let world = World::new().await;
    world.control().set(Faults {
        silent_at: Some(Stage::Greeting),
        ..Faults::default()
    });
    let request = CheckRequest {
        recipient: Some(BOB.into()),
        ..CheckRequest::default()
    };
    let form = world.basic_form();
    let begun = world
        .mailer
        .doctor
        .begin(CheckOf::Form(&form), request, &world.admin);
    let id = begun.await.unwrap();
    world.mailer.doctor.cancel(&id);
    world.mailer.doctor.finish(&id).await.unwrap().unwrap();
    let recorded = world.recorded().await;
    let sent = recorded
        .iter()
        .find(|record| record.action == AuditAction::TestEmailSent);
    assert!(format!("{sent:?}").contains("cancelled"), "{sent:?}");
}

#[tokio::test]
async fn a_check_with_silent_servers_ends_and_names_them() {
    let world = World::with(|options| {
        options.timeouts.check = Duration::from_millis(700);
        options.timeouts.reply = Duration::from_mins(1);
        options.timeouts.dns = Duration::from_mins(1);
        options.timeouts.token = Duration::from_mins(1);
    })
    .await;
    let form = with_mailbox(&world, world.oauth_form());
    world.save(&form).await;
    world.authorize(ALICE, true).await;
    world.clock.advance(4_000);
    world.control().set(Faults {
        silent_at: Some(Stage::Greeting),
        token_silent: true,
        dns_silent: true,
        imap: Some(ImapFault::Silent),
        ..Faults::default()
    });
    let report = check(&world, &form).await;
    let late = |part| kinds_of(&report, part, Verdict::Failed);
    assert_eq!(late(CheckPart::OAuth), [StepKind::Grant]);
    assert_eq!(late(CheckPart::Smtp), [StepKind::Greeting]);
    assert_eq!(late(CheckPart::Imap), [StepKind::Greeting]);
    assert_eq!(late(CheckPart::Domain), [StepKind::Mx]);
    let CheckOutcome::Failed(finding) = &report.outcome else {
        panic!()
    };
    assert_eq!(finding.code, FindingCode::TokenEndpointTimeout);
    for step in report
        .steps
        .iter()
        .filter(|step| step.verdict == Verdict::Failed)
    {
        assert!(step.finding.is_some(), "{step:?}");
    }
    {
        use StepKind as S;
        let skipped = kinds_of(&report, CheckPart::Smtp, Verdict::Skipped);
        let skipped: Vec<_> = skipped
            .into_iter()
            .filter(|kind| *kind != S::Connect)
            .collect();
        let mut expected = vec![S::Ehlo, S::StartTls, S::Tls, S::Ehlo, S::Authenticate];
        expected.extend([S::MailFrom, S::RcptTo, S::Reset, S::Quit]);
        assert_eq!(skipped, expected);
    }
}

#[tokio::test]
async fn a_failed_step_has_a_finding_and_later_steps_are_not_tried() {
    let world = World::new().await;
    for (stage, text, failed, skipped) in [
        (
            Stage::Rcpt,
            "550 5.1.1 no",
            StepKind::RcptTo,
            vec![StepKind::Reset],
        ),
        (
            Stage::Auth,
            "535 5.7.8 no",
            StepKind::Authenticate,
            vec![StepKind::MailFrom, StepKind::RcptTo, StepKind::Reset],
        ),
    ] {
        let replies = vec![sandbox::StageReply {
            stage,
            reply: text.into(),
            times: None,
        }];
        world.control().set(Faults {
            replies,
            ..Faults::default()
        });
        let report = check(&world, &world.basic_form()).await;
        let mut smtp = part(&report, CheckPart::Smtp);
        smtp.retain(|(kind, _)| *kind != StepKind::Connect);
        let mut end = vec![(failed, Verdict::Failed)];
        end.extend(skipped.into_iter().map(|kind| (kind, Verdict::Skipped)));
        end.push((StepKind::Quit, Verdict::Passed));
        assert!(smtp.ends_with(&end), "{smtp:?}");
        let step = report
            .steps
            .iter()
            .find(|step| step.verdict == Verdict::Failed);
        let CheckOutcome::Failed(finding) = &report.outcome else {
            panic!()
        };
        let reported = step.unwrap().finding.as_ref().unwrap();
        assert_eq!(
            (reported.code, &reported.said),
            (finding.code, &finding.said)
        );
    }
}

#[tokio::test]
async fn a_mailbox_that_refuses_the_sign_in_does_not_stop_the_part_of_sending() {
    let world = World::new().await;
    world.control().set(Faults {
        imap: Some(ImapFault::WrongCredentials),
        ..Faults::default()
    });
    let report = check(&world, &with_mailbox(&world, world.basic_form())).await;
    assert!(report.fails_at_mailbox());
    assert!(kinds_of(&report, CheckPart::Smtp, Verdict::Failed).is_empty());
    let failed = kinds_of(&report, CheckPart::Imap, Verdict::Failed);
    assert_eq!(failed, [StepKind::Authenticate]);
    let skipped = kinds_of(&report, CheckPart::Imap, Verdict::Skipped);
    assert_eq!(skipped, [StepKind::Examine, StepKind::Logout]);
}

#[tokio::test]
async fn a_test_email_to_the_own_mailbox_is_looked_for_there() {
    let world = World::new().await;
    let form = with_mailbox(&world, world.basic_form());
    let sent = world
        .mailer
        .doctor
        .send_test(&form, ALICE, &world.admin)
        .await;
    let (_, report) = sent.unwrap();
    let arrival = part(&report, CheckPart::Arrival);
    assert_eq!(
        arrival,
        [(StepKind::Arrival, Verdict::Passed)],
        "{report:?}"
    );
    let sent = world
        .mailer
        .doctor
        .send_test(&form, BOB, &world.admin)
        .await;
    assert!(part(&sent.unwrap().1, CheckPart::Arrival).is_empty());
}

#[tokio::test]
async fn a_test_email_is_found_under_the_message_id_that_a_provider_replaced_it_with() {
    let world = World::new().await;
    let form = with_mailbox(&world, world.basic_form());
    for style in MessageIdStyle::ALL {
        world.control().set(Faults {
            message_id: Some(style),
            ..Faults::default()
        });
        let sent = world
            .mailer
            .doctor
            .send_test(&form, ALICE, &world.admin)
            .await;
        let (_, report) = sent.unwrap();
        let arrival = part(&report, CheckPart::Arrival);
        assert_eq!(
            arrival,
            [(StepKind::Arrival, Verdict::Passed)],
            "{style:?}: {report:?}"
        );
    }
}

/// Starts a check that hangs until it is stopped.
async fn begin_silent(world: &World) -> CheckId {
    world.control().set(Faults {
        silent_at: Some(Stage::Greeting),
        ..Faults::default()
    });
    begin(world, &world.basic_form()).await
}

/// Creates a world in which a silent check hangs until it is stopped.
async fn patient() -> World {
    World::with(|options| {
        options.timeouts.check_heartbeat = Duration::from_millis(50);
        options.timeouts.check = Duration::from_mins(1);
        options.timeouts.reply = Duration::from_mins(1);
    })
    .await
}

#[tokio::test]
async fn a_check_of_another_process_is_waited_for_and_stopped() {
    let world = patient().await;
    let other = world.another_mailer().await;
    let id = begin_silent(&world).await;
    let waiting = other.clone();
    let waited = {
        let id = id.clone();
        tokio::spawn(async move { waiting.doctor.finish(&id).await })
    };
    assert!(other.doctor.stop(&id).await.unwrap());
    let report = waited.await.unwrap().unwrap().unwrap();
    assert_eq!(report.outcome, CheckOutcome::Cancelled);
    let own = world.mailer.doctor.finish(&id).await.unwrap();
    assert_eq!(own, Some(report));
    assert!(!other.doctor.stop(&id).await.unwrap());
    let unknown = CheckId::parse("nobody-began-this").unwrap();
    assert!(!other.doctor.stop(&unknown).await.unwrap());
    assert_eq!(other.doctor.finish(&unknown).await.unwrap(), None);
}

#[tokio::test]
async fn a_check_whose_process_is_gone_counts_as_interrupted() {
    let world = World::with(|options| {
        options.timeouts.check_silence = Duration::from_millis(700);
    })
    .await;
    world.save(&world.basic_form()).await;
    let home = DataCenterId::default();
    let passed = check(&world, &world.basic_form()).await;
    world.clock.advance(1);
    let started = CheckReport {
        started_at: world.mailer.clock.now(),
        outcome: CheckOutcome::Running,
        steps: Vec::new(),
        ..passed
    };
    let store = world.store().await;
    let cut = |number: u8| CheckId::parse(&format!("check-of-a-process-{number}")).unwrap();
    store.begin_check(&cut(1), &started).await.unwrap();
    let latest = world.mailer.doctor.latest(&home).await.unwrap();
    assert_eq!(latest.unwrap().1.outcome, CheckOutcome::Running);
    let report = world.mailer.doctor.finish(&cut(1)).await.unwrap().unwrap();
    assert_eq!(report.outcome, CheckOutcome::Interrupted);

    // No one waited for this check, so its age decides.
    world.clock.advance(1);
    store.begin_check(&cut(2), &started).await.unwrap();
    world.clock.advance(60);
    let latest = world.mailer.doctor.latest(&home).await.unwrap();
    assert_eq!(latest.unwrap().1.outcome, CheckOutcome::Interrupted);
}

#[tokio::test]
async fn a_server_that_stops_stores_that_its_checks_were_interrupted() {
    let world = patient().await;
    let id = begin_silent(&world).await;
    world.mailer.doctor.interrupt_all().await;
    let report = world.mailer.doctor.get(&id).await.unwrap().unwrap();
    assert_eq!(report.outcome, CheckOutcome::Interrupted);
    assert!(!report.steps.is_empty());
}

#[tokio::test]
async fn a_mailbox_that_refuses_the_sign_in_fails_the_check() {
    let world = World::new().await;
    let form = with_mailbox(&world, world.basic_form());
    world.control().set(Faults {
        imap: Some(ImapFault::WrongCredentials),
        ..Faults::default()
    });
    let report = check(&world, &form).await;
    let CheckOutcome::Failed(finding) = &report.outcome else {
        panic!("{:?}", report.outcome)
    };
    assert_eq!(report.failure(), Some(finding));
    assert!(report.fails_at_mailbox());

    // A test email is delivered nevertheless.
    let request = CheckRequest {
        recipient: Some(BOB.into()),
        ..CheckRequest::default()
    };
    let begun = world
        .mailer
        .doctor
        .begin(CheckOf::Form(&form), request, &world.admin);
    let report = world.mailer.doctor.finish(&begun.await.unwrap()).await;
    let report = report.unwrap().unwrap();
    assert!(matches!(report.outcome, CheckOutcome::Delivered { .. }));
    assert!(report.failure().is_some() && report.fails_at_mailbox());
}
