//! Queries of the audit.

use std::fmt::Write as _;

use domain::{AuditEntry, AuditFilter};
use sqlx::AssertSqlSafe;

use super::row::{Row, fold};
use crate::{Store, StoreError};

enum Value {
    Number(i64),
    Text(String),
}

/// Order of the returned entries.
#[derive(Clone, Copy)]
enum Order {
    Newest,
    Oldest,
}

impl Store {
    /// Returns the newest entries that match the filter, the newest first, optionally those before
    /// a sequence.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn audit(
        &self,
        filter: &AuditFilter,
        before: Option<i64>,
        limit: i64,
    ) -> Result<Vec<AuditEntry>, StoreError> {
        let before = before.map(|before| ("sequence < ?", Value::Number(before)));
        self.entries(filter, before, Order::Newest, limit).await
    }

    /// Returns the oldest entries after a sequence that match the filter, the oldest first.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn audit_after(
        &self,
        filter: &AuditFilter,
        after: i64,
        limit: i64,
    ) -> Result<Vec<AuditEntry>, StoreError> {
        let after = Some(("sequence > ?", Value::Number(after)));
        self.entries(filter, after, Order::Oldest, limit).await
    }

    async fn entries(
        &self,
        filter: &AuditFilter,
        from: Option<(&'static str, Value)>,
        order: Order,
        limit: i64,
    ) -> Result<Vec<AuditEntry>, StoreError> {
        let mut sql = String::from("SELECT * FROM audit");
        let (mut values, mut word) = (Vec::new(), "WHERE");
        for (condition, value) in conditions(filter).into_iter().chain(from) {
            values.push(value);
            let condition = condition.replace('?', &format!("${}", values.len()));
            let _ = write!(sql, " {word} {condition}");
            word = "AND";
        }
        let order = match order {
            Order::Newest => "DESC",
            Order::Oldest => "ASC",
        };
        let limited = values.len() + 1;
        let _ = write!(sql, " ORDER BY sequence {order} LIMIT ${limited}");
        let mut query = sqlx::query_as::<_, Row>(AssertSqlSafe(sql));
        for value in values {
            query = match value {
                Value::Number(number) => query.bind(number),
                Value::Text(text) => query.bind(text),
            };
        }
        let rows = query.bind(limit).fetch_all(&self.pool).await?;
        rows.into_iter().map(AuditEntry::try_from).collect()
    }
}

/// Returns SQL conditions, each with `?` for its value. They compare whole values, so each filter
/// can use an index, and no value is a pattern.
fn conditions(filter: &AuditFilter) -> Vec<(&'static str, Value)> {
    let text = |column, text: &str| {
        let text = fold(text.trim());
        (!text.is_empty()).then_some((column, Value::Text(text.replace('\0', ""))))
    };
    let number = |column, number: i64| (column, Value::Number(number));
    [
        text("who_folded = ?", &filter.who),
        text(
            "(subject_folded = ? OR subject_folded IN (SELECT id FROM data_centers WHERE folded = ?))",
            &filter.subject,
        ),
        filter
            .action
            .map(|action| ("action = ?", Value::Text(action.code().into()))),
        filter.since.map(|since| number("at >= ?", since.0)),
        filter.until.map(|until| number("at < ?", until.0)),
    ]
    .into_iter()
    .flatten()
    .collect()
}
