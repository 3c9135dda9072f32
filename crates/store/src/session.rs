//! Tables `sessions` and `devices`. Only the hashes of tokens are kept.

use domain::{
    AccountId, AccountName, Actor, AuditAction, Role, Session, SessionId, SignedIn, UnixTime,
};
use sqlx::AnyConnection;

use crate::{Store, StoreError, account, note::note, row::Table};

mod sign_in;

pub use sign_in::SignIn;

const TABLE: Table = Table("sessions");

/// How long sessions last.
#[derive(Clone, Copy, Debug)]
pub struct SessionLife {
    /// Those that began at this time or before have ended.
    pub began_after: UnixTime,
    /// Those that were last used at this time or before have ended.
    pub seen_after: UnixTime,
}

/// A session that begins.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// Its id.
    pub id: SessionId,
    /// The hash of its token.
    pub token_hash: String,
    /// The hash of the token of the browser.
    pub device_hash: String,
    /// The hash of the token of the session that the browser had, which ends.
    pub replaces: Option<String>,
    /// Where the sign-in comes from.
    pub address: String,
    /// How the browser calls itself.
    pub agent: String,
    /// When it begins.
    pub now: UnixTime,
}

/// Whose session begins.
pub(crate) struct Entered {
    pub(crate) account: AccountId,
    pub(crate) name: AccountName,
    pub(crate) role: Role,
}

impl TryFrom<(String, String, String)> for Entered {
    type Error = StoreError;

    fn try_from((id, name, role): (String, String, String)) -> Result<Self, StoreError> {
        Ok(Self {
            account: account::parse_id(&id)?,
            name: account::parse_name(&name)?,
            role: account::parse_role(&role)?,
        })
    }
}

#[derive(sqlx::FromRow)]
struct OpenRow {
    id: String,
    account: String,
    name: String,
    role: String,
    seen_at: i64,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    name: String,
    role: String,
    created_at: i64,
    seen_at: i64,
    address: String,
    agent: String,
}

impl TryFrom<Row> for Session {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: parse_id(&row.id)?,
            account: account::parse_name(&row.name)?,
            role: account::parse_role(&row.role)?,
            created_at: UnixTime(row.created_at),
            seen_at: UnixTime(row.seen_at),
            address: row.address,
            agent: row.agent,
        })
    }
}

fn parse_id(id: &str) -> Result<SessionId, StoreError> {
    TABLE.value("id", SessionId::parse(id))
}

/// Begins a session, ends the one that the browser had, and notes the browser as one that has signed in.
pub(crate) async fn begin(
    connection: &mut AnyConnection,
    entered: Entered,
    new: &NewSession,
) -> Result<SignedIn, StoreError> {
    sqlx::query("DELETE FROM sessions WHERE token_hash = $1")
        .bind(new.replaces.as_deref())
        .execute(&mut *connection)
        .await?;
    sqlx::query(
        "INSERT INTO sessions (id, token_hash, account, created_at, seen_at, address, agent)
         VALUES ($1, $2, $3, $4, $4, $5, $6)",
    )
    .bind(new.id.as_str())
    .bind(new.token_hash.as_str())
    .bind(entered.account.as_str())
    .bind(new.now.0)
    .bind(new.address.as_str())
    .bind(new.agent.as_str())
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        "INSERT INTO devices (token_hash, account, used_at) VALUES ($1, $2, $3)
         ON CONFLICT (token_hash)
         DO UPDATE SET account = excluded.account, used_at = excluded.used_at",
    )
    .bind(new.device_hash.as_str())
    .bind(entered.account.as_str())
    .bind(new.now.0)
    .execute(connection)
    .await?;
    Ok(SignedIn {
        account: entered.account,
        name: entered.name,
        role: entered.role,
        session: new.id.clone(),
    })
}

/// Ends the sessions of an account but `keep`, and forgets its browsers.
pub(crate) async fn end_all(
    connection: &mut AnyConnection,
    account: &AccountId,
    keep: Option<&SessionId>,
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM sessions WHERE account = $1 AND id <> $2")
        .bind(account.as_str())
        .bind(keep.map_or("", SessionId::as_str))
        .execute(&mut *connection)
        .await?;
    sqlx::query("DELETE FROM devices WHERE account = $1")
        .bind(account.as_str())
        .execute(connection)
        .await?;
    Ok(())
}

impl Store {
    /// Who has the session with this token, and when it was last used.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn session(
        &self,
        token_hash: &str,
        life: SessionLife,
    ) -> Result<Option<(SignedIn, UnixTime)>, StoreError> {
        let row: Option<OpenRow> = sqlx::query_as(
            "SELECT s.id, s.account, a.name, a.role, s.seen_at
             FROM sessions s JOIN accounts a ON a.id = s.account
             WHERE s.token_hash = $1 AND s.created_at > $2 AND s.seen_at > $3",
        )
        .bind(token_hash)
        .bind(life.began_after.0)
        .bind(life.seen_after.0)
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let signed_in = SignedIn {
            account: account::parse_id(&row.account)?,
            name: account::parse_name(&row.name)?,
            role: account::parse_role(&row.role)?,
            session: parse_id(&row.id)?,
        };
        Ok(Some((signed_in, UnixTime(row.seen_at))))
    }

    /// Notes that a session was used.
    ///
    /// # Errors
    /// `Database`.
    pub async fn touch_session(&self, id: &SessionId, now: UnixTime) -> Result<(), StoreError> {
        sqlx::query("UPDATE sessions SET seen_at = $1 WHERE id = $2 AND seen_at < $1")
            .bind(now.0)
            .bind(id.as_str())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// The sessions of one account, or of all, the latest use first.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn sessions(
        &self,
        of: Option<&AccountId>,
        life: SessionLife,
    ) -> Result<Vec<Session>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT s.id, a.name, a.role, s.created_at, s.seen_at, s.address, s.agent
             FROM sessions s JOIN accounts a ON a.id = s.account
             WHERE ($1 = '' OR s.account = $1) AND s.created_at > $2 AND s.seen_at > $3
             ORDER BY s.seen_at DESC, s.created_at DESC, s.id",
        )
        .bind(of.map_or("", AccountId::as_str))
        .bind(life.began_after.0)
        .bind(life.seen_after.0)
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter().map(Session::try_from).collect()
    }

    /// Ends a session; with `of`, only one of this account. `false` when there is none. It is noted as `action` (a
    /// `SignedOut` is about nobody else, so it has no subject).
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn end_session(
        &self,
        id: &SessionId,
        of: Option<&AccountId>,
        action: AuditAction,
        by: &Actor,
        now: UnixTime,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.pool.begin().await?;
        let ended: Vec<String> = sqlx::query_scalar(
            "DELETE FROM sessions WHERE id = $1 AND ($2 = '' OR account = $2) RETURNING account",
        )
        .bind(id.as_str())
        .bind(of.map_or("", AccountId::as_str))
        .fetch_all(&mut *transaction)
        .await?;
        let Some(account) = ended.first() else {
            return Ok(false);
        };
        let subject: String = match action {
            AuditAction::SignedOut => String::new(),
            _ => {
                sqlx::query_scalar("SELECT name FROM accounts WHERE id = $1")
                    .bind(account.as_str())
                    .fetch_one(&mut *transaction)
                    .await?
            }
        };
        self.append(&mut transaction, &note(by, now, action, subject))
            .await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// The account that a browser has signed in with, after `since`.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn device(
        &self,
        token_hash: &str,
        since: UnixTime,
    ) -> Result<Option<AccountId>, StoreError> {
        let account: Option<String> = sqlx::query_scalar(
            "SELECT account FROM devices WHERE token_hash = $1 AND used_at > $2",
        )
        .bind(token_hash)
        .bind(since.0)
        .fetch_optional(&self.pool)
        .await?;
        account.map(|id| account::parse_id(&id)).transpose()
    }
}
