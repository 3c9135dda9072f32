//! The name server to query instead of the system's.

use std::net::SocketAddr;

use super::{ConfigError, Setting, report::Report, values::Values};

/// Reads the address and the port of the name server, if one is configured.
pub fn read(values: &Values, report: &mut Report) -> Result<Option<SocketAddr>, ConfigError> {
    let address = values.text(Setting::DnsServer)?;
    report.optional(Setting::DnsServer, address.as_ref());
    address
        .map(|text| {
            let address: Option<SocketAddr> = text.value.trim().parse().ok();
            address
                .filter(|address| address.port() != 0)
                .ok_or_else(|| {
                    text.invalid(
                        "is not an IP address and a port, such as 127.0.0.1:53 or [::1]:53",
                    )
                })
        })
        .transpose()
}
