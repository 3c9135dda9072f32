//! Where the server listens.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::{ConfigError, PublicUrl, values::Sourced};

/// The origin under which a browser of this machine opens the server. The name is `localhost` where that leads to the address: an
/// origin of that name is accepted by Google and Microsoft for redirect URLs, and shares no cookies with the sandbox at `127.0.0.1`.
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

/// Reads an address and a port. One that others can reach is taken only with a public URL, since the requests of browsers that
/// come to it directly, and with them their sessions, are in the clear.
pub fn parse(
    listen: &Sourced<String>,
    public_url: Option<&PublicUrl>,
) -> Result<SocketAddr, ConfigError> {
    let address: SocketAddr = listen.value.trim().parse().map_err(|_| {
        listen.wrong("is not an IP address and a port, such as 127.0.0.1:3000 or [::1]:3000")
    })?;
    if address.ip().to_canonical().is_loopback() || public_url.is_some() {
        Ok(address)
    } else {
        Err(listen.wrong(format!(
            "{address} is not a loopback address, and browsers would send passwords and sessions in the clear. Put a \
             proxy that speaks https before it and set public_url to its origin, such as \
             https://mailgrant.example.com, or listen on 127.0.0.1 or [::1]"
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::local_origin;

    #[test]
    fn a_browser_of_this_machine_says_localhost() {
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
