//! From a name to a stream: addresses, TCP, TLS.

use std::{io, net::IpAddr, time::Instant};

use domain::{Finding, FindingCode, StepKind, Verdict, finding::FindingValue};
use rustls::pki_types::ServerName;
use tokio::{net::TcpStream, time::timeout};
use tokio_rustls::TlsConnector;

use super::Target;
use crate::{
    options::Timeouts,
    outgoing::{NoAddress, Outgoing, Passed, listed},
    recorder::Recorder,
    tls,
    wire::Wire,
};

/// Resolves the name once and tries each address in turn.
pub(super) async fn connect(
    target: &Target,
    outgoing: &Outgoing,
    timeouts: Timeouts,
    recorder: &mut Recorder,
) -> Result<(TcpStream, Passed), Finding> {
    let addresses = addresses(target, outgoing, timeouts, recorder).await?;
    let mut finding = target.finding(FindingCode::ConnectionFailed);
    let last = addresses.len() - 1;
    for (at, address) in addresses.into_iter().enumerate() {
        let since = Instant::now();
        let sent = address.socket().to_string();
        let (code, text) = match timeout(timeouts.connect, address.connect()).await {
            Ok(Ok(stream)) => {
                // Each command is one small write, whose answer we wait for.
                let _ = stream.set_nodelay(true);
                recorder.step_since(StepKind::Connect, Verdict::Passed, since, &sent, "");
                return Ok((stream, address));
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

/// The addresses that may be connected to; not empty. The step names those that may not by the setting that denies them.
async fn addresses(
    target: &Target,
    outgoing: &Outgoing,
    timeouts: Timeouts,
    recorder: &mut Recorder,
) -> Result<Vec<Passed>, Finding> {
    let since = Instant::now();
    let denied = |addresses: &[IpAddr]| format!("{} (deny_networks)", listed(addresses));
    let found = timeout(
        timeouts.connect,
        outgoing.resolve(&target.host, target.port),
    )
    .await
    .unwrap_or(Err(NoAddress::NotFound));
    let (verdict, text, result) = match found {
        Ok(found) => {
            let ips: Vec<_> = found.passed.iter().map(|at| at.socket().ip()).collect();
            let mut text = listed(&ips);
            if !found.denied.is_empty() {
                text = format!("{text}; {}", denied(&found.denied));
            }
            (Verdict::Passed, text, Ok(found.passed))
        }
        Err(NoAddress::NotFound) => {
            let finding = target.finding(FindingCode::HostNotFound);
            (Verdict::Failed, String::new(), Err(finding))
        }
        Err(NoAddress::Denied(ips)) => {
            let finding = target
                .finding(FindingCode::AddressDenied)
                .with(FindingValue::Address, listed(&ips));
            (Verdict::Failed, denied(&ips), Err(finding))
        }
    };
    let host = target.host.as_str();
    recorder.step_since(StepKind::Resolve, verdict, since, host, &text);
    result
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

/// Whether a server that did not greet us answers a TLS handshake instead, at the same address.
pub(super) async fn answers_in_tls(
    target: &Target,
    address: Passed,
    connector: &TlsConnector,
    timeouts: Timeouts,
) -> bool {
    let Ok(name) = ServerName::try_from(target.host.as_str().to_owned()) else {
        return false;
    };
    let handshake = async move {
        let tcp = address.connect().await?;
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
