//! Links to choose a password.

use domain::{AccountName, AuditAction, SignedIn, UnixTime};
use secrecy::{ExposeSecret as _, SecretString};
use sqlx::AnyConnection;

use super::{PASSWORD, Row, end_all, row::link_columns};
use crate::{
    NewSession, Store, StoreError,
    account::{self, account_columns},
    audit::{HeadSnapshot, head_columns},
    audit_entry::{by_account, entry},
    integrity::ManifestChange,
    session::{self, Entered},
};

/// A link with its account and the head of the audit, read by one statement.
#[derive(sqlx::FromRow)]
struct LinkWithHead {
    #[sqlx(flatten)]
    link: Row,
    #[sqlx(flatten)]
    account: account::Row,
    #[sqlx(flatten)]
    head: HeadSnapshot,
}

/// Reads the link with this token, unless it has expired.
async fn read_link(
    connection: &mut AnyConnection,
    token_hash: &str,
    now: UnixTime,
) -> Result<Option<LinkWithHead>, StoreError> {
    let sql = concat!(
        "SELECT ",
        link_columns!(),
        ", ",
        account_columns!("a."),
        ", ",
        head_columns!(),
        " FROM links l JOIN accounts a ON a.id = l.account CROSS JOIN audit_head h
          WHERE l.token_hash = $1 AND l.kind = $2 AND l.expires_at > $3"
    );
    let seen = sqlx::query_as(sql)
        .bind(token_hash)
        .bind(PASSWORD)
        .bind(now.0)
        .fetch_optional(connection)
        .await?;
    Ok(seen)
}

impl Store {
    /// Returns the account that a link is for. `None` if the link is not valid.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn password_link(
        &self,
        token_hash: &str,
        now: UnixTime,
    ) -> Result<Option<AccountName>, StoreError> {
        let before = self.keyring.current();
        let mut connection = self.pool.acquire().await?;
        let seen = read_link(&mut connection, token_hash, now).await?;
        let Some(seen) = seen else { return Ok(None) };
        let integrity = self.integrity(&mut connection, before, &seen.head).await?;
        if !integrity.holds(&seen.link) || !integrity.holds(&seen.account) {
            return Ok(None);
        }
        account::parse_name(&seen.account.name).map(Some)
    }

    /// Uses up a link, sets the password of its account, ends the account's other sessions and
    /// links, and starts a session. Returns `None` if the link is not valid.
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
        let key = self.hold_key(&mut transaction).await?;
        let seen = read_link(&mut transaction, token_hash, now).await?;
        let Some(LinkWithHead { link, account, .. }) = seen else {
            return Ok(None);
        };
        let id = account::parse_id(&account.id)?;
        // The account is locked first, as everywhere, to avoid deadlocks.
        let Some(mut row) = self.lock_account(&mut transaction, &key, &id).await? else {
            return Ok(None);
        };
        let used = sqlx::query("DELETE FROM links WHERE token_hash = $1 AND kind = $2")
            .bind(token_hash)
            .bind(PASSWORD)
            .execute(&mut *transaction)
            .await?;
        // Of two concurrent uses, one removes the link. The manifest lists it until that one
        // commits.
        let integrity = self.integrity_of_locked(&mut transaction, &key).await?;
        if used.rows_affected() == 0 || !integrity.holds(&link) {
            return Ok(None);
        }
        let mut change = ManifestChange::default();
        row.password_hash = Some(password_hash.expose_secret().to_owned());
        row.write(&mut transaction, &key, &mut change).await?;
        account::note_sign_in(&mut transaction, &id, now).await?;
        let entered = Entered::try_from(&row)?;
        let name = entered.name.clone();
        session::end_all(&mut transaction, &entered.account, None, &mut change).await?;
        end_all(&mut transaction, &entered.account, &mut change).await?;
        self.clear_failures(&mut transaction, name.as_str()).await?;
        let begun = session::begin(&mut transaction, &key, entered, session, &mut change);
        let signed_in = begun.await?;
        let by = by_account(&name, &session.address);
        let set = entry(&by, now, AuditAction::PasswordSet, name.as_str());
        self.append_with(&mut transaction, &set, &change).await?;
        self.append(
            &mut transaction,
            &entry(&by, now, AuditAction::SignedIn, ""),
        )
        .await?;
        transaction.commit().await?;
        Ok(Some(signed_in))
    }
}
