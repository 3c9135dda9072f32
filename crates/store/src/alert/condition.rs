//! Table `alert_conditions`: problems that exist now.

use domain::{
    AlertCondition, AlertFacts, AlertId, AlertKind, AlertSubject, DataCenterId, NotificationEvent,
    NotificationState, SenderId, UnixTime,
};
use sqlx::AnyConnection;

use crate::{Store, StoreError, row::Table};

const TABLE: Table = Table("alert_conditions");

#[derive(sqlx::FromRow)]
struct Row {
    data_center: Option<String>,
    server: Option<String>,
    sender: Option<String>,
    sender_name: Option<String>,
    kind: String,
    id: String,
    facts: String,
    since: i64,
}

impl TryFrom<Row> for AlertCondition {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let subject = match (row.data_center, row.sender) {
            (Some(id), _) => {
                AlertSubject::DataCenter(TABLE.value("data_center", DataCenterId::parse(&id))?)
            }
            (None, Some(id)) => AlertSubject::Sender {
                id: TABLE.value("sender", SenderId::parse(&id))?,
                name: TABLE.needed("sender_name", row.sender_name)?,
            },
            (None, None) => AlertSubject::Server(TABLE.needed("server", row.server)?),
        };
        Ok(Self {
            id: TABLE.value("id", AlertId::parse(&row.id))?,
            subject,
            kind: TABLE.needed("kind", AlertKind::from_code(&row.kind))?,
            facts: TABLE.read_json("facts", &row.facts)?,
            since: UnixTime(row.since),
        })
    }
}

impl Store {
    /// Returns the current problems, the newest last.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn alert_conditions(&self) -> Result<Vec<AlertCondition>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT data_center, server, sender, sender_name, kind, id, facts, since
             FROM alert_conditions ORDER BY id",
        )
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter().map(AlertCondition::try_from).collect()
    }

    /// Stores a new problem and queues its notifications. Returns false if it is known already, so
    /// exactly one of several servers gets `true`. `ids` generates the ID of each notification.
    ///
    /// # Errors
    /// `Database`, also when the data center is gone.
    pub async fn begin_condition(
        &self,
        condition: &AlertCondition,
        notify: bool,
        ids: impl Fn() -> String,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.begin().await?;
        let sender_name = match &condition.subject {
            AlertSubject::Sender { name, .. } => Some(name.as_str()),
            AlertSubject::DataCenter(_) | AlertSubject::Server(_) => None,
        };
        let added = sqlx::query(
            "INSERT INTO alert_conditions (data_center, server, sender, sender_name, kind, id,
                 facts, since, beats)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0) ON CONFLICT DO NOTHING",
        )
        .bind(condition.subject.data_center().map(DataCenterId::as_str))
        .bind(condition.subject.server())
        .bind(condition.subject.sender().map(SenderId::as_str))
        .bind(sender_name)
        .bind(condition.kind.code())
        .bind(condition.id.as_str())
        .bind(TABLE.write_json::<AlertFacts>("facts", &condition.facts)?)
        .bind(condition.since.0)
        .execute(&mut *transaction)
        .await?;
        if added.rows_affected() == 0 {
            return Ok(false);
        }
        if notify {
            // Mail cannot be sent through the data center that is broken.
            let broken = condition.kind.is_broken();
            let channels: Vec<String> = sqlx::query_scalar(
                "SELECT id FROM alert_channels WHERE via IS NULL OR via <> $1 OR $2 = 0 ORDER BY id",
            )
            // No data center has an empty ID.
            .bind(
                condition
                    .subject
                    .data_center()
                    .map_or("", DataCenterId::as_str),
            )
            .bind(i64::from(broken))
            .fetch_all(&mut *transaction)
            .await?;
            let event = NotificationEvent::Began;
            notify_all(
                &mut transaction,
                &channels,
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

    /// Removes a problem and notifies the channels that were notified of its start. The facts may
    /// say how it ended. Returns false if it was removed already.
    ///
    /// # Errors
    /// `Database`.
    pub async fn end_condition(
        &self,
        condition: &AlertCondition,
        now: UnixTime,
        ids: impl Fn() -> String,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.begin().await?;
        let removed = sqlx::query("DELETE FROM alert_conditions WHERE id = $1")
            .bind(condition.id.as_str())
            .execute(&mut *transaction)
            .await?;
        if removed.rows_affected() == 0 {
            return Ok(false);
        }
        let channels: Vec<String> = sqlx::query_scalar(
            "SELECT DISTINCT channel FROM alert_notifications WHERE condition_id = $1 AND event = $2
                 AND state <> $3 ORDER BY channel",
        )
        .bind(condition.id.as_str())
        .bind(NotificationEvent::Began.code())
        .bind(NotificationState::Failed.code())
        .fetch_all(&mut *transaction)
        .await?;
        let event = NotificationEvent::Ended;
        notify_all(&mut transaction, &channels, event, condition, now, ids).await?;
        transaction.commit().await?;
        Ok(true)
    }
}

/// Heartbeat of a server's condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerBeat {
    /// ID of the condition.
    pub id: AlertId,
    /// Increases while the server runs and still has the condition.
    pub beats: i64,
}

impl Store {
    /// Increments the heartbeat of every condition of this server, and returns the heartbeats of
    /// all other servers' conditions. A server that is gone cannot resolve its conditions. The
    /// others recognize it by heartbeats that no longer increase. No clocks are compared, because
    /// differing clocks are one of the conditions.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn increment_heartbeats(&self, server: &str) -> Result<Vec<ServerBeat>, StoreError> {
        let rows: Vec<(String, String, i64)> = sqlx::query_as(
            "SELECT id, server, beats FROM alert_conditions WHERE server IS NOT NULL",
        )
        .fetch_all(&self.pool)
        .await?;
        let (own, others): (Vec<_>, Vec<_>) =
            rows.into_iter().partition(|(_, name, _)| name == server);
        if !own.is_empty() {
            sqlx::query("UPDATE alert_conditions SET beats = beats + 1 WHERE server = $1")
                .bind(server)
                .execute(&self.pool)
                .await?;
        }
        others
            .into_iter()
            .map(|(id, _, beats)| {
                let id = TABLE.value("id", AlertId::parse(&id))?;
                Ok(ServerBeat { id, beats })
            })
            .collect()
    }
}

async fn notify_all(
    transaction: &mut AnyConnection,
    channels: &[String],
    event: NotificationEvent,
    condition: &AlertCondition,
    now: UnixTime,
    ids: impl Fn() -> String,
) -> Result<(), StoreError> {
    let about = TABLE.write_json("condition", condition)?;
    for channel in channels {
        sqlx::query(
            "INSERT INTO alert_notifications (id, channel, event, condition_id, condition, state,
                 created_at, due_at, attempts)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $7, 0)",
        )
        .bind(ids())
        .bind(channel)
        .bind(event.code())
        .bind(condition.id.as_str())
        .bind(&about)
        .bind(NotificationState::Waiting.code())
        .bind(now.0)
        .execute(&mut *transaction)
        .await?;
    }
    Ok(())
}
