//! The mailbox: IMAP over the same stream, TLS and SASL as SMTP.
//!
//! Nothing here changes a mailbox: it is opened by EXAMINE, and messages are read with PEEK.

mod arrival;
mod client;
mod connection;
mod sign_in;
mod steps;

use std::net::IpAddr;

use domain::{
    CheckPart, CheckStep, EmailAddress, Finding, FindingCode, Host, MailboxSettings, TlsMinimum,
    finding::FindingValue,
};
use secrecy::SecretString;

use crate::{options::Timeouts, outgoing::Outgoing};
use connection::Connection;
pub(crate) use steps::Sink;
use steps::Steps;

/// The port of IMAP inside TLS (RFC 8314 §3.2). On every other port STARTTLS is required.
const IMPLICIT_TLS_PORT: u16 = 993;

/// Where mail is read.
#[derive(Clone, Debug)]
pub(crate) struct Mailbox {
    pub(crate) host: Host,
    pub(crate) port: u16,
    pub(crate) tls_minimum: TlsMinimum,
    pub(crate) email: EmailAddress,
    pub(crate) password: SecretString,
}

impl Mailbox {
    pub(crate) fn of(settings: &MailboxSettings<SecretString>, tls_minimum: TlsMinimum) -> Self {
        Self {
            host: settings.host.clone(),
            port: settings.port,
            tls_minimum,
            email: settings.email.clone(),
            password: settings.password.clone(),
        }
    }

    fn implicit_tls(&self) -> bool {
        self.port == IMPLICIT_TLS_PORT
    }

    /// `host:port`, IPv6 addresses in brackets.
    fn address(&self) -> String {
        match self.host.ip() {
            Some(IpAddr::V6(ip)) => format!("[{ip}]:{}", self.port),
            _ => format!("{}:{}", self.host, self.port),
        }
    }

    /// A finding that names this server and this account.
    fn finding(&self, code: FindingCode) -> Finding {
        Finding::new(code)
            .with(FindingValue::Server, self.address())
            .with(FindingValue::Username, self.email.as_str())
    }
}

/// Connects, signs in and opens INBOX without changing it; each step goes to `sink` as it ends.
pub(crate) async fn check_mailbox(
    mailbox: &Mailbox,
    outgoing: &Outgoing,
    timeouts: Timeouts,
    sink: Sink,
) -> Vec<CheckStep> {
    let mut steps = Steps::new(CheckPart::Imap, sink);
    steps.hide(&mailbox.password);
    if let Ok(mut connection) = Connection::open(mailbox, outgoing, timeouts, &mut steps).await
        && connection.sign_in(&mut steps).await.is_ok()
    {
        let _ = connection.examine(&mut steps).await;
        connection.log_out(&mut steps).await;
    }
    steps.done()
}

pub(crate) use arrival::{Sent, look_for_arrival};
