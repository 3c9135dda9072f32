//! Sessions that have not ended.

use domain::{AccountId, Actor, AuditAction, Role, Session, SessionId, SignedIn, UnixTime};
use sqlx::AssertSqlSafe;

use super::{SessionLife, parse_id};
use crate::{Store, StoreError, account, note::note};

/// Sessions of one statement.
const AT_ONCE: usize = 200;

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

    /// The roles of the sessions with these hashes of tokens, by hash; only of those that have not ended.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn roles_of_sessions(
        &self,
        token_hashes: &[String],
        life: SessionLife,
    ) -> Result<Vec<(String, Role)>, StoreError> {
        let mut roles = Vec::with_capacity(token_hashes.len());
        for chunk in token_hashes.chunks(AT_ONCE) {
            let places: Vec<_> = (3..).take(chunk.len()).map(|at| format!("${at}")).collect();
            let sql = format!(
                "SELECT s.token_hash, a.role FROM sessions s JOIN accounts a ON a.id = s.account
                 WHERE s.created_at > $1 AND s.seen_at > $2 AND s.token_hash IN ({})",
                places.join(", ")
            );
            let mut query = sqlx::query_as(AssertSqlSafe(sql))
                .bind(life.began_after.0)
                .bind(life.seen_after.0);
            for hash in chunk {
                query = query.bind(hash.as_str());
            }
            let rows: Vec<(String, String)> = query.fetch_all(&self.pool).await?;
            for (hash, role) in rows {
                roles.push((hash, account::parse_role(&role)?));
            }
        }
        Ok(roles)
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
        let mut transaction = self.begin().await?;
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
}
