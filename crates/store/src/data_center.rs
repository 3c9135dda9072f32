//! Table `data_centers`.

use domain::{Actor, AuditAction, Change, DataCenter, DataCenterId, DataCenterName, UnixTime};
use sqlx::AnyConnection;

use crate::{
    Store, StoreError, api_key, audit_entry::entry, backend::Backend, integrity::ManifestChange,
    row::Table, sender,
};

const TABLE: Table = Table("data_centers");

/// Result of adding a data center.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AddOutcome {
    /// The data center was added.
    Added(DataCenter),
    /// Another data center has this name.
    NameTaken,
}

/// Result of renaming a data center.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RenameOutcome {
    /// The data center was renamed.
    Renamed,
    /// Another data center has this name.
    NameTaken,
    /// No data center has this ID.
    Unknown,
}

/// Result of removing a data center.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RemoveOutcome {
    /// The data center was removed.
    Removed,
    /// The data center has settings.
    InUse,
    /// Messages are waiting to be sent through it.
    HasMail,
    /// The default data center cannot be removed.
    IsDefault,
    /// No data center has this ID.
    Unknown,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    name: String,
}

impl TryFrom<Row> for DataCenter {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        parse(&row.id, &row.name)
    }
}

/// Parses a data center from its columns, which may come from a join.
pub(crate) fn parse(id: &str, name: &str) -> Result<DataCenter, StoreError> {
    Ok(DataCenter {
        id: TABLE.value("id", DataCenterId::parse(id))?,
        name: TABLE.value("name", DataCenterName::parse(name))?,
    })
}

impl Store {
    /// Returns all data centers: the default first, the others by name.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn data_centers(&self) -> Result<Vec<DataCenter>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as("SELECT id, name FROM data_centers")
            .fetch_all(&self.pool)
            .await?;
        let mut all = rows
            .into_iter()
            .map(DataCenter::try_from)
            .collect::<Result<Vec<_>, _>>()?;
        // Sorted here because the databases collate text differently.
        all.sort_by_cached_key(|one| (!one.id.is_default(), one.name.folded()));
        Ok(all)
    }

    /// Returns the data center with this ID.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn data_center(&self, id: &DataCenterId) -> Result<Option<DataCenter>, StoreError> {
        let row: Option<Row> = sqlx::query_as("SELECT id, name FROM data_centers WHERE id = $1")
            .bind(id.as_str())
            .fetch_optional(&self.pool)
            .await?;
        row.map(DataCenter::try_from).transpose()
    }

    /// Adds a data center and derives its ID from its name.
    ///
    /// # Errors
    /// `Database`.
    pub async fn add_data_center(
        &self,
        name: &DataCenterName,
        by: &Actor,
        now: UnixTime,
    ) -> Result<AddOutcome, StoreError> {
        let mut transaction = self.begin().await?;
        let mut number = 0;
        loop {
            let id = DataCenterId::from_name(name, number);
            let added = sqlx::query(
                "INSERT INTO data_centers (id, name, folded, created_at) VALUES ($1, $2, $3, $4)
                 ON CONFLICT DO NOTHING",
            )
            .bind(id.as_str())
            .bind(name.as_str())
            .bind(name.folded())
            .bind(now.0)
            .execute(&mut *transaction)
            .await?;
            if added.rows_affected() == 1 {
                let mut record = entry(by, now, AuditAction::DataCenterAdded, id.as_str());
                record.changes.push(naming(None, Some(name.as_str())));
                self.append(&mut transaction, &record).await?;
                transaction.commit().await?;
                let name = name.clone();
                return Ok(AddOutcome::Added(DataCenter { id, name }));
            }
            let same_name: Option<String> =
                sqlx::query_scalar("SELECT id FROM data_centers WHERE folded = $1")
                    .bind(name.folded())
                    .fetch_optional(&mut *transaction)
                    .await?;
            if same_name.is_some() {
                return Ok(AddOutcome::NameTaken);
            }
            number += 1;
        }
    }

    /// Renames a data center. Its ID does not change.
    ///
    /// # Errors
    /// `Database`.
    pub async fn rename_data_center(
        &self,
        id: &DataCenterId,
        name: &DataCenterName,
        by: &Actor,
        now: UnixTime,
    ) -> Result<RenameOutcome, StoreError> {
        let Some(mut transaction) = self.lock_data_center(id.as_str()).await? else {
            return Ok(RenameOutcome::Unknown);
        };
        let before = name_of(&mut transaction, id).await?;
        let renamed = sqlx::query("UPDATE data_centers SET name = $1, folded = $2 WHERE id = $3")
            .bind(name.as_str())
            .bind(name.folded())
            .bind(id.as_str())
            .execute(&mut *transaction)
            .await;
        match renamed {
            Ok(_) => {}
            Err(sqlx::Error::Database(error)) if error.is_unique_violation() => {
                return Ok(RenameOutcome::NameTaken);
            }
            Err(error) => return Err(error.into()),
        }
        if before != name.as_str() {
            let mut record = entry(by, now, AuditAction::DataCenterRenamed, id.as_str());
            let change = naming(Some(&before), Some(name.as_str()));
            record.changes.push(change);
            self.append(&mut transaction, &record).await?;
        }
        transaction.commit().await?;
        Ok(RenameOutcome::Renamed)
    }

    /// Removes a data center that has neither settings nor waiting messages, with its drafts,
    /// checks, authorizations, and finished messages.
    ///
    /// # Errors
    /// `Database`.
    pub async fn remove_data_center(
        &self,
        id: &DataCenterId,
        by: &Actor,
        now: UnixTime,
    ) -> Result<RemoveOutcome, StoreError> {
        if id.is_default() {
            return Ok(RemoveOutcome::IsDefault);
        }
        let Some(mut transaction) = self.lock_data_center(id.as_str()).await? else {
            return Ok(RemoveOutcome::Unknown);
        };
        // A rotation locks the tables with the data that is deleted along with it.
        self.hold_key(&mut transaction).await?;
        let settings: Option<i64> =
            sqlx::query_scalar("SELECT version FROM smtp_settings WHERE data_center = $1")
                .bind(id.as_str())
                .fetch_optional(&mut *transaction)
                .await?;
        if settings.is_some() {
            return Ok(RemoveOutcome::InUse);
        }
        if self.backend == Backend::Postgres {
            // Waits for a transaction that is storing a message for it.
            sqlx::query("SELECT id FROM data_centers WHERE id = $1 FOR UPDATE")
                .bind(id.as_str())
                .execute(&mut *transaction)
                .await?;
        }
        let waits: Option<String> = sqlx::query_scalar(
            "SELECT id FROM messages WHERE data_center = $1 AND state IN ('waiting', 'sending') LIMIT 1",
        )
        .bind(id.as_str())
        .fetch_optional(&mut *transaction)
        .await?;
        if waits.is_some() {
            return Ok(RemoveOutcome::HasMail);
        }
        let name = name_of(&mut transaction, id).await?;
        let mut change = ManifestChange::default();
        api_key::go_with(&mut transaction, id, &mut change).await?;
        sender::go_with(&mut transaction, id, &mut change).await?;
        sqlx::query("DELETE FROM data_centers WHERE id = $1")
            .bind(id.as_str())
            .execute(&mut *transaction)
            .await?;
        let mut record = entry(by, now, AuditAction::DataCenterRemoved, id.as_str());
        record.changes.push(naming(Some(&name), None));
        self.append_with(&mut transaction, &record, &change).await?;
        transaction.commit().await?;
        Ok(RemoveOutcome::Removed)
    }
}

async fn name_of(connection: &mut AnyConnection, id: &DataCenterId) -> Result<String, StoreError> {
    let name = sqlx::query_scalar("SELECT name FROM data_centers WHERE id = $1")
        .bind(id.as_str())
        .fetch_one(connection)
        .await?;
    Ok(name)
}

/// Describes the change of the name in the audit.
fn naming(old: Option<&str>, new: Option<&str>) -> Change {
    Change::of("name", old.map(str::to_owned), new.map(str::to_owned))
}
