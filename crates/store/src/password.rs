//! Password changes.

use std::sync::Arc;

use domain::{AccountId, Actor, AuditAction, SignedIn, UnixTime};
use secrecy::{ExposeSecret, SecretString};
use sqlx::AnyConnection;

use crate::{
    Bucket, NewLink, Store, StoreError, attempt,
    audit_entry::{by_account, entry},
    integrity::ManifestChange,
    link,
    seal::Sealer,
    session,
};

impl Store {
    /// Removes the password of an account, ends its sessions and older links, clears the failed
    /// attempts under its name, and creates a link to choose a new password. This also works for
    /// the last administrator, who regains access through the link. Returns false if there is no
    /// such account.
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
        let key = self.hold_key(&mut transaction).await?;
        let mut change = ManifestChange::default();
        let replaced = self.replace(&mut transaction, &key, id, None, &mut change);
        let Some(name) = replaced.await? else {
            return Ok(false);
        };
        link::insert(&mut transaction, &key, id, new_link, &mut change).await?;
        let made = entry(by, now, AuditAction::PasswordLinkMade, name);
        self.append_with(&mut transaction, &made, &change).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Sets the password of an account, ends its sessions and links, and clears the failed attempts
    /// under its name. Returns false if there is no such account.
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
        let key = self.hold_key(&mut transaction).await?;
        let mut change = ManifestChange::default();
        let replaced = self.replace(&mut transaction, &key, id, Some(hash), &mut change);
        let Some(name) = replaced.await? else {
            return Ok(false);
        };
        let set = entry(by, now, AuditAction::PasswordSet, name);
        self.append_with(&mut transaction, &set, &change).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Replaces the password hash and returns the name of the account.
    async fn replace(
        &self,
        connection: &mut AnyConnection,
        key: &Arc<Sealer>,
        id: &AccountId,
        hash: Option<&SecretString>,
        change: &mut ManifestChange,
    ) -> Result<Option<String>, StoreError> {
        let Some(mut row) = self.lock_account(&mut *connection, key, id).await? else {
            return Ok(None);
        };
        row.password_hash = hash.map(|hash| hash.expose_secret().to_owned());
        row.write(&mut *connection, key, change).await?;
        session::end_all(connection, id, None, change).await?;
        link::end_all(connection, id, change).await?;
        self.clear_failures(connection, &row.name).await?;
        Ok(Some(row.name))
    }

    /// Changes the password of the signed-in user, and ends the account's other sessions and its
    /// links. `counted` lists the buckets in which this attempt was counted. Returns false if
    /// `verified` is no longer the account's hash.
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
        let key = self.hold_key(&mut transaction).await?;
        let (account, session) = (&signed_in.account, &signed_in.session);
        let found = self.lock_account(&mut transaction, &key, account).await?;
        let Some(mut row) = found.filter(|row| row.has_password(verified)) else {
            return Ok(false);
        };
        let mut change = ManifestChange::default();
        row.password_hash = Some(new.expose_secret().to_owned());
        row.write(&mut transaction, &key, &mut change).await?;
        session::end_all(&mut transaction, account, Some(session), &mut change).await?;
        link::end_all(&mut transaction, account, &mut change).await?;
        attempt::uncount(&mut transaction, counted).await?;
        let by = by_account(&signed_in.name, address);
        let set = entry(&by, now, AuditAction::PasswordSet, signed_in.name.as_str());
        self.append_with(&mut transaction, &set, &change).await?;
        transaction.commit().await?;
        Ok(true)
    }
}
