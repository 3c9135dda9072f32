//! Table `alert_tellings`: notifications to channels and their results.

use domain::{
    AlertId, RouteId, Telling, TellingEvent, TellingFailure, TellingId, TellingState, UnixTime,
};

use crate::{Store, StoreError, row::Table};

const TABLE: Table = Table("alert_tellings");

const COLUMNS: &str =
    "id, route, event, condition, state, created_at, due_at, attempts, finished_at, failure";

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    route: String,
    event: String,
    condition: String,
    state: String,
    created_at: i64,
    due_at: i64,
    attempts: i64,
    finished_at: Option<i64>,
    failure: Option<String>,
}

impl TryFrom<Row> for Telling {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let failure = row.failure.as_deref();
        let failure = failure.map(|json| TABLE.read_json("failure", json));
        Ok(Self {
            id: TABLE.value("id", TellingId::parse(&row.id))?,
            route: TABLE.value("route", RouteId::parse(&row.route))?,
            event: TABLE.needed("event", TellingEvent::from_code(&row.event))?,
            condition: TABLE.read_json("condition", &row.condition)?,
            created_at: UnixTime(row.created_at),
            state: TABLE.needed("state", TellingState::from_code(&row.state))?,
            attempts: row.attempts,
            due_at: UnixTime(row.due_at),
            finished_at: row.finished_at.map(UnixTime),
            failure: failure.transpose()?,
        })
    }
}

fn all(rows: Vec<Row>) -> Result<Vec<Telling>, StoreError> {
    rows.into_iter().map(Telling::try_from).collect()
}

impl Store {
    /// Leases notifications that are due at `now` to `owner`, at most one per channel. The lease
    /// begins at `leased_at` and lasts `seconds`, both by the database's time. A channel gets its
    /// notifications in order, so later ones wait for the first.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn claim_tellings(
        &self,
        owner: &str,
        now: UnixTime,
        leased_at: UnixTime,
        seconds: i64,
    ) -> Result<Vec<Telling>, StoreError> {
        // PostgreSQL rechecks a row that another server has just leased, and finds no match.
        let rows: Vec<Row> = sqlx::query_as(
            "UPDATE alert_tellings SET lease_owner = $1, lease_until = $2
             WHERE id IN (SELECT MIN(id) FROM alert_tellings WHERE state = 'waiting' GROUP BY route)
                 AND state = 'waiting' AND due_at <= $3
                 AND (lease_until IS NULL OR lease_until <= $4)
             RETURNING id, route, event, condition, state, created_at, due_at, attempts,
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
    pub async fn settle_telling(&self, telling: &Telling, owner: &str) -> Result<bool, StoreError> {
        let failure = telling.failure.as_ref();
        let failure = failure.map(|failure| TABLE.write_json::<TellingFailure>("failure", failure));
        let settled = sqlx::query(
            "UPDATE alert_tellings SET state = $1, due_at = $2, attempts = $3, finished_at = $4,
                 failure = $5, lease_owner = NULL, lease_until = NULL
             WHERE id = $6 AND lease_owner = $7",
        )
        .bind(telling.state.code())
        .bind(telling.due_at.0)
        .bind(telling.attempts)
        .bind(telling.finished_at.map(|at| at.0))
        .bind(failure.transpose()?)
        .bind(telling.id.as_str())
        .bind(owner)
        .execute(&self.pool)
        .await?;
        Ok(settled.rows_affected() == 1)
    }

    /// Returns the notifications of a condition, sent and pending.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn tellings_about(&self, id: &AlertId) -> Result<Vec<Telling>, StoreError> {
        let sql =
            format!("SELECT {COLUMNS} FROM alert_tellings WHERE condition_id = $1 ORDER BY id");
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
    pub async fn latest_tellings(&self, at_most: u32) -> Result<Vec<Telling>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM alert_tellings ORDER BY id DESC LIMIT $1");
        let rows = sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(i64::from(at_most))
            .fetch_all(&self.pool)
            .await?;
        all(rows)
    }

    /// Deletes notifications from before `before` unless their condition still exists.
    ///
    /// # Errors
    /// `Database`.
    pub async fn forget_tellings(&self, before: UnixTime) -> Result<(), StoreError> {
        sqlx::query(
            "DELETE FROM alert_tellings WHERE finished_at < $1
                 AND condition_id NOT IN (SELECT id FROM alert_conditions)",
        )
        .bind(before.0)
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}
