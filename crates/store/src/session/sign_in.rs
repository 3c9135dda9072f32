//! Sign-in with a password.

use domain::{AccountId, AuditAction, SignedIn};
use secrecy::{ExposeSecret as _, SecretString};

use super::{Entered, NewSession, begin};
use crate::{
    Bucket, Store, StoreError, account, attempt,
    audit_entry::{by_account, entry},
    integrity::ManifestChange,
};

/// A sign-in whose password was verified.
#[derive(Clone, Debug)]
pub struct SignIn<'a> {
    /// The account that signs in.
    pub account: &'a AccountId,
    /// The hash that the password was verified against.
    pub verified: &'a SecretString,
    /// A new hash of the same password with current parameters.
    pub rehashed: Option<&'a SecretString>,
    /// Buckets in which this attempt was counted.
    pub counted: &'a [Bucket],
}

impl Store {
    /// Starts a session. Returns `None` if the account is gone or its hash has changed since the
    /// verification.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn sign_in(
        &self,
        sign_in: SignIn<'_>,
        session: &NewSession,
    ) -> Result<Option<SignedIn>, StoreError> {
        let mut transaction = self.begin().await?;
        let key = self.hold_key(&mut transaction).await?;
        let found = self.lock_account(&mut transaction, &key, sign_in.account);
        let found = found.await?;
        let Some(mut row) = found.filter(|row| row.has_password(sign_in.verified)) else {
            return Ok(None);
        };
        let mut change = ManifestChange::default();
        if let Some(rehashed) = sign_in.rehashed {
            row.password_hash = Some(rehashed.expose_secret().to_owned());
            row.write(&mut transaction, &key, &mut change).await?;
        }
        account::note_sign_in(&mut transaction, sign_in.account, session.now).await?;
        let entered = Entered::try_from(&row)?;
        let signed_in = begin(&mut transaction, &key, entered, session, &mut change).await?;
        attempt::uncount(&mut transaction, sign_in.counted).await?;
        let by = by_account(&signed_in.name, &session.address);
        let entered = entry(&by, session.now, AuditAction::SignedIn, "");
        self.append_with(&mut transaction, &entered, &change)
            .await?;
        transaction.commit().await?;
        Ok(Some(signed_in))
    }
}
