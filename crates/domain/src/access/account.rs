//! Accounts: people who sign in.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Role, SessionId};
use crate::{FieldError, UnixTime, id::random_id};

random_id! {
    /// Names an account; it stays when the account is renamed, and never comes back.
    AccountId
}

/// The user name of an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AccountName(String);

impl AccountName {
    /// Reads a user name: 1 to 64 ASCII letters, digits and `. _ - + @`; white space around it goes. An email address is
    /// one.
    ///
    /// # Errors
    /// `Required`, `TooLong`, `NotAUserName`.
    pub fn parse(typed: &str) -> Result<Self, FieldError> {
        let text = typed.trim();
        let good = |c: char| c.is_ascii_alphanumeric() || "._-+@".contains(c);
        if text.is_empty() {
            Err(FieldError::Required)
        } else if text.chars().count() > 64 {
            Err(FieldError::TooLong)
        } else if text.chars().all(good) {
            Ok(Self(text.to_owned()))
        } else {
            Err(FieldError::NotAUserName)
        }
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What has to differ between two accounts: the name without regard to case.
    pub fn folded(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

impl fmt::Display for AccountName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// An account as pages show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// Its user name.
    pub name: AccountName,
    /// What it may do.
    pub role: Role,
    /// Whether it has a password yet; without one nobody can sign in with it.
    pub has_password: bool,
    /// When it was added.
    pub created_at: UnixTime,
    /// When somebody last signed in with it.
    pub signed_in_at: Option<UnixTime>,
}

/// Who makes a request, by its session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedIn {
    /// The account.
    pub account: AccountId,
    /// Its user name.
    pub name: AccountName,
    /// What it may do now; read anew for each request.
    pub role: Role,
    /// The session.
    pub session: SessionId,
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
        assert_eq!(AccountName::parse("  "), Err(FieldError::Required));
        assert_eq!(
            AccountName::parse(&"x".repeat(65)),
            Err(FieldError::TooLong)
        );
        for name in ["a b", "a\r\nb", "<b>", "ä", "a/b", "a\u{0}"] {
            assert_eq!(
                AccountName::parse(name),
                Err(FieldError::NotAUserName),
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
