//! Who mail may be from.

use domain::{EmailAddress, FieldError, FromAddress};

/// Who mail of a data center may be from.
#[derive(Clone, Debug)]
pub(crate) struct Senders {
    /// The From address of the SMTP settings.
    pub(crate) from: FromAddress,
    /// Further addresses.
    pub(crate) allowed: Vec<EmailAddress>,
}

impl Senders {
    /// Whether mail may be from an address; the case of letters makes no difference.
    pub(crate) fn allow(&self, address: &EmailAddress) -> bool {
        std::iter::once(&self.from.address)
            .chain(&self.allowed)
            .any(|known| known.as_str().eq_ignore_ascii_case(address.as_str()))
    }

    /// Who a message is from that says so, or says nothing.
    pub(super) fn from(&self, written: Option<&str>) -> Result<FromAddress, FieldError> {
        let Some(written) = written else {
            return Ok(self.from.clone());
        };
        let from = FromAddress::parse(written)?;
        if self.allow(&from.address) {
            Ok(from)
        } else {
            Err(FieldError::FromNotAllowed)
        }
    }
}
