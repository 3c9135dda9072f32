//! Adding accounts.

use std::sync::Arc;

use domain::{AccountName, Actor, AuditAction, Change, UnixTime};
use sqlx::AnyConnection;

use crate::{
    NewAccount, NewLink, Store, StoreError,
    account::{self, account_columns},
    audit_entry::entry,
    integrity::ManifestChange,
    link,
    seal::Sealer,
};

impl Store {
    /// Adds an account with a password or with a link to choose one. Returns false if the name is
    /// taken. Replaces an account of this name that is not valid. Setup is not possible afterward.
    ///
    /// # Errors
    /// `Database`.
    pub async fn add_account(
        &self,
        new: &NewAccount,
        link: Option<&NewLink>,
        by: &Actor,
        now: UnixTime,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.begin().await?;
        let key = self.hold_key(&mut transaction).await?;
        let mut change = ManifestChange::default();
        link::end_setup(&mut transaction).await?;
        self.remove_invalid(&mut transaction, &key, &new.name, &mut change)
            .await?;
        if !account::insert(&mut transaction, &key, new, now, &mut change).await? {
            return Ok(false);
        }
        let mut added = entry(by, now, AuditAction::AccountAdded, new.name.as_str());
        added.changes.push(Change::fact("role", new.role.code()));
        if let Some(link) = link {
            link::insert(&mut transaction, &key, &new.id, link, &mut change).await?;
        }
        self.append_with(&mut transaction, &added, &change).await?;
        if link.is_some() {
            let made = entry(by, now, AuditAction::PasswordLinkMade, new.name.as_str());
            self.append(&mut transaction, &made).await?;
        }
        transaction.commit().await?;
        Ok(true)
    }

    /// Removes an account that has this name and is not valid, which frees the name.
    async fn remove_invalid(
        &self,
        connection: &mut AnyConnection,
        key: &Arc<Sealer>,
        name: &AccountName,
        change: &mut ManifestChange,
    ) -> Result<(), StoreError> {
        let sql = concat!(
            "UPDATE accounts SET role = role WHERE folded = $1 RETURNING ",
            account_columns!("")
        );
        let rows: Vec<account::Row> = sqlx::query_as(sql)
            .bind(name.folded())
            .fetch_all(&mut *connection)
            .await?;
        let integrity = self.integrity_of_locked(&mut *connection, key).await?;
        for row in rows.iter().filter(|row| !integrity.holds(*row)) {
            sqlx::query("DELETE FROM accounts WHERE id = $1")
                .bind(row.id.as_str())
                .execute(&mut *connection)
                .await?;
            change.remove("accounts", &row.id);
        }
        Ok(())
    }
}
