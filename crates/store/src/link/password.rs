//! The links to choose a password.

use domain::{AccountName, AuditAction, SignedIn, UnixTime};
use secrecy::{ExposeSecret as _, SecretString};

use super::{PASSWORD, end_all};
use crate::{
    NewSession, Store, StoreError, account,
    note::{by_account, note},
    session::{self, Entered},
};

impl Store {
    /// Whose password a link is for; `None` when it is not good.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn password_link(
        &self,
        token_hash: &str,
        now: UnixTime,
    ) -> Result<Option<AccountName>, StoreError> {
        let name: Option<String> = sqlx::query_scalar(
            "SELECT a.name FROM links l JOIN accounts a ON a.id = l.account
             WHERE l.token_hash = $1 AND l.kind = $2 AND l.expires_at > $3",
        )
        .bind(token_hash)
        .bind(PASSWORD)
        .bind(now.0)
        .fetch_optional(&self.pool)
        .await?;
        name.map(|name| account::parse_name(&name)).transpose()
    }

    /// Uses a link up and sets the password of its account, whose other sessions and links end; begins a
    /// session. `None` when the link is not good.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn choose_password(
        &self,
        token_hash: &str,
        password_hash: &SecretString,
        session: &NewSession,
    ) -> Result<Option<SignedIn>, StoreError> {
        let now = session.now;
        let mut transaction = self.begin().await?;
        // The account first, as everywhere, so that nobody waits for each other.
        let rows: Vec<(String, String, String)> = sqlx::query_as(
            "UPDATE accounts SET password_hash = $1, signed_in_at = $2
             WHERE id = (SELECT account FROM links
                 WHERE token_hash = $3 AND kind = $4 AND expires_at > $2)
             RETURNING id, name, role",
        )
        .bind(password_hash.expose_secret())
        .bind(now.0)
        .bind(token_hash)
        .bind(PASSWORD)
        .fetch_all(&mut *transaction)
        .await?;
        let used = sqlx::query("DELETE FROM links WHERE token_hash = $1 AND kind = $2")
            .bind(token_hash)
            .bind(PASSWORD)
            .execute(&mut *transaction)
            .await?;
        let (Some(row), 1) = (rows.into_iter().next(), used.rows_affected()) else {
            return Ok(None);
        };
        let entered = Entered::try_from(row)?;
        let name = entered.name.clone();
        session::end_all(&mut transaction, &entered.account, None).await?;
        end_all(&mut transaction, &entered.account).await?;
        self.forget_name(&mut transaction, name.as_str()).await?;
        let signed_in = session::begin(&mut transaction, entered, session).await?;
        let by = by_account(&name, &session.address);
        let set = note(&by, now, AuditAction::PasswordSet, name.as_str());
        self.append(&mut transaction, &set).await?;
        self.append(&mut transaction, &note(&by, now, AuditAction::SignedIn, ""))
            .await?;
        transaction.commit().await?;
        Ok(Some(signed_in))
    }
}
