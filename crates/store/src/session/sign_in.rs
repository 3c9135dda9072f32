//! A session that begins with a password.

use domain::{AccountId, AuditAction, SignedIn};
use secrecy::{ExposeSecret as _, SecretString};

use super::{Entered, NewSession, begin};
use crate::{
    Bucket, Store, StoreError, attempt,
    note::{by_account, note},
};

/// A password that was right.
#[derive(Clone, Debug)]
pub struct SignIn<'a> {
    /// Of this account.
    pub account: &'a AccountId,
    /// The hash it was compared with.
    pub verified: &'a SecretString,
    /// A newer hash of the same password.
    pub rehashed: Option<&'a SecretString>,
    /// Where this attempt was counted.
    pub counted: &'a [Bucket],
}

impl Store {
    /// Begins a session; `None` when the account is gone or its hash is no longer the one that was compared.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn sign_in(
        &self,
        sign_in: SignIn<'_>,
        session: &NewSession,
    ) -> Result<Option<SignedIn>, StoreError> {
        let mut transaction = self.begin().await?;
        let rows: Vec<(String, String, String)> = sqlx::query_as(
            "UPDATE accounts SET signed_in_at = $1, password_hash = $2
             WHERE id = $3 AND password_hash = $4 RETURNING id, name, role",
        )
        .bind(session.now.0)
        .bind(sign_in.rehashed.unwrap_or(sign_in.verified).expose_secret())
        .bind(sign_in.account.as_str())
        .bind(sign_in.verified.expose_secret())
        .fetch_all(&mut *transaction)
        .await?;
        let Some(row) = rows.into_iter().next() else {
            return Ok(None);
        };
        let signed_in = begin(&mut transaction, Entered::try_from(row)?, session).await?;
        attempt::forgive(&mut transaction, sign_in.counted).await?;
        let by = by_account(&signed_in.name, &session.address);
        let entered = note(&by, session.now, AuditAction::SignedIn, "");
        self.append(&mut transaction, &entered).await?;
        transaction.commit().await?;
        Ok(Some(signed_in))
    }
}
