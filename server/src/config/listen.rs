//! The address that the server listens on.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::{ConfigError, PublicUrl, values::Sourced};

/// Returns the origin under which a browser on this machine opens the server. The host is
/// `localhost` if that resolves to the address: Google and Microsoft accept it in redirect URLs,
/// and it shares no cookies with the sandbox at `127.0.0.1`.
pub fn local_origin(address: SocketAddr) -> String {
    let is_localhost = match address.ip() {
        IpAddr::V4(ip) => ip == Ipv4Addr::LOCALHOST,
        IpAddr::V6(ip) => ip == Ipv6Addr::LOCALHOST,
    };
    if is_localhost {
        format!("http://localhost:{}", address.port())
    } else {
        format!("http://{address}")
    }
}

/// Parses an address and a port. An address that others can reach requires a public URL: browsers
/// that connect to it directly would send their session cookies in plain text.
pub fn parse(
    listen: &Sourced<String>,
    public_url: Option<&PublicUrl>,
) -> Result<SocketAddr, ConfigError> {
    let address: SocketAddr = listen.value.trim().parse().map_err(|_| {
        listen.invalid("is not an IP address and a port, such as 127.0.0.1:3000 or [::1]:3000")
    })?;
    if address.ip().to_canonical().is_loopback() || public_url.is_some() {
        Ok(address)
    } else {
        Err(listen.invalid(format!(
            "{address} is not a loopback address, so browsers would send passwords and session cookies unencrypted. Put an HTTPS proxy in front of Mailgrant and set public_url to its origin, such as https://mailgrant.example.com, or listen on 127.0.0.1 or [::1]"
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::local_origin;

    #[test]
    fn a_browser_on_this_machine_uses_localhost() {
        for (address, origin) in [
            ("127.0.0.1:3000", "http://localhost:3000"),
            ("[::1]:3000", "http://localhost:3000"),
            ("127.0.0.2:3000", "http://127.0.0.2:3000"),
            ("[2001:db8::1]:80", "http://[2001:db8::1]:80"),
        ] {
            assert_eq!(local_origin(address.parse().unwrap()), origin);
        }
    }
}
