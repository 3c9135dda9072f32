//! One SMTP connection (RFC 5321): connect, TLS, sign in, hand over a message.
//!
//! lettre parses the replies; the stream below is [`RecordingStream`](net::RecordingStream), which keeps what was said. Each
//! step is recorded as it goes, and each failure becomes a finding where it is known what it means.

mod connection;
mod deliver;
mod dial;
mod dots;
mod greeting;
mod lettre_stream;
mod reply;
mod session;
mod sign_in;
#[cfg(test)]
mod strangers;
mod tls;

use std::net::IpAddr;

use domain::{
    Authentication, Finding, FindingCode, Host, Security, SmtpSettings, TlsMinimum, UnixTime,
    finding::FindingValue,
};
use net::Outgoing;

pub(crate) use connection::Connection;
pub(crate) use dial::{dial, resolve};
pub(crate) use session::{Ended, Handed, Letter, Session};

use net::Timeouts;

/// Where to connect to, and how.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) host: Host,
    pub(crate) port: u16,
    pub(crate) security: Security,
    pub(crate) tls_minimum: TlsMinimum,
    /// What findings at this server may name: who signs in, and who sends.
    pub(crate) named: Vec<(FindingValue, String)>,
}

/// What a connection to a target is made with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Way<'a> {
    pub(crate) target: &'a Target,
    pub(crate) outgoing: &'a Outgoing,
    pub(crate) timeouts: Timeouts,
    pub(crate) now: UnixTime,
}

impl Target {
    pub(crate) fn of<S>(settings: &SmtpSettings<S>) -> Self {
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
            named,
        }
    }

    /// `host:port`, IPv6 addresses in brackets.
    pub(crate) fn address(&self) -> String {
        match self.host.ip() {
            Some(IpAddr::V6(ip)) => format!("[{ip}]:{}", self.port),
            _ => format!("{}:{}", self.host, self.port),
        }
    }

    /// A finding that names this server.
    pub(crate) fn finding(&self, code: FindingCode) -> Finding {
        let finding = Finding::new(code).with(FindingValue::Server, self.address());
        let named = self.named.iter();
        named.fold(finding, |finding, (value, text)| finding.with(*value, text))
    }
}
