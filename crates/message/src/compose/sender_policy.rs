//! The allowed sender addresses.

use domain::{EmailAddress, FromAddress, MessageFieldError};

/// The allowed sender addresses of a data center.
#[derive(Clone, Debug)]
pub struct SenderPolicy {
    /// The From address of messages without one.
    pub default_from: FromAddress,
    /// Addresses that are allowed in addition to that of `default_from`.
    pub allowed: Vec<EmailAddress>,
}

impl SenderPolicy {
    /// Returns true if an address is allowed. Ignores case.
    pub fn allows(&self, address: &EmailAddress) -> bool {
        std::iter::once(&self.default_from.address)
            .chain(&self.allowed)
            .any(|known| known.as_str().eq_ignore_ascii_case(address.as_str()))
    }

    /// Returns the From address for a message with this address, or without one.
    pub(super) fn from(&self, written: Option<&str>) -> Result<FromAddress, MessageFieldError> {
        let Some(written) = written else {
            return Ok(self.default_from.clone());
        };
        let from = FromAddress::parse(written)?;
        if self.allows(&from.address) {
            Ok(from)
        } else {
            Err(MessageFieldError::FromNotAllowed)
        }
    }
}
