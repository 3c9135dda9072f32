//! Table `alert_conditions`: what is wrong now.

use domain::{
    AlertCondition, AlertFacts, AlertId, AlertKind, DataCenterId, TellingEvent, TellingState,
    UnixTime,
};
use sqlx::AnyConnection;

use crate::{Store, StoreError, row::Table};

const TABLE: Table = Table("alert_conditions");

#[derive(sqlx::FromRow)]
struct Row {
    data_center: String,
    kind: String,
    id: String,
    facts: String,
    since: i64,
}

impl TryFrom<Row> for AlertCondition {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: TABLE.value("id", AlertId::parse(&row.id))?,
            data_center: TABLE.value("data_center", DataCenterId::parse(&row.data_center))?,
            kind: TABLE.needed("kind", AlertKind::from_code(&row.kind))?,
            facts: TABLE.read_json("facts", &row.facts)?,
            since: UnixTime(row.since),
        })
    }
}

impl Store {
    /// What is wrong now, the newest last.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn alert_conditions(&self) -> Result<Vec<AlertCondition>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT data_center, kind, id, facts, since FROM alert_conditions ORDER BY id",
        )
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter().map(AlertCondition::try_from).collect()
    }

    /// Keeps that something is wrong, and has it told. `false` when that was known, so nothing is told: of many servers that
    /// notice it one gets `true`. `ids` gives the ids of what is told, one for each route.
    ///
    /// # Errors
    /// `Database`, also when the data center is gone.
    pub async fn begin_condition(
        &self,
        condition: &AlertCondition,
        tell: bool,
        ids: impl Fn() -> String,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.pool.begin().await?;
        let added = sqlx::query(
            "INSERT INTO alert_conditions (data_center, kind, id, facts, since)
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT (data_center, kind) DO NOTHING",
        )
        .bind(condition.data_center.as_str())
        .bind(condition.kind.code())
        .bind(condition.id.as_str())
        .bind(TABLE.write_json::<AlertFacts>("facts", &condition.facts)?)
        .bind(condition.since.0)
        .execute(&mut *transaction)
        .await?;
        if added.rows_affected() == 0 {
            return Ok(false);
        }
        if tell {
            // Mail never goes through what is broken.
            let broken = condition.kind.is_broken();
            let routes: Vec<String> = sqlx::query_scalar(
                "SELECT id FROM alert_routes WHERE via IS NULL OR via <> $1 OR $2 = 0 ORDER BY id",
            )
            .bind(condition.data_center.as_str())
            .bind(i64::from(broken))
            .fetch_all(&mut *transaction)
            .await?;
            let event = TellingEvent::Began;
            tell_all(
                &mut transaction,
                &routes,
                event,
                condition,
                condition.since,
                ids,
            )
            .await?;
        }
        transaction.commit().await?;
        Ok(true)
    }

    /// Forgets what was wrong, and has it told to those who were told that it began. `false` when it was forgotten already.
    ///
    /// # Errors
    /// `Database`.
    pub async fn end_condition(
        &self,
        condition: &AlertCondition,
        now: UnixTime,
        ids: impl Fn() -> String,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.pool.begin().await?;
        let removed = sqlx::query(
            "DELETE FROM alert_conditions WHERE data_center = $1 AND kind = $2 AND id = $3",
        )
        .bind(condition.data_center.as_str())
        .bind(condition.kind.code())
        .bind(condition.id.as_str())
        .execute(&mut *transaction)
        .await?;
        if removed.rows_affected() == 0 {
            return Ok(false);
        }
        let routes: Vec<String> = sqlx::query_scalar(
            "SELECT DISTINCT route FROM alert_tellings WHERE condition_id = $1 AND event = $2
                 AND state <> $3 ORDER BY route",
        )
        .bind(condition.id.as_str())
        .bind(TellingEvent::Began.code())
        .bind(TellingState::Failed.code())
        .fetch_all(&mut *transaction)
        .await?;
        let event = TellingEvent::Ended;
        tell_all(&mut transaction, &routes, event, condition, now, ids).await?;
        transaction.commit().await?;
        Ok(true)
    }
}

async fn tell_all(
    transaction: &mut AnyConnection,
    routes: &[String],
    event: TellingEvent,
    condition: &AlertCondition,
    now: UnixTime,
    ids: impl Fn() -> String,
) -> Result<(), StoreError> {
    let about = TABLE.write_json("condition", condition)?;
    for route in routes {
        sqlx::query(
            "INSERT INTO alert_tellings (id, route, event, condition_id, condition, state,
                 created_at, due_at, attempts)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $7, 0)",
        )
        .bind(ids())
        .bind(route)
        .bind(event.code())
        .bind(condition.id.as_str())
        .bind(&about)
        .bind(TellingState::Waiting.code())
        .bind(now.0)
        .execute(&mut *transaction)
        .await?;
    }
    Ok(())
}
