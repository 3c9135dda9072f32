//! DNS checks of the domain of a From address.

use std::time::{Duration, Instant};

use domain::{
    CheckPart, CheckStep, EmailAddress, FactName, FindingCode, Host, Provider, SmtpForm, StepKind,
    Verdict, finding::FindingValue,
};
use mail::DomainCheck;
use sandbox::Faults;

use crate::support::{ALICE, World, delivered, finding, short_timeouts};

/// Replaces the sandbox's records of a domain.
fn records(world: &World, records: &[(&str, &[&str])]) {
    let mut faults = world.control().faults();
    for (key, data) in records {
        let data = data.iter().map(|text| (*text).to_owned()).collect();
        faults.dns.insert((*key).to_owned(), data);
    }
    world.control().set(faults);
}

/// Runs the four DNS steps for Alice with this server.
async fn check_through(world: &World, host: &str, provider: Provider) -> Vec<CheckStep> {
    check(world, ALICE, host, provider, None).await
}

async fn check(
    world: &World,
    from: &str,
    host: &str,
    provider: Provider,
    dkim_selector: Option<&str>,
) -> Vec<CheckStep> {
    let steps = world
        .mailer
        .doctor
        .check_domain(DomainCheck {
            from: &EmailAddress::parse(from).unwrap(),
            provider,
            host: &Host::parse(host).unwrap(),
            dkim_selector,
        })
        .await;
    let kinds: Vec<_> = steps.iter().map(|step| step.kind).collect();
    let expected = [StepKind::Mx, StepKind::Spf, StepKind::Dkim, StepKind::Dmarc];
    assert_eq!(kinds, expected);
    assert!(steps.iter().all(|step| step.part == CheckPart::Domain));
    steps
}

fn step(steps: &[CheckStep], kind: StepKind) -> &CheckStep {
    steps.iter().find(|step| step.kind == kind).unwrap()
}

/// A verdict and its finding.
type Reported = (Verdict, Option<FindingCode>);

fn reported(steps: &[CheckStep], kind: StepKind) -> Reported {
    let step = step(steps, kind);
    (step.verdict, step.finding.as_ref().map(|found| found.code))
}

/// Returns the proposed record.
fn proposed(steps: &[CheckStep], kind: StepKind) -> &str {
    let finding = step(steps, kind).finding.as_ref().unwrap();
    assert_eq!(finding.value(FindingValue::Domain), "sandbox.test");
    finding.value(FindingValue::Record)
}

const WELL: Reported = (Verdict::Passed, None);

fn warned(code: FindingCode) -> Reported {
    (Verdict::Warned, Some(code))
}

fn skipped(code: FindingCode) -> Reported {
    (Verdict::Skipped, Some(code))
}

#[tokio::test]
async fn a_domain_in_order_passes_with_its_records_shown() {
    let world = World::with_dns(|_| ()).await;
    let steps = check(
        &world,
        ALICE,
        "localhost",
        Provider::Sandbox,
        Some("mailgrant"),
    )
    .await;
    for step in &steps {
        assert_eq!(
            (step.verdict, &step.finding),
            (Verdict::Passed, &None),
            "{step:?}"
        );
        assert!(step.micros > 0);
    }
    let shown: Vec<_> = steps
        .iter()
        .map(|step| (step.sent.as_str(), step.received.as_str()))
        .collect();
    assert_eq!(
        shown,
        [
            ("sandbox.test MX", "10 localhost"),
            ("sandbox.test TXT", "v=spf1 a:localhost ip4:127.0.0.1 -all"),
            (
                "mailgrant._domainkey.sandbox.test TXT",
                "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
            ),
            (
                "_dmarc.sandbox.test TXT",
                "v=DMARC1; p=reject; rua=mailto:postmaster@sandbox.test"
            ),
        ]
    );
    let reason = |kind| {
        let facts = &step(&steps, kind).facts;
        let fact = facts.iter().find(|fact| fact.name == FactName::Reason);
        fact.unwrap().value.clone()
    };
    assert_eq!(reason(StepKind::Dkim), "k=ed25519");
    assert_eq!(reason(StepKind::Dmarc), "_dmarc.sandbox.test: p=reject");
}

#[tokio::test]
async fn missing_mx_records_and_a_null_mx_are_reported() {
    let world = World::with_dns(|_| ()).await;
    for (mx, expected) in [
        (&["10 mail.sandbox.test.", "20 localhost."][..], WELL),
        (&[][..], warned(FindingCode::MxMissing)),
        (&["0 ."][..], warned(FindingCode::MxNull)),
    ] {
        records(&world, &[("sandbox.test MX", mx)]);
        let steps = check_through(&world, "localhost", Provider::Sandbox).await;
        assert_eq!(reported(&steps, StepKind::Mx), expected, "{mx:?}");
    }
    let steps = check(
        &world,
        "a@nowhere.example",
        "localhost",
        Provider::Sandbox,
        None,
    )
    .await;
    assert_eq!(
        reported(&steps, StepKind::Mx),
        warned(FindingCode::DomainNotFound)
    );
}

/// Checks the SPF results for mail through these hosts.
async fn judge(cases: &[(&[&str], &str, Reported)]) {
    let world = World::with_dns(|_| ()).await;
    records(
        &world,
        &[
            ("_spf.google.com TXT", &["v=spf1 ip4:192.0.2.0/24 ~all"]),
            (
                "spf.protection.outlook.com TXT",
                &["v=spf1 ip4:198.51.100.0/24 -all"],
            ),
            (
                "spf.messagingengine.com TXT",
                &["v=spf1 ip4:203.0.113.0/24 ?all"],
            ),
            ("other.test TXT", &["v=spf1 include:_spf.google.com -all"]),
            ("plus.test TXT", &["v=spf1 +all"]),
            ("me.test TXT", &["v=spf1 include:sandbox.test ~all"]),
            ("none.test TXT", &["hello"]),
        ],
    );
    for (spf, host, expected) in cases {
        records(&world, &[("sandbox.test TXT", spf)]);
        let before = world.control().dns_queries().len();
        let steps = check_through(&world, host, Provider::Sandbox).await;
        assert_eq!(reported(&steps, StepKind::Spf), *expected, "{spf:?} {host}");
        assert!(world.control().dns_queries().len() - before < 30, "{spf:?}");
    }
}

#[tokio::test]
async fn an_spf_record_passes_that_allows_the_provider_by_one_of_its_names() {
    judge(&[
        (
            &["v=spf1 include:_spf.google.com ~all"],
            "smtp.gmail.com",
            WELL,
        ),
        (
            &["v=spf1 include:_spf.google.com ~all"],
            "smtp-relay.gmail.com",
            WELL,
        ),
        (&["v=spf1 redirect=_spf.google.com"], "smtp.gmail.com", WELL),
        (
            &["v=spf1 mx include:other.test -all"],
            "smtp.gmail.com",
            WELL,
        ),
        (
            &["v=spf1 include:spf.protection.outlook.com -all"],
            "smtp.office365.com",
            WELL,
        ),
        (
            &["v=spf1 include:spf.messagingengine.com ?all"],
            "smtp.fastmail.com",
            WELL,
        ),
        (
            &["V=SPF1 Include:_SPF.Google.com ~ALL", "hello"],
            "smtp.gmail.com",
            WELL,
        ),
    ])
    .await;
}

#[tokio::test]
async fn an_spf_record_that_does_not_allow_the_provider_or_allows_everyone_is_reported() {
    let not_allowed = warned(FindingCode::SpfNotAllowed);
    let everybody = warned(FindingCode::SpfAllowsEverybody);
    let unknown = skipped(FindingCode::SpfSenderUnknown);
    judge(&[
        (
            &["v=spf1 include:_spf.google.com ~all"],
            "smtp.office365.com",
            not_allowed,
        ),
        (
            &["v=spf1 -all include:_spf.google.com"],
            "smtp.gmail.com",
            not_allowed,
        ),
        (
            &["v=spf1 ?include:_spf.google.com -all"],
            "smtp.gmail.com",
            not_allowed,
        ),
        (
            &["v=spf1 -include:_spf.google.com ~all"],
            "smtp.gmail.com",
            not_allowed,
        ),
        (
            &["v=spf1 ?include:plus.test -all"],
            "smtp.gmail.com",
            not_allowed,
        ),
        (&["v=spf1"], "smtp.gmail.com", not_allowed),
        (
            &["v=spf1 include:_spf.google.com +all"],
            "smtp.gmail.com",
            everybody,
        ),
        (
            &["v=spf1 include:plus.test -all"],
            "smtp.gmail.com",
            everybody,
        ),
        (&["v=spf1 all"], "localhost", everybody),
        (
            &["v=spf1 exists:%{i}.spf.test -all"],
            "smtp.gmail.com",
            unknown,
        ),
        (
            &["v=spf1 include:%{d}.spf.test -all"],
            "smtp.gmail.com",
            unknown,
        ),
    ])
    .await;
}

#[tokio::test]
async fn an_unusable_spf_record_is_reported_and_its_evaluation_is_bounded() {
    let missing = warned(FindingCode::SpfMissing);
    let broken = warned(FindingCode::SpfBroken);
    let names: Vec<_> = (0..11).map(|i| format!("a:a{i}.test")).collect();
    let long = format!("v=spf1 include:_spf.google.com {} -all", names.join(" "));
    judge(&[
        (&[], "smtp.gmail.com", missing),
        (&["hello", "v=spf10 -all"], "smtp.gmail.com", missing),
        (
            &["v=spf1 -all", "v=spf1 mx -all"],
            "smtp.gmail.com",
            warned(FindingCode::SpfSeveral),
        ),
        (
            &[&long],
            "smtp.gmail.com",
            warned(FindingCode::SpfTooManyLookups),
        ),
        (
            &["v=spf1 include:sandbox.test -all"],
            "smtp.gmail.com",
            broken,
        ),
        (&["v=spf1 include:me.test -all"], "smtp.gmail.com", broken),
        (&["v=spf1 redirect=sandbox.test"], "smtp.gmail.com", broken),
        (&["v=spf1 include:none.test -all"], "smtp.gmail.com", broken),
        (
            &["v=spf1 include:nowhere.test -all"],
            "smtp.gmail.com",
            broken,
        ),
        (
            &["v=spf1 incude:_spf.google.com -all"],
            "smtp.gmail.com",
            broken,
        ),
    ])
    .await;
}

#[tokio::test]
async fn an_own_server_is_judged_by_its_addresses() {
    use FindingCode as Code;
    let world = World::with_dns(|_| ()).await;
    let own = "smtp.sandbox.test";
    records(
        &world,
        &[
            ("smtp.sandbox.test A", &["100.0.0.7"]),
            ("smtp.sandbox.test AAAA", &["2a00::7"]),
            ("near.test A", &["100.0.0.200"]),
            ("near.test MX", &["5 near.test."]),
            ("relay.example A", &["100.0.0.8"]),
        ],
    );
    for (spf, host, expected) in [
        ("v=spf1 ip4:100.0.0.0/24 -all", own, WELL),
        ("v=spf1 ip6:2a00::7 -all", own, WELL),
        ("v=spf1 a:smtp.sandbox.test -all", own, WELL),
        ("v=spf1 a:near.test/24 -all", own, WELL),
        ("v=spf1 mx:near.test/24//64 -all", own, WELL),
        ("v=spf1 ip4:100.0.0.7 -all", "100.0.0.7", WELL),
        (
            "v=spf1 a:near.test mx:near.test mx a -all",
            own,
            warned(Code::SpfNotAllowed),
        ),
        (
            "v=spf1 -ip4:100.0.0.7 ip4:100.0.0.0/8 -all",
            own,
            warned(Code::SpfNotAllowed),
        ),
        ("v=spf1 -all", "100.0.0.7", warned(Code::SpfNotAllowed)),
        // The outgoing addresses of a relay or behind a private address are unknown.
        (
            "v=spf1 -all",
            "relay.example",
            skipped(Code::SpfSenderUnknown),
        ),
        ("v=spf1 ip4:100.0.0.8 -all", "relay.example", WELL),
        ("v=spf1 -all", "10.0.0.1", skipped(Code::SpfSenderUnknown)),
        ("v=spf1 -all", "localhost", skipped(Code::SpfSenderUnknown)),
    ] {
        records(&world, &[("sandbox.test TXT", &[spf])]);
        let steps = check_through(&world, host, Provider::Other).await;
        assert_eq!(reported(&steps, StepKind::Spf), expected, "{spf} {host}");
    }
}

#[tokio::test]
async fn a_correct_record_is_proposed() {
    let world = World::with_dns(|_| ()).await;
    records(
        &world,
        &[
            ("sandbox.test A", &["100.0.0.7"]),
            ("_dmarc.sandbox.test TXT", &[]),
        ],
    );
    for (spf, host, expected) in [
        (
            &[][..],
            "smtp.gmail.com",
            "v=spf1 include:_spf.google.com ~all",
        ),
        (&[], "sandbox.test", "v=spf1 ip4:100.0.0.7 ~all"),
        (&[], "relay.example", ""),
        (
            &["v=spf1 mx -all"],
            "smtp.office365.com",
            "v=spf1 mx include:spf.protection.outlook.com -all",
        ),
        (&["v=spf1 mx +all"], "smtp.gmail.com", "v=spf1 mx ~all"),
    ] {
        records(&world, &[("sandbox.test TXT", spf)]);
        let steps = check_through(&world, host, Provider::Other).await;
        assert_eq!(proposed(&steps, StepKind::Spf), expected, "{spf:?} {host}");
        assert_eq!(proposed(&steps, StepKind::Dmarc), "v=DMARC1; p=none");
    }
}

#[tokio::test]
async fn the_key_of_a_selector_is_checked_if_there_is_one() {
    let world = World::with_dns(|_| ()).await;
    records(
        &world,
        &[
            (
                "revoked._domainkey.sandbox.test TXT",
                &["v=DKIM1; k=rsa; p="],
            ),
            (
                "broken._domainkey.sandbox.test TXT",
                &["v=DKIM1; k=rsa; p=!"],
            ),
            (
                "weak._domainkey.sandbox.test TXT",
                &["k=rsa; p=MFwwDQYJKoZIhvcNAQEBBQAD"],
            ),
        ],
    );
    for (selector, expected) in [
        (None, skipped(FindingCode::DkimNoSelector)),
        (Some("  "), skipped(FindingCode::DkimNoSelector)),
        (Some("mailgrant"), WELL),
        (Some("revoked"), warned(FindingCode::DkimRevoked)),
        (Some("broken"), warned(FindingCode::DkimBroken)),
        (Some("weak"), warned(FindingCode::DkimKeyWeak)),
        (Some("missing"), warned(FindingCode::DkimMissing)),
        (Some("a b"), warned(FindingCode::DkimMissing)),
    ] {
        let steps = check(&world, ALICE, "localhost", Provider::Sandbox, selector).await;
        assert_eq!(reported(&steps, StepKind::Dkim), expected, "{selector:?}");
        if let Some(finding) = &step(&steps, StepKind::Dkim).finding {
            let shown = finding.value(FindingValue::Selector);
            assert_eq!(shown, selector.map_or("", str::trim));
        }
    }
}

#[tokio::test]
async fn a_policy_holds_for_names_below_it() {
    let world = World::with_dns(|_| ()).await;
    for (own, above, expected) in [
        (&["v=DMARC1; p=none"][..], &["v=DMARC1; p=reject"][..], WELL),
        (&[], &["v=DMARC1; p=reject; sp=none"], WELL),
        (&["spf"], &["v=DMARC1; p=reject"], WELL),
        (&[], &[], warned(FindingCode::DmarcMissing)),
        (
            &["v=DMARC1; p=none", "v=DMARC1; p=reject"],
            &["v=DMARC1; p=none"],
            warned(FindingCode::DmarcSeveral),
        ),
        (
            &["v=DMARC1; p=perhaps"],
            &[],
            warned(FindingCode::DmarcBroken),
        ),
    ] {
        records(
            &world,
            &[
                ("_dmarc.mail.sandbox.test TXT", own),
                ("_dmarc.sandbox.test TXT", above),
            ],
        );
        let from = "alice@mail.sandbox.test";
        let steps = check(&world, from, "localhost", Provider::Sandbox, None).await;
        assert_eq!(
            reported(&steps, StepKind::Dmarc),
            expected,
            "{own:?} {above:?}"
        );
    }
}

/// Returns each fault of a name server, with its finding about a domain and about a host.
fn unanswered() -> [(Faults, FindingCode, FindingCode); 4] {
    let faults = Faults::default;
    [
        (
            Faults {
                dns_silent: true,
                ..faults()
            },
            FindingCode::DnsNoAnswer,
            FindingCode::HostLookupTimeout,
        ),
        (
            Faults {
                dns_fails: true,
                ..faults()
            },
            FindingCode::DnsFailed,
            FindingCode::HostLookupFailed,
        ),
        (
            Faults {
                dns_refuses: true,
                ..faults()
            },
            FindingCode::DnsRefused,
            FindingCode::HostLookupRefused,
        ),
        (
            Faults {
                dns_closed: true,
                ..faults()
            },
            FindingCode::DnsUnreachable,
            FindingCode::HostLookupNoServer,
        ),
    ]
}

#[tokio::test]
async fn an_unresponsive_name_server_is_reported_soon() {
    for (faults, code, host_code) in unanswered() {
        let world = World::with_dns(short_timeouts).await;
        let is_listening = !faults.dns_closed;
        world.control().set(faults);
        world.wait_for_dns(is_listening).await;
        let form = SmtpForm {
            smtp_host: "mail.example.com".into(),
            ..world.basic_form()
        };
        let report = world.test_email_with(&form).await;
        assert_eq!(finding(&report), host_code);
        let began = Instant::now();
        let steps = check(&world, ALICE, "smtp.gmail.com", Provider::Google, Some("x")).await;
        // The timeout is one second here. A much longer time would mean that there is no bound.
        assert!(began.elapsed() < Duration::from_secs(10));
        for step in &steps {
            assert_eq!(reported(&steps, step.kind), skipped(code), "{step:?}");
        }
    }
}

#[tokio::test]
async fn responses_are_bounded_and_clean() {
    let world = World::with_dns(|_| ()).await;
    let mx: Vec<_> = (0..1_000)
        .map(|i| format!("{i} mx{i}.sandbox.test."))
        .collect();
    let mx: Vec<_> = mx.iter().map(String::as_str).collect();
    let many = vec!["v=spf1 \u{1b}[31m\0\r\n -all"; 10_000];
    let dmarc = format!("v=DMARC1; p=none; {}", "\0\n\u{7f}x".repeat(10_000));
    records(
        &world,
        &[
            ("sandbox.test MX", &mx),
            ("sandbox.test TXT", &["v=spf1 \u{1b}[31m\0\r\n -all"]),
            ("_dmarc.sandbox.test TXT", &[&dmarc]),
        ],
    );
    let steps = check_through(&world, "localhost", Provider::Sandbox).await;
    assert_eq!(reported(&steps, StepKind::Mx), WELL);
    assert_eq!(
        reported(&steps, StepKind::Spf),
        warned(FindingCode::SpfBroken)
    );
    for step in &steps {
        assert!(step.received.chars().count() <= 4_000 && step.facts.len() <= 110);
        let mut texts = vec![step.received.clone()];
        texts.extend(step.facts.iter().map(|fact| fact.value.clone()));
        texts.extend(
            step.finding
                .iter()
                .filter_map(|finding| finding.said.clone()),
        );
        for text in texts {
            assert!(
                !text.contains(|c: char| c.is_control() && c != '\n'),
                "{text:?}"
            );
        }
    }
    // More than fits into one DNS response. The server cannot return it, which is a valid result
    // too.
    records(&world, &[("sandbox.test TXT", &many)]);
    let steps = check_through(&world, "localhost", Provider::Sandbox).await;
    assert_eq!(step(&steps, StepKind::Spf).verdict, Verdict::Skipped);
}

#[tokio::test]
async fn with_a_name_server_of_its_own_mailgrant_finds_hosts_there_and_nowhere_else() {
    let names = crate::names::Names::one("mail.example.com", &[&["127.0.0.9"]]);
    let requested = std::sync::Arc::clone(&names);
    let world = World::with_dns(|options| options.resolver = names).await;
    let form = |host: &str| SmtpForm {
        smtp_host: host.into(),
        enable_ssl: false,
        authentication_required: false,
        ..world.oauth_form()
    };
    world.control().set(Faults {
        authentication_required: false,
        ..Faults::default()
    });
    records(
        &world,
        &[
            ("mail.example.com A", &["127.0.0.1"]),
            ("metadata.example.com A", &["169.254.169.254"]),
        ],
    );
    delivered(&world.test_email_with(&form("mail.example.com")).await);
    assert!(requested.requested().is_empty());
    let queries = world.control().dns_queries();
    assert!(
        queries.contains(&"mail.example.com A".to_owned()),
        "{queries:?}"
    );
    let report = world.test_email_with(&form("metadata.example.com")).await;
    assert_eq!(finding(&report), FindingCode::AddressDenied);
    let report = world.test_email_with(&form("nowhere.example.com")).await;
    assert_eq!(finding(&report), FindingCode::HostNotFound);
}
