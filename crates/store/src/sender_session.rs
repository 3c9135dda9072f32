//! Table `sender_sessions`: the last SMTP sessions of each sender, and of unknown clients.

use std::collections::BTreeSet;

use domain::{SenderId, SenderSession, UnixTime};
use sqlx::AnyConnection;

use crate::{Store, StoreError, row::Table};

const TABLE: Table = Table("sender_sessions");
/// Seconds for which sessions are kept.
const RETENTION: i64 = 7 * 24 * 3_600;
/// Sessions of a sender in which nothing was refused.
const CLEAN_PER_SENDER: i64 = 5;
/// Sessions of a sender in which something was refused.
const REFUSED_PER_SENDER: i64 = 20;
/// Sessions of unknown clients.
const UNKNOWN: i64 = 60;

impl Store {
    /// Records sessions that have ended, and deletes those that are over the limits or a week old.
    /// A session of a sender that was removed becomes one of an unknown client.
    ///
    /// # Errors
    /// `Database`.
    pub async fn record_sender_sessions(
        &self,
        sessions: &[SenderSession],
        now: UnixTime,
    ) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        sqlx::query("DELETE FROM sender_sessions WHERE began_at < $1")
            .bind(now.0.saturating_sub(RETENTION))
            .execute(&mut *transaction)
            .await?;
        let mut groups = BTreeSet::new();
        for session in sessions {
            let sender = session.sender.as_ref().map(SenderId::as_str);
            sqlx::query(
                "INSERT INTO sender_sessions (id, sender, clean, began_at, session)
                 VALUES ($1, (SELECT id FROM senders WHERE id = $2), $3, $4, $5)
                 ON CONFLICT (id) DO NOTHING",
            )
            .bind(session.id.as_str())
            .bind(sender)
            .bind(i64::from(session.is_clean()))
            .bind(session.began_at.0)
            .bind(TABLE.write_json("session", session)?)
            .execute(&mut *transaction)
            .await?;
            groups.insert(sender.map(|sender| (sender, session.is_clean())));
        }
        if !sessions.is_empty() {
            groups.insert(None);
        }
        for group in groups {
            match group {
                Some((sender, is_clean)) => {
                    delete_over_limit(&mut transaction, sender, is_clean).await?;
                }
                None => delete_unknown_over_limit(&mut transaction).await?,
            }
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Returns the last sessions of a sender, or of unknown clients, newest first.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn sender_sessions(
        &self,
        sender: Option<&SenderId>,
    ) -> Result<Vec<SenderSession>, StoreError> {
        let found: Vec<String> = match sender {
            Some(sender) => {
                sqlx::query_scalar(
                    "SELECT session FROM sender_sessions WHERE sender = $1 ORDER BY id DESC",
                )
                .bind(sender.as_str())
                .fetch_all(&self.pool)
                .await?
            }
            None => {
                sqlx::query_scalar(
                    "SELECT session FROM sender_sessions WHERE sender IS NULL ORDER BY id DESC",
                )
                .fetch_all(&self.pool)
                .await?
            }
        };
        let found = found.iter();
        found.map(|json| TABLE.read_json("session", json)).collect()
    }
}

async fn delete_over_limit(
    connection: &mut AnyConnection,
    sender: &str,
    is_clean: bool,
) -> Result<(), StoreError> {
    let limit = if is_clean {
        CLEAN_PER_SENDER
    } else {
        REFUSED_PER_SENDER
    };
    sqlx::query(
        "DELETE FROM sender_sessions WHERE sender = $1 AND clean = $2 AND id NOT IN (
             SELECT id FROM sender_sessions WHERE sender = $3 AND clean = $4
             ORDER BY id DESC LIMIT $5)",
    )
    .bind(sender)
    .bind(i64::from(is_clean))
    .bind(sender)
    .bind(i64::from(is_clean))
    .bind(limit)
    .execute(connection)
    .await?;
    Ok(())
}

async fn delete_unknown_over_limit(connection: &mut AnyConnection) -> Result<(), StoreError> {
    sqlx::query(
        "DELETE FROM sender_sessions WHERE sender IS NULL AND id NOT IN (
             SELECT id FROM sender_sessions WHERE sender IS NULL ORDER BY id DESC LIMIT $1)",
    )
    .bind(UNKNOWN)
    .execute(connection)
    .await?;
    Ok(())
}
