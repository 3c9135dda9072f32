//! The addresses that mail may be from and may go to.

use domain::{EmailAddress, FromAddress, MessageFieldError, OtherFrom, SenderRules};

/// The addresses that mail of a data center and a sender may be from, and may go to.
#[derive(Clone, Debug)]
pub struct SenderPolicy {
    /// The From address of the data center.
    pub default_from: FromAddress,
    /// Addresses that the data center allows in addition to that of `default_from`.
    pub allowed: Vec<EmailAddress>,
    /// The rules of the sender. The default ones allow what the data center allows.
    pub rules: SenderRules,
}

/// The `From` address of a message under a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ResolvedFrom {
    /// The address with its display name.
    pub(super) from: FromAddress,
    /// The original address, if replies should go there.
    pub(super) reply_to: Option<FromAddress>,
}

impl SenderPolicy {
    /// Returns the From address of messages that name none, and the one that replaces others.
    pub fn default_from(&self) -> &FromAddress {
        self.rules
            .default_from
            .as_ref()
            .unwrap_or(&self.default_from)
    }

    /// Returns true if mail may be from an address, compared without case.
    pub fn allows(&self, address: &EmailAddress) -> bool {
        let is_it = |known: &EmailAddress| known.as_str().eq_ignore_ascii_case(address.as_str());
        if is_it(&self.default_from().address) {
            return true;
        }
        if self.rules.allowed_from.is_empty() {
            is_it(&self.default_from.address) || self.allowed.iter().any(is_it)
        } else {
            let mut allowed = self.rules.allowed_from.iter();
            allowed.any(|allowed| allowed.contains(address))
        }
    }

    /// Checks that mail may go to an address.
    ///
    /// # Errors
    /// `RecipientNotAllowed`.
    pub(super) fn check_recipient(&self, address: &EmailAddress) -> Result<(), MessageFieldError> {
        let is_allowed = self.rules.allows_recipient(address);
        is_allowed
            .then_some(())
            .ok_or(MessageFieldError::RecipientNotAllowed)
    }

    /// Returns the From address of a message that names this one, or none.
    pub(super) fn from(&self, written: Option<&str>) -> Result<ResolvedFrom, MessageFieldError> {
        let Some(written) = written else {
            return Ok(self.missing_from());
        };
        let parsed = FromAddress::parse(written);
        let name = parsed.as_ref().ok().and_then(|from| from.name.clone());
        let address = parsed.map(|from| from.address).map_err(Into::into);
        self.resolve(name, address, self.rules.other_from)
    }

    /// Returns the From address of a message without one.
    pub(super) fn missing_from(&self) -> ResolvedFrom {
        ResolvedFrom {
            from: self.named(self.default_from().clone()),
            reply_to: None,
        }
    }

    /// Returns the From address of a message with this one. `other_from` decides about an address
    /// that is not allowed or not valid.
    pub(super) fn resolve(
        &self,
        name: Option<String>,
        address: Result<EmailAddress, MessageFieldError>,
        other_from: OtherFrom,
    ) -> Result<ResolvedFrom, MessageFieldError> {
        let error = match &address {
            Ok(address) if self.allows(address) => None,
            Ok(_) => Some(MessageFieldError::FromNotAllowed),
            Err(error) => Some(*error),
        };
        let original = address.ok().map(|address| FromAddress {
            name: name.clone(),
            address,
        });
        match (error, original, other_from) {
            (None, Some(from), _) => Ok(ResolvedFrom {
                from: self.named(from),
                reply_to: None,
            }),
            (Some(error), _, OtherFrom::Reject) => Err(error),
            (_, original, _) => Ok(ResolvedFrom {
                from: self.named(FromAddress {
                    name: name.or_else(|| self.default_from().name.clone()),
                    address: self.default_from().address.clone(),
                }),
                reply_to: original.filter(|_| other_from == OtherFrom::Rewrite),
            }),
        }
    }

    /// Returns the address with the fixed display name, if there is one.
    fn named(&self, mut from: FromAddress) -> FromAddress {
        if let Some(name) = &self.rules.display_name {
            from.name = Some(name.clone());
        }
        from
    }
}
