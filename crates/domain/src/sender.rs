//! Senders: programs and devices that submit mail, and what they may do.

mod form;
mod form_error;
mod network;
mod rules;
mod saved;
mod session;

use std::{fmt, net::IpAddr};

use serde::{Deserialize, Serialize};

use crate::{DataCenterId, TextError, UnixTime, id::random_id, one_line::one_line};

pub use form::{NewSender, SenderField, SenderForm};
pub use form_error::{NetworkError, SenderFormError};
pub use network::Network;
pub use rules::{AllowedFrom, NullSender, OtherFrom, SenderRules};
pub use session::{SenderSession, SenderSessionId, SessionLine, Speaker};

random_id! {
    /// ID of a sender. It stays the same when the sender is renamed, and is never reused.
    SenderId
}

/// Name of a sender, chosen by the user who created it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SenderName(String);

impl SenderName {
    /// Parses a name of 1 to 64 characters. Surrounding white space is removed.
    ///
    /// # Errors
    /// `Required`, `TooLong`, `ControlCharacter`.
    pub fn parse(typed: &str) -> Result<Self, TextError> {
        one_line(typed, 64).map(Self)
    }

    /// Returns the name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the form of the name that must be unique.
    pub fn folded(&self) -> String {
        self.0.to_lowercase()
    }
}

impl fmt::Display for SenderName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// User name of a sender's SMTP credentials: 1 to 20 lower-case letters and digits, because many
/// devices accept nothing longer and no special characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SenderUser(String);

impl SenderUser {
    /// Maximum length.
    pub const MAX_LENGTH: usize = 20;

    /// Parses a user name. Surrounding white space is removed, and letters become lower case.
    /// Returns `None` if there is any other character, or too many.
    pub fn parse(typed: &str) -> Option<Self> {
        let text = typed.trim().to_ascii_lowercase();
        let good = text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        (good && (1..=Self::MAX_LENGTH).contains(&text.len())).then_some(Self(text))
    }

    /// Returns the user name for a sender with this name. `number` distinguishes names that would
    /// have the same one.
    pub fn for_name(name: &SenderName, number: u32) -> Self {
        let good = |character: &char| character.is_ascii_alphanumeric();
        let letters: String = name.as_str().chars().filter(good).take(16).collect();
        let letters = if letters.is_empty() {
            "sender".to_owned()
        } else {
            letters.to_ascii_lowercase()
        };
        if number < 2 {
            return Self(letters);
        }
        let number = number.to_string();
        let room = Self::MAX_LENGTH.saturating_sub(number.len());
        let letters: String = letters.chars().take(room).collect();
        Self(letters + &number)
    }

    /// Returns the user name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Limits of a sender. `None` means that there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SenderLimits {
    /// Messages in one minute.
    pub per_minute: Option<u32>,
    /// Messages in 24 hours.
    pub per_day: Option<u32>,
}

/// Choices of an administrator for a sender, except its name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SenderSettings {
    /// Addresses and networks from which it is known without signing in.
    #[serde(default)]
    pub networks: Vec<Network>,
    /// True if an administrator has confirmed that everyone behind these addresses may send.
    #[serde(default)]
    pub networks_confirmed: bool,
    /// Limits on its messages.
    #[serde(default)]
    pub limits: SenderLimits,
    /// Time at which it expires. `None` means that it does not expire.
    #[serde(default)]
    pub expires_at: Option<UnixTime>,
    /// Hours without a message after which an alert is raised. `None` means no alert.
    #[serde(default)]
    pub silent_after_hours: Option<u32>,
    /// The addresses that it may use.
    #[serde(default)]
    pub rules: SenderRules,
    /// True if it may read the mailbox of its data center over IMAP. This includes deleting
    /// mail.
    #[serde(default)]
    pub read_mailbox: bool,
}

/// A password of a sender, without the secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SenderPassword {
    /// Time of creation.
    pub created_at: UnixTime,
    /// Time at which it expires. `None` for the current password.
    pub expires_at: Option<UnixTime>,
}

/// A program or device that may submit mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sender {
    /// Identifier, which is not secret.
    pub id: SenderId,
    /// Name that describes the program or device.
    pub name: SenderName,
    /// User name of its SMTP credentials, if it has any.
    pub user: Option<SenderUser>,
    /// Data center that its mail is sent from.
    pub data_center: DataCenterId,
    /// Everything else that was chosen.
    pub settings: SenderSettings,
    /// Passwords, newest first. Includes expired ones.
    pub passwords: Vec<SenderPassword>,
    /// Time of creation.
    pub created_at: UnixTime,
    /// Time of the last message, accepted or rejected, or of the last sign-in to the mailbox.
    pub last_seen_at: Option<UnixTime>,
    /// Accepted messages.
    pub accepted: i64,
    /// Rejected messages.
    pub rejected: i64,
}

impl Sender {
    /// Returns true if the sender has expired.
    pub fn is_expired(&self, now: UnixTime) -> bool {
        self.settings.expires_at.is_some_and(|end| end <= now)
    }

    /// Returns the smallest of its networks that contains an address.
    pub fn network_of(&self, address: IpAddr) -> Option<Network> {
        let networks = self.settings.networks.iter().copied();
        networks
            .filter(|network| network.contains(address))
            .max_by_key(|network| network.prefix())
    }

    /// Returns true if the sender may be known by the address of a gateway, behind which other
    /// clients may be: its networks contain exactly this address, and they were confirmed.
    pub fn is_gateway(&self, address: IpAddr) -> bool {
        let network = self.network_of(address);
        self.settings.networks_confirmed && network.is_some_and(Network::is_address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_name_is_short_and_has_no_special_characters() {
        let name = |text: &str| SenderName::parse(text).unwrap();
        for (text, number, user) in [
            ("Printer 2nd floor", 1, "printer2ndfloor"),
            ("Zabbix (Rechenzentrum Süd, Halle 4)", 1, "zabbixrechenzent"),
            (
                "Zabbix (Rechenzentrum Süd, Halle 4)",
                12,
                "zabbixrechenzent12",
            ),
            ("打印机", 1, "sender"),
            ("打印机", 100_000, "sender100000"),
        ] {
            let made = SenderUser::for_name(&name(text), number);
            assert_eq!(made.as_str(), user);
            assert_eq!(SenderUser::parse(user), Some(made));
        }
        assert_eq!(SenderUser::parse(" Printer ").unwrap().as_str(), "printer");
        for wrong in ["", "a b", "a-b", "ä", &"a".repeat(21)] {
            assert_eq!(SenderUser::parse(wrong), None, "{wrong}");
        }
    }
}
