//! Rows of `accounts`.

use std::{borrow::Cow, sync::Arc};

use domain::{AccountId, UnixTime};
use secrecy::{ExposeSecret as _, SecretString};
use sqlx::AnyConnection;

use super::NewAccount;
use crate::{
    Store, StoreError,
    integrity::{ManifestChange, Protected, mac_of, number, text},
    seal::Sealer,
};

/// Columns of [`Row`]. `$table` is the table alias with a dot, or empty.
macro_rules! account_columns {
    ($table:literal) => {
        concat!(
            $table,
            "id AS a_id, ",
            $table,
            "name AS a_name, ",
            $table,
            "folded AS a_folded, ",
            $table,
            "role AS a_role, ",
            $table,
            "password_hash AS a_password_hash, ",
            $table,
            "created_at AS a_created_at, ",
            $table,
            "signed_in_at AS a_signed_in_at, ",
            $table,
            "version AS a_version, ",
            $table,
            "mac AS a_mac"
        )
    };
}
pub(crate) use account_columns;

#[derive(sqlx::FromRow)]
pub(crate) struct Row {
    #[sqlx(rename = "a_id")]
    pub(crate) id: String,
    #[sqlx(rename = "a_name")]
    pub(crate) name: String,
    #[sqlx(rename = "a_folded")]
    pub(crate) folded: String,
    #[sqlx(rename = "a_role")]
    pub(crate) role: String,
    #[sqlx(rename = "a_password_hash")]
    pub(crate) password_hash: Option<String>,
    #[sqlx(rename = "a_created_at")]
    pub(crate) created_at: i64,
    #[sqlx(rename = "a_signed_in_at")]
    pub(crate) signed_in_at: Option<i64>,
    #[sqlx(rename = "a_version")]
    pub(crate) version: i64,
    #[sqlx(rename = "a_mac")]
    pub(crate) mac: String,
}

impl Protected for Row {
    const TABLE: &'static str = "accounts";
    const LISTED: bool = true;

    fn id(&self) -> &str {
        &self.id
    }

    fn version(&self) -> i64 {
        self.version
    }

    fn mac(&self) -> &str {
        &self.mac
    }

    fn columns(&self) -> Vec<Option<Cow<'_, str>>> {
        vec![
            text(self.name.as_str()),
            text(self.folded.as_str()),
            text(self.role.as_str()),
            text(self.password_hash.as_deref()),
            number(self.created_at),
        ]
    }
}

impl Row {
    /// Builds the row of a new account with its MAC.
    pub(super) fn new(new: &NewAccount, now: UnixTime, sealer: &Sealer) -> Self {
        let hash = new.password_hash.as_ref();
        let mut row = Self {
            id: new.id.as_str().into(),
            name: new.name.to_string(),
            folded: new.name.folded(),
            role: new.role.code().into(),
            password_hash: hash.map(|hash| hash.expose_secret().to_owned()),
            created_at: now.0,
            signed_in_at: None,
            version: 1,
            mac: String::new(),
        };
        row.mac = mac_of(sealer, &row);
        row
    }

    /// Returns true if the stored password hash equals `verified`.
    pub(crate) fn has_password(&self, verified: &SecretString) -> bool {
        self.password_hash.as_deref() == Some(verified.expose_secret())
    }

    /// Writes a changed row as its next version. The row must be locked.
    pub(crate) async fn write(
        &mut self,
        connection: &mut AnyConnection,
        sealer: &Sealer,
        change: &mut ManifestChange,
    ) -> Result<(), StoreError> {
        self.version += 1;
        self.mac = mac_of(sealer, self);
        sqlx::query(
            "UPDATE accounts SET role = $1, password_hash = $2, version = $3, mac = $4
             WHERE id = $5",
        )
        .bind(self.role.as_str())
        .bind(self.password_hash.as_deref())
        .bind(self.version)
        .bind(self.mac.as_str())
        .bind(self.id.as_str())
        .execute(connection)
        .await?;
        change.set(self);
        Ok(())
    }
}

/// Returns all rows, valid or not.
pub(crate) async fn rows(connection: &mut AnyConnection) -> Result<Vec<Row>, StoreError> {
    let sql = concat!("SELECT ", account_columns!("a."), " FROM accounts a");
    Ok(sqlx::query_as(sql).fetch_all(connection).await?)
}

impl Store {
    /// Locks a valid account until the end of the transaction. `sealer` comes from
    /// [`Store::hold_key`].
    pub(crate) async fn lock_account(
        &self,
        connection: &mut AnyConnection,
        sealer: &Arc<Sealer>,
        id: &AccountId,
    ) -> Result<Option<Row>, StoreError> {
        let sql = concat!(
            "UPDATE accounts SET role = role WHERE id = $1 RETURNING ",
            account_columns!("")
        );
        let rows: Vec<Row> = sqlx::query_as(sql)
            .bind(id.as_str())
            .fetch_all(&mut *connection)
            .await?;
        let Some(row) = rows.into_iter().next() else {
            return Ok(None);
        };
        let integrity = self.integrity_of_locked(connection, sealer).await?;
        Ok(Some(row).filter(|row| integrity.holds(row)))
    }
}
