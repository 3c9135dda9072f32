//! Versions of the current rows.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::AnyConnection;

use super::Protected;
use crate::{StoreError, row::Table};

const TABLE: Table = Table("audit_head");

/// Tables whose rows also disappear without an audit entry, when they expire.
const EXPIRING: [(&str, &str); 2] = [
    ("sessions", "SELECT id FROM sessions"),
    ("links", "SELECT token_hash FROM links"),
];

/// The version of each current row, by table and primary key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Manifest(BTreeMap<String, i64>);

/// A change of the manifest, made in the transaction that changes the rows.
#[derive(Debug, Default)]
pub(crate) struct ManifestChange {
    set: Vec<(String, i64)>,
    removed: Vec<String>,
    ended: bool,
}

fn key(table: &str, id: &str) -> String {
    format!("{table}/{id}")
}

impl ManifestChange {
    /// Records that a row was added or has a new version.
    pub(crate) fn set<R: Protected>(&mut self, row: &R) {
        self.set.push((key(R::TABLE, row.id()), row.version()));
    }

    /// Records that a row was removed.
    pub(crate) fn remove(&mut self, table: &str, id: &str) {
        self.removed.push(key(table, id));
    }

    /// Records that sessions or links were removed.
    pub(crate) fn ended(&mut self) {
        self.ended = true;
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.set.is_empty() && self.removed.is_empty() && !self.ended
    }
}

impl Manifest {
    /// Parses the stored text, which is empty before the first change.
    pub(crate) fn parse(text: &str) -> Result<Self, StoreError> {
        if text.is_empty() {
            return Ok(Self::default());
        }
        Ok(Self(TABLE.read_json("manifest", text)?))
    }

    pub(crate) fn text(&self) -> Result<String, StoreError> {
        TABLE.write_json("manifest", &self.0)
    }

    pub(crate) fn version(&self, table: &str, id: &str) -> Option<i64> {
        self.0.get(&key(table, id)).copied()
    }

    /// Returns the listed primary keys of a table.
    pub(crate) fn ids<'a>(&'a self, table: &'a str) -> impl Iterator<Item = &'a str> {
        let ids = self.0.keys().filter_map(move |key| key.strip_prefix(table));
        ids.filter_map(|id| id.strip_prefix('/'))
    }

    /// Applies a change, and drops sessions and links that no longer exist. The head of the audit
    /// must be locked.
    pub(crate) async fn apply(
        &mut self,
        connection: &mut AnyConnection,
        change: &ManifestChange,
    ) -> Result<(), StoreError> {
        self.0.extend(change.set.iter().cloned());
        for key in &change.removed {
            self.0.remove(key);
        }
        for (table, sql) in EXPIRING {
            let ids: Vec<String> = sqlx::query_scalar(sql).fetch_all(&mut *connection).await?;
            let ids: BTreeSet<String> = ids.iter().map(|id| key(table, id)).collect();
            let prefix = key(table, "");
            self.0
                .retain(|key, _| !key.starts_with(&prefix) || ids.contains(key));
        }
        Ok(())
    }
}
