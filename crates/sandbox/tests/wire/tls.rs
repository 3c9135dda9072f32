//! TLS and its faults.

use crate::support::smtp::{handshake, tcp};
use crate::support::{SmtpClient, start};
use rustls::SupportedProtocolVersion;
use rustls::version::{TLS12, TLS13};
use sandbox::{Certificate, Faults, Stage, TlsVersion};

static ONLY_1_2: &[&SupportedProtocolVersion] = &[&TLS12];
static ONLY_1_3: &[&SupportedProtocolVersion] = &[&TLS13];

#[tokio::test]
async fn only_the_good_certificate_is_trusted() {
    let sandbox = start().await;
    let descriptor = sandbox.descriptor();
    for (certificate, problem) in [
        (Certificate::Good, None),
        (Certificate::WrongName, Some("NotValidForName")),
        (Certificate::Expired, Some("Expired")),
        (Certificate::UnknownCa, Some("UnknownIssuer")),
    ] {
        sandbox.control().set(Faults {
            certificate,
            ..Faults::default()
        });
        let stream = tcp(descriptor.smtp_tls_port).await;
        let result = handshake(stream, descriptor, rustls::ALL_VERSIONS).await;
        match (result, problem) {
            (Ok(_), None) => {}
            (Err(error), Some(problem)) => {
                assert!(format!("{error:?}").contains(problem), "{error:?}");
            }
            (result, problem) => panic!("{problem:?}: {result:?}"),
        }
    }
}

#[tokio::test]
async fn versions_can_be_bounded() {
    let sandbox = start().await;
    let descriptor = sandbox.descriptor();
    let connect = async |versions| {
        let stream = tcp(descriptor.smtp_tls_port).await;
        handshake(stream, descriptor, versions).await.is_ok()
    };
    sandbox.control().set(Faults {
        max_tls: Some(TlsVersion::V1_2),
        ..Faults::default()
    });
    assert!(connect(ONLY_1_2).await && !connect(ONLY_1_3).await);
    sandbox.control().set(Faults {
        min_tls: Some(TlsVersion::V1_3),
        ..Faults::default()
    });
    assert!(connect(ONLY_1_3).await && !connect(ONLY_1_2).await);
}

#[tokio::test]
async fn plaintext_on_the_tls_port_is_reported() {
    let sandbox = start().await;
    let descriptor = sandbox.descriptor();
    sandbox.control().set(Faults {
        plaintext_on_tls_port: true,
        ..Faults::default()
    });
    let stream = tcp(descriptor.smtp_tls_port).await;
    let error = handshake(stream, descriptor, rustls::ALL_VERSIONS).await;
    assert!(format!("{:?}", error.unwrap_err()).contains("InvalidMessage"));
}

#[tokio::test]
async fn starttls_can_be_left_out() {
    let sandbox = start().await;
    sandbox.control().set(Faults {
        offer_starttls: false,
        ..Faults::default()
    });
    let mut client = SmtpClient::plain(&sandbox).await;
    client.reply().await;
    assert!(!client.command("EHLO test").await.contains("STARTTLS"));
    assert!(client.command("STARTTLS").await.starts_with("502 "));
}

#[tokio::test]
async fn a_silent_server_keeps_the_connection_open() {
    let sandbox = start().await;
    let mut client = SmtpClient::plain(&sandbox).await;
    client.reply().await;
    sandbox.control().set(Faults {
        silent_at: Some(Stage::Ehlo),
        ..Faults::default()
    });
    let waited = tokio::time::timeout(
        std::time::Duration::from_millis(100),
        client.command("EHLO test"),
    );
    assert!(waited.await.is_err());
}

#[tokio::test]
async fn dropping_the_sandbox_closes_its_connections() {
    let sandbox = start().await;
    let mut client = SmtpClient::plain(&sandbox).await;
    client.reply().await;
    drop(sandbox);
    assert_eq!(client.reply().await, "");
}
