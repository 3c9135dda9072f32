//! Resealing from the old key to the new one.

use sqlx::{AnyConnection, AssertSqlSafe};

use super::macs;
use crate::{
    StoreError, alert, audit, authorization, backend::Backend, grant, inbound_webhook,
    seal::Resealing, settings,
};

/// Tables with sealed values or MACs. A missing table makes every rotation fail
/// ([`Reseal::verify_nothing_left`]).
const TABLES: [&str; 10] = [
    "smtp_settings",
    "grants",
    "authorizations",
    "inbound_webhooks",
    "alert_channels",
    "accounts",
    "sessions",
    "links",
    "senders",
    "api_keys",
];

/// Query of every text column: table, column.
const SQLITE_COLUMNS: &str = "
    SELECT CAST(t.name AS TEXT), CAST(c.name AS TEXT)
    FROM sqlite_master t JOIN pragma_table_info(t.name) c
    WHERE t.type = 'table' AND c.type = 'TEXT'";
const POSTGRES_COLUMNS: &str = "
    SELECT CAST(table_name AS TEXT), CAST(column_name AS TEXT)
    FROM information_schema.columns
    WHERE table_schema = current_schema() AND data_type = 'text'";

/// A change of the key.
pub(super) struct Reseal<'a> {
    pub(super) backend: Backend,
    pub(super) keys: Resealing<'a>,
}

impl Reseal<'_> {
    /// Seals all secrets with the new key and rewrites the MACs of all protected rows. Returns the
    /// number of secrets.
    pub(super) async fn secrets(
        &self,
        transaction: &mut AnyConnection,
    ) -> Result<usize, StoreError> {
        if self.backend == Backend::Postgres {
            for table in TABLES {
                // Blocks all writers until the end. Row locks taken in another order by another
                // transaction would cause a deadlock.
                let lock = format!("LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE");
                sqlx::raw_sql(AssertSqlSafe(lock))
                    .execute(&mut *transaction)
                    .await?;
            }
        }
        let keys = self.keys;
        let count = settings::reseal(&mut *transaction, keys).await?
            + grant::reseal(&mut *transaction, keys).await?
            + authorization::reseal(&mut *transaction, keys).await?
            + inbound_webhook::reseal(&mut *transaction, keys).await?
            + alert::reseal(&mut *transaction, keys).await?;
        macs::reseal(transaction, keys).await?;
        Ok(count)
    }

    /// Seals the key of the audit with the new key. The hashes of its entries do not change. The
    /// head must be locked.
    pub(super) async fn audit_key(
        &self,
        transaction: &mut AnyConnection,
    ) -> Result<(), StoreError> {
        let sealed = audit::sealed_key(&mut *transaction).await?;
        let sealed = self.keys.again(&sealed, &audit::KEY)?;
        audit::store_sealed_key(transaction, &sealed).await
    }

    /// Searches every text column for values of the old key. A rotation must not lose values that a
    /// later version seals and does not list here.
    pub(super) async fn verify_nothing_left(
        &self,
        transaction: &mut AnyConnection,
    ) -> Result<(), StoreError> {
        let columns = match self.backend {
            Backend::Postgres => POSTGRES_COLUMNS,
            Backend::SqliteFile | Backend::SqliteMemory => SQLITE_COLUMNS,
        };
        let prefix = self.keys.old.prefix();
        let columns: Vec<(String, String)> =
            sqlx::query_as(columns).fetch_all(&mut *transaction).await?;
        for (table, column) in columns {
            let left = format!(
                r#"SELECT COUNT(*) FROM "{table}" WHERE substr("{column}", 1, {}) = $1"#,
                prefix.len()
            );
            let left: i64 = sqlx::query_scalar(AssertSqlSafe(left))
                .bind(prefix)
                .fetch_one(&mut *transaction)
                .await?;
            if left != 0 {
                return Err(StoreError::NotResealed { table, column });
            }
        }
        Ok(())
    }
}
