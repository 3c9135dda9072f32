//! Where the server listens.

use std::net::SocketAddr;

use super::{ConfigError, values::Sourced};

/// Reads an address and a port. Only loopback is taken until there is access control.
pub fn parse(listen: &Sourced<String>) -> Result<SocketAddr, ConfigError> {
    let address: SocketAddr = listen.value.trim().parse().map_err(|_| {
        listen.wrong("is not an IP address and a port, such as 127.0.0.1:3000 or [::1]:3000")
    })?;
    if address.ip().to_canonical().is_loopback() {
        Ok(address)
    } else {
        Err(listen.wrong(format!(
            "{address} is not a loopback address. There is no sign-in yet, so whoever reaches this \
             address could change the settings; only 127.0.0.1 and [::1] are taken"
        )))
    }
}
