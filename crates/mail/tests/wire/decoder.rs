//! The decoder, row by row: each scenario of the sandbox produces the finding that it names.

use clock::{Clock, SystemClock};
use domain::{
    AuthorizationState, CheckOutcome, CheckReport, EmailAddress, Finding, FindingCode, Host,
    Provider, Retry, SmtpForm, StepKind, TypedSecret, Verdict, finding::FindingValue,
};
use mail::{CheckOf, CheckRequest, DomainCheck};
use sandbox::{Action, Faults, NAMED_HOST, RequiredSettings, Scenario, TokenError, scenarios};

use crate::support::{ALICE, World, finding};

/// Replies whose meaning differs from their first digit.
const LATER_THOUGH_5XX: &[&str] = &[
    "quota",
    "microsoft_quota",
    "refuse_postfix_lost",
    "zoho_blocked",
    "qq_frequency",
];
const NEVER_THOUGH_4XX: &[&str] = &["mailbox_permission", "tls_too_old"];

/// Codes that no scenario produces, with the reason.
#[rustfmt::skip]
const ELSEWHERE: &[(FindingCode, &str)] = {
    use FindingCode as F;
    &[
        (F::StateUnknown, "a forged callback: authorization.rs"),
        (F::AuthorizationUsed, "a callback that comes twice: authorization.rs"),
        (F::AuthorizationExpired, "a callback that comes late: authorization.rs"),
        (F::OtherBrowser, "a callback in another session: authorization.rs"),
        (F::SettingsChanged, "settings saved meanwhile: authorization.rs"),
        (F::GrantMissing, "nobody has authorized: token.rs"),
        (F::SecretUnreadable, "the database was changed: rewritten_settings.rs of the server"),
        (F::GrantEndedInTesting, "needs Google's endpoint: below"),
        (F::TokenEndpointCertificate, "the sandbox's HTTP has no TLS: outgoing.rs"),
        (F::CredentialInPlaintext, "never over loopback: test_email.rs"),
        (F::AddressDenied, "of the configuration: outgoing.rs"),
        (F::ConnectionRefused, "a port where no sandbox is: test_email.rs"),
        (F::ConnectionFailed, "a network without a way to the server"),
        (F::AddressFamilyBroken, "the sandbox is at IPv4 only"),
        (F::EndpointDiffers, "of the settings: the doctor's tests"),
        (F::Smtputf8NotOffered, "an address that is not ASCII: outbox/internationalized.rs"),
        (F::ImapAnswerUnreadable, "of reading mail, no check: mailbox_hostile.rs"),
        (F::SearchRefused, "of reading mail, no check: mailbox.rs"),
        (F::MailUnreadable, "a fault of the parser that is not known"),
        (F::DnsNotConfigured, "a machine without a name server"),
        (F::SpfSenderUnknown, "a relay that is no sandbox: dns.rs"),
        (F::DkimNoSelector, "the selector is not given: dns.rs"),
    ]
};

/// Returns the scenarios that an action shows.
fn shown_by(action: Action) -> Vec<Scenario> {
    let all = scenarios().into_iter();
    all.filter(|scenario| scenario.at == action).collect()
}

/// Adds the mailbox of the sending account to a form.
fn with_mailbox(world: &World, form: SmtpForm) -> SmtpForm {
    SmtpForm {
        mailbox_enabled: true,
        mailbox_email: ALICE.into(),
        mailbox_password: TypedSecret::new("alice-password"),
        mailbox_host: world.descriptor().imap_host.clone(),
        mailbox_port: world.descriptor().imap_starttls_port.to_string(),
        ..form
    }
}

/// Checks a form, with a test email if there is a recipient.
async fn check(world: &World, form: &SmtpForm, recipient: Option<&str>) -> CheckReport {
    let request = CheckRequest {
        recipient: recipient.map(str::to_owned),
        ..CheckRequest::default()
    };
    let begun = world
        .mailer
        .doctor
        .begin(CheckOf::Form(form), request, &world.admin);
    let id = begun.await.unwrap();
    world.mailer.doctor.finish(&id).await.unwrap().unwrap()
}

fn findings(report: &CheckReport) -> Vec<FindingCode> {
    let steps = report.steps.iter();
    let found = steps.filter_map(|step| step.finding.as_ref());
    found.map(|finding| finding.code).collect()
}

/// Returns the verdict on the arrival of the test email.
fn arrival(report: &CheckReport) -> Option<Verdict> {
    let mut steps = report.steps.iter();
    let step = steps.find(|step| step.kind == StepKind::Arrival);
    step.map(|step| step.verdict)
}

/// Returns the form for a scenario.
fn form(world: &World, given: RequiredSettings) -> SmtpForm {
    let form = world.oauth_form();
    match given {
        RequiredSettings::Nothing => form,
        RequiredSettings::ToItself => with_mailbox(world, form),
        RequiredSettings::SameAuthorization => SmtpForm {
            mailbox_sign_in: "same_authorization".into(),
            mailbox_password: TypedSecret::default(),
            ..with_mailbox(world, form)
        },
        RequiredSettings::Password => world.basic_form(),
        RequiredSettings::NamedHost => SmtpForm {
            smtp_host: NAMED_HOST.into(),
            ..world.basic_form()
        },
        RequiredSettings::NoSignIn => SmtpForm {
            authentication_required: false,
            ..form
        },
        RequiredSettings::PlainNoSignIn => SmtpForm {
            authentication_required: false,
            enable_ssl: false,
            ..form
        },
        RequiredSettings::ImplicitTls => SmtpForm {
            smtp_port: world.descriptor().smtp_tls_port.to_string(),
            security: "implicit_tls".into(),
            ..form
        },
        RequiredSettings::Tls13 => SmtpForm {
            tls_minimum: "1.3".into(),
            ..form
        },
        RequiredSettings::SecretId => SmtpForm {
            client_secret: TypedSecret::new("0f8fad5b-d9cb-469f-a165-70867728950e"),
            ..form
        },
        RequiredSettings::OtherFrom => SmtpForm {
            from_address: "bob@sandbox.test".into(),
            ..form
        },
    }
}

/// Returns the code that a scenario names.
fn named(scenario: &Scenario) -> Option<FindingCode> {
    scenario.finding.map(|name| {
        let mut all = FindingCode::ALL.iter();
        *all.find(|code| code.code() == name)
            .unwrap_or_else(|| panic!("{} names no code: {name}", scenario.name))
    })
}

async fn world_for(scenario: &Scenario) -> World {
    if scenario.given == RequiredSettings::NamedHost {
        return World::with_dns(|_| ()).await;
    }
    World::with(|options| {
        // The only scenario that is supposed to wait.
        if scenario.name == "slow_tokens" {
            options.timeouts.token *= 4;
        }
    })
    .await
}

/// Sets the faults of a scenario, and waits until they apply.
async fn begin(world: &World, scenario: &Scenario) {
    let faults = scenario.faults().unwrap();
    let is_listening = !faults.dns_closed;
    world.control().set(faults);
    world.wait_for_dns(is_listening).await;
}

/// Checks that the finding is the named one and contains the server's reply.
fn assert_names(scenario: &Scenario, found: Option<&Finding>) {
    let name = scenario.name;
    let code = found.map(|finding| finding.code);
    assert_eq!(code, named(scenario), "{name}: {found:?}");
    let said = found.and_then(|finding| finding.said.as_deref());
    let faults = scenario.faults().unwrap();
    // Mail also goes out after some rejections, such as that of EHLO.
    if let (Some(_), Some(reply)) = (found, faults.replies.first()) {
        let reply = reply.reply.replace("\r\n", "\n");
        assert_eq!(said, Some(reply.as_str()), "{name}");
    }
    if let Some(TokenError {
        status: 400..=401,
        error_description: Some(description),
        ..
    }) = faults.token_error
    {
        assert!(
            said.is_some_and(|said| said.contains(&description)),
            "{name}: {said:?}"
        );
    }
}

/// Checks that a rejection is retried if its first digit says so, except in rows with better
/// knowledge.
fn assert_retry(scenario: &Scenario, finding: &Finding, last_reply: Option<&str>) {
    let later = finding.retry() == Retry::Later;
    let expected = match last_reply.and_then(|reply| reply.chars().next()) {
        _ if LATER_THOUGH_5XX.contains(&scenario.name) => true,
        _ if NEVER_THOUGH_4XX.contains(&scenario.name) => false,
        Some('4') => true,
        Some('5') => false,
        _ => return,
    };
    assert_eq!(later, expected, "{}: {last_reply:?}", scenario.name);
}

#[tokio::test]
async fn each_scenario_of_an_authorization_leads_to_its_finding() {
    for scenario in shown_by(Action::Authorize) {
        let world = world_for(&scenario).await;
        world.save(&form(&world, scenario.given)).await;
        world.control().set(scenario.faults().unwrap());
        let state = world.authorize(ALICE, true).await;
        let found = match &state {
            AuthorizationState::Failed { finding, .. } => Some(finding),
            AuthorizationState::Authorized { .. } => None,
            other @ AuthorizationState::Pending { .. } => panic!("{}: {other:?}", scenario.name),
        };
        assert_names(&scenario, found);
    }
}

#[tokio::test]
async fn each_scenario_of_a_refresh_leads_to_its_finding() {
    let twice = shown_by(Action::TokenTwice);
    for scenario in shown_by(Action::Token).into_iter().chain(twice) {
        let world = world_for(&scenario).await;
        world.save(&form(&world, scenario.given)).await;
        world.authorize(ALICE, true).await;
        world.control().expire_access_tokens();
        world.control().set(scenario.faults().unwrap());
        if scenario.at == Action::TokenTwice {
            world.test_email().await;
        }
        let report = world.test_email().await;
        assert_names(&scenario, failure(&report.outcome));
    }
}

#[tokio::test]
async fn each_scenario_of_a_test_email_leads_to_its_finding() {
    let all = shown_by(Action::Test).into_iter();
    for scenario in all.filter(|scenario| scenario.given != RequiredSettings::ToItself) {
        let world = world_for(&scenario).await;
        let form = form(&world, scenario.given);
        world.save(&form).await;
        world.control().set(Faults {
            access_token_length: scenario.faults().unwrap().access_token_length,
            ..Faults::default()
        });
        if form.authentication_required && form.authentication_type == "oauth" {
            world.authorize(ALICE, true).await;
        }
        begin(&world, &scenario).await;
        let report = world.test_email_with(&form).await;
        let found = failure(&report.outcome);
        assert_names(&scenario, found);
        let last_reply = report.last_reply.as_deref();
        if let Some(finding) = found {
            assert_retry(&scenario, finding, last_reply);
            // Values for commands that users copy.
            let signs_in = form.authentication_required;
            assert!(!finding.value(FindingValue::From).is_empty());
            assert_eq!(
                finding.value(FindingValue::Username),
                if signs_in { ALICE } else { "" },
                "{}",
                scenario.name
            );
        }
        let faults = scenario.faults().unwrap();
        if faults.refuse_tokens.is_some() || faults.refuse_passwords.is_some() {
            let said = found.and_then(|finding| finding.said.as_deref());
            assert!(
                said.unwrap().ends_with(last_reply.unwrap().trim_end()),
                "{}: {said:?}",
                scenario.name
            );
        }
    }
}

#[tokio::test]
async fn each_scenario_of_a_check_leads_to_its_finding() {
    for scenario in shown_by(Action::Check) {
        let world = World::with_dns(|_| ()).await;
        // Certificates and the provider's clock use the system time.
        let now = SystemClock.now().since(world.clock.now());
        world.clock.advance(now);
        let form = form(&world, scenario.given);
        world.save(&form).await;
        world.authorize(ALICE, true).await;
        assert_eq!(
            findings(&check(&world, &form, None).await),
            [FindingCode::DkimNoSelector],
            "{}",
            scenario.name
        );
        world.control().set(scenario.faults().unwrap());
        let report = check(&world, &form, None).await;
        let found = findings(&report);
        assert!(
            found.contains(&named(&scenario).unwrap()),
            "{}: {found:?}",
            scenario.name
        );
        assert_eq!(report.outcome, CheckOutcome::Passed, "{}", scenario.name);
    }
}

#[tokio::test]
async fn each_scenario_of_the_mailbox_leads_to_its_finding() {
    let arrivals = shown_by(Action::Test).into_iter();
    let arrivals = arrivals.filter(|scenario| scenario.given == RequiredSettings::ToItself);
    for scenario in shown_by(Action::Mailbox).into_iter().chain(arrivals) {
        let world = world_for(&scenario).await;
        let form = if scenario.given == RequiredSettings::SameAuthorization {
            form(&world, scenario.given)
        } else {
            with_mailbox(&world, world.basic_form())
        };
        if form.uses_oauth() {
            world.save(&form).await;
            world.authorize(ALICE, true).await;
        }
        world.control().set(scenario.faults().unwrap());
        let recipient = (scenario.given == RequiredSettings::ToItself).then_some(ALICE);
        let report = check(&world, &form, recipient).await;
        let found = findings(&report);
        if let Some(code) = named(&scenario) {
            assert!(found.contains(&code), "{}: {found:?}", scenario.name);
        } else {
            assert_eq!(arrival(&report), Some(Verdict::Passed), "{}", scenario.name);
        }
    }
}

#[tokio::test]
async fn each_scenario_of_a_domain_leads_to_its_finding() {
    let world = World::with_dns(|_| ()).await;
    for scenario in shown_by(Action::Domain) {
        begin(&world, &scenario).await;
        let steps = world
            .mailer
            .doctor
            .check_domain(DomainCheck {
                from: &EmailAddress::parse(ALICE).unwrap(),
                provider: Provider::Sandbox,
                host: &Host::parse("localhost").unwrap(),
                dkim_selector: Some("mailgrant"),
            })
            .await;
        let findings = steps.into_iter().filter_map(|step| step.finding);
        let first = findings.map(|finding| finding.code).next();
        assert_eq!(first, named(&scenario), "{}", scenario.name);
    }
}

#[tokio::test]
async fn a_grant_that_ends_after_a_week_at_google_names_the_consent_screen_first() {
    for (days, expected) in [
        (5, FindingCode::GrantEnded),
        (7, FindingCode::GrantEndedInTesting),
        (9, FindingCode::GrantEnded),
    ] {
        let world = World::new().await;
        let google = "https://accounts.google.com/o/oauth2/v2/auth";
        let form = SmtpForm {
            authorization_endpoint: google.into(),
            ..world.oauth_form()
        };
        world.save(&form).await;
        world.control().set(Faults {
            send_iss: false,
            ..Faults::default()
        });
        let mut begun = world.begin().await;
        let endpoint = &world.descriptor().authorization_endpoint;
        begun.url = begun.url.replace(google, endpoint);
        let state = world.finish(world.answer(&begun, ALICE, true)).await;
        assert!(matches!(state, AuthorizationState::Authorized { .. }));
        world.clock.advance(days * 86_400);
        world.control().set(Faults {
            token_error: TokenError::named("invalid_grant"),
            ..Faults::default()
        });
        let report = world.test_email_with(&form).await;
        assert_eq!(finding(&report), expected, "{days}");
    }
}

#[tokio::test]
async fn a_missing_consent_comes_with_the_url_for_the_administrator() {
    let world = World::new().await;
    let microsoft = "https://login.microsoftonline.com/contoso.com/oauth2/v2.0/authorize";
    let form = SmtpForm {
        authorization_endpoint: microsoft.into(),
        ..world.oauth_form()
    };
    world.save(&form).await;
    world.control().set(Faults {
        send_iss: false,
        callback_error: Some("AADSTS90094".into()),
        ..Faults::default()
    });
    let mut begun = world.begin().await;
    let endpoint = &world.descriptor().authorization_endpoint;
    begun.url = begun.url.replace(microsoft, endpoint);
    let state = world.finish(world.answer(&begun, ALICE, true)).await;
    let AuthorizationState::Failed { finding, .. } = state else {
        panic!("{state:?}")
    };
    assert_eq!(finding.code, FindingCode::AdminConsentMissing);
    assert_eq!(
        finding.value(FindingValue::AdminConsent),
        format!(
            "https://login.microsoftonline.com/contoso.com/adminconsent?client_id={}",
            world.descriptor().client_id
        )
    );
}

#[test]
fn every_code_is_reached_by_a_scenario_or_tested_elsewhere() {
    let reached: Vec<_> = scenarios().iter().filter_map(named).collect();
    // Those of the SMTP server are tested with its sessions (crates/submission/tests).
    for code in FindingCode::ALL.iter().filter(|code| !code.is_inbound()) {
        let elsewhere = ELSEWHERE.iter().any(|(other, _)| other == code);
        assert_ne!(reached.contains(code), elsewhere, "{code:?}");
    }
}

fn failure(outcome: &CheckOutcome) -> Option<&Finding> {
    match outcome {
        CheckOutcome::Failed(finding) => Some(finding),
        CheckOutcome::Delivered { .. } => None,
        other => panic!("{other:?}"),
    }
}
