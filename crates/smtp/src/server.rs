//! The server of a connection, and the options it is opened with.

use std::net::IpAddr;

use domain::{
    Authentication, EhloName, Finding, FindingCode, Host, Security, SmtpSettings, TlsMinimum,
    UnixTime, finding::FindingValue,
};
use net::{Outgoing, Timeouts};

/// A mail server, and how connections to it are protected.
#[derive(Clone, Debug)]
pub struct Server {
    /// The host.
    pub host: Host,
    /// The port.
    pub port: u16,
    /// The protection of connections.
    pub security: Security,
    /// The lowest version of TLS that is accepted.
    pub tls_minimum: TlsMinimum,
    /// The name that EHLO sends; `None` means the name or address of this machine.
    pub ehlo_name: Option<EhloName>,
    /// The values that findings about this server may name: the username and the From address.
    pub named: Vec<(FindingValue, String)>,
}

/// The parts that a connection is opened with.
#[derive(Clone, Copy, Debug)]
pub struct ConnectOptions<'a> {
    /// The server to connect to.
    pub server: &'a Server,
    /// The gateway to its addresses.
    pub outgoing: &'a Outgoing,
    /// The time limits.
    pub timeouts: Timeouts,
    /// The time, for judging certificates.
    pub now: UnixTime,
}

impl Server {
    /// Returns the server of SMTP settings.
    pub fn of<S>(settings: &SmtpSettings<S>) -> Self {
        let from = settings.from.address.to_string();
        let mut named = vec![(FindingValue::From, from)];
        if let Authentication::Basic { username, .. } | Authentication::OAuth { username, .. } =
            &settings.authentication
        {
            named.push((FindingValue::Username, username.clone()));
        }
        Self {
            host: settings.host.clone(),
            port: settings.port,
            security: settings.security,
            tls_minimum: settings.tls_minimum,
            ehlo_name: settings.ehlo_name.clone(),
            named,
        }
    }

    /// Returns `host:port`, with IPv6 addresses in brackets.
    pub fn address(&self) -> String {
        match self.host.ip() {
            Some(IpAddr::V6(ip)) => format!("[{ip}]:{}", self.port),
            _ => format!("{}:{}", self.host, self.port),
        }
    }

    /// Returns the name to send in EHLO over a connection from this local address.
    pub(crate) fn own_name(&self, local: IpAddr) -> EhloName {
        self.ehlo_name.clone().unwrap_or_else(|| {
            let name = hostname::get().unwrap_or_default();
            EhloName::of_machine(&name.to_string_lossy(), local)
        })
    }

    /// Returns a finding that names this server.
    pub fn finding(&self, code: FindingCode) -> Finding {
        let finding = Finding::new(code).with(FindingValue::Server, self.address());
        let named = self.named.iter();
        named.fold(finding, |finding, (value, text)| finding.with(*value, text))
    }
}
