//! Changing and removing accounts. An administrator stays, also when several are changed at once.

use domain::{AccountId, AccountName, Actor, AuditAction, Change, Role, UnixTime};
use sqlx::AnyConnection;

use super::{parse_name, parse_role};
use crate::{Store, StoreError, note::note, transaction::Transaction};

/// What came of changing an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountChange {
    /// It is changed.
    Done,
    /// There is no such account.
    Unknown,
    /// Nobody would be left who is an administrator (with a password, if this one has one).
    LastAdministrator,
}

struct Found {
    name: AccountName,
    role: Role,
    has_password: bool,
}

#[derive(sqlx::FromRow)]
struct Row {
    name: String,
    role: String,
    password_hash: Option<String>,
}

/// The account, locked until the end of the transaction.
async fn lock(connection: &mut AnyConnection, id: &AccountId) -> Result<Option<Found>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(
        "UPDATE accounts SET role = role WHERE id = $1 RETURNING name, role, password_hash",
    )
    .bind(id.as_str())
    .fetch_all(connection)
    .await?;
    let Some(row) = rows.into_iter().next() else {
        return Ok(None);
    };
    Ok(Some(Found {
        name: parse_name(&row.name)?,
        role: parse_role(&row.role)?,
        has_password: row.password_hash.is_some(),
    }))
}

/// Whether this is the last administrator, or the last one with a password.
async fn is_last(
    connection: &mut AnyConnection,
    id: &AccountId,
    found: &Found,
) -> Result<bool, StoreError> {
    if found.role != Role::Administrator {
        return Ok(false);
    }
    let other: Option<String> = sqlx::query_scalar(
        "SELECT id FROM accounts WHERE role = $1 AND id <> $2
             AND (password_hash IS NOT NULL OR $3 = 0) LIMIT 1",
    )
    .bind(Role::Administrator.code())
    .bind(id.as_str())
    .bind(i64::from(found.has_password))
    .fetch_optional(connection)
    .await?;
    Ok(other.is_none())
}

impl Store {
    /// A transaction in which nobody else changes who is an administrator.
    pub(super) async fn lock_administrators(&self) -> Result<Transaction, StoreError> {
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
        let Some(found) = lock(&mut transaction, id).await? else {
            return Ok(AccountChange::Unknown);
        };
        if role == found.role {
            return Ok(AccountChange::Done);
        }
        if is_last(&mut transaction, id, &found).await? {
            return Ok(AccountChange::LastAdministrator);
        }
        sqlx::query("UPDATE accounts SET role = $1 WHERE id = $2")
            .bind(role.code())
            .bind(id.as_str())
            .execute(&mut *transaction)
            .await?;
        let mut changed = note(by, now, AuditAction::RoleChanged, found.name.as_str());
        let (old, new) = (found.role.code().into(), role.code().into());
        changed
            .changes
            .push(Change::of("role", Some(old), Some(new)));
        self.append(&mut transaction, &changed).await?;
        transaction.commit().await?;
        Ok(AccountChange::Done)
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
        let Some(found) = lock(&mut transaction, id).await? else {
            return Ok(AccountChange::Unknown);
        };
        if is_last(&mut transaction, id, &found).await? {
            return Ok(AccountChange::LastAdministrator);
        }
        sqlx::query("DELETE FROM accounts WHERE id = $1")
            .bind(id.as_str())
            .execute(&mut *transaction)
            .await?;
        let removed = note(by, now, AuditAction::AccountRemoved, found.name.as_str());
        self.append(&mut transaction, &removed).await?;
        transaction.commit().await?;
        Ok(AccountChange::Done)
    }
}
