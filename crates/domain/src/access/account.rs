//! Accounts of the people who sign in.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Role;
use crate::{AccountNameError, UnixTime, id::random_id};

random_id! {
    /// ID of an account. It stays the same when the account is renamed, and is never reused.
    AccountId
}

/// The user name of an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AccountName(String);

impl AccountName {
    /// Parses a user name of 1 to 64 ASCII letters, digits, and `. _ - + @`. Surrounding white
    /// space is removed. An email address is a valid user name.
    ///
    /// # Errors
    /// `Required`, `TooLong`, `NotAUserName`.
    pub fn parse(typed: &str) -> Result<Self, AccountNameError> {
        let text = typed.trim();
        let is_allowed = |c: char| c.is_ascii_alphanumeric() || "._-+@".contains(c);
        if text.is_empty() {
            Err(AccountNameError::Required)
        } else if text.chars().count() > 64 {
            Err(AccountNameError::TooLong)
        } else if text.chars().all(is_allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(AccountNameError::NotAUserName)
        }
    }

    /// Returns the name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the lower-case name, which must be unique among all accounts.
    pub fn folded(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

impl fmt::Display for AccountName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Account as pages show it, without its password hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// ID, which stays the same when the account is renamed.
    pub id: AccountId,
    /// User name, as it was typed.
    pub name: AccountName,
    /// Role, which decides what the account may do.
    pub role: Role,
    /// True if a password is set. Nobody can sign in to an account without one.
    pub has_password: bool,
    /// Time at which an administrator added the account.
    pub created_at: UnixTime,
    /// Time of the last successful sign-in.
    pub signed_in_at: Option<UnixTime>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_names_and_addresses_and_nothing_that_breaks_a_line_or_a_page() {
        for name in ["a", "alice", "alice.b+c@example.com", &"x".repeat(64)] {
            assert_eq!(AccountName::parse(name).unwrap().as_str(), name);
        }
        assert_eq!(AccountName::parse(" alice\n").unwrap().as_str(), "alice");
        assert_eq!(AccountName::parse("  "), Err(AccountNameError::Required));
        assert_eq!(
            AccountName::parse(&"x".repeat(65)),
            Err(AccountNameError::TooLong)
        );
        for name in ["a b", "a\r\nb", "<b>", "ä", "a/b", "a\u{0}"] {
            assert_eq!(
                AccountName::parse(name),
                Err(AccountNameError::NotAUserName),
                "{name}"
            );
        }
    }

    #[test]
    fn names_that_differ_in_case_only_are_the_same() {
        let folded = |name| AccountName::parse(name).unwrap().folded();
        assert_eq!(folded("Alice"), folded("aLICE"));
    }
}
