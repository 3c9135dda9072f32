//! Name resolution, and concurrent TCP connections over IPv4 and IPv6 (RFC 8305).

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
use net::{AllowedAddress, Recorder, ResolveError, Step, address_list};
use tokio::{net::TcpStream, sync::oneshot, time::timeout};

use crate::server::{ConnectOptions, Server};

/// Time after which the next address is also tried (RFC 8305 §5).
const NEXT_ADDRESS: Duration = Duration::from_millis(250);
/// Total time for the other address family once one has connected. A slower one is useless.
const OTHER_FAMILY: Duration = Duration::from_secs(3);

/// A TCP connection and its address.
pub type Dialed = (TcpStream, AllowedAddress);

/// Resolves the server's name to the addresses that may be connected to; not empty. The step names
/// denied addresses and the setting that denies them.
///
/// # Errors
/// The finding about the name.
pub async fn resolve(
    options: &ConnectOptions<'_>,
    recorder: &Recorder,
) -> Result<Vec<AllowedAddress>, Finding> {
    let (server, outgoing, timeouts) = (options.server, options.outgoing, options.timeouts);
    let mut step = recorder.begin(StepKind::Resolve, server.host.as_str());
    let denied = |addresses: &[IpAddr]| format!("{} (deny_networks)", address_list(addresses));
    let found = timeout(
        timeouts.connect,
        outgoing.resolve(&server.host, server.port),
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
        Ok(Err(error @ (ResolveError::NotFound | ResolveError::Unanswered(_)))) => {
            let finding = server.finding(error.finding());
            Err(recorder.failed(step, "", finding))
        }
        Err(_) => {
            let finding = server.finding(FindingCode::HostLookupTimeout);
            Err(recorder.failed(step, "", finding))
        }
        Ok(Err(ResolveError::Denied(ips))) => {
            let finding = server
                .finding(FindingCode::AddressDenied)
                .with(FindingValue::Address, address_list(&ips));
            Err(recorder.failed(step, &denied(&ips), finding))
        }
    }
}

/// Connects over both address families concurrently. The first connection goes to `winner`. The
/// other family is tried as well, to learn whether it works.
///
/// # Errors
/// The finding if no address can be connected to.
pub async fn dial(
    options: &ConnectOptions<'_>,
    addresses: Vec<AllowedAddress>,
    recorder: &Recorder,
    winner: oneshot::Sender<Dialed>,
) -> Result<(), Finding> {
    let (server, timeouts) = (options.server, options.timeouts);
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
        return finish_step(server, step, outcome, recorder).map(|dialed| {
            // The receiver is gone if the run was canceled.
            let _ = winner.send(dialed);
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
    let dialed = match outcome {
        Ok(dialed) => dialed,
        Err(failure) => {
            return match slower.await {
                Ok(dialed) => {
                    broken(server, name, step, failure, recorder);
                    let dialed = finish_step(server, other_step, Ok(dialed), recorder)?;
                    let _ = winner.send(dialed);
                    Ok(())
                }
                Err(other) => {
                    let _ = finish_step(server, step, Err(failure), recorder);
                    finish_step(server, other_step, Err(other), recorder).map(drop)
                }
            };
        }
    };
    let dialed = finish_step(server, step, Ok(dialed), recorder)?;
    let _ = winner.send(dialed);
    let patience = OTHER_FAMILY.saturating_sub(since.elapsed());
    match timeout(patience, slower).await {
        Ok(Ok(dialed)) => drop(finish_step(server, other_step, Ok(dialed), recorder)),
        Ok(Err(failure)) => broken(server, other_name, other_step, failure, recorder),
        Err(_) => broken(server, other_name, other_step, silent(), recorder),
    }
    Ok(())
}

type Outcome = Result<Dialed, (FindingCode, String)>;

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

/// Ends the step of a family that works, or that failed as the whole did.
fn finish_step(
    server: &Server,
    mut step: Step,
    outcome: Outcome,
    recorder: &Recorder,
) -> Result<Dialed, Finding> {
    match outcome {
        Ok(dialed) => {
            step.fact(FactName::Address, dialed.1.socket().ip().to_string());
            recorder.passed(step, "");
            Ok(dialed)
        }
        Err((code, text)) => {
            let finding = server.finding(code).saying(&text);
            Err(recorder.failed(step, &text, finding))
        }
    }
}

/// Ends the step of a family that failed while the other one works.
fn broken(
    server: &Server,
    family: &str,
    step: Step,
    (code, text): (FindingCode, String),
    recorder: &Recorder,
) {
    // Both families of such a name are built in; the server need not listen on both.
    if server.host.is_loopback() && code == FindingCode::ConnectionRefused {
        return recorder.end(step, Verdict::Skipped, &text, None);
    }
    let finding = server
        .finding(FindingCode::AddressFamilyBroken)
        .with(FindingValue::Family, family)
        .saying(&text);
    recorder.end(step, Verdict::Warned, &text, Some(finding));
}

/// Connects to the first address that answers.
async fn connect(addresses: Vec<AllowedAddress>, time: Duration) -> Outcome {
    match timeout(time, first_of(addresses, time)).await {
        Ok(Ok(dialed)) => {
            // Each command is one small write that waits for its reply.
            let _ = dialed.0.set_nodelay(true);
            Ok(dialed)
        }
        Ok(Err(error)) if error.kind() == io::ErrorKind::ConnectionRefused => {
            Err((FindingCode::ConnectionRefused, error.to_string()))
        }
        Ok(Err(error)) => Err((FindingCode::ConnectionFailed, error.to_string())),
        Err(_) => Err(silent()),
    }
}

/// Tries one address after the other, without waiting for a silent one.
async fn first_of(addresses: Vec<AllowedAddress>, time: Duration) -> io::Result<Dialed> {
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
            Ok(Some(Ok(dialed))) => return Ok(dialed),
            Ok(Some(Err(error))) => last = error,
            Ok(None) | Err(_) => {}
        }
    }
}
