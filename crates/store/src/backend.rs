//! The kinds of databases.

/// Kind of a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Backend {
    SqliteFile,
    SqliteMemory,
    Postgres,
}
