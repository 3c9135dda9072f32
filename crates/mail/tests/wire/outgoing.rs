//! Outgoing connections: only to allowed addresses, at the address that was resolved, and with time
//! limits.

use std::{net::TcpListener, process::Command, sync::Arc, time::Duration};

use base64::{Engine, prelude::BASE64_STANDARD};
use domain::{
    CheckPart, CheckReport, Finding, FindingCode, SmtpForm, StepKind, TypedSecret, Verdict,
    finding::FindingValue,
};
use mail::DeniedNetworks;
use secrecy::ExposeSecret;

use crate::{
    names::Names,
    providers::{Behavior, Provider},
    support::{ALICE, World, delivered, finding},
};

const METADATA: &str = "169.254.169.254";
const JSON: &str = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";

/// Creates a world that resolves names with these answers.
async fn world(names: &Arc<Names>) -> World {
    let names = Arc::clone(names);
    World::with(|options| options.resolver = names).await
}

/// Returns the SMTP steps that a check did not skip.
fn kinds(report: &CheckReport) -> Vec<StepKind> {
    let steps = report.steps.iter();
    let tried =
        steps.filter(|step| step.part == CheckPart::Smtp && step.verdict != Verdict::Skipped);
    tried.map(|step| step.kind).collect()
}

fn of_report(report: &CheckReport) -> Finding {
    match &report.outcome {
        domain::CheckOutcome::Failed(finding) => finding.clone(),
        delivered => panic!("{delivered:?}"),
    }
}

/// Returns the finding of an authorization with this token endpoint.
async fn failure_at(world: &World, token_endpoint: &str) -> Finding {
    let form = SmtpForm {
        token_endpoint: token_endpoint.into(),
        ..world.oauth_form()
    };
    world.save(&form).await;
    match world.authorize(ALICE, true).await {
        domain::AuthorizationState::Failed { finding, .. } => finding,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_mail_server_whose_name_leads_to_cloud_metadata_is_never_connected_to() {
    let names = Names::one("mail.example.com", &[&[METADATA, "fd00:ec2::254"]]);
    let world = world(&names).await;
    let report = world
        .test_email_with(&world.plain_form("mail.example.com"))
        .await;
    let finding = of_report(&report);
    assert_eq!(finding.code, FindingCode::AddressDenied);
    assert_eq!(
        finding.value(FindingValue::Address),
        "169.254.169.254, fd00:ec2::254"
    );
    assert_eq!(kinds(&report), [StepKind::Resolve]);
    assert_eq!(
        report.steps[0].received,
        "169.254.169.254, fd00:ec2::254 (deny_networks)"
    );
}

#[tokio::test]
async fn a_denied_address_gets_no_packet() {
    let listener = TcpListener::bind("127.0.0.9:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let names = Names::one("mail.example.com", &[&["127.0.0.9", "::ffff:127.0.0.9"]]);
    let world = World::with(|options| {
        options.resolver = names;
        options.denied = DeniedNetworks::default().and(["127.0.0.9/32".parse().unwrap()]);
    })
    .await;
    for host in ["mail.example.com", "127.0.0.9", "::ffff:127.0.0.9"] {
        let form = SmtpForm {
            smtp_port: port.to_string(),
            ..world.plain_form(host)
        };
        let report = world.test_email_with(&form).await;
        assert_eq!(finding(&report), FindingCode::AddressDenied, "{host}");
    }
    for host in ["mail.example.com", "127.0.0.9", "[::ffff:127.0.0.9]"] {
        let finding = failure_at(&world, &format!("https://{host}:{port}/token")).await;
        assert_eq!(finding.code, FindingCode::AddressDenied, "{host}");
    }
    let nobody = listener.accept().unwrap_err();
    assert_eq!(nobody.kind(), std::io::ErrorKind::WouldBlock);
}

#[tokio::test]
async fn denied_addresses_of_a_name_are_left_out_and_the_others_tried() {
    let names = Names::one("mail.example.com", &[&["10.0.0.1", "127.0.0.1", METADATA]]);
    let world = World::with(|options| {
        options.resolver = names;
        options.denied = DeniedNetworks::private();
    })
    .await;
    let report = world
        .test_email_with(&world.plain_form("mail.example.com"))
        .await;
    delivered(&report);
    assert_eq!(
        report.steps[0].received,
        "127.0.0.1; 10.0.0.1, 169.254.169.254 (deny_networks)"
    );
}

#[tokio::test]
async fn a_mail_server_is_connected_at_the_first_answer_of_the_name_server_only() {
    let rebinding: &[&[&str]] = &[&["127.0.0.1"], &[METADATA]];
    let names = Names::one("mail.example.com", rebinding);
    let first = world(&names).await;
    let report = first
        .test_email_with(&first.plain_form("mail.example.com"))
        .await;
    delivered(&report);
    assert_eq!(names.requested(), ["mail.example.com"]);

    // The second connection of the test for swapped ports uses the same address.
    let names = Names::one("mail.example.com", rebinding);
    let world = world(&names).await;
    let form = SmtpForm {
        smtp_port: world.descriptor().smtp_tls_port.to_string(),
        enable_ssl: true,
        ..world.plain_form("mail.example.com")
    };
    let report = world.test_email_with(&form).await;
    assert_eq!(finding(&report), FindingCode::TlsOnPlaintextPort);
    assert_eq!(names.requested(), ["mail.example.com"]);
}

#[tokio::test]
async fn a_token_endpoint_is_connected_at_the_first_answer_of_the_name_server_only() {
    let names = Names::one("id.example.com", &[&["127.0.0.1"], &[METADATA]]);
    let world = world(&names).await;
    let provider = Provider::start(Behavior::Answer("no TLS here".into())).await;
    let url = format!("https://id.example.com:{}/token", provider.port);
    let finding = failure_at(&world, &url).await;
    assert_eq!(finding.code, FindingCode::TokenEndpointUnreachable);
    assert_eq!((provider.visits(), names.requested().len()), (1, 1));
    // The next authorization resolves the name again and is rejected.
    let finding = failure_at(&world, &url).await;
    assert_eq!(finding.code, FindingCode::AddressDenied);
    assert_eq!(
        (finding.value(FindingValue::Address), provider.visits()),
        (METADATA, 1)
    );
    assert_eq!(
        finding.value(FindingValue::Server),
        format!("id.example.com:{}", provider.port)
    );
}

#[tokio::test]
async fn a_token_endpoint_under_another_name_than_its_certificates_gets_nothing() {
    let names = Names::one("id.example.com", &[&["127.0.0.1"]]);
    let world = world(&names).await;
    let port = world.descriptor().smtp_tls_port;
    let finding = failure_at(&world, &format!("https://id.example.com:{port}/token")).await;
    assert_eq!(finding.code, FindingCode::TokenEndpointCertificate);
}

#[tokio::test]
async fn cloud_metadata_is_refused_in_every_form_of_its_address() {
    let world = World::new().await;
    for (host, in_url) in [
        (METADATA, METADATA),
        ("::ffff:169.254.169.254", "[::ffff:a9fe:a9fe]"),
        ("::169.254.169.254", "[::a9fe:a9fe]"),
        ("64:ff9b::a9fe:a9fe", "[64:ff9b::169.254.169.254]"),
        ("2002:a9fe:a9fe::1", "[2002:a9fe:a9fe::1]"),
        ("168.63.129.16", "168.63.129.16"),
        ("fd00:ec2::254", "[fd00:ec2::254]"),
    ] {
        let report = world.test_email_with(&world.plain_form(host)).await;
        assert_eq!(finding(&report), FindingCode::AddressDenied, "{host}");
        assert_eq!(kinds(&report), [StepKind::Resolve], "{host}");
        let finding = failure_at(&world, &format!("https://{in_url}/token")).await;
        assert_eq!(finding.code, FindingCode::AddressDenied, "{in_url}");
    }
}

#[tokio::test]
async fn names_of_this_machine_resolve_to_loopback_without_queries() {
    let names = Names::one("id.localhost", &[&["198.51.100.7"]]);
    let world = world(&names).await;
    let endpoint = world.descriptor().token_endpoint.clone();
    let form = SmtpForm {
        token_endpoint: endpoint
            .replace("localhost", "id.localhost")
            .replace("127.0.0.1", "id.localhost"),
        ..world.oauth_form()
    };
    assert!(form.token_endpoint.contains("://id.localhost:"));
    world.save(&form).await;
    let state = world.authorize(ALICE, true).await;
    assert!(
        matches!(state, domain::AuthorizationState::Authorized { .. }),
        "{state:?}"
    );
    assert!(names.requested().is_empty());
}

#[tokio::test]
async fn a_redirect_of_a_token_endpoint_is_not_followed() {
    let world = World::new().await;
    let elsewhere = Provider::start(Behavior::Silent).await;
    for status in [301, 302, 303, 307, 308] {
        let url = elsewhere.url();
        let answer =
            format!("HTTP/1.1 {status} Go\r\nLocation: {url}\r\nContent-Length: 0\r\n\r\n");
        let provider = Provider::start(Behavior::Answer(answer)).await;
        let finding = failure_at(&world, &provider.url()).await;
        assert_eq!(finding.code, FindingCode::TokenAnswerUnreadable, "{status}");
        assert_eq!((provider.visits(), elsewhere.visits()), (1, 0), "{status}");
    }
}

#[tokio::test]
async fn a_token_answer_that_is_too_long_is_not_read_to_its_end() {
    let world = World::new().await;
    let megabyte = 1 << 20;
    let long = format!(
        "{JSON}Content-Length: {megabyte}\r\n\r\n{}",
        " ".repeat(megabyte)
    );
    let provider = Provider::start(Behavior::Answer(long)).await;
    let finding = failure_at(&world, &provider.url()).await;
    assert_eq!(finding.code, FindingCode::TokenAnswerUnreadable);

    for endless in [
        format!("{JSON}\r\n{{\"access_token\":\""),
        format!("{JSON}X-Endless: "),
        "HTTP/1.1 200 OK\r\nA: b\r\n".to_owned(),
    ] {
        let provider = Provider::start(Behavior::Endless(endless.clone())).await;
        let finding = failure_at(&world, &provider.url()).await;
        let expected = [
            FindingCode::TokenAnswerUnreadable,
            FindingCode::TokenEndpointUnreachable,
        ];
        assert!(expected.contains(&finding.code), "{finding:?} {endless}");
        assert!(
            provider.sent() < 16 * megabyte,
            "{} {endless}",
            provider.sent()
        );
    }
}

#[tokio::test]
async fn a_silent_or_slow_token_endpoint_times_out() {
    let world = World::with(|options| options.timeouts.token = Duration::from_millis(300)).await;
    for behavior in [
        Behavior::Silent,
        Behavior::Drip(format!("{JSON}\r\n")),
        Behavior::Drip(format!("{JSON}Content-Length: 500\r\n\r\n")),
        Behavior::Drip("HTTP/1.1 200 OK\r\nX: ".into()),
    ] {
        let provider = Provider::start(behavior.clone()).await;
        let finding = failure_at(&world, &provider.url()).await;
        assert_eq!(
            finding.code,
            FindingCode::TokenEndpointTimeout,
            "{behavior:?}"
        );
    }
}

#[tokio::test]
async fn a_token_endpoint_that_echoes_the_request_gets_no_secret_into_the_finding() {
    let world = World::new().await;
    let secret = "cl1ent/s3cret+with:odd=parts";
    let provider = Provider::start(Behavior::Echo).await;
    let form = SmtpForm {
        client_secret: TypedSecret::new(secret),
        token_endpoint: provider.url(),
        ..world.oauth_form()
    };
    world.save(&form).await;
    let begun = world.begin().await;
    let callback = world.answer(&begun, ALICE, true);
    let code = callback.code.as_ref().unwrap().expose_secret().to_owned();
    let state = world.finish(callback).await;
    let text = format!("{state:?}");
    // Once with the credentials in the header, once in the body.
    assert_eq!(provider.visits(), 2);
    assert!(text.contains("client_secret=[redacted]"), "{text}");
    let in_form = "cl1ent%2Fs3cret%2Bwith%3Aodd%3Dparts";
    let basic = BASE64_STANDARD.encode(format!("{}:{in_form}", form.client_id));
    for reported in [secret, in_form, &code, &basic, &basic[basic.len() - 24..]] {
        assert!(!text.contains(reported), "{reported}: {text}");
    }
}

/// This test runs itself in a separate process, because all tests share the environment.
#[tokio::test]
async fn proxies_of_the_environment_are_not_used() {
    const INSIDE: &str = "MAILGRANT_TEST_BEHIND_A_PROXY";
    if std::env::var_os(INSIDE).is_some() {
        World::authorized().await;
        return;
    }
    let proxy = TcpListener::bind("127.0.0.1:0").unwrap();
    proxy.set_nonblocking(true).unwrap();
    let url = format!("http://{}", proxy.local_addr().unwrap());
    let mut inside = Command::new(std::env::current_exe().unwrap());
    inside.args([
        "--exact",
        "outgoing::proxies_of_the_environment_are_not_used",
    ]);
    for name in ["http_proxy", "https_proxy", "all_proxy"] {
        inside.env(name, &url).env(name.to_uppercase(), &url);
    }
    let inside = inside
        .env(INSIDE, "1")
        .env_remove("NO_PROXY")
        .env_remove("no_proxy");
    let output = inside.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && text.contains("1 passed"),
        "{text}"
    );
    let nobody = proxy.accept().unwrap_err();
    assert_eq!(nobody.kind(), std::io::ErrorKind::WouldBlock);
}

/// Connections that are opened elsewhere would bypass the deny list.
#[test]
fn nothing_but_outgoing_opens_connections_or_resolves_names() {
    let crates = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let mut folders = Vec::new();
    for entry in std::fs::read_dir(crates).unwrap() {
        let folder = entry.unwrap().path();
        // The sandbox is a server and not part of the product.
        if !folder.ends_with("sandbox") && folder.join("src").is_dir() {
            folders.push(folder.join("src"));
        }
    }
    let mut looked_at = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.to_string_lossy().into_owned();
            if path.is_dir() {
                folders.push(path);
            } else if !name.ends_with("/net/src/outgoing.rs")
                && !name.ends_with("/net/src/resolver.rs")
            {
                let text = std::fs::read_to_string(&path).unwrap();
                looked_at += 1;
                for word in [
                    "TcpStream::connect",
                    "lookup_host",
                    "to_socket_addrs",
                    "TcpSocket",
                ] {
                    // Listeners need the socket for the length of their queue, and never connect.
                    let listens = word == "TcpSocket" && name.ends_with("/listener/src/accept.rs");
                    assert!(listens || !text.contains(word), "{name} has {word}");
                }
                let http = name.ends_with("/net/src/http.rs");
                assert!(http || !text.contains("Client::builder()"), "{name}");
            }
        }
    }
    assert!(looked_at > 200);
}
