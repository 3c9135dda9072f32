//! The account that mail is read from.

use std::net::IpAddr;

use domain::{
    EmailAddress, Finding, FindingCode, Host, MailboxSecurity, SmtpSettings, TlsMinimum,
    finding::FindingValue,
};

/// A mailbox account, and how connections to its server are protected.
#[derive(Clone, Debug)]
pub struct Mailbox {
    /// The host.
    pub host: Host,
    /// The port.
    pub port: u16,
    /// The protection of connections.
    pub security: MailboxSecurity,
    /// The lowest version of TLS that is accepted.
    pub tls_minimum: TlsMinimum,
    /// The address of the account.
    pub email: EmailAddress,
}

impl Mailbox {
    /// Returns the mailbox of settings, or `None` if they read none.
    pub fn of<S>(settings: &SmtpSettings<S>) -> Option<Self> {
        let mailbox = settings.mailbox.as_ref()?;
        Some(Self {
            host: mailbox.host.clone(),
            port: mailbox.port,
            security: mailbox.security,
            tls_minimum: settings.tls_minimum,
            email: mailbox.email.clone(),
        })
    }

    pub(crate) fn implicit_tls(&self) -> bool {
        self.security == MailboxSecurity::ImplicitTls
    }

    /// Returns `host:port`, with IPv6 addresses in brackets.
    fn address(&self) -> String {
        match self.host.ip() {
            Some(IpAddr::V6(ip)) => format!("[{ip}]:{}", self.port),
            _ => format!("{}:{}", self.host, self.port),
        }
    }

    /// Returns a finding that names this server and this account.
    pub fn finding(&self, code: FindingCode) -> Finding {
        Finding::new(code)
            .with(FindingValue::Server, self.address())
            .with(FindingValue::Username, self.email.as_str())
    }
}
