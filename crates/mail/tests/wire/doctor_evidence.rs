//! Details and warnings in the steps of a check.

use clock::{Clock, SystemClock};
use domain::{
    CheckOutcome, CheckPart, CheckReport, CheckStep, FactName, FindingCode, SmtpForm, StepKind,
    TypedSecret, Verdict, finding::FindingValue,
};
use sandbox::{Certificate, Faults, RefusalStyle, Stage, StageReply, TlsVersion};

use crate::{
    doctor::{check, part, with_mailbox},
    names::Names,
    providers::{Behavior, Provider},
    support::{ALICE, World, delivered, short_timeouts},
};

fn step(report: &CheckReport, part: CheckPart, kind: StepKind) -> &CheckStep {
    let mut steps = report.steps.iter().rev();
    let found = steps.find(|step| step.part == part && step.kind == kind);
    found.unwrap_or_else(|| panic!("no {kind:?} in {report:?}"))
}

fn facts(step: &CheckStep, name: FactName) -> Vec<&str> {
    let facts = step.facts.iter().filter(|fact| fact.name == name);
    facts.map(|fact| fact.value.as_str()).collect()
}

fn warned(step: &CheckStep) -> FindingCode {
    assert_eq!(step.verdict, Verdict::Warned, "{step:?}");
    step.finding.as_ref().unwrap().code
}

/// Creates a world with the system time, which the sandbox's replies and certificates use.
async fn today() -> World {
    let world = World::new().await;
    world
        .clock
        .advance(SystemClock.now().since(world.clock.now()));
    world
}

#[tokio::test]
async fn each_step_shows_its_facts() {
    let world = today().await;
    world.save(&world.oauth_form()).await;
    world.authorize(ALICE, true).await;
    let report = check(&world, &world.oauth_form()).await;
    assert_eq!(report.outcome, CheckOutcome::Passed);
    let smtp = |kind| step(&report, CheckPart::Smtp, kind);
    let addresses = facts(smtp(StepKind::Resolve), FactName::Address);
    assert_eq!(addresses, ["127.0.0.1", "::1"]);
    let tls = smtp(StepKind::Tls);
    assert_eq!(facts(tls, FactName::TlsVersion), ["TLS 1.3"]);
    assert!(facts(tls, FactName::Cipher)[0].starts_with("TLS_"));
    assert_eq!(
        facts(tls, FactName::CertificateNames),
        ["localhost, 127.0.0.1, ::1"]
    );
    assert_eq!(
        facts(tls, FactName::CertificateIssuer),
        ["Mailgrant sandbox"]
    );
    let ends = facts(tls, FactName::CertificateEnds)[0];
    assert!(ends.starts_with("204") && ends.ends_with('Z'), "{ends}");
    assert_eq!(tls.verdict, Verdict::Passed);
    let hello = smtp(StepKind::Ehlo);
    assert_eq!(facts(hello, FactName::SizeLimit), ["35882577"]);
    assert_eq!(
        facts(hello, FactName::Mechanisms),
        ["LOGIN OAUTHBEARER PLAIN XOAUTH2"]
    );
    assert_eq!(facts(hello, FactName::StartTls), ["no"]);
    let first = report.steps.iter().find(|step| step.kind == StepKind::Ehlo);
    assert_eq!(facts(first.unwrap(), FactName::StartTls), ["yes"]);
    let sign_in = smtp(StepKind::Authenticate);
    assert_eq!(facts(sign_in, FactName::Mechanism), ["XOAUTH2"]);
    assert_eq!(facts(sign_in, FactName::Reason), ["preferred"]);

    let oauth = |kind| step(&report, CheckPart::OAuth, kind);
    let issuer = facts(oauth(StepKind::Discovery), FactName::Issuer);
    assert_eq!(issuer, [world.descriptor().issuer.as_str()]);
    assert_eq!(oauth(StepKind::Discovery).verdict, Verdict::Passed);
    assert_eq!(oauth(StepKind::TokenEndpoint).verdict, Verdict::Passed);
    let skew = facts(oauth(StepKind::TokenEndpoint), FactName::ClockSkew);
    assert!(skew[0].parse::<i64>().unwrap().abs() < 30, "{skew:?}");
    let grant = oauth(StepKind::Grant);
    let sandbox = world.descriptor();
    assert_eq!(
        facts(grant, FactName::ScopesAsked),
        [sandbox.scope.as_str()]
    );
    assert_eq!(
        facts(grant, FactName::ScopesGranted),
        [sandbox.scope.as_str()]
    );
    assert_eq!(facts(grant, FactName::AuthorizedAt).len(), 1);
    assert_eq!(facts(grant, FactName::TokenExpires).len(), 1);
}

#[tokio::test]
async fn the_provider_is_checked_without_secrets_and_no_grant_is_consumed() {
    let world = World::authorized().await;
    let before = world.control().token_requests().len();
    check(&world, &world.oauth_form()).await;
    assert_eq!(world.control().token_requests().len(), before);
}

#[tokio::test]
async fn a_clock_difference_is_reported_in_seconds() {
    let world = today().await;
    for (behind, verdict) in [(0, Verdict::Passed), (300, Verdict::Warned)] {
        world.clock.advance(-behind);
        let report = check(&world, &world.oauth_form()).await;
        let step = step(&report, CheckPart::OAuth, StepKind::TokenEndpoint);
        assert_eq!(step.verdict, verdict);
        let finding = step.finding.as_ref();
        let seconds = finding.map_or("0", |finding| finding.value(FindingValue::Seconds));
        assert!(
            (seconds.parse::<i64>().unwrap() - behind).abs() < 30,
            "{seconds}"
        );
    }
}

#[tokio::test]
async fn an_unreachable_token_endpoint_causes_a_warning_while_the_token_is_valid() {
    let world = World::authorized_with(short_timeouts).await;
    let report = check(&world, &world.oauth_form()).await;
    assert_eq!(report.outcome, CheckOutcome::Passed);
    let provider = Provider::start(Behavior::Silent).await;
    for (endpoint, code) in [
        (provider.url(), FindingCode::TokenEndpointTimeout),
        (
            "http://127.0.0.1:1/token".to_owned(),
            FindingCode::TokenEndpointUnreachable,
        ),
    ] {
        let form = SmtpForm {
            token_endpoint: endpoint,
            ..world.oauth_form()
        };
        let report = check(&world, &form).await;
        let oauth = |kind| step(&report, CheckPart::OAuth, kind);
        assert_eq!(warned(oauth(StepKind::TokenEndpoint)), code);
        // The provider publishes another endpoint.
        let discovery = oauth(StepKind::Discovery);
        assert_eq!(warned(discovery), FindingCode::EndpointDiffers);
        let finding = discovery.finding.as_ref().unwrap();
        let endpoints = finding.value(FindingValue::Endpoints);
        assert!(endpoints.contains(&world.descriptor().token_endpoint));
        assert_eq!(oauth(StepKind::Grant).verdict, Verdict::Failed);
        let sign_in = step(&report, CheckPart::Smtp, StepKind::Authenticate);
        assert_eq!(sign_in.verdict, Verdict::Skipped);
        let CheckOutcome::Failed(finding) = &report.outcome else {
            panic!()
        };
        assert_eq!(finding.code, FindingCode::GrantMissing);
    }
}

#[tokio::test]
async fn a_missing_discovery_document_is_not_a_failure() {
    let world = World::new().await;
    let nothing = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    let provider = Provider::start(Behavior::Answer(nothing.into())).await;
    let form = SmtpForm {
        authorization_endpoint: provider.url(),
        ..world.oauth_form()
    };
    let report = check(&world, &form).await;
    let discovery = step(&report, CheckPart::OAuth, StepKind::Discovery);
    assert_eq!(
        (discovery.verdict, &discovery.finding),
        (Verdict::Skipped, &None)
    );
}

#[tokio::test]
async fn a_certificate_that_expires_soon_causes_a_warning_and_mail_continues() {
    let world = today().await;
    world.control().set(Faults {
        certificate: Certificate::EndsSoon,
        ..Faults::default()
    });
    let report = check(&world, &world.basic_form()).await;
    assert_eq!(report.outcome, CheckOutcome::Passed);
    let tls = step(&report, CheckPart::Smtp, StepKind::Tls);
    assert_eq!(warned(tls), FindingCode::CertificateEndsSoon);
    let finding = tls.finding.as_ref().unwrap();
    let ends = facts(tls, FactName::CertificateEnds)[0];
    assert_eq!(finding.value(FindingValue::Ends), ends);
}

#[tokio::test]
async fn the_certificate_of_the_mailbox_is_checked_too() {
    let world = today().await;
    for (certificate, verdict) in [
        (Certificate::Good, Verdict::Passed),
        (Certificate::EndsSoon, Verdict::Warned),
    ] {
        world.control().set(Faults {
            certificate,
            ..Faults::default()
        });
        let report = check(&world, &with_mailbox(&world, world.basic_form())).await;
        let tls = step(&report, CheckPart::Imap, StepKind::Tls);
        assert_eq!(tls.verdict, verdict);
        let names = facts(tls, FactName::CertificateNames);
        assert_eq!(names, ["localhost, 127.0.0.1, ::1"]);
        let finding = tls.finding.as_ref();
        let ends = finding.map(|finding| finding.value(FindingValue::Ends));
        let expected = facts(tls, FactName::CertificateEnds)[0];
        assert!(ends.is_none_or(|ends| ends == expected), "{ends:?}");
        assert_eq!(
            step(&report, CheckPart::Imap, StepKind::Logout).verdict,
            Verdict::Passed
        );
    }
}

#[tokio::test]
async fn a_rejected_certificate_shows_its_details() {
    let world = World::new().await;
    world.control().set(Faults {
        certificate: Certificate::WrongName,
        ..Faults::default()
    });
    let report = check(&world, &world.basic_form()).await;
    let tls = step(&report, CheckPart::Smtp, StepKind::Tls);
    let names = facts(tls, FactName::CertificateNames);
    assert!(names[0].contains("other.sandbox.test"), "{names:?}");
}

#[tokio::test]
async fn a_server_below_the_minimum_shows_its_supported_version() {
    let world = World::new().await;
    world.control().set(Faults {
        max_tls: Some(TlsVersion::V1_2),
        ..Faults::default()
    });
    for (security, port) in [
        ("starttls", world.descriptor().smtp_starttls_port),
        ("implicit_tls", world.descriptor().smtp_tls_port),
    ] {
        let form = SmtpForm {
            tls_minimum: "1.3".into(),
            security: security.into(),
            smtp_port: port.to_string(),
            ..world.basic_form()
        };
        let report = check(&world, &form).await;
        let tls = step(&report, CheckPart::Smtp, StepKind::Tls);
        assert_eq!(tls.finding.as_ref().unwrap().code, FindingCode::TlsVersion);
        assert_eq!(
            facts(tls, FactName::ServerAccepts),
            ["TLS 1.2"],
            "{security}"
        );
    }
    assert!(world.control().auth_attempts().is_empty());
}

#[tokio::test]
async fn an_unreachable_address_family_causes_a_warning_and_the_other_is_used() {
    let names = Names::one("mail.example.com", &[&["::1", "127.0.0.1"]]);
    let world = World::with(|options| options.resolver = names).await;
    let report = check(&world, &world.plain_form("mail.example.com")).await;
    assert_eq!(report.outcome, CheckOutcome::Passed);
    let connects = report
        .steps
        .iter()
        .filter(|step| step.kind == StepKind::Connect);
    let connects: Vec<_> = connects.collect();
    assert_eq!(connects.len(), 2);
    let (broken, used) = (connects[0], connects[1]);
    assert_eq!(warned(broken), FindingCode::AddressFamilyBroken);
    let finding = broken.finding.as_ref().unwrap();
    assert_eq!(finding.value(FindingValue::Family), "IPv6");
    assert_eq!(used.verdict, Verdict::Passed);
    assert_eq!(facts(used, FactName::Address), ["127.0.0.1"]);
}

#[tokio::test]
async fn addresses_of_one_family_are_tried_until_one_answers() {
    let addresses = ["127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.1"];
    let names = Names::one("mail.example.com", &[&addresses]);
    let world = World::with(|options| options.resolver = names).await;
    let report = check(&world, &world.plain_form("mail.example.com")).await;
    assert_eq!(report.outcome, CheckOutcome::Passed);
    let connect = step(&report, CheckPart::Smtp, StepKind::Connect);
    assert_eq!(facts(connect, FactName::Address), ["127.0.0.1"]);
}

#[tokio::test]
async fn unreachable_addresses_of_both_families_fail() {
    let names = Names::one("mail.example.com", &[&["::1", "127.0.0.2"]]);
    let world = World::with(|options| options.resolver = names).await;
    let report = check(&world, &world.plain_form("mail.example.com")).await;
    let smtp = part(&report, CheckPart::Smtp);
    let failed = (StepKind::Connect, Verdict::Failed);
    assert_eq!(smtp[1..3], [failed, failed]);
    assert!(
        smtp[3..]
            .iter()
            .all(|(_, verdict)| *verdict == Verdict::Skipped)
    );
}

#[tokio::test]
async fn a_token_rejected_before_its_expiry_causes_a_warning_and_one_retry_with_a_new_token() {
    let world = World::authorized().await;
    world.control().expire_access_tokens();
    let report = world.test_email().await;
    delivered(&report);
    let steps = report.steps.iter();
    let failed = steps.filter(|step| step.verdict == Verdict::Failed);
    assert_eq!(failed.count(), 0, "{report:?}");
    let steps = report.steps.iter();
    let refused: Vec<_> = steps
        .filter(|step| step.kind == StepKind::Authenticate && step.verdict == Verdict::Warned)
        .collect();
    assert!(facts(refused[0], FactName::Challenge)[0].contains("\"status\""));
    assert_eq!(warned(refused[1]), FindingCode::TokenRefused);
    let grants = part(&report, CheckPart::OAuth).into_iter();
    let grants = grants.filter(|step| *step == (StepKind::Grant, Verdict::Passed));
    assert_eq!(grants.count(), 2);
}

#[tokio::test]
async fn no_secret_is_in_any_step_even_when_every_server_echoes_it() {
    let world = World::authorized().await;
    let (password, mailbox) = ("a-password-nobody-else-has", "another-one-that-nobody-has");
    let secret = world.descriptor().client_secret.clone();
    let echo = format!("you sent {password} and {mailbox} and {secret}");
    for stage in [
        Stage::Greeting,
        Stage::Ehlo,
        Stage::Auth,
        Stage::Mail,
        Stage::Rcpt,
    ] {
        for code in ["250", "334", "535"] {
            let replies = vec![StageReply {
                stage,
                reply: format!("{code}-{echo}\r\n{code} AUTH PLAIN {password} {mailbox}"),
                times: None,
            }];
            world.control().set(Faults {
                replies,
                ..Faults::default()
            });
            let form = with_mailbox(&world, world.basic_form());
            let form = SmtpForm {
                password: TypedSecret::new(password),
                mailbox_password: TypedSecret::new(mailbox),
                ..form
            };
            for form in [form, with_mailbox(&world, world.oauth_form())] {
                let is_oauth = form.authentication_type == "oauth";
                let report = check(&world, &form).await;
                let text = format!("{report:?}");
                let mut hidden = vec!["alice-password".to_owned(), "auth=Bearer".into()];
                if is_oauth {
                    hidden.push(secret.clone());
                    hidden.extend(world.control().secrets());
                    hidden.retain(|hidden| text.contains(hidden.as_str()));
                    assert!(hidden.is_empty(), "{hidden:?} in {text}");
                } else {
                    assert!(
                        !text.contains(password) && !text.contains(mailbox),
                        "{text}"
                    );
                }
            }
        }
    }
}

#[tokio::test]
async fn each_rejection_of_a_token_is_reported_at_its_step() {
    let world = World::authorized().await;
    for (style, code) in [
        (
            RefusalStyle::MicrosoftTenantDisabled,
            FindingCode::SmtpAuthDisabledForTenant,
        ),
        (
            RefusalStyle::TooManyConnections,
            FindingCode::TooManyConnections,
        ),
    ] {
        world.control().set(Faults {
            refuse_tokens: Some(style),
            ..Faults::default()
        });
        let report = check(&world, &world.oauth_form()).await;
        let sign_in = step(&report, CheckPart::Smtp, StepKind::Authenticate);
        let finding = sign_in.finding.as_ref().unwrap();
        assert_eq!((sign_in.verdict, finding.code), (Verdict::Failed, code));
        assert_eq!(finding.value(FindingValue::Username), ALICE);
    }
}
