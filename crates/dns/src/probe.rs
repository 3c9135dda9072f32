//! A probe of silent name servers. A closed port is only reported to a connected socket, and the
//! resolver's sockets are not connected.

use std::{
    io::{self, ErrorKind},
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use futures::future::join_all;
use tokio::{net::UdpSocket, time::timeout};

/// Time limit for the report of a closed port.
const TIMEOUT: Duration = Duration::from_millis(300);
/// A DNS message without a question (RFC 1035 §4.1.1). Servers answer it with an error or ignore
/// it.
const EMPTY_QUERY: [u8; 12] = [0; 12];

/// Returns true if no server can be reached. A server that stays silent may be behind a firewall,
/// so it counts as reachable.
pub(crate) async fn nothing_listens(servers: &[SocketAddr]) -> bool {
    let probes = join_all(servers.iter().map(|server| is_closed(*server)));
    !servers.is_empty() && probes.await.into_iter().all(|is_closed| is_closed)
}

async fn is_closed(server: SocketAddr) -> bool {
    match timeout(TIMEOUT, probe(server)).await {
        Ok(Err(error)) => is_unreachable(error.kind()),
        Ok(Ok(())) | Err(_) => false,
    }
}

async fn probe(server: SocketAddr) -> io::Result<()> {
    let own: SocketAddr = if server.is_ipv4() {
        (Ipv4Addr::UNSPECIFIED, 0).into()
    } else {
        (Ipv6Addr::UNSPECIFIED, 0).into()
    };
    let socket = UdpSocket::bind(own).await?;
    socket.connect(server).await?;
    socket.send(&EMPTY_QUERY).await?;
    socket.recv(&mut [0; 1]).await?;
    Ok(())
}

/// Returns true for an error that means that nothing is reached.
pub(crate) fn is_unreachable(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::ConnectionRefused
            | ErrorKind::HostUnreachable
            | ErrorKind::NetworkUnreachable
            | ErrorKind::NetworkDown
            | ErrorKind::AddrNotAvailable
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_closed_port_is_distinguished_from_a_silent_server() {
        let silent = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let silent = (silent.local_addr().unwrap(), silent);
        let open = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let closed = open.local_addr().unwrap();
        // A shadowed socket would stay open.
        drop(open);
        for (servers, expected) in [
            (&[closed][..], true),
            (&[silent.0], false),
            (&[closed, silent.0], false),
            (&[], false),
        ] {
            assert_eq!(nothing_listens(servers).await, expected, "{servers:?}");
        }
    }
}
