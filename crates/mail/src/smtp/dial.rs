//! From a name to a TCP connection, over IPv4 and IPv6 at once (RFC 8305).

use std::{
    io,
    net::IpAddr,
    time::{Duration, Instant},
};

use domain::{FactName, Finding, FindingCode, StepKind, Verdict, finding::FindingValue};
use futures::{
    StreamExt,
    future::{self, Either},
    stream::FuturesUnordered,
};
use net::{AllowedAddress, Outgoing, Recorder, ResolveError, Step, address_list};
use tokio::{net::TcpStream, sync::oneshot, time::timeout};

use super::Target;
use net::Timeouts;

/// An address is not waited for alone for longer (RFC 8305 §5).
const NEXT_ADDRESS: Duration = Duration::from_millis(250);
/// How long the other family is given in all, once one has connected. What takes longer is of no use to anybody.
const OTHER_FAMILY: Duration = Duration::from_secs(3);

/// An open connection, and where it leads.
pub(crate) type Dialled = (TcpStream, AllowedAddress);

/// The addresses that may be connected to; not empty. The step names those that may not by the setting that denies them.
pub(crate) async fn resolve(
    target: &Target,
    outgoing: &Outgoing,
    timeouts: Timeouts,
    recorder: &Recorder,
) -> Result<Vec<AllowedAddress>, Finding> {
    let mut step = recorder.begin(StepKind::Resolve, target.host.as_str());
    let denied = |addresses: &[IpAddr]| format!("{} (deny_networks)", address_list(addresses));
    let found = timeout(
        timeouts.connect,
        outgoing.resolve(&target.host, target.port),
    );
    match found.await {
        Ok(Ok(found)) => {
            let ips: Vec<_> = found.allowed.iter().map(|at| at.socket().ip()).collect();
            for ip in &ips {
                step.fact(FactName::Address, ip.to_string());
            }
            let mut text = address_list(&ips);
            if !found.denied.is_empty() {
                text = format!("{text}; {}", denied(&found.denied));
            }
            recorder.passed(step, &text);
            Ok(found.allowed)
        }
        Ok(Err(ResolveError::NotFound)) | Err(_) => {
            let finding = target.finding(FindingCode::HostNotFound);
            Err(recorder.failed(step, "", finding))
        }
        Ok(Err(ResolveError::Denied(ips))) => {
            let finding = target
                .finding(FindingCode::AddressDenied)
                .with(FindingValue::Address, address_list(&ips));
            Err(recorder.failed(step, &denied(&ips), finding))
        }
    }
}

/// Tries both families at once. The first connection goes to `winner`; the other family is tried all the same, so that it is
/// known whether it works.
pub(crate) async fn dial(
    target: &Target,
    addresses: Vec<AllowedAddress>,
    timeouts: Timeouts,
    recorder: &Recorder,
    winner: oneshot::Sender<Dialled>,
) -> Result<(), Finding> {
    let (v4, v6): (Vec<_>, Vec<_>) = addresses
        .into_iter()
        .partition(|address| address.socket().is_ipv4());
    if v4.is_empty() || v6.is_empty() {
        let (step, addresses) = if v4.is_empty() {
            (begin(&v6, recorder), v6)
        } else {
            (begin(&v4, recorder), v4)
        };
        let outcome = connect(addresses, timeouts.connect).await;
        return settle(target, step, outcome, recorder).map(|dialled| {
            // Nobody takes it when the run was given up.
            let _ = winner.send(dialled);
        });
    }
    let since = Instant::now();
    let (six, four) = (begin(&v6, recorder), begin(&v4, recorder));
    let outcome_six = Box::pin(connect(v6, timeouts.connect));
    let outcome_four = Box::pin(connect(v4, timeouts.connect));
    let (first, slower) = match future::select(outcome_six, outcome_four).await {
        Either::Left((outcome, slower)) => (("IPv6", six, outcome), ("IPv4", four, slower)),
        Either::Right((outcome, slower)) => (("IPv4", four, outcome), ("IPv6", six, slower)),
    };
    let (name, step, outcome) = first;
    let (other_name, other_step, slower) = slower;
    let dialled = match outcome {
        Ok(dialled) => dialled,
        Err(failure) => {
            return match slower.await {
                Ok(dialled) => {
                    broken(target, name, step, failure, recorder);
                    let dialled = settle(target, other_step, Ok(dialled), recorder)?;
                    let _ = winner.send(dialled);
                    Ok(())
                }
                Err(other) => {
                    let _ = settle(target, step, Err(failure), recorder);
                    settle(target, other_step, Err(other), recorder).map(drop)
                }
            };
        }
    };
    let dialled = settle(target, step, Ok(dialled), recorder)?;
    let _ = winner.send(dialled);
    let patience = OTHER_FAMILY.saturating_sub(since.elapsed());
    match timeout(patience, slower).await {
        Ok(Ok(dialled)) => drop(settle(target, other_step, Ok(dialled), recorder)),
        Ok(Err(failure)) => broken(target, other_name, other_step, failure, recorder),
        Err(_) => broken(target, other_name, other_step, silent(), recorder),
    }
    Ok(())
}

type Outcome = Result<Dialled, (FindingCode, String)>;

fn silent() -> (FindingCode, String) {
    (FindingCode::Timeout, String::new())
}

fn begin(addresses: &[AllowedAddress], recorder: &Recorder) -> Step {
    let sent: Vec<_> = addresses
        .iter()
        .map(|address| address.socket().to_string())
        .collect();
    recorder.begin(StepKind::Connect, &sent.join(", "))
}

/// A family whose outcome is that of the whole, or one that works.
fn settle(
    target: &Target,
    mut step: Step,
    outcome: Outcome,
    recorder: &Recorder,
) -> Result<Dialled, Finding> {
    match outcome {
        Ok(dialled) => {
            step.fact(FactName::Address, dialled.1.socket().ip().to_string());
            recorder.passed(step, "");
            Ok(dialled)
        }
        Err((code, text)) => {
            let finding = target.finding(code).saying(&text);
            Err(recorder.failed(step, &text, finding))
        }
    }
}

/// A family that fails while the other one works.
fn broken(
    target: &Target,
    family: &str,
    step: Step,
    (code, text): (FindingCode, String),
    recorder: &Recorder,
) {
    // Both families of such a name are our own guess; nobody has promised that a server listens on both.
    if target.host.is_loopback() && code == FindingCode::ConnectionRefused {
        return recorder.end(step, Verdict::Skipped, &text, None);
    }
    let finding = target
        .finding(FindingCode::AddressFamilyBroken)
        .with(FindingValue::Family, family)
        .saying(&text);
    recorder.end(step, Verdict::Warned, &text, Some(finding));
}

/// The first address that answers.
async fn connect(addresses: Vec<AllowedAddress>, time: Duration) -> Outcome {
    match timeout(time, first_of(addresses, time)).await {
        Ok(Ok(dialled)) => {
            // Each command is one small write, whose answer we wait for.
            let _ = dialled.0.set_nodelay(true);
            Ok(dialled)
        }
        Ok(Err(error)) if error.kind() == io::ErrorKind::ConnectionRefused => {
            Err((FindingCode::ConnectionRefused, error.to_string()))
        }
        Ok(Err(error)) => Err((FindingCode::ConnectionFailed, error.to_string())),
        Err(_) => Err(silent()),
    }
}

/// Tries one address after the other, without waiting for one that is silent.
async fn first_of(addresses: Vec<AllowedAddress>, time: Duration) -> io::Result<Dialled> {
    let mut last = io::Error::from(io::ErrorKind::NotConnected);
    let mut tries = FuturesUnordered::new();
    let mut rest = addresses.into_iter();
    loop {
        match rest.next() {
            Some(address) => tries.push(async move {
                let stream = address.connect().await?;
                Ok::<_, io::Error>((stream, address))
            }),
            None if tries.is_empty() => return Err(last),
            None => {}
        }
        let patience = if rest.len() > 0 { NEXT_ADDRESS } else { time };
        match timeout(patience, tries.next()).await {
            Ok(Some(Ok(dialled))) => return Ok(dialled),
            Ok(Some(Err(error))) => last = error,
            Ok(None) | Err(_) => {}
        }
    }
}
