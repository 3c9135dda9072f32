//! What is checked.

use domain::{Actor, CheckPart, DataCenterId, EmailAddress, SmtpForm, SmtpSettings, UnixTime};
use secrecy::SecretString;

/// Which settings are checked.
#[derive(Clone, Copy, Debug)]
pub enum CheckOf<'a> {
    /// What is on a form, saved or not. A saved secret is used only where it belongs, a grant only for exactly the values it
    /// was given for.
    Form(&'a SmtpForm),
    /// What is saved; nothing of a form counts.
    Saved(&'a DataCenterId),
}

/// What a check is to do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CheckRequest {
    /// Who a test email goes to; `None`: no message is sent.
    pub recipient: Option<String>,
    /// The selector that the provider signs with; empty when it is not known.
    pub dkim_selector: String,
}

/// One check.
#[derive(Clone, Debug)]
pub(super) struct Job {
    pub(super) data_center: DataCenterId,
    pub(super) settings: SmtpSettings<SecretString>,
    /// The version that is saved, when these settings are.
    pub(super) version: Option<i64>,
    pub(super) recipient: Option<EmailAddress>,
    pub(super) dkim_selector: String,
    pub(super) by: Actor,
    pub(super) started_at: UnixTime,
}

impl Job {
    /// The parts that are looked at in any case.
    pub(super) fn has(&self, part: CheckPart) -> bool {
        match part {
            CheckPart::OAuth => self.settings.grant_binding().is_some(),
            CheckPart::Smtp | CheckPart::Domain => true,
            CheckPart::Imap => self.settings.mailbox.is_some(),
            CheckPart::Arrival => false,
        }
    }

    /// Whether the test email can be looked for: it goes to the mailbox that is read.
    pub(super) fn arrives(&self) -> bool {
        match (&self.recipient, &self.settings.mailbox) {
            (Some(recipient), Some(mailbox)) => recipient
                .as_str()
                .eq_ignore_ascii_case(mailbox.email.as_str()),
            _ => false,
        }
    }
}
