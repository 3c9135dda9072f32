//! The link that creates the first administrator.

use std::sync::Arc;

use domain::{AuditAction, SignedIn};
use sqlx::AnyConnection;

use super::{Row, SETUP, end_setup, row::link_columns};
use crate::{
    NewAccount, NewSession, Store, StoreError, account,
    audit::{HeadSnapshot, head_columns},
    audit_entry::{by_account, entry},
    integrity::ManifestChange,
    seal::Sealer,
    session::{self, Entered},
};

/// A link with the head of the audit, read by one statement.
#[derive(sqlx::FromRow)]
struct LinkWithHead {
    #[sqlx(flatten)]
    link: Row,
    #[sqlx(flatten)]
    head: HeadSnapshot,
}

/// Reads the setup link with this token.
async fn read_link(
    connection: &mut AnyConnection,
    token_hash: &str,
) -> Result<Option<LinkWithHead>, StoreError> {
    let sql = concat!(
        "SELECT ",
        link_columns!(),
        ", ",
        head_columns!(),
        " FROM links l CROSS JOIN audit_head h WHERE l.token_hash = $1 AND l.kind = $2"
    );
    let seen = sqlx::query_as(sql)
        .bind(token_hash)
        .bind(SETUP)
        .fetch_optional(connection)
        .await?;
    Ok(seen)
}

async fn any_account(connection: &mut AnyConnection) -> Result<bool, StoreError> {
    let any: Option<String> = sqlx::query_scalar("SELECT id FROM accounts LIMIT 1")
        .fetch_optional(connection)
        .await?;
    Ok(any.is_some())
}

impl Store {
    /// Replaces older setup links with a new one. Returns false, without creating a link, if there
    /// is an account, valid or not.
    ///
    /// # Errors
    /// `Database`, `KeyRotated`.
    pub async fn make_setup_link(&self, token_hash: &str) -> Result<bool, StoreError> {
        let mut transaction = self.begin().await?;
        let key = self.hold_key(&mut transaction).await?;
        end_setup(&mut transaction).await?;
        if any_account(&mut transaction).await? {
            transaction.commit().await?;
            return Ok(false);
        }
        let row = Row::setup(token_hash, &key);
        row.insert(&mut transaction).await?;
        let mut change = ManifestChange::default();
        change.set(&row);
        let listed = self.change_manifest(&mut transaction, &change).await?;
        transaction.commit().await?;
        Ok(listed)
    }

    /// Returns true if a link that was read by one statement is a valid setup link. `before` is the
    /// key in force before the read.
    async fn is_setup(
        &self,
        connection: &mut AnyConnection,
        before: Arc<Sealer>,
        seen: Option<&LinkWithHead>,
    ) -> Result<bool, StoreError> {
        let Some(seen) = seen else { return Ok(false) };
        let integrity = self.integrity(connection, before, &seen.head).await?;
        Ok(integrity.holds(&seen.link))
    }

    /// Returns true if this is the hash of the setup link's token.
    ///
    /// # Errors
    /// `Database`.
    pub async fn is_setup_link(&self, token_hash: &str) -> Result<bool, StoreError> {
        let before = self.keyring.current();
        let mut connection = self.pool.acquire().await?;
        let seen = read_link(&mut connection, token_hash).await?;
        let is_setup = self.is_setup(&mut connection, before, seen.as_ref());
        Ok(is_setup.await? && !any_account(&mut connection).await?)
    }

    /// Uses up the setup link, creates the first account, and starts a session. Returns `None` if
    /// the link is not valid. Exactly one of several concurrent calls succeeds.
    ///
    /// # Errors
    /// `Database`.
    pub async fn finish_setup(
        &self,
        token_hash: &str,
        new: &NewAccount,
        session: &NewSession,
    ) -> Result<Option<SignedIn>, StoreError> {
        let now = session.now;
        let mut transaction = self.begin().await?;
        let key = self.hold_key(&mut transaction).await?;
        let seen = read_link(&mut transaction, token_hash).await?;
        let used = sqlx::query("DELETE FROM links WHERE token_hash = $1 AND kind = $2")
            .bind(token_hash)
            .bind(SETUP)
            .execute(&mut *transaction)
            .await?;
        let is_setup = self.is_setup(&mut transaction, Arc::clone(&key), seen.as_ref());
        let mut change = ManifestChange::default();
        if !is_setup.await?
            || used.rows_affected() == 0
            || any_account(&mut transaction).await?
            || !account::insert(&mut transaction, &key, new, now, &mut change).await?
        {
            return Ok(None);
        }
        let entered = Entered {
            account: new.id.clone(),
            name: new.name.clone(),
            role: new.role,
        };
        account::note_sign_in(&mut transaction, &new.id, now).await?;
        let begun = session::begin(&mut transaction, &key, entered, session, &mut change);
        let signed_in = begun.await?;
        let by = by_account(&new.name, &session.address);
        let finished = entry(&by, now, AuditAction::SetupFinished, new.name.as_str());
        self.append_with(&mut transaction, &finished, &change)
            .await?;
        self.append(
            &mut transaction,
            &entry(&by, now, AuditAction::SignedIn, ""),
        )
        .await?;
        transaction.commit().await?;
        Ok(Some(signed_in))
    }
}
