//! The trace field of a message that arrived over SMTP.

use std::net::IpAddr;

use domain::UnixTime;

use super::{build, header};

/// How a message arrived (RFC 5321 §4.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// The name that the client sent, as it was written.
    pub client: String,
    /// The address of the client.
    pub address: IpAddr,
    /// The name of the server.
    pub server: String,
    /// The protocol, as in `ESMTPSA` (RFC 3848).
    pub protocol: &'static str,
}

impl Received {
    /// Returns the field with CRLF. It names no recipient, because some may be in `Bcc`.
    pub(super) fn line(&self, now: UnixTime) -> String {
        let address = match self.address {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => format!("IPv6:{address}"),
        };
        let value = format!(
            "from {} ([{address}]) by {} with {}; {}",
            name(&self.client),
            name(&self.server),
            self.protocol,
            build::date(now)
        );
        header::line("Received", &value)
    }
}

/// Returns a name with only those characters that names and address literals have.
fn name(written: &str) -> String {
    let is_good = |c: char| c.is_ascii_alphanumeric() || ".-_:[]".contains(c);
    let name = written.chars().map(|c| if is_good(c) { c } else { '?' });
    let name: String = name.take(255).collect();
    if name.is_empty() {
        "unknown".into()
    } else {
        name
    }
}

#[cfg(test)]
mod tests {
    use domain::UnixTime;

    use super::Received;
    use crate::compose::trace;

    #[test]
    fn the_field_is_well_formed_whatever_the_client_calls_itself() {
        for (client, shown) in [
            ("printer.example.com", "printer.example.com"),
            ("[192.168.1.5]", "[192.168.1.5]"),
            ("", "unknown"),
            ("a b; (c)\"<ä>", "a?b???c?????"),
        ] {
            let received = Received {
                client: client.into(),
                address: "2001:db8::1".parse().unwrap(),
                server: "mail.example.com".into(),
                protocol: "ESMTPSA",
            };
            let line = received.line(UnixTime(1_700_000_000));
            let unfolded = line.replace("\r\n", "");
            let expected = format!(
                "Received: from {shown} ([IPv6:2001:db8::1]) by mail.example.com with ESMTPSA; Tue, 14 Nov 2023 22:13:20 +0000"
            );
            assert_eq!(unfolded, expected);
            assert!(trace::is_received(
                &unfolded.as_bytes()["Received:".len()..]
            ));
        }
    }
}
