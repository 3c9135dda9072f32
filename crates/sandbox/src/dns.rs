//! DNS server (RFC 1035) for names that only exist here, over UDP and TCP on the same port.

mod zone;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hickory_proto::op::{Message, OpCode, ResponseCode};
use hickory_proto::rr::Record;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::state::State;

/// Maximum size of a UDP response in octets; longer ones are truncated (RFC 9715 §3).
const MAX_UDP: usize = 1_232;
/// Seconds that responses may be cached.
const TTL: u32 = 1;

/// Interval between checks whether the server should listen.
const CHECK_INTERVAL: Duration = Duration::from_millis(5);

/// Answers over UDP and TCP until the task is aborted. While the faults say so, nothing listens.
pub(crate) async fn serve(udp: UdpSocket, tcp: TcpListener, state: Arc<State>) {
    let Ok(address) = udp.local_addr() else {
        return;
    };
    let mut sockets = Some((udp, tcp));
    loop {
        if let Some((udp, tcp)) = sockets.take() {
            tokio::select! {
                () = serve_udp(udp, &state) => {}
                () = serve_tcp(tcp, &state) => {}
                () = until_closed(&state, true) => {}
            }
        }
        until_closed(&state, false).await;
        sockets = listen(address).await.ok();
        sleep(CHECK_INTERVAL).await;
    }
}

async fn listen(address: SocketAddr) -> std::io::Result<(UdpSocket, TcpListener)> {
    Ok((
        UdpSocket::bind(address).await?,
        TcpListener::bind(address).await?,
    ))
}

async fn until_closed(state: &State, closed: bool) {
    while state.faults().dns_closed != closed {
        sleep(CHECK_INTERVAL).await;
    }
}

async fn serve_udp(socket: UdpSocket, state: &State) {
    let mut buffer = vec![0; 4_096];
    loop {
        let (length, from): (usize, SocketAddr) = match socket.recv_from(&mut buffer).await {
            Ok(received) => received,
            Err(error) => {
                tracing::debug!(%error, "cannot read a DNS query");
                tokio::time::sleep(Duration::from_millis(10)).await;
                continue;
            }
        };
        let Some(answer) = buffer.get(..length).and_then(|query| reply(query, state)) else {
            continue;
        };
        let bytes = match answer.to_vec() {
            Ok(bytes) if bytes.len() <= MAX_UDP => Ok(bytes),
            // The client repeats a truncated query over TCP.
            Ok(_) => answer.truncate().to_vec(),
            error => error,
        };
        if let Ok(bytes) = bytes {
            let _ = socket.send_to(&bytes, from).await;
        }
    }
}

/// Answers over TCP. Dropping the future also closes the connections.
async fn serve_tcp(listener: TcpListener, state: &Arc<State>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => if let Ok((stream, _)) = accepted {
                let state = Arc::clone(state);
                connections.spawn(async move {
                    if let Err(error) = connection(stream, &state).await {
                        tracing::debug!(%error, "DNS connection ended");
                    }
                });
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

/// Serves one connection. Each message is preceded by its length (RFC 1035 §4.2.2).
async fn connection(mut stream: TcpStream, state: &State) -> std::io::Result<()> {
    loop {
        let length = stream.read_u16().await?;
        let mut query = vec![0; usize::from(length)];
        stream.read_exact(&mut query).await?;
        let Some(Ok(bytes)) = reply(&query, state).map(|answer| answer.to_vec()) else {
            return Ok(());
        };
        let Ok(length) = u16::try_from(bytes.len()) else {
            return Ok(());
        };
        stream.write_u16(length).await?;
        stream.write_all(&bytes).await?;
    }
}

/// Returns the response, or `None` if the server stays silent.
fn reply(query: &[u8], state: &State) -> Option<Message> {
    let query = Message::from_vec(query).ok()?;
    let requested = query.queries.first()?;
    let faults = state.faults();
    let name = requested.name().to_lowercase().to_ascii();
    let name = name.trim_end_matches('.');
    state
        .lock()
        .dns_queries
        .push(format!("{name} {}", requested.query_type()));
    if faults.dns_silent {
        return None;
    }
    let mut answer = Message::response(query.metadata.id, OpCode::Query);
    answer.metadata.recursion_desired = query.metadata.recursion_desired;
    answer.metadata.recursion_available = true;
    answer.add_query(requested.clone());
    if faults.dns_fails || faults.dns_refuses {
        answer.metadata.response_code = if faults.dns_fails {
            ResponseCode::ServFail
        } else {
            ResponseCode::Refused
        };
        return Some(answer);
    }
    let zone = zone::Zone::new(&state.descriptor, &faults.dns);
    if let Some(found) = zone.find(name, requested.query_type()) {
        let name = requested.name();
        answer.add_answers(
            found
                .into_iter()
                .map(|data| Record::from_rdata(name.clone(), TTL, data)),
        );
    } else {
        answer.metadata.response_code = ResponseCode::NXDomain;
    }
    Some(answer)
}
