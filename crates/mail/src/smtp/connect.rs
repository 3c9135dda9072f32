//! From a name to a stream: addresses, TCP, TLS.

use std::{io, time::Instant};

use domain::{Finding, FindingCode, StepKind, Verdict};
use rustls::pki_types::ServerName;
use tokio::{net::TcpStream, time::timeout};
use tokio_rustls::TlsConnector;

use super::Target;
use crate::{options::Timeouts, recorder::Recorder, tls, wire::Wire};

/// Resolves the name and tries each address in turn.
pub(super) async fn connect(
    target: &Target,
    timeouts: Timeouts,
    recorder: &mut Recorder,
) -> Result<TcpStream, Finding> {
    let since = Instant::now();
    let found = timeout(
        timeouts.connect,
        tokio::net::lookup_host((target.host.to_string(), target.port)),
    )
    .await;
    let addresses: Vec<_> = match found {
        Ok(Ok(addresses)) => addresses.collect(),
        Ok(Err(_)) | Err(_) => Vec::new(),
    };
    let names = addresses
        .iter()
        .map(|address| address.ip().to_string())
        .collect::<Vec<_>>()
        .join(", ");
    if addresses.is_empty() {
        recorder.step_since(
            StepKind::Resolve,
            Verdict::Failed,
            since,
            target.host.as_str(),
            "",
        );
        return Err(target.finding(FindingCode::HostNotFound));
    }
    recorder.step_since(
        StepKind::Resolve,
        Verdict::Passed,
        since,
        target.host.as_str(),
        &names,
    );
    let mut finding = target.finding(FindingCode::ConnectionFailed);
    let last = addresses.len() - 1;
    for (at, address) in addresses.into_iter().enumerate() {
        let since = Instant::now();
        let sent = address.to_string();
        let (code, text) = match timeout(timeouts.connect, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => {
                // Each command is one small write, whose answer we wait for.
                let _ = stream.set_nodelay(true);
                recorder.step_since(StepKind::Connect, Verdict::Passed, since, &sent, "");
                return Ok(stream);
            }
            Ok(Err(error)) if error.kind() == io::ErrorKind::ConnectionRefused => {
                (FindingCode::ConnectionRefused, error.to_string())
            }
            Ok(Err(error)) => (FindingCode::ConnectionFailed, error.to_string()),
            Err(_) => (FindingCode::Timeout, String::new()),
        };
        let verdict = if at == last {
            Verdict::Failed
        } else {
            Verdict::Warned
        };
        recorder.step_since(StepKind::Connect, verdict, since, &sent, &text);
        finding = target.finding(code).saying(text);
    }
    Err(finding)
}

pub(super) async fn handshake(
    target: &Target,
    wire: &Wire,
    connector: &TlsConnector,
    timeouts: Timeouts,
    recorder: &mut Recorder,
) -> Result<(), Finding> {
    let since = Instant::now();
    let name = ServerName::try_from(target.host.as_str().to_owned())
        .map_err(|_| target.finding(FindingCode::CertificateOtherName))?;
    let (code, said) = match timeout(timeouts.connect, wire.upgrade(connector, name)).await {
        Ok(Ok(session)) => {
            let text = format!("{} {}", session.version, session.cipher);
            recorder.step_since(StepKind::Tls, Verdict::Passed, since, "", &text);
            recorder.tls = Some(session);
            return Ok(());
        }
        Ok(Err(error)) => (tls::decode(&error, target.tls_minimum), error.to_string()),
        Err(_) => (FindingCode::Timeout, String::new()),
    };
    recorder.step_since(StepKind::Tls, Verdict::Failed, since, "", &said);
    Err(target.finding(code).saying(said))
}

/// Whether a server that did not greet us answers a TLS handshake instead.
pub(super) async fn answers_in_tls(
    target: &Target,
    connector: &TlsConnector,
    timeouts: Timeouts,
) -> bool {
    let Ok(name) = ServerName::try_from(target.host.as_str().to_owned()) else {
        return false;
    };
    let address = (target.host.to_string(), target.port);
    let handshake = async move {
        let tcp = TcpStream::connect(address).await?;
        connector.connect(name, tcp).await
    };
    match timeout(timeouts.connect, handshake).await {
        Ok(Ok(_)) => true,
        // A certificate that we do not accept came in a handshake all the same.
        Ok(Err(error)) => error
            .get_ref()
            .and_then(|inner| inner.downcast_ref::<rustls::Error>())
            .is_some_and(|error| matches!(error, rustls::Error::InvalidCertificate(_))),
        Err(_) => false,
    }
}
