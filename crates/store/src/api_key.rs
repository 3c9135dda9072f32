//! Table `api_keys`. Stores hashes of keys, never the keys.

use std::{borrow::Cow, sync::Arc};

use domain::{
    Actor, ApiKey, ApiKeyId, ApiKeyName, AuditAction, Change, DataCenterId, KeyScope, SenderId,
    UnixTime,
};
use sqlx::{AnyConnection, AssertSqlSafe, any::AnyQueryResult};

use crate::{
    Store, StoreError,
    audit::{HeadSnapshot, head_columns},
    audit_entry::entry,
    integrity::{ManifestChange, Protected, mac_of, number, text},
    row::Table,
    seal::Sealer,
};

const TABLE: Table = Table("api_keys");

/// Result of creating an API key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MakeKeyOutcome {
    /// The key was created.
    Created,
    /// Another key that was not revoked has this name.
    NameTaken,
    /// No data center has this ID.
    UnknownDataCenter,
    /// No sender has this ID.
    UnknownSender,
}

/// Columns of [`Row`], from `api_keys k`.
macro_rules! key_columns {
    () => {
        "k.id AS k_id, k.name AS k_name, k.folded AS k_folded, k.token_hash AS k_token_hash, k.scopes AS k_scopes,
         k.data_center AS k_data_center, k.sender AS k_sender, k.created_at AS k_created_at, k.expires_at AS k_expires_at,
         k.last_used_at AS k_last_used_at, k.mac AS k_mac"
    };
}

/// Row of a key that was not revoked. Revoked keys give no access and are not in the manifest.
#[derive(sqlx::FromRow)]
pub(crate) struct Row {
    #[sqlx(rename = "k_id")]
    id: String,
    #[sqlx(rename = "k_name")]
    pub(crate) name: String,
    #[sqlx(rename = "k_folded")]
    folded: String,
    #[sqlx(rename = "k_token_hash")]
    token_hash: String,
    #[sqlx(rename = "k_scopes")]
    scopes: String,
    #[sqlx(rename = "k_data_center")]
    data_center: Option<String>,
    #[sqlx(rename = "k_sender")]
    sender: Option<String>,
    #[sqlx(rename = "k_created_at")]
    created_at: i64,
    #[sqlx(rename = "k_expires_at")]
    expires_at: Option<i64>,
    #[sqlx(rename = "k_last_used_at")]
    last_used_at: Option<i64>,
    #[sqlx(rename = "k_mac")]
    mac: String,
}

impl Protected for Row {
    const TABLE: &'static str = "api_keys";
    const LISTED: bool = true;

    fn id(&self) -> &str {
        &self.id
    }

    fn mac(&self) -> &str {
        &self.mac
    }

    fn columns(&self) -> Vec<Option<Cow<'_, str>>> {
        vec![
            text(self.name.as_str()),
            text(self.folded.as_str()),
            text(self.token_hash.as_str()),
            text(self.scopes.as_str()),
            text(self.data_center.as_deref()),
            text(self.sender.as_deref()),
            number(self.created_at),
            number(self.expires_at),
        ]
    }
}

impl Row {
    /// Builds the row of a new key with its MAC.
    fn new(key: &ApiKey, token_hash: &str, sealer: &Sealer) -> Self {
        let mut row = Self {
            id: key.id.as_str().into(),
            name: key.name.as_str().into(),
            folded: folded(&key.name),
            token_hash: token_hash.into(),
            scopes: scopes(key),
            data_center: key.data_center.as_ref().map(ToString::to_string),
            sender: key.sender.as_ref().map(|id| id.as_str().to_owned()),
            created_at: key.created_at.0,
            expires_at: key.expires_at.map(|at| at.0),
            last_used_at: None,
            mac: String::new(),
        };
        row.mac = mac_of(sealer, &row);
        row
    }

    async fn insert(&self, connection: &mut AnyConnection) -> Result<AnyQueryResult, sqlx::Error> {
        sqlx::query(
            "INSERT INTO api_keys (
                 id, name, folded, token_hash, scopes, data_center, sender, created_at, expires_at, mac)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING",
        )
        .bind(self.id.as_str())
        .bind(self.name.as_str())
        .bind(self.folded.as_str())
        .bind(self.token_hash.as_str())
        .bind(self.scopes.as_str())
        .bind(self.data_center.as_deref())
        .bind(self.sender.as_deref())
        .bind(self.created_at)
        .bind(self.expires_at)
        .bind(self.mac.as_str())
        .execute(connection)
        .await
    }
}

/// A key with the head of the audit, read by one statement.
#[derive(sqlx::FromRow)]
struct KeyWithHead {
    #[sqlx(flatten)]
    key: Row,
    #[sqlx(flatten)]
    head: HeadSnapshot,
}

const SELECT_WITH_HEAD: &str = concat!(
    "SELECT ",
    key_columns!(),
    ", ",
    head_columns!(),
    " FROM api_keys k CROSS JOIN audit_head h WHERE k.ended_at IS NULL"
);

/// Returns all rows that were not revoked, valid or not.
pub(crate) async fn rows(connection: &mut AnyConnection) -> Result<Vec<Row>, StoreError> {
    let sql = concat!(
        "SELECT ",
        key_columns!(),
        " FROM api_keys k WHERE k.ended_at IS NULL"
    );
    Ok(sqlx::query_as(sql).fetch_all(connection).await?)
}

/// Removes the keys of a data center from the manifest, because they are deleted with it.
pub(crate) async fn go_with(
    connection: &mut AnyConnection,
    data_center: &DataCenterId,
    change: &mut ManifestChange,
) -> Result<(), StoreError> {
    let ids: Vec<String> = sqlx::query_scalar("SELECT id FROM api_keys WHERE data_center = $1")
        .bind(data_center.as_str())
        .fetch_all(connection)
        .await?;
    for id in ids {
        change.remove(TABLE.0, &id);
    }
    Ok(())
}

/// Removes the keys of a sender from the manifest, because they are deleted with it.
pub(crate) async fn go_with_sender(
    connection: &mut AnyConnection,
    sender: &str,
    change: &mut ManifestChange,
) -> Result<(), StoreError> {
    let ids: Vec<String> = sqlx::query_scalar("SELECT id FROM api_keys WHERE sender = $1")
        .bind(sender)
        .fetch_all(connection)
        .await?;
    for id in ids {
        change.remove(TABLE.0, &id);
    }
    Ok(())
}

impl TryFrom<Row> for ApiKey {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let scopes = row.scopes.split(' ').map(KeyScope::from_code);
        let data_center = row.data_center.as_deref().map(DataCenterId::parse);
        let sender = row.sender.as_deref().map(SenderId::parse);
        Ok(Self {
            id: TABLE.value("id", ApiKeyId::parse(&row.id))?,
            name: TABLE.value("name", ApiKeyName::parse(&row.name))?,
            scopes: TABLE.needed("scopes", scopes.collect())?,
            data_center: TABLE.value("data_center", data_center.transpose())?,
            sender: TABLE.value("sender", sender.transpose())?,
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

/// Returns the form of the name that must be unique.
fn folded(name: &ApiKeyName) -> String {
    name.as_str().to_lowercase()
}

impl Store {
    /// Returns all keys that were not revoked, sorted by name. Includes expired ones.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn api_keys(&self) -> Result<Vec<ApiKey>, StoreError> {
        let before = self.keyring.current();
        let mut connection = self.pool.acquire().await?;
        let seen: Vec<KeyWithHead> = sqlx::query_as(SELECT_WITH_HEAD)
            .fetch_all(&mut *connection)
            .await?;
        let Some(first) = seen.first() else {
            return Ok(Vec::new());
        };
        let integrity = self.integrity(&mut connection, before, &first.head).await?;
        let mut all = seen
            .into_iter()
            .map(|seen| seen.key)
            .filter(|key| integrity.holds(key))
            .map(ApiKey::try_from)
            .collect::<Result<Vec<_>, _>>()?;
        // Sorted here because the databases collate text differently.
        all.sort_by_cached_key(|key| folded(&key.name));
        Ok(all)
    }

    /// Creates a key. Revokes a key of this name that is not valid.
    ///
    /// # Errors
    /// `Database`, `KeyRotated`.
    pub async fn make_api_key(
        &self,
        key: &ApiKey,
        token_hash: &str,
        by: &Actor,
    ) -> Result<MakeKeyOutcome, StoreError> {
        let mut transaction = self.begin().await?;
        let sealer = self.hold_key(&mut transaction).await?;
        let mut change = ManifestChange::default();
        self.end_invalid(&mut transaction, &sealer, key, &mut change)
            .await?;
        let mut sender_name = None;
        if let Some(sender) = &key.sender {
            // Locks the sender, which may be removed at the same time.
            let locked: Vec<String> =
                sqlx::query_scalar("UPDATE senders SET id = id WHERE id = $1 RETURNING name")
                    .bind(sender.as_str())
                    .fetch_all(&mut *transaction)
                    .await?;
            sender_name = locked.into_iter().next();
            if sender_name.is_none() {
                return Ok(MakeKeyOutcome::UnknownSender);
            }
        }
        let row = Row::new(key, token_hash, &sealer);
        change.set(&row);
        match row.insert(&mut transaction).await {
            Ok(made) if made.rows_affected() == 0 => return Ok(MakeKeyOutcome::NameTaken),
            Ok(_) => {}
            Err(sqlx::Error::Database(error)) if error.is_foreign_key_violation() => {
                return Ok(MakeKeyOutcome::UnknownDataCenter);
            }
            Err(error) => return Err(error.into()),
        }
        let mut noted = entry(by, key.created_at, AuditAction::KeyMade, key.name.as_str());
        noted.changes.push(Change::fact("scopes", scopes(key)));
        if let Some(id) = &key.data_center {
            noted.changes.push(Change::fact("data_center", id.as_str()));
        }
        if let Some(name) = sender_name {
            noted.changes.push(Change::fact("sender", name));
        }
        if let Some(at) = key.expires_at {
            noted.changes.push(Change::fact("expires", at.rfc3339()));
        }
        self.append_with(&mut transaction, &noted, &change).await?;
        transaction.commit().await?;
        Ok(MakeKeyOutcome::Created)
    }

    /// Revokes a key that has this name and is not valid, which frees the name.
    async fn end_invalid(
        &self,
        connection: &mut AnyConnection,
        sealer: &Arc<Sealer>,
        key: &ApiKey,
        change: &mut ManifestChange,
    ) -> Result<(), StoreError> {
        let sql = AssertSqlSafe(format!("{SELECT_WITH_HEAD} AND k.folded = $1"));
        let seen: Vec<KeyWithHead> = sqlx::query_as(sql)
            .bind(folded(&key.name))
            .fetch_all(&mut *connection)
            .await?;
        for KeyWithHead { key: row, head } in seen {
            let integrity = self.integrity(&mut *connection, Arc::clone(sealer), &head);
            if integrity.await?.holds(&row) {
                continue;
            }
            sqlx::query("UPDATE api_keys SET ended_at = $1, mac = '' WHERE id = $2")
                .bind(key.created_at.0)
                .bind(row.id.as_str())
                .execute(&mut *connection)
                .await?;
            change.remove(TABLE.0, &row.id);
        }
        Ok(())
    }

    /// Revokes a key. Returns false if there is no such key.
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
        self.hold_key(&mut transaction).await?;
        let ended: Vec<String> = sqlx::query_scalar(
            "UPDATE api_keys SET ended_at = $1, mac = '' WHERE id = $2 AND ended_at IS NULL
             RETURNING name",
        )
        .bind(now.0)
        .bind(id.as_str())
        .fetch_all(&mut *transaction)
        .await?;
        let Some(name) = ended.into_iter().next() else {
            return Ok(false);
        };
        let noted = entry(by, now, AuditAction::KeyEnded, name);
        let mut change = ManifestChange::default();
        change.remove(TABLE.0, id.as_str());
        self.append_with(&mut transaction, &noted, &change).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Returns the key with this hash, unless it was revoked or has expired.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn api_key(
        &self,
        token_hash: &str,
        now: UnixTime,
    ) -> Result<Option<ApiKey>, StoreError> {
        let before = self.keyring.current();
        let mut connection = self.pool.acquire().await?;
        let sql = AssertSqlSafe(format!(
            "{SELECT_WITH_HEAD} AND k.token_hash = $1 AND (k.expires_at IS NULL OR k.expires_at > $2)"
        ));
        let seen: Option<KeyWithHead> = sqlx::query_as(sql)
            .bind(token_hash)
            .bind(now.0)
            .fetch_optional(&mut *connection)
            .await?;
        let Some(KeyWithHead { key, head }) = seen else {
            return Ok(None);
        };
        let integrity = self.integrity(&mut connection, before, &head).await?;
        let valid = Some(key).filter(|key| integrity.holds(key));
        valid.map(ApiKey::try_from).transpose()
    }

    /// Records that a key was used.
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
