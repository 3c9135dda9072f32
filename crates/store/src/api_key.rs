//! Table `api_keys`. Only the hashes of keys are kept.

use domain::{
    Actor, ApiKey, ApiKeyId, ApiKeyName, AuditAction, Change, DataCenterId, KeyScope, UnixTime,
};

use crate::{Store, StoreError, note::note, row::Table};

const TABLE: Table = Table("api_keys");

/// What came of making an API key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MakeKeyOutcome {
    /// It is made.
    Made,
    /// Another key that has not been ended has this name.
    NameTaken,
    /// There is no such data center.
    UnknownDataCenter,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    name: String,
    scopes: String,
    data_center: Option<String>,
    created_at: i64,
    expires_at: Option<i64>,
    last_used_at: Option<i64>,
}

impl TryFrom<Row> for ApiKey {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let scopes = row.scopes.split(' ').map(KeyScope::from_code);
        let data_center = row.data_center.as_deref().map(DataCenterId::parse);
        Ok(Self {
            id: TABLE.value("id", ApiKeyId::parse(&row.id))?,
            name: TABLE.value("name", ApiKeyName::parse(&row.name))?,
            scopes: TABLE.needed("scopes", scopes.collect())?,
            data_center: TABLE.value("data_center", data_center.transpose())?,
            created_at: UnixTime(row.created_at),
            expires_at: row.expires_at.map(UnixTime),
            last_used_at: row.last_used_at.map(UnixTime),
        })
    }
}

fn scopes(key: &ApiKey) -> String {
    let codes: Vec<_> = key.scopes.iter().map(|scope| scope.code()).collect();
    codes.join(" ")
}

/// What has to differ between two keys.
fn folded(name: &ApiKeyName) -> String {
    name.as_str().to_lowercase()
}

impl Store {
    /// All keys that have not been ended, by name; those that have expired as well.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn api_keys(&self) -> Result<Vec<ApiKey>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT id, name, scopes, data_center, created_at, expires_at, last_used_at
             FROM api_keys WHERE ended_at IS NULL",
        )
        .fetch_all(&self.pool)
        .await?;
        let mut all = rows
            .into_iter()
            .map(ApiKey::try_from)
            .collect::<Result<Vec<_>, _>>()?;
        // Here, because the databases do not sort text alike.
        all.sort_by_cached_key(|key| folded(&key.name));
        Ok(all)
    }

    /// Makes a key.
    ///
    /// # Errors
    /// `Database`.
    pub async fn make_api_key(
        &self,
        key: &ApiKey,
        token_hash: &str,
        by: &Actor,
    ) -> Result<MakeKeyOutcome, StoreError> {
        let mut transaction = self.begin().await?;
        let made = sqlx::query(
            "INSERT INTO api_keys (id, name, folded, token_hash, scopes, data_center, created_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
        )
        .bind(key.id.as_str())
        .bind(key.name.as_str())
        .bind(folded(&key.name))
        .bind(token_hash)
        .bind(scopes(key))
        .bind(key.data_center.as_ref().map(DataCenterId::as_str))
        .bind(key.created_at.0)
        .bind(key.expires_at.map(|at| at.0))
        .execute(&mut *transaction)
        .await;
        match made {
            Ok(made) if made.rows_affected() == 0 => return Ok(MakeKeyOutcome::NameTaken),
            Ok(_) => {}
            Err(sqlx::Error::Database(error)) if error.is_foreign_key_violation() => {
                return Ok(MakeKeyOutcome::UnknownDataCenter);
            }
            Err(error) => return Err(error.into()),
        }
        let mut noted = note(by, key.created_at, AuditAction::KeyMade, key.name.as_str());
        noted.changes.push(Change::fact("scopes", scopes(key)));
        if let Some(id) = &key.data_center {
            noted.changes.push(Change::fact("data_center", id.as_str()));
        }
        if let Some(at) = key.expires_at {
            noted.changes.push(Change::fact("expires", at.rfc3339()));
        }
        self.append(&mut transaction, &noted).await?;
        transaction.commit().await?;
        Ok(MakeKeyOutcome::Made)
    }

    /// Ends a key; `false` when there is none.
    ///
    /// # Errors
    /// `Database`.
    pub async fn end_api_key(
        &self,
        id: &ApiKeyId,
        by: &Actor,
        now: UnixTime,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.begin().await?;
        let ended: Vec<String> = sqlx::query_scalar(
            "UPDATE api_keys SET ended_at = $1 WHERE id = $2 AND ended_at IS NULL RETURNING name",
        )
        .bind(now.0)
        .bind(id.as_str())
        .fetch_all(&mut *transaction)
        .await?;
        let Some(name) = ended.into_iter().next() else {
            return Ok(false);
        };
        let noted = note(by, now, AuditAction::KeyEnded, name);
        self.append(&mut transaction, &noted).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// The key with this hash, unless it has ended or expired.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn api_key(
        &self,
        token_hash: &str,
        now: UnixTime,
    ) -> Result<Option<ApiKey>, StoreError> {
        let row: Option<Row> = sqlx::query_as(
            "SELECT id, name, scopes, data_center, created_at, expires_at, last_used_at
             FROM api_keys WHERE token_hash = $1 AND ended_at IS NULL
                 AND (expires_at IS NULL OR expires_at > $2)",
        )
        .bind(token_hash)
        .bind(now.0)
        .fetch_optional(&self.pool)
        .await?;
        row.map(ApiKey::try_from).transpose()
    }

    /// Notes that a key was used.
    ///
    /// # Errors
    /// `Database`.
    pub async fn touch_api_key(&self, id: &ApiKeyId, now: UnixTime) -> Result<(), StoreError> {
        sqlx::query("UPDATE api_keys SET last_used_at = $1 WHERE id = $2")
            .bind(now.0)
            .bind(id.as_str())
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}
