//! Table `links`: one-use links. Only the hashes of their tokens are kept.

use domain::{AccountId, AccountName, AuditAction, SignedIn, UnixTime};
use secrecy::{ExposeSecret as _, SecretString};
use sqlx::AnyConnection;

use crate::{
    NewAccount, NewSession, Store, StoreError, account, attempt,
    note::{by_account, note},
    session::{self, Entered},
};

const SETUP: &str = "setup";
const PASSWORD: &str = "password";

/// A link to choose a password.
#[derive(Clone, Debug)]
pub struct NewLink {
    /// The hash of its token.
    pub token_hash: String,
    /// When it ends by itself.
    pub expires_at: UnixTime,
}

/// Writes a link to choose the password of an account.
pub(crate) async fn insert(
    connection: &mut AnyConnection,
    account: &AccountId,
    link: &NewLink,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO links (token_hash, kind, account, expires_at) VALUES ($1, $2, $3, $4)",
    )
    .bind(link.token_hash.as_str())
    .bind(PASSWORD)
    .bind(account.as_str())
    .bind(link.expires_at.0)
    .execute(connection)
    .await?;
    Ok(())
}

/// Ends the links of an account.
pub(crate) async fn end_all(
    connection: &mut AnyConnection,
    account: &AccountId,
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM links WHERE account = $1")
        .bind(account.as_str())
        .execute(connection)
        .await?;
    Ok(())
}

pub(crate) async fn end_setup(connection: &mut AnyConnection) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM links WHERE kind = $1")
        .bind(SETUP)
        .execute(connection)
        .await?;
    Ok(())
}

impl Store {
    /// Puts a setup link in place of the older ones; `false` when there is an account, and so no link.
    ///
    /// # Errors
    /// `Database`.
    pub async fn make_setup_link(&self, token_hash: &str) -> Result<bool, StoreError> {
        let mut transaction = self.pool.begin().await?;
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
        let mut transaction = self.pool.begin().await?;
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

    /// Uses a link up and sets the password of its account, whose other sessions, devices and links end; begins a
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
        let mut transaction = self.pool.begin().await?;
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
        attempt::forget(&mut transaction, &[self.name_bucket(name.as_str())]).await?;
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
