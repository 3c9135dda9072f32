//! Secrets in forms: typed, kept, or known to be saved. A saved secret is never read back.

use std::fmt;

use serde::{Deserialize, Serialize};
use zeroize::Zeroize as _;

/// Secret that belongs to SMTP settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum SecretField {
    /// Password of the IMAP account.
    MailboxPassword,
    /// Secret of the OAuth client.
    ClientSecret,
    /// Password of the SMTP account.
    Password,
}

impl SecretField {
    /// Every secret.
    pub const ALL: &[Self] = &[Self::MailboxPassword, Self::ClientSecret, Self::Password];
}

/// Secret that a user typed into a form. Empty if nothing was typed.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TypedSecret(String);

impl TypedSecret {
    /// Wraps a typed text.
    pub fn new(typed: impl Into<String>) -> Self {
        Self(typed.into())
    }

    /// Returns true if nothing was typed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the secret in plaintext.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Returns the secret without the white space around it, which often comes from pasting.
    #[must_use]
    pub fn trimmed(&self) -> Self {
        Self(self.0.trim().to_owned())
    }
}

impl Drop for TypedSecret {
    /// Overwrites the secret in memory.
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for TypedSecret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(if self.is_empty() {
            "TypedSecret(none)"
        } else {
            "TypedSecret(…)"
        })
    }
}

/// Change that a form requests for a saved secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SecretEdit {
    /// Keeps the saved secret.
    Keep,
    /// Replaces the saved secret.
    Replace(TypedSecret),
}

/// Placeholder for a secret that is saved but not shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedSecret;
