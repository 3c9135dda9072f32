//! Table `alert_notifications`: notifications to channels and their results.

use domain::{
    AlertId, ChannelId, Notification, NotificationEvent, NotificationFailure, NotificationId,
    NotificationState, UnixTime,
};

use crate::{Store, StoreError, row::Table};

const TABLE: Table = Table("alert_notifications");

const COLUMNS: &str =
    "id, channel, event, condition, state, created_at, due_at, attempts, finished_at, failure";

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    channel: String,
    event: String,
    condition: String,
    state: String,
    created_at: i64,
    due_at: i64,
    attempts: i64,
    finished_at: Option<i64>,
    failure: Option<String>,
}

impl TryFrom<Row> for Notification {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let failure = row.failure.as_deref();
        let failure = failure.map(|json| TABLE.read_json("failure", json));
        Ok(Self {
            id: TABLE.value("id", NotificationId::parse(&row.id))?,
            channel: TABLE.value("channel", ChannelId::parse(&row.channel))?,
            event: TABLE.needed("event", NotificationEvent::from_code(&row.event))?,
            condition: TABLE.read_json("condition", &row.condition)?,
            created_at: UnixTime(row.created_at),
            state: TABLE.needed("state", NotificationState::from_code(&row.state))?,
            attempts: row.attempts,
            due_at: UnixTime(row.due_at),
            finished_at: row.finished_at.map(UnixTime),
            failure: failure.transpose()?,
        })
    }
}

fn all(rows: Vec<Row>) -> Result<Vec<Notification>, StoreError> {
    rows.into_iter().map(Notification::try_from).collect()
}

impl Store {
    /// Leases notifications that are due at `now` to `owner`, at most one per channel. The lease
    /// begins at `leased_at` and lasts `seconds`, both by the database's time. A channel gets its
    /// notifications in order, so later ones wait for the first.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn claim_notifications(
        &self,
        owner: &str,
        now: UnixTime,
        leased_at: UnixTime,
        seconds: i64,
    ) -> Result<Vec<Notification>, StoreError> {
        // PostgreSQL rechecks a row that another server has just leased, and finds no match.
        let rows: Vec<Row> = sqlx::query_as(
            "UPDATE alert_notifications SET lease_owner = $1, lease_until = $2
             WHERE id IN (SELECT MIN(id) FROM alert_notifications WHERE state = 'waiting' GROUP BY channel)
                 AND state = 'waiting' AND due_at <= $3
                 AND (lease_until IS NULL OR lease_until <= $4)
             RETURNING id, channel, event, condition, state, created_at, due_at, attempts,
                 finished_at, failure",
        )
        .bind(owner)
        .bind(leased_at.plus(seconds).0)
        .bind(now.0)
        .bind(leased_at.0)
        .fetch_all(&self.pool)
        .await?;
        all(rows)
    }

    /// Stores the result of a notification. Returns false if another owner has the lease by now.
    ///
    /// # Errors
    /// `Database`.
    pub async fn record_notification(
        &self,
        notification: &Notification,
        owner: &str,
    ) -> Result<bool, StoreError> {
        let failure = notification.failure.as_ref();
        let failure =
            failure.map(|failure| TABLE.write_json::<NotificationFailure>("failure", failure));
        let settled = sqlx::query(
            "UPDATE alert_notifications SET state = $1, due_at = $2, attempts = $3, finished_at = $4,
                 failure = $5, lease_owner = NULL, lease_until = NULL
             WHERE id = $6 AND lease_owner = $7",
        )
        .bind(notification.state.code())
        .bind(notification.due_at.0)
        .bind(notification.attempts)
        .bind(notification.finished_at.map(|at| at.0))
        .bind(failure.transpose()?)
        .bind(notification.id.as_str())
        .bind(owner)
        .execute(&self.pool)
        .await?;
        Ok(settled.rows_affected() == 1)
    }

    /// Returns the notifications of a condition, sent and pending.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn notifications_about(&self, id: &AlertId) -> Result<Vec<Notification>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM alert_notifications WHERE condition_id = $1 ORDER BY id"
        );
        let rows = sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(id.as_str())
            .fetch_all(&self.pool)
            .await?;
        all(rows)
    }

    /// Returns the newest notifications, the newest first.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn latest_notifications(&self, limit: u32) -> Result<Vec<Notification>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM alert_notifications ORDER BY id DESC LIMIT $1");
        let rows = sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(i64::from(limit))
            .fetch_all(&self.pool)
            .await?;
        all(rows)
    }

    /// Deletes notifications from before `before` unless their condition still exists.
    ///
    /// # Errors
    /// `Database`.
    pub async fn prune_notifications(&self, before: UnixTime) -> Result<(), StoreError> {
        sqlx::query(
            "DELETE FROM alert_notifications WHERE finished_at < $1
                 AND condition_id NOT IN (SELECT id FROM alert_conditions)",
        )
        .bind(before.0)
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}
