//! Changes and removal of accounts. At least one administrator always remains, even with concurrent
//! changes.

use std::sync::Arc;

use domain::{AccountId, Actor, AuditAction, Change, Role, UnixTime};
use sqlx::AnyConnection;

use super::{Row, account_columns, parse_role};
use crate::{
    Store, StoreError, audit_entry::entry, integrity::ManifestChange, seal::Sealer,
    transaction::Transaction,
};

/// Result of changing an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountChange {
    /// The account was changed.
    Changed,
    /// No account has this ID.
    Unknown,
    /// No administrator would remain. If this one has a password, another one with a password is
    /// needed.
    LastAdministrator,
}

impl Store {
    /// Returns true if this is the last administrator, or the last one with a password. Accounts
    /// that are not valid do not count.
    async fn is_last(
        &self,
        connection: &mut AnyConnection,
        key: &Arc<Sealer>,
        found: &Row,
    ) -> Result<bool, StoreError> {
        if found.role != Role::Administrator.code() {
            return Ok(false);
        }
        let sql = concat!(
            "SELECT ",
            account_columns!("a."),
            " FROM accounts a WHERE a.role = $1 AND a.id <> $2"
        );
        let others: Vec<Row> = sqlx::query_as(sql)
            .bind(Role::Administrator.code())
            .bind(found.id.as_str())
            .fetch_all(&mut *connection)
            .await?;
        let integrity = self.integrity_of_locked(connection, key).await?;
        let remains = |other: &Row| {
            (other.password_hash.is_some() || found.password_hash.is_none())
                && integrity.holds(other)
        };
        Ok(!others.iter().any(remains))
    }

    /// Begins a transaction that locks the set of administrators.
    pub(crate) async fn lock_administrators(&self) -> Result<Transaction, StoreError> {
        let mut transaction = self.begin().await?;
        sqlx::query("UPDATE administrators_lock SET id = id WHERE id = 1")
            .execute(&mut *transaction)
            .await?;
        Ok(transaction)
    }

    /// Changes the role of an account.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn set_role(
        &self,
        id: &AccountId,
        role: Role,
        by: &Actor,
        now: UnixTime,
    ) -> Result<AccountChange, StoreError> {
        let mut transaction = self.lock_administrators().await?;
        let key = self.hold_key(&mut transaction).await?;
        let Some(mut found) = self.lock_account(&mut transaction, &key, id).await? else {
            return Ok(AccountChange::Unknown);
        };
        let old = parse_role(&found.role)?;
        if role == old {
            return Ok(AccountChange::Changed);
        }
        if self.is_last(&mut transaction, &key, &found).await? {
            return Ok(AccountChange::LastAdministrator);
        }
        found.role = role.code().into();
        let mut change = ManifestChange::default();
        found.write(&mut transaction, &key, &mut change).await?;
        let mut changed = entry(by, now, AuditAction::RoleChanged, found.name.as_str());
        let (old, new) = (old.code().into(), role.code().into());
        changed
            .changes
            .push(Change::of("role", Some(old), Some(new)));
        self.append_with(&mut transaction, &changed, &change)
            .await?;
        transaction.commit().await?;
        Ok(AccountChange::Changed)
    }

    /// Removes an account with its sessions and links.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn remove_account(
        &self,
        id: &AccountId,
        by: &Actor,
        now: UnixTime,
    ) -> Result<AccountChange, StoreError> {
        let mut transaction = self.lock_administrators().await?;
        let key = self.hold_key(&mut transaction).await?;
        let Some(found) = self.lock_account(&mut transaction, &key, id).await? else {
            return Ok(AccountChange::Unknown);
        };
        if self.is_last(&mut transaction, &key, &found).await? {
            return Ok(AccountChange::LastAdministrator);
        }
        sqlx::query("DELETE FROM accounts WHERE id = $1")
            .bind(id.as_str())
            .execute(&mut *transaction)
            .await?;
        let removed = entry(by, now, AuditAction::AccountRemoved, found.name.as_str());
        let mut change = ManifestChange::default();
        change.remove("accounts", &found.id);
        self.append_with(&mut transaction, &removed, &change)
            .await?;
        transaction.commit().await?;
        Ok(AccountChange::Changed)
    }
}
