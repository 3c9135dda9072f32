//! Changing passwords.

use domain::{AccountId, Actor, AuditAction, SignedIn, UnixTime};
use secrecy::{ExposeSecret, SecretString};
use sqlx::AnyConnection;

use crate::{
    Bucket, NewLink, Store, StoreError, attempt, link,
    note::{by_account, note},
    session,
};

impl Store {
    /// Takes the password of an account away, ends its sessions and older links, forgets wrong attempts
    /// under its name, and makes a link to choose another one. The last administrator's password goes as well: the link
    /// is how it comes back. `false` when there is no such account.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn reset_password(
        &self,
        id: &AccountId,
        new_link: &NewLink,
        by: &Actor,
        now: UnixTime,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.lock_administrators().await?;
        let Some(name) = self.replace(&mut transaction, id, None).await? else {
            return Ok(false);
        };
        link::insert(&mut transaction, id, new_link).await?;
        let made = note(by, now, AuditAction::PasswordLinkMade, name);
        self.append(&mut transaction, &made).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Sets the password of an account, ends its sessions and links, and forgets wrong attempts under its
    /// name. `false` when there is no such account.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn set_password(
        &self,
        id: &AccountId,
        hash: &SecretString,
        by: &Actor,
        now: UnixTime,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.begin().await?;
        let Some(name) = self.replace(&mut transaction, id, Some(hash)).await? else {
            return Ok(false);
        };
        let set = note(by, now, AuditAction::PasswordSet, name);
        self.append(&mut transaction, &set).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// The name of the account whose password is another one now.
    async fn replace(
        &self,
        connection: &mut AnyConnection,
        id: &AccountId,
        hash: Option<&SecretString>,
    ) -> Result<Option<String>, StoreError> {
        let replaced: Vec<String> = sqlx::query_scalar(
            "UPDATE accounts SET password_hash = $1 WHERE id = $2 RETURNING name",
        )
        .bind(hash.map(ExposeSecret::expose_secret))
        .bind(id.as_str())
        .fetch_all(&mut *connection)
        .await?;
        let Some(name) = replaced.into_iter().next() else {
            return Ok(None);
        };
        session::end_all(connection, id, None).await?;
        link::end_all(connection, id).await?;
        self.forget_name(connection, &name).await?;
        Ok(Some(name))
    }

    /// Sets the password of whoever has signed in and ends the account's other sessions and its links; `counted`
    /// are the buckets in which this attempt was counted. `false` when `verified` is no longer the account's hash.
    ///
    /// # Errors
    /// `Database`.
    pub async fn change_password(
        &self,
        signed_in: &SignedIn,
        verified: &SecretString,
        new: &SecretString,
        counted: &[Bucket],
        address: &str,
        now: UnixTime,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.begin().await?;
        let changed = sqlx::query(
            "UPDATE accounts SET password_hash = $1 WHERE id = $2 AND password_hash = $3",
        )
        .bind(new.expose_secret())
        .bind(signed_in.account.as_str())
        .bind(verified.expose_secret())
        .execute(&mut *transaction)
        .await?;
        if changed.rows_affected() == 0 {
            return Ok(false);
        }
        let (account, session) = (&signed_in.account, &signed_in.session);
        session::end_all(&mut transaction, account, Some(session)).await?;
        link::end_all(&mut transaction, account).await?;
        attempt::forgive(&mut transaction, counted).await?;
        let by = by_account(&signed_in.name, address);
        let set = note(&by, now, AuditAction::PasswordSet, signed_in.name.as_str());
        self.append(&mut transaction, &set).await?;
        transaction.commit().await?;
        Ok(true)
    }
}
