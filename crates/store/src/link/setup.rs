//! The link that makes the first administrator.

use domain::{AuditAction, SignedIn};

use super::{SETUP, end_setup};
use crate::{
    NewAccount, NewSession, Store, StoreError, account,
    note::{by_account, note},
    session::{self, Entered},
};

impl Store {
    /// Puts a setup link in place of the older ones; `false` when there is an account, and so no link.
    ///
    /// # Errors
    /// `Database`.
    pub async fn make_setup_link(&self, token_hash: &str) -> Result<bool, StoreError> {
        let mut transaction = self.begin().await?;
        end_setup(&mut transaction).await?;
        let made = sqlx::query(
            "INSERT INTO links (token_hash, kind)
             SELECT $1, $2 WHERE NOT EXISTS (SELECT 1 FROM accounts)",
        )
        .bind(token_hash)
        .bind(SETUP)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(made.rows_affected() == 1)
    }

    /// Whether the setup link has this token.
    ///
    /// # Errors
    /// `Database`.
    pub async fn is_setup_link(&self, token_hash: &str) -> Result<bool, StoreError> {
        let kind: Option<String> = sqlx::query_scalar(
            "SELECT kind FROM links WHERE token_hash = $1 AND kind = $2
                 AND NOT EXISTS (SELECT 1 FROM accounts)",
        )
        .bind(token_hash)
        .bind(SETUP)
        .fetch_optional(&self.pool)
        .await?;
        Ok(kind.is_some())
    }

    /// Uses the setup link up, makes the first account and begins a session; `None` when the link is not good. Of
    /// several at once, one wins.
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
        let used = sqlx::query("DELETE FROM links WHERE token_hash = $1 AND kind = $2")
            .bind(token_hash)
            .bind(SETUP)
            .execute(&mut *transaction)
            .await?;
        let any: Option<String> = sqlx::query_scalar("SELECT id FROM accounts LIMIT 1")
            .fetch_optional(&mut *transaction)
            .await?;
        if used.rows_affected() == 0
            || any.is_some()
            || !account::insert(&mut transaction, new, now).await?
        {
            return Ok(None);
        }
        let entered = Entered {
            account: new.id.clone(),
            name: new.name.clone(),
            role: new.role,
        };
        sqlx::query("UPDATE accounts SET signed_in_at = $1 WHERE id = $2")
            .bind(now.0)
            .bind(new.id.as_str())
            .execute(&mut *transaction)
            .await?;
        let signed_in = session::begin(&mut transaction, entered, session).await?;
        let by = by_account(&new.name, &session.address);
        let finished = note(&by, now, AuditAction::SetupFinished, new.name.as_str());
        self.append(&mut transaction, &finished).await?;
        self.append(&mut transaction, &note(&by, now, AuditAction::SignedIn, ""))
            .await?;
        transaction.commit().await?;
        Ok(Some(signed_in))
    }
}
