//! Mailbox sign-in with the same authorization as SMTP.

use domain::{
    AuthorizationState, CheckOutcome, CheckPart, CheckReport, FindingCode, GrantStatus, SmtpForm,
    StepKind, TypedSecret, Verdict,
};
use mail::{CheckOf, CheckRequest};
use sandbox::Faults;

use crate::support::{ALICE, World};

const MICROSOFT_SMTP: &str = "https://outlook.office.com/SMTP.Send";
const MICROSOFT_IMAP: &str = "https://outlook.office.com/IMAP.AccessAsUser.All";

/// Returns a form with Alice's mailbox, which uses the authorization for SMTP.
fn reading(world: &World) -> SmtpForm {
    let sandbox = world.descriptor();
    SmtpForm {
        mailbox_enabled: true,
        mailbox_email: ALICE.into(),
        mailbox_sign_in: "same_authorization".into(),
        mailbox_host: sandbox.imap_host.clone(),
        mailbox_port: sandbox.imap_starttls_port.to_string(),
        ..world.oauth_form()
    }
}

async fn saved_and_authorized(form: impl FnOnce(&World) -> SmtpForm) -> (World, SmtpForm) {
    let world = World::new().await;
    let form = form(&world);
    world.save(&form).await;
    let state = world.authorize(ALICE, true).await;
    let authorized = matches!(state, AuthorizationState::Authorized { .. });
    assert!(authorized, "{state:?}");
    (world, form)
}

async fn check(world: &World, form: &SmtpForm) -> CheckReport {
    let request = CheckRequest::default();
    let of = CheckOf::Form(form);
    let id = world.mailer.doctor.begin(of, request, &world.admin).await;
    let report = world.mailer.doctor.finish(&id.unwrap()).await;
    report.unwrap().unwrap()
}

/// Returns verdict and finding of the last step of a kind in the mailbox part.
fn step(report: &CheckReport, kind: StepKind) -> (Verdict, Option<FindingCode>) {
    let mut steps = report.steps.iter().rev();
    let step = steps.find(|step| step.part == CheckPart::Imap && step.kind == kind);
    let step = step.unwrap_or_else(|| panic!("no {kind:?} in {:?}", report.steps));
    (
        step.verdict,
        step.finding.as_ref().map(|finding| finding.code),
    )
}

fn refreshes(world: &World) -> usize {
    let requests = world.control().token_requests();
    let refreshes = requests.iter();
    refreshes
        .filter(|request| request.grant_type == "refresh_token")
        .count()
}

#[tokio::test]
async fn the_token_for_smtp_opens_the_mailbox_with_either_mechanism() {
    for mechanism in ["XOAUTH2", "OAUTHBEARER"] {
        let (world, form) = saved_and_authorized(reading).await;
        world.control().set(Faults {
            mechanisms: vec!["PLAIN".into(), mechanism.into()],
            ..Faults::default()
        });
        let report = check(&world, &form).await;
        assert_eq!(step(&report, StepKind::Examine), (Verdict::Passed, None));
        let attempts = world.control().imap_attempts();
        let attempts: Vec<_> = attempts
            .iter()
            .map(|one| (one.mechanism.as_str(), one.account.as_deref(), one.accepted))
            .collect();
        assert_eq!(attempts, [(mechanism, Some(ALICE), true)]);
    }
}

#[tokio::test]
async fn implicit_tls_works_at_any_port() {
    let (world, form) = saved_and_authorized(|world| SmtpForm {
        mailbox_port: world.descriptor().imap_tls_port.to_string(),
        mailbox_security: "implicit_tls".into(),
        ..reading(world)
    })
    .await;
    let report = check(&world, &form).await;
    assert_eq!(step(&report, StepKind::Logout), (Verdict::Passed, None));
}

#[tokio::test]
async fn a_token_as_long_as_microsofts_opens_the_mailbox() {
    let world = World::new().await;
    let form = reading(&world);
    world.save(&form).await;
    world.control().set(Faults {
        access_token_length: 3_000,
        ..Faults::default()
    });
    world.authorize(ALICE, true).await;
    let report = check(&world, &form).await;
    assert_eq!(step(&report, StepKind::Examine), (Verdict::Passed, None));
    let text = serde_json::to_string(&report).unwrap();
    for secret in world.control().secrets() {
        assert!(!text.contains(&secret));
    }
}

#[tokio::test]
async fn a_token_refused_before_its_time_is_refreshed_once_for_smtp_and_mailbox_together() {
    let (world, form) = saved_and_authorized(reading).await;
    world.control().expire_access_tokens();
    let report = check(&world, &form).await;
    assert_eq!(report.outcome, CheckOutcome::Passed);
    assert_eq!(step(&report, StepKind::Examine), (Verdict::Passed, None));
    assert_eq!(refreshes(&world), 1);
}

#[tokio::test]
async fn a_token_that_stays_rejected_causes_no_loop() {
    let (world, form) = saved_and_authorized(reading).await;
    world.control().set(Faults {
        imap: Some(sandbox::ImapFault::WrongCredentials),
        ..Faults::default()
    });
    let report = check(&world, &form).await;
    let refused = (Verdict::Failed, Some(FindingCode::TokenRefused));
    assert_eq!(step(&report, StepKind::Authenticate), refused);
    assert_eq!(world.control().imap_attempts().len(), 2);
    assert_eq!(refreshes(&world), 1);
}

#[tokio::test]
async fn a_token_without_the_imap_scope_is_distinguished_from_an_invalid_one() {
    let (world, form) = saved_and_authorized(|world| SmtpForm {
        scope: format!("{MICROSOFT_SMTP} openid offline_access"),
        ..reading(world)
    })
    .await;
    let report = check(&world, &form).await;
    assert!(report.fails_at_mailbox(), "mail can be sent");
    let missing = (Verdict::Failed, Some(FindingCode::ImapScopeMissing));
    assert_eq!(step(&report, StepKind::Authenticate), missing);

    let (world, form) = saved_and_authorized(|world| SmtpForm {
        scope: format!("{MICROSOFT_SMTP} {MICROSOFT_IMAP} openid offline_access"),
        ..reading(world)
    })
    .await;
    let report = check(&world, &form).await;
    assert_eq!(step(&report, StepKind::Examine), (Verdict::Passed, None));
}

#[tokio::test]
async fn a_saved_grant_is_never_sent_to_another_imap_host() {
    let (world, form) = saved_and_authorized(reading).await;
    let elsewhere = SmtpForm {
        mailbox_host: "127.0.0.1".into(),
        ..form.clone()
    };
    check(&world, &elsewhere).await;
    assert!(world.control().imap_attempts().is_empty());

    let saved = world.save(&elsewhere).await;
    assert!(saved.grant_ended);
    let status = world
        .mailer
        .settings
        .grant_status(&domain::DataCenterId::default())
        .await;
    let ended_by_save = Some(world.mailer.clock.now());
    assert_eq!(
        status.unwrap(),
        GrantStatus::NotAuthorized { ended_by_save }
    );
}

#[tokio::test]
async fn a_grant_for_sending_alone_is_never_sent_to_an_imap_host() {
    let world = World::authorized().await;
    check(&world, &reading(&world)).await;
    assert!(world.control().imap_attempts().is_empty());
    assert!(world.save(&reading(&world)).await.grant_ended);
}

#[tokio::test]
async fn turning_the_mailbox_off_requires_no_new_sign_in() {
    let (world, form) = saved_and_authorized(reading).await;
    for change in [
        SmtpForm {
            mailbox_enabled: false,
            ..form.clone()
        },
        SmtpForm {
            mailbox_sign_in: "password".into(),
            mailbox_password: TypedSecret::new("alice-password"),
            ..form.clone()
        },
        form.clone(),
    ] {
        assert!(!world.save(&change).await.grant_ended);
        let report = check(&world, &change).await;
        assert_eq!(report.outcome, CheckOutcome::Passed);
    }
}
