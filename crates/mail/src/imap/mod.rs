//! The mailbox: IMAP over the same stream, TLS and SASL as SMTP.
//!
//! Nothing here changes a mailbox: it is opened by EXAMINE, and messages are read with PEEK.

mod arrival;
mod client;
mod connect;
mod connection;
mod enter;
mod frame;
mod news;
mod open;
mod sign_in;
mod steps;

use std::net::IpAddr;

use domain::{
    CheckPart, DataCenterId, EmailAddress, Finding, FindingCode, Host, MailboxSecurity,
    SmtpSettings, TlsMinimum, finding::FindingValue,
};
use secrecy::SecretString;

use crate::{MailError, Mailer};
pub(crate) use client::{Answer, Ending, Said};
pub(crate) use connection::{Connection, no_answer};
pub(crate) use steps::{Sink, Steps};

/// Where mail is read.
#[derive(Clone, Debug)]
pub(crate) struct Mailbox {
    pub(crate) host: Host,
    pub(crate) port: u16,
    pub(crate) security: MailboxSecurity,
    pub(crate) tls_minimum: TlsMinimum,
    pub(crate) email: EmailAddress,
}

impl Mailbox {
    /// That of the settings; `None` when they read no mailbox.
    pub(crate) fn of<S>(settings: &SmtpSettings<S>) -> Option<Self> {
        let mailbox = settings.mailbox.as_ref()?;
        Some(Self {
            host: mailbox.host.clone(),
            port: mailbox.port,
            security: mailbox.security,
            tls_minimum: settings.tls_minimum,
            email: mailbox.email.clone(),
        })
    }

    fn implicit_tls(&self) -> bool {
        self.security == MailboxSecurity::ImplicitTls
    }

    /// `host:port`, IPv6 addresses in brackets.
    fn address(&self) -> String {
        match self.host.ip() {
            Some(IpAddr::V6(ip)) => format!("[{ip}]:{}", self.port),
            _ => format!("{}:{}", self.host, self.port),
        }
    }

    /// A finding that names this server and this account.
    pub(crate) fn finding(&self, code: FindingCode) -> Finding {
        Finding::new(code)
            .with(FindingValue::Server, self.address())
            .with(FindingValue::Username, self.email.as_str())
    }
}

impl Mailer {
    /// Connects, signs in and opens INBOX without changing it; each step goes to `sink` as it ends.
    ///
    /// # Errors
    /// `NoMailbox`, or the database.
    pub(crate) async fn check_mailbox(
        &self,
        id: &DataCenterId,
        settings: &SmtpSettings<SecretString>,
        sink: Sink,
    ) -> Result<(), MailError> {
        let mut steps = Steps::new(CheckPart::Imap, sink);
        if let Ok(mut connection) = self.enter_mailbox(id, settings, &mut steps).await? {
            let _ = connection.examine(&mut steps).await;
            connection.log_out(&mut steps).await;
        }
        Ok(())
    }
}

pub(crate) use arrival::Sent;
pub(crate) use news::{Headline, Numbering};
