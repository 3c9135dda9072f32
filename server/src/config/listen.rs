//! Where the server listens.

use std::net::SocketAddr;

use super::{ConfigError, PublicUrl, values::Sourced};

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
