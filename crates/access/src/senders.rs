//! Senders: programs and devices that submit mail by SMTP.
//!
//! The only senders so far are API keys with the scope `send`. Senders with a password or an
//! address of their own belong here as well: [`Sender`] is all that the SMTP server knows of them.

use domain::{Actor, ApiKey, AuditAction, DataCenterId, KeyScope, Principal};
use secrecy::SecretString;

use crate::{Access, AccessError};

/// A program or device that has signed in to submit mail.
#[derive(Clone, Debug)]
pub struct Sender {
    key: ApiKey,
    /// The key as it was sent, to verify later that it was not revoked.
    sent: SecretString,
}

impl Sender {
    /// Returns the sender as an actor of the audit log and of messages.
    pub fn principal(&self) -> Principal {
        Principal::Key(self.key.name.to_string())
    }

    /// Returns the data center that its mail is sent from.
    pub fn data_center(&self) -> DataCenterId {
        self.key.data_center.clone().unwrap_or_default()
    }
}

/// Reason why a sender could not sign in.
#[derive(Debug, thiserror::Error)]
pub enum SenderError {
    /// The password is not a valid API key.
    #[error("the password is not a valid API key")]
    Wrong,
    /// The API key has other scopes.
    #[error("the API key lacks the scope send")]
    OutOfScope,
    /// There were too many failed attempts.
    #[error("too many attempts; wait {seconds} s")]
    SlowDown {
        /// Seconds until the next attempt is accepted.
        seconds: i64,
    },
    /// Another failure.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl Access {
    /// Signs in a sender. The password is an API key. The user name may be anything, because many
    /// programs require one; it only counts failures.
    ///
    /// A valid key is accepted however many attempts have failed before: a key cannot be guessed,
    /// and one wrong device must not lock out others at its address.
    ///
    /// # Errors
    /// Returns `Wrong`, `OutOfScope`, `SlowDown`, or an error if the database fails.
    pub async fn sign_in_sender(
        &self,
        user: &str,
        password: &SecretString,
        address: &str,
    ) -> Result<Sender, SenderError> {
        let Some(key) = self.api_key(password).await? else {
            let buckets = self.sender_buckets(user, address).await?;
            if let Some(seconds) = self.count(&buckets, None, address).await? {
                return Err(SenderError::SlowDown { seconds });
            }
            let by = Actor::nobody(address);
            self.note_refusal(&by, AuditAction::KeyRefused, "SMTP")
                .await?;
            return Err(SenderError::Wrong);
        };
        if !key.scopes.contains(&KeyScope::Send) {
            let by = Actor {
                who: Principal::Key(key.name.to_string()),
                address: address.to_owned(),
            };
            self.note_refusal(&by, AuditAction::AccessDenied, "SMTP")
                .await?;
            return Err(SenderError::OutOfScope);
        }
        Ok(Sender {
            key,
            sent: password.clone(),
        })
    }

    /// Returns true if a sender may still submit mail. A session outlasts the moment in which a key
    /// is revoked or expires.
    ///
    /// # Errors
    /// Returns an error if the database fails.
    pub async fn is_sender(&self, sender: &Sender) -> Result<bool, AccessError> {
        let key = self.api_key(&sender.sent).await?;
        Ok(key.is_some_and(|key| key.scopes.contains(&KeyScope::Send)))
    }
}
