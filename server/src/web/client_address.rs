//! Determines the client address of a request.
//!
//! Any client can send `X-Forwarded-For`. It is therefore only read if the connection comes from a
//! configured proxy, and from its end: entries before that of the last trusted proxy may be forged.

use std::net::{IpAddr, SocketAddr};

use axum::{
    extract::{Request, State},
    http::{HeaderMap, StatusCode},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use ipnet::IpNet;

use super::Web;
use crate::connections::Peer;

const FORWARDED_FOR: &str = "x-forwarded-for";

/// The client address, in the extensions of each request.
#[derive(Clone, Copy, Debug)]
pub struct ClientAddress(pub IpAddr);

/// Adds the [`ClientAddress`] to the request.
pub async fn find(State(web): State<Web>, mut request: Request, next: Next) -> Response {
    let Some(Peer { address: peer, .. }) = request.extensions().get().copied() else {
        tracing::error!("client address of a request is missing");
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    if web.same_address.is_of_proxy(peer, request.headers()) {
        tracing::warn!(
            address = %peer,
            "all requests come from one address and share its limits; set trusted_proxies if it is a proxy"
        );
    }
    let address = client(peer, &web.trusted_proxies, request.headers());
    request.extensions_mut().insert(ClientAddress(address));
    next.run(request).await
}

/// Returns the last address that is not a trusted proxy, or the first one if all are. An entry that
/// cannot be parsed makes all entries before it untrustworthy; the peer address is used then.
fn client(peer: IpAddr, trusted: &[IpNet], headers: &HeaderMap) -> IpAddr {
    let is_trusted = |address: &IpAddr| trusted.iter().any(|network| network.contains(address));
    if !is_trusted(&peer) {
        return peer;
    }
    let mut nearest = peer;
    let lines: Vec<_> = headers.get_all(FORWARDED_FOR).iter().collect();
    let entries = lines
        .iter()
        .rev()
        .flat_map(|line| line.to_str().unwrap_or("?").rsplit(','));
    for entry in entries {
        let Some(address) = read(entry.trim()) else {
            return peer;
        };
        nearest = address;
        if !is_trusted(&address) {
            break;
        }
    }
    nearest
}

/// Parses an address. Some proxies append a port.
fn read(entry: &str) -> Option<IpAddr> {
    let address = entry
        .parse()
        .or_else(|_| entry.parse().map(|socket: SocketAddr| socket.ip()));
    address.ok().map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::{FORWARDED_FOR, client};
    use axum::http::{HeaderMap, HeaderValue};

    fn found(peer: &str, lines: &[&str]) -> String {
        let trusted = ["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()];
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(FORWARDED_FOR, HeaderValue::from_str(line).unwrap());
        }
        client(peer.parse().unwrap(), &trusted, &headers).to_string()
    }

    #[test]
    fn is_the_peer_unless_a_trusted_proxy_says_otherwise() {
        for (peer, lines, expected) in [
            ("192.0.2.1", &["198.51.100.7"][..], "192.0.2.1"),
            ("10.0.0.1", &[], "10.0.0.1"),
            ("10.0.0.1", &["198.51.100.7"], "198.51.100.7"),
            ("fd00::1", &["2001:db8::7"], "2001:db8::7"),
            ("10.0.0.1", &["198.51.100.7:4711"], "198.51.100.7"),
            ("10.0.0.1", &["[2001:db8::7]:4711"], "2001:db8::7"),
            ("10.0.0.1", &["::ffff:198.51.100.7"], "198.51.100.7"),
        ] {
            assert_eq!(found(peer, lines), expected, "{peer} {lines:?}");
        }
    }

    #[test]
    fn is_the_last_that_is_no_trusted_proxy_over_all_lines() {
        for (lines, expected) in [
            (&["203.0.113.9, 198.51.100.7"][..], "198.51.100.7"),
            (&["203.0.113.9, 198.51.100.7, 10.2.2.2"], "198.51.100.7"),
            (&["203.0.113.9", "198.51.100.7,10.2.2.2"], "198.51.100.7"),
            (&["198.51.100.7", "10.2.2.2"], "198.51.100.7"),
            (&["10.3.3.3, 10.2.2.2"], "10.3.3.3"),
        ] {
            assert_eq!(found("10.0.0.1", lines), expected, "{lines:?}");
        }
    }

    #[test]
    fn is_the_peer_when_an_entry_that_counts_cannot_be_read() {
        for line in [
            "",
            "unknown",
            "198.51.100.7,",
            "198.51.100.7 evil",
            "1.2.3.4, x, 10.2.2.2",
        ] {
            assert_eq!(found("10.0.0.1", &[line]), "10.0.0.1", "{line}");
        }
        // Entries before the decisive one do not matter.
        assert_eq!(found("10.0.0.1", &["x, 198.51.100.7"]), "198.51.100.7");
    }
}
