//! Secrets as a form sees them: typed, kept, or known to be saved; never read back.

use std::fmt;

use serde::{Deserialize, Serialize};
use zeroize::Zeroize as _;

/// The secrets that belong to SMTP settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum SecretField {
    /// The password of the IMAP account.
    MailboxPassword,
    /// The secret of the OAuth client.
    ClientSecret,
    /// The SMTP password.
    Password,
}

impl SecretField {
    /// Every secret.
    pub const ALL: &[Self] = &[Self::MailboxPassword, Self::ClientSecret, Self::Password];
}

/// A secret somebody typed into a form, on its way to the server. Empty means: none typed.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TypedSecret(String);

impl TypedSecret {
    /// What was typed.
    pub fn new(typed: impl Into<String>) -> Self {
        Self(typed.into())
    }

    /// Whether nothing was typed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The secret itself.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The secret without the white space that came along when it was pasted.
    #[must_use]
    pub fn trimmed(&self) -> Self {
        Self(self.0.trim().to_owned())
    }
}

impl Drop for TypedSecret {
    /// Wipes it: what was typed is not to be found in memory later.
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

/// What a form asks to be done with a saved secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SecretEdit {
    /// The saved one stays.
    Keep,
    /// This one takes its place.
    Replace(TypedSecret),
}

/// Stands where a secret is saved and not shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedSecret;
