//! Name resolution, and the connection to the first address that answers.

use std::io;

use domain::{FactName, Finding, FindingCode, StepKind, finding::FindingValue};
use net::{AllowedAddress, LookupError, Outgoing, Recorder, ResolveError, Timeouts, address_list};
use tokio::{net::TcpStream, time::timeout};

use crate::Mailbox;

pub async fn connect(
    mailbox: &Mailbox,
    outgoing: &Outgoing,
    timeouts: Timeouts,
    recorder: &Recorder,
) -> Result<TcpStream, Finding> {
    let mut step = recorder.begin(StepKind::Resolve, mailbox.host.as_str());
    let found = timeout(
        timeouts.connect,
        outgoing.resolve(&mailbox.host, mailbox.port),
    );
    let addresses = match found.await.unwrap_or(Err(LookupError::Timeout.into())) {
        Ok(found) => {
            for address in &found.allowed {
                step.fact(FactName::Address, address.socket().ip().to_string());
            }
            recorder.passed(step, "");
            found.allowed
        }
        Err(error @ (ResolveError::NotFound | ResolveError::Unanswered(_))) => {
            let finding = mailbox.finding(error.finding());
            return Err(recorder.failed(step, "", finding));
        }
        Err(ResolveError::Denied(addresses)) => {
            let finding = mailbox
                .finding(FindingCode::AddressDenied)
                .with(FindingValue::Address, address_list(&addresses));
            return Err(recorder.failed(step, "", finding));
        }
    };
    let sent: Vec<_> = addresses
        .iter()
        .map(|one| one.socket().to_string())
        .collect();
    let mut step = recorder.begin(StepKind::Connect, &sent.join(", "));
    match timeout(timeouts.connect, first(addresses)).await {
        Ok(Ok((tcp, address))) => {
            let _ = tcp.set_nodelay(true);
            step.fact(FactName::Address, address.socket().ip().to_string());
            recorder.passed(step, "");
            Ok(tcp)
        }
        Ok(Err(error)) => {
            let code = if error.kind() == io::ErrorKind::ConnectionRefused {
                FindingCode::ConnectionRefused
            } else {
                FindingCode::ConnectionFailed
            };
            let finding = mailbox.finding(code).saying(error.to_string());
            Err(recorder.failed(step, "", finding))
        }
        Err(_) => {
            let finding = mailbox.finding(FindingCode::Timeout);
            Err(recorder.failed(step, "", finding))
        }
    }
}

/// Connects to the first address that answers, trying all concurrently. Returns the last error if
/// none answers.
async fn first(addresses: Vec<AllowedAddress>) -> io::Result<(TcpStream, AllowedAddress)> {
    let mut tries = tokio::task::JoinSet::new();
    for address in addresses {
        tries.spawn(async move { address.connect().await.map(|tcp| (tcp, address)) });
    }
    let mut last = io::Error::from(io::ErrorKind::NotConnected);
    while let Some(tried) = tries.join_next().await {
        match tried {
            Ok(Ok(connected)) => return Ok(connected),
            Ok(Err(error)) => last = error,
            Err(_) => {}
        }
    }
    Err(last)
}
