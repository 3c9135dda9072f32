//! The addresses that a sender may use.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{AddressError, EmailAddress, FromAddress, Host, codes::codes};

codes! {
    /// Handling of a `From` address that a sender may not use.
    OtherFrom {
        /// The message is rejected.
        Reject = "reject",
        /// The default address of the sender replaces it. Replies go to the original address.
        Rewrite = "rewrite",
        /// The default address of the sender replaces it. Only the display name is kept.
        KeepName = "keep_name",
    }
}

codes! {
    /// Handling of a message with the null sender (`MAIL FROM:<>`).
    NullSender {
        /// Bounces go to the address in `From`.
        Map = "map",
        /// The message is rejected.
        Reject = "reject",
    }
}

/// An address or a domain that a sender may use in `From`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum AllowedFrom {
    /// One address.
    Address(EmailAddress),
    /// All addresses of a domain, without those of its subdomains.
    Domain(Host),
}

impl AllowedFrom {
    /// Parses an address such as `alerts@example.com`, or a domain such as `example.com` or
    /// `@example.com`.
    ///
    /// # Errors
    /// `Required`, `TooLong`, `NotAnAddress`, `SeveralAddresses`.
    pub fn parse(typed: &str) -> Result<Self, AddressError> {
        let text = typed.trim();
        let domain = text.strip_prefix('@').unwrap_or(text);
        if domain.contains('@') || domain.is_empty() {
            return EmailAddress::parse(text).map(Self::Address);
        }
        let host = Host::parse(domain).ok().filter(|host| host.ip().is_none());
        host.map(Self::Domain).ok_or(AddressError::NotAnAddress)
    }

    /// Returns true if this is the address, or its domain. Compares without case.
    pub fn contains(&self, address: &EmailAddress) -> bool {
        match self {
            Self::Address(allowed) => allowed.as_str().eq_ignore_ascii_case(address.as_str()),
            Self::Domain(domain) => domain.as_str() == address.domain(),
        }
    }
}

impl fmt::Display for AllowedFrom {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(address) => address.fmt(formatter),
            Self::Domain(domain) => domain.fmt(formatter),
        }
    }
}

impl TryFrom<String> for AllowedFrom {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).map_err(AddressError::code)
    }
}

impl From<AllowedFrom> for String {
    fn from(allowed: AllowedFrom) -> Self {
        allowed.to_string()
    }
}

/// The addresses that a sender may use, and what happens to others. The default allows what the
/// data center allows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SenderRules {
    /// Addresses and domains that are allowed in addition to the default address. Empty for those
    /// that the data center allows.
    pub allowed_from: Vec<AllowedFrom>,
    /// Handling of another `From` address.
    pub other_from: OtherFrom,
    /// Display name of every message. `None` keeps that of the message.
    pub display_name: Option<String>,
    /// Default address: that of messages without `From`, and the one that replaces others. `None`
    /// for that of the data center.
    pub default_from: Option<FromAddress>,
    /// Handling of the null sender.
    pub null_sender: NullSender,
    /// Domains of recipients that are allowed. Empty for all.
    pub allowed_recipients: Vec<Host>,
}

impl Default for SenderRules {
    fn default() -> Self {
        Self {
            allowed_from: Vec::new(),
            other_from: OtherFrom::Reject,
            display_name: None,
            default_from: None,
            null_sender: NullSender::Map,
            allowed_recipients: Vec::new(),
        }
    }
}

impl SenderRules {
    /// Returns true if mail may go to an address.
    pub fn allows_recipient(&self, address: &EmailAddress) -> bool {
        let mut domains = self.allowed_recipients.iter();
        self.allowed_recipients.is_empty() || domains.any(|one| one.as_str() == address.domain())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_or_its_domain_is_allowed_regardless_of_case() {
        let contains = |allowed: &str, address: &str| {
            let allowed = AllowedFrom::parse(allowed).unwrap();
            assert_eq!(
                AllowedFrom::parse(&allowed.to_string()).as_ref(),
                Ok(&allowed)
            );
            allowed.contains(&EmailAddress::parse(address).unwrap())
        };
        assert!(contains("alerts@example.com", "Alerts@Example.com"));
        assert!(!contains("alerts@example.com", "alerts@example.org"));
        assert!(contains("Example.com", "anyone@example.com"));
        assert!(contains("@exämple.de", "anyone@xn--exmple-cua.de"));
        assert!(!contains("example.com", "anyone@mail.example.com"));
        for wrong in ["", "@", "a b", "10.0.0.1", "@10.0.0.1"] {
            assert!(AllowedFrom::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn recipients_are_limited_to_domains_if_there_are_any() {
        let bob = EmailAddress::parse("bob@example.org").unwrap();
        let mut rules = SenderRules::default();
        assert!(rules.allows_recipient(&bob));
        rules.allowed_recipients = vec![Host::parse("example.com").unwrap()];
        assert!(!rules.allows_recipient(&bob));
        rules
            .allowed_recipients
            .push(Host::parse("example.org").unwrap());
        assert!(rules.allows_recipient(&bob));
    }
}
