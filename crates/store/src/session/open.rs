//! Sessions that have not expired.

use domain::{AccountId, Actor, AuditAction, Role, Session, SessionId, SignedIn, UnixTime};
use sqlx::AssertSqlSafe;

use super::{
    SessionLife, parse_id,
    row::{Row, session_columns},
};
use crate::{
    Store, StoreError,
    account::{self, account_columns},
    audit::{self, HeadSnapshot, head_columns},
    audit_entry::entry,
    integrity::{Integrity, ManifestChange},
};

/// Maximum number of sessions in one statement.
const MAX_PER_STATEMENT: usize = 200;
/// Number of times that seemingly invalid sessions are read again, because they may have changed
/// concurrently.
const TRIES: usize = 3;

/// A session with its account.
#[derive(sqlx::FromRow)]
struct Open {
    #[sqlx(flatten)]
    session: Row,
    #[sqlx(flatten)]
    account: account::Row,
}

/// A session with its account and the head of the audit, read by one statement.
#[derive(sqlx::FromRow)]
struct SessionWithHead {
    #[sqlx(flatten)]
    session: Row,
    #[sqlx(flatten)]
    account: account::Row,
    #[sqlx(flatten)]
    head: HeadSnapshot,
}

/// Query of sessions that may not have expired. `$1` and `$2` are their [`SessionLife`].
const SELECT_WITH_HEAD: &str = concat!(
    "SELECT ",
    session_columns!(),
    ", ",
    account_columns!("a."),
    ", ",
    head_columns!(),
    " FROM sessions s JOIN accounts a ON a.id = s.account CROSS JOIN audit_head h
      WHERE s.created_at > $1 AND s.seen_at > $2"
);

impl SessionWithHead {
    fn holds(&self, integrity: &Integrity) -> bool {
        integrity.holds(&self.session) && integrity.holds(&self.account)
    }
}

impl TryFrom<SessionWithHead> for Session {
    type Error = StoreError;

    fn try_from(
        SessionWithHead {
            session, account, ..
        }: SessionWithHead,
    ) -> Result<Self, StoreError> {
        Ok(Self {
            id: parse_id(&session.id)?,
            account: account::parse_name(&account.name)?,
            role: account::parse_role(&account.role)?,
            created_at: UnixTime(session.created_at),
            seen_at: UnixTime(session.seen_at),
            address: session.address,
            agent: session.agent,
        })
    }
}

impl Store {
    /// Returns the account of the session with this token, and the time of its last use.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn session(
        &self,
        token_hash: &str,
        life: SessionLife,
    ) -> Result<Option<(SignedIn, UnixTime)>, StoreError> {
        let before = self.keyring.current();
        let mut connection = self.pool.acquire().await?;
        let sql = AssertSqlSafe(format!("{SELECT_WITH_HEAD} AND s.token_hash = $3"));
        let seen: Option<SessionWithHead> = sqlx::query_as(sql)
            .bind(life.began_after.0)
            .bind(life.seen_after.0)
            .bind(token_hash)
            .fetch_optional(&mut *connection)
            .await?;
        let Some(seen) = seen else { return Ok(None) };
        let integrity = self.integrity(&mut connection, before, &seen.head).await?;
        if !seen.holds(&integrity) {
            return Ok(None);
        }
        let signed_in = SignedIn {
            account: account::parse_id(&seen.session.account)?,
            name: account::parse_name(&seen.account.name)?,
            role: account::parse_role(&seen.account.role)?,
            session: parse_id(&seen.session.id)?,
        };
        Ok(Some((signed_in, UnixTime(seen.session.seen_at))))
    }

    /// Returns the roles of the unexpired sessions with these token hashes, by hash.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn roles_of_sessions(
        &self,
        token_hashes: &[String],
        life: SessionLife,
    ) -> Result<Vec<(String, Role)>, StoreError> {
        let mut roles = Vec::with_capacity(token_hashes.len());
        let mut connection = self.pool.acquire().await?;
        for chunk in token_hashes.chunks(MAX_PER_STATEMENT) {
            let placeholders: Vec<_> = (3..).take(chunk.len()).map(|at| format!("${at}")).collect();
            let sql = format!(
                "SELECT {}, {} FROM sessions s JOIN accounts a ON a.id = s.account
                 WHERE s.created_at > $1 AND s.seen_at > $2 AND s.token_hash IN ({})",
                session_columns!(),
                account_columns!("a."),
                placeholders.join(", ")
            );
            for attempt in 1..=TRIES {
                // The head is read once for all sessions, because the manifest may be long.
                let before = self.keyring.current();
                let head = audit::read_head(&mut connection).await?;
                let integrity = self.integrity(&mut connection, before, &head).await?;
                let mut query = sqlx::query_as(AssertSqlSafe(sql.clone()))
                    .bind(life.began_after.0)
                    .bind(life.seen_after.0);
                for hash in chunk {
                    query = query.bind(hash.as_str());
                }
                let open: Vec<Open> = query.fetch_all(&mut *connection).await?;
                let fault = |open: &Open| {
                    let fault = integrity.fault(&open.session);
                    fault.or_else(|| integrity.fault(&open.account))
                };
                if attempt < TRIES && open.iter().any(|open| fault(open).is_some()) {
                    continue;
                }
                for Open { session, account } in open {
                    if integrity.holds(&session) && integrity.holds(&account) {
                        roles.push((session.token_hash, account::parse_role(&account.role)?));
                    }
                }
                break;
            }
        }
        Ok(roles)
    }

    /// Records that a session was used.
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

    /// Returns the sessions of one account or of all, the latest use first.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn sessions(
        &self,
        of: Option<&AccountId>,
        life: SessionLife,
    ) -> Result<Vec<Session>, StoreError> {
        let before = self.keyring.current();
        let mut connection = self.pool.acquire().await?;
        let sql = AssertSqlSafe(format!(
            "{SELECT_WITH_HEAD} AND ($3 = '' OR s.account = $3)
             ORDER BY s.seen_at DESC, s.created_at DESC, s.id"
        ));
        let seen: Vec<SessionWithHead> = sqlx::query_as(sql)
            .bind(life.began_after.0)
            .bind(life.seen_after.0)
            .bind(of.map_or("", AccountId::as_str))
            .fetch_all(&mut *connection)
            .await?;
        let Some(first) = seen.first() else {
            return Ok(Vec::new());
        };
        let integrity = self.integrity(&mut connection, before, &first.head).await?;
        let valid = seen.into_iter().filter(|seen| seen.holds(&integrity));
        valid.map(Session::try_from).collect()
    }

    /// Ends a session. With `of`, only a session of this account. Returns false if there is none.
    /// The audit records it as `action`. `SignedOut` concerns only the actor, so it has no subject.
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
        self.hold_key(&mut transaction).await?;
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
        let mut change = ManifestChange::default();
        change.ended();
        let record = entry(by, now, action, subject);
        self.append_with(&mut transaction, &record, &change).await?;
        transaction.commit().await?;
        Ok(true)
    }
}
