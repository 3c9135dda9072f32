//! The input of a check.

use domain::{Actor, CheckPart, DataCenterId, EmailAddress, SmtpForm, SmtpSettings, UnixTime};
use secrecy::SecretString;

/// The settings that are checked.
#[derive(Clone, Copy, Debug)]
pub enum CheckOf<'a> {
    /// The values of a form, saved or not. A saved secret is only used for the host or endpoint it
    /// belongs to, and a grant only for the values it was issued for.
    Form(&'a SmtpForm),
    /// The saved settings only.
    Saved(&'a DataCenterId),
}

/// Options of a check.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CheckRequest {
    /// Recipient of a test email; `None` sends no message.
    pub recipient: Option<String>,
    /// The DKIM selector of the provider; empty if unknown.
    pub dkim_selector: String,
}

/// One check with its resolved settings.
#[derive(Clone, Debug)]
pub(super) struct Job {
    pub(super) data_center: DataCenterId,
    pub(super) settings: SmtpSettings<SecretString>,
    /// The version of the settings, if they are saved.
    pub(super) version: Option<i64>,
    pub(super) recipient: Option<EmailAddress>,
    pub(super) dkim_selector: String,
    pub(super) by: Actor,
    pub(super) started_at: UnixTime,
}

impl Job {
    /// Returns true if the check includes this part from the start.
    pub(super) fn has(&self, part: CheckPart) -> bool {
        match part {
            CheckPart::OAuth => self.settings.grant_binding().is_some(),
            CheckPart::Smtp | CheckPart::Domain => true,
            CheckPart::Imap => self.settings.mailbox.is_some(),
            CheckPart::Arrival => false,
        }
    }

    /// Returns true if the recipient of the test email is the mailbox of the settings, so its
    /// arrival can be checked.
    pub(super) fn arrives(&self) -> bool {
        match (&self.recipient, &self.settings.mailbox) {
            (Some(recipient), Some(mailbox)) => recipient
                .as_str()
                .eq_ignore_ascii_case(mailbox.email.as_str()),
            _ => false,
        }
    }
}
