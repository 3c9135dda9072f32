//! The PROXY protocol, with which a load balancer tells the address of its client. Both versions
//! are read, because nginx only sends the first one.
//!
//! Specification: <https://www.haproxy.org/download/3.2/doc/proxy-protocol.txt>

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use tokio::io::{AsyncRead, AsyncReadExt as _};

/// Beginning of a header of version 2 (§2.2).
const SIGNATURE: [u8; 12] = *b"\r\n\r\n\0\r\nQUIT\n";
/// Beginning of a header of version 1 (§2.1).
const VERSION_1: &[u8] = b"PROXY ";
/// Octets of a header of version 1 with its CRLF (§2.1).
const MAX_VERSION_1: usize = 107;
/// Octets after the fixed part of a header of version 2. Addresses take 36; the rest are
/// extensions, such as the certificate of a client, which are ignored.
const MAX_VERSION_2: usize = 8_192;

/// The client according to a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The proxy has accepted the connection of a client with this address.
    Client(IpAddr),
    /// The proxy has connected for itself, or does not know the address of its client.
    Proxy,
}

/// Reads a header, and nothing after it.
///
/// # Errors
/// `InvalidData` if it is not a header, and errors of the connection.
pub async fn read(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Source> {
    let mut start = [0; SIGNATURE.len()];
    stream.read_exact(&mut start).await?;
    if start == SIGNATURE {
        return read_version_2(stream).await;
    }
    if !start.starts_with(VERSION_1) {
        return Err(malformed());
    }
    let mut line = start.to_vec();
    while !line.ends_with(b"\r\n") {
        if line.len() >= MAX_VERSION_1 {
            return Err(malformed());
        }
        line.push(stream.read_u8().await?);
    }
    version_1(&line).ok_or_else(malformed)
}

fn malformed() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "not a header of a proxy")
}

async fn read_version_2(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Source> {
    let mut fixed = [0; 4];
    stream.read_exact(&mut fixed).await?;
    let [version_and_command, family_and_transport, length @ ..] = fixed;
    let length = usize::from(u16::from_be_bytes(length));
    if length > MAX_VERSION_2 {
        return Err(malformed());
    }
    let mut rest = vec![0; length];
    stream.read_exact(&mut rest).await?;
    version_2(version_and_command, family_and_transport, &rest).ok_or_else(malformed)
}

/// Parses a line such as `PROXY TCP4 192.0.2.1 198.51.100.1 56324 25` with its CRLF.
fn version_1(line: &[u8]) -> Option<Source> {
    let line = std::str::from_utf8(line).ok()?.strip_suffix("\r\n")?;
    let mut words = line.split(' ').skip(1);
    let family = words.next()?;
    // The receiver must ignore anything after UNKNOWN (§2.1).
    if family == "UNKNOWN" {
        return Some(Source::Proxy);
    }
    let (source, destination) = (words.next()?, words.next()?);
    let source: IpAddr = match family {
        "TCP4" => {
            destination.parse::<Ipv4Addr>().ok()?;
            source.parse::<Ipv4Addr>().ok()?.into()
        }
        "TCP6" => {
            destination.parse::<Ipv6Addr>().ok()?;
            source.parse::<Ipv6Addr>().ok()?.into()
        }
        _ => return None,
    };
    let mut port = || words.next()?.parse::<u16>().ok();
    port()?;
    port()?;
    words.next().is_none().then_some(())?;
    Some(Source::Client(source.to_canonical()))
}

/// Parses what follows the signature: version and command, family and transport, and addresses
/// with their extensions.
fn version_2(version_and_command: u8, family_and_transport: u8, rest: &[u8]) -> Option<Source> {
    match version_and_command {
        // LOCAL, whose addresses are ignored (§2.2).
        0x20 => return Some(Source::Proxy),
        0x21 => {}
        _ => return None,
    }
    match (family_and_transport, rest) {
        // TCP over IPv4: source, destination, and two ports.
        (0x11, [a, b, c, d, _, _, _, _, _, _, _, _, ..]) => {
            Some(Source::Client(Ipv4Addr::new(*a, *b, *c, *d).into()))
        }
        // TCP over IPv6.
        (0x21, rest) if rest.len() >= 36 => {
            let source: [u8; 16] = rest[..16].try_into().ok()?;
            Some(Source::Client(Ipv6Addr::from(source).to_canonical()))
        }
        (0x11 | 0x21, _) => None,
        // Unspecified, UDP, and Unix sockets: the address of the client is unknown.
        _ => Some(Source::Proxy),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Reads a header. Returns its result with what is left.
    fn parse(mut octets: &[u8]) -> (Option<Source>, Vec<u8>) {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        let source = runtime.unwrap().block_on(read(&mut octets));
        (source.ok(), octets.to_vec())
    }

    fn client(address: &str) -> Source {
        Source::Client(address.parse().unwrap())
    }

    fn version_2(command: u8, family: u8, rest: &[u8]) -> Vec<u8> {
        let length = u16::try_from(rest.len()).unwrap().to_be_bytes();
        [&SIGNATURE, &[command, family][..], &length, rest].concat()
    }

    #[test]
    fn both_versions_name_the_client_and_leave_what_follows() {
        let v4 = [192, 0, 2, 1, 10, 0, 0, 1, 1, 2, 0, 25];
        let v6 = {
            let mut octets = [0; 36];
            octets[..16].copy_from_slice(&"2001:db8::1".parse::<Ipv6Addr>().unwrap().octets());
            octets
        };
        let extended = [&v4[..], &[0x04, 0, 1, 7]].concat();
        for (header, expected) in [
            (version_2(0x21, 0x11, &v4), client("192.0.2.1")),
            (version_2(0x21, 0x11, &extended), client("192.0.2.1")),
            (version_2(0x21, 0x21, &v6), client("2001:db8::1")),
            (version_2(0x20, 0, &[]), Source::Proxy),
            (version_2(0x20, 0x11, &v4), Source::Proxy),
            (version_2(0x21, 0, &[]), Source::Proxy),
            (
                b"PROXY TCP4 192.0.2.1 10.0.0.1 56324 25\r\n".to_vec(),
                client("192.0.2.1"),
            ),
            (
                b"PROXY TCP6 2001:db8::1 ::1 56324 25\r\n".to_vec(),
                client("2001:db8::1"),
            ),
            (
                b"PROXY TCP6 ::ffff:192.0.2.1 ::1 1 25\r\n".to_vec(),
                client("192.0.2.1"),
            ),
            (b"PROXY UNKNOWN\r\n".to_vec(), Source::Proxy),
            (b"PROXY UNKNOWN ff:ff 1 x\r\n".to_vec(), Source::Proxy),
        ] {
            let octets = [&header[..], b"EHLO a\r\n"].concat();
            assert_eq!(
                parse(&octets),
                (Some(expected), b"EHLO a\r\n".to_vec()),
                "{header:?}"
            );
        }
    }

    #[test]
    fn other_beginnings_are_refused() {
        let v4 = [192, 0, 2, 1, 10, 0, 0, 1, 1, 2, 0, 25];
        for octets in [
            b"EHLO printer.example.com\r\n".to_vec(),
            b"PROXY TCP4 192.0.2.1 10.0.0.1 56324 25\n\n\n\n\n\n".to_vec(),
            b"PROXY TCP4 192.0.2.1 10.0.0.1 56324 99999\r\n".to_vec(),
            b"PROXY TCP4 192.0.2.1 10.0.0.1 56324 25 7\r\n".to_vec(),
            b"PROXY TCP4 ::1 ::1 56324 25\r\n".to_vec(),
            b"PROXY UDP4 192.0.2.1 10.0.0.1 56324 25\r\n".to_vec(),
            [b"PROXY UNKNOWN ", &[b'x'; 200][..]].concat(),
            version_2(0x11, 0x11, &v4),
            version_2(0x22, 0x11, &v4),
            version_2(0x21, 0x11, &v4[..11]),
            version_2(0x21, 0x21, &v4),
            version_2(0x21, 0x11, &[0; 9_000]),
        ] {
            assert_eq!(parse(&octets).0, None, "{octets:?}");
        }
    }

    proptest! {
        #![proptest_config(fuzz::cases(5_000))]

        /// No input is a client unless it has the form of a header, and none panics.
        #[test]
        fn any_octets_are_read_without_a_panic(
            is_header in any::<bool>(),
            octets in proptest::collection::vec(any::<u8>(), 0..80),
        ) {
            let start: &[u8] = if is_header { &SIGNATURE } else { b"" };
            let (source, _) = parse(&[start, &octets].concat());
            let is_plausible = is_header || octets.starts_with(&SIGNATURE) || octets.starts_with(VERSION_1);
            prop_assert!(source.is_none() || is_plausible);
        }

        /// Each address that a proxy writes is read as it was, and nothing after the header is lost.
        #[test]
        fn an_address_survives_the_header(
            address in any::<IpAddr>(),
            rest in proptest::collection::vec(any::<u8>(), 0..40),
            is_version_1 in any::<bool>(),
        ) {
            let header = match (address, is_version_1) {
                (IpAddr::V4(address), true) => format!("PROXY TCP4 {address} 10.0.0.1 1 25\r\n").into_bytes(),
                (IpAddr::V6(address), true) => format!("PROXY TCP6 {address} ::1 1 25\r\n").into_bytes(),
                (IpAddr::V4(address), false) => version_2(0x21, 0x11, &[&address.octets()[..], &[0; 8]].concat()),
                (IpAddr::V6(address), false) => version_2(0x21, 0x21, &[&address.octets()[..], &[0; 20]].concat()),
            };
            let (source, left) = parse(&[&header[..], &rest].concat());
            prop_assert_eq!(source, Some(Source::Client(address.to_canonical())));
            prop_assert_eq!(left, rest);
        }
    }
}
