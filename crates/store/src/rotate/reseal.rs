//! From the old key to the new one, value by value.

use sqlx::{AnyConnection, AssertSqlSafe};

use crate::{
    StoreError, audit,
    connect::Backend,
    seal::{Cell, Sealed, Sealer},
};

/// Columns of secrets: table, its primary key, column. A column that is forgotten here stops every rotation
/// ([`Reseal::prove_that_nothing_is_left`]).
const SECRETS: [(&str, &str, &str); 10] = [
    ("smtp_settings", "data_center", "mailbox_password"),
    ("smtp_settings", "data_center", "client_secret"),
    ("smtp_settings", "data_center", "password"),
    ("grants", "data_center", "access_token"),
    ("grants", "data_center", "refresh_token"),
    ("authorizations", "id", "verifier"),
    ("mail_hooks", "data_center", "url"),
    ("mail_hooks", "data_center", "secret"),
    ("alert_routes", "id", "url"),
    ("alert_routes", "id", "secret"),
];

/// Every column of text: table, column.
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
    pub(super) old: &'a Sealer,
    pub(super) new: &'a Sealer,
}

impl Reseal<'_> {
    /// Seals all secrets anew, and tells how many there are.
    pub(super) async fn secrets(
        &self,
        transaction: &mut AnyConnection,
    ) -> Result<usize, StoreError> {
        let mut count = 0;
        for (table, row, column) in SECRETS {
            if self.backend == Backend::Postgres {
                // Nobody writes there until the end: a row locked here and one locked by somebody else, the other way
                // round, would wait for one another.
                let lock = format!("LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE");
                sqlx::raw_sql(AssertSqlSafe(lock))
                    .execute(&mut *transaction)
                    .await?;
            }
            let all = format!("SELECT {row}, {column} FROM {table} WHERE {column} IS NOT NULL");
            let all: Vec<(String, String)> = sqlx::query_as(AssertSqlSafe(all))
                .fetch_all(&mut *transaction)
                .await?;
            count += all.len();
            let update = format!("UPDATE {table} SET {column} = $1 WHERE {row} = $2");
            for (row, sealed) in all {
                let row = row.as_str();
                let cell = Cell { table, column, row };
                sqlx::query(AssertSqlSafe(update.clone()))
                    .bind(self.anew(&Sealed(sealed), cell)?.0)
                    .bind(row)
                    .execute(&mut *transaction)
                    .await?;
            }
        }
        Ok(count)
    }

    /// Seals the key of the audit anew; the hashes of its entries stay. The head has to be locked.
    pub(super) async fn audit_key(
        &self,
        transaction: &mut AnyConnection,
    ) -> Result<(), StoreError> {
        let sealed = audit::sealed_key(&mut *transaction).await?;
        let sealed = self.anew(&sealed, audit::KEY)?;
        audit::keep_sealed_key(transaction, &sealed).await
    }

    fn anew(&self, sealed: &Sealed, cell: Cell) -> Result<Sealed, StoreError> {
        self.new.seal(&self.old.open(sealed, cell)?, cell)
    }

    /// Looks through every column of text there is for values of the old key: a rotation must not lose what a later
    /// version seals and forgets to name here.
    pub(super) async fn prove_that_nothing_is_left(
        &self,
        transaction: &mut AnyConnection,
    ) -> Result<(), StoreError> {
        let columns = match self.backend {
            Backend::Postgres => POSTGRES_COLUMNS,
            Backend::SqliteFile | Backend::SqliteMemory => SQLITE_COLUMNS,
        };
        let columns: Vec<(String, String)> =
            sqlx::query_as(columns).fetch_all(&mut *transaction).await?;
        for (table, column) in columns {
            let left = format!(
                r#"SELECT COUNT(*) FROM "{table}" WHERE substr("{column}", 1, {}) = $1"#,
                self.old.prefix().len()
            );
            let left: i64 = sqlx::query_scalar(AssertSqlSafe(left))
                .bind(self.old.prefix())
                .fetch_one(&mut *transaction)
                .await?;
            if left != 0 {
                return Err(StoreError::NotResealed { table, column });
            }
        }
        Ok(())
    }
}
