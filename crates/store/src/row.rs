//! Helpers for parsing rows.

use serde::{Serialize, de::DeserializeOwned};

use crate::StoreError;

/// Creates errors about one table.
#[derive(Clone, Copy)]
pub(crate) struct Table(pub(crate) &'static str);

impl Table {
    pub(crate) fn corrupt(self, column: &'static str) -> StoreError {
        StoreError::Corrupt {
            table: self.0,
            column,
        }
    }

    /// Returns the value of a column, or the error about it.
    pub(crate) fn value<T, E>(
        self,
        column: &'static str,
        value: Result<T, E>,
    ) -> Result<T, StoreError> {
        value.map_err(|_| self.corrupt(column))
    }

    /// Returns the value of a column that must not be NULL in this row.
    pub(crate) fn needed<T>(self, column: &'static str, value: Option<T>) -> Result<T, StoreError> {
        value.ok_or_else(|| self.corrupt(column))
    }

    pub(crate) fn read_json<T: DeserializeOwned>(
        self,
        column: &'static str,
        json: &str,
    ) -> Result<T, StoreError> {
        self.value(column, serde_json::from_str(json))
    }

    pub(crate) fn write_json<T: Serialize>(
        self,
        column: &'static str,
        value: &T,
    ) -> Result<String, StoreError> {
        self.value(column, serde_json::to_string(value))
    }
}
