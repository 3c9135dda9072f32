//! What can go wrong in the store. No error holds a secret, a bound value or a database URL.

use std::{fmt, io, path::PathBuf};

/// Failures of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database URL is not understood. The URL may hold a password, so it is not repeated.
    #[error("the database URL is not one of sqlite:… or postgres://…")]
    Url,
    /// The database file could not be made or used.
    #[error("the database file {path} could not be made or used")]
    DatabaseFile {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Users other than the owner and the group may open a file of the database.
    #[error("every user of this machine may open the database file {path}; give it the mode 0600")]
    DatabaseReadable {
        /// The database, or a file beside it.
        path: PathBuf,
    },
    /// The directory or file of the database cannot be written.
    #[error(
        "{path} cannot be written: {source}; check its permissions and whether its file system is mounted read-only"
    )]
    ReadOnly {
        /// The directory or file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Another server uses this file of SQLite.
    #[error(
        "another Mailgrant server is using the database {database}; only one server may use a SQLite file. \
         Stop that server, or use PostgreSQL to run several"
    )]
    InUse {
        /// The file.
        database: PathBuf,
    },
    /// The file that says which server uses the database could not be made or locked.
    #[error("the lock file {path} could not be made or locked")]
    LockFile {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The connection was lost during a commit, and the changes may have been stored.
    #[error("the connection to the database was lost during a commit")]
    CommitUnknown(#[source] DatabaseError),
    /// The transaction that this was stored in together with others failed. Nothing was stored, or it is not known.
    #[error("the transaction failed")]
    BatchFailed,
    /// A connection had a transaction that never ended. Nothing was stored.
    #[error("a connection to the database had a transaction that never ended")]
    LeftoverTransaction,
    /// The database refused or could not be reached.
    #[error("the database failed")]
    Database(#[source] DatabaseError),
    /// The tables could not be brought up to date.
    #[error("the database could not be migrated")]
    Migrate(#[source] DatabaseError),
    /// A development version from before the first release made the database. Its tables are different.
    #[error(
        "a development version of Mailgrant made this database, and its tables are different. Stop Mailgrant, move \
         the database away (SQLite: the file and those beside it; PostgreSQL: name a new, empty database), and start \
         Mailgrant again to set it up"
    )]
    MadeBeforeFirstRelease,
    /// A row holds what this program never writes.
    #[error("the database holds an impossible value in {table}.{column}")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
    },
    /// A sealed value does not open: it was changed, moved from another row, or sealed by another key.
    #[error("the sealed value in {table}.{column} does not open")]
    Unsealable {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
    },
    /// The database holds sealed values, and the key file is missing.
    #[error(
        "the key file {path} is missing, and the database holds secrets that only this key opens"
    )]
    KeyMissing {
        /// Where the key was looked for.
        path: PathBuf,
    },
    /// The key is not the one this database was sealed with.
    #[error("the key is not the one that this database was sealed with")]
    WrongKey,
    /// Another process has rotated the key, and the new one is not found where this process has its key from.
    #[error(
        "the key was rotated by another process, and where this one has its key from there is not the new one"
    )]
    KeyRotated,
    /// The key comes from the configuration, which no rotation can change: the new one needs a file.
    #[error("the key is not in a file; name a file for the new one")]
    NewKeyFileMissing,
    /// The new key is the one in force.
    #[error("the new key is the one that is in use already")]
    SameKey,
    /// Everything is sealed with the new key, which could not be put in its place yet.
    #[error(
        "everything is sealed with the new key in {path}, which could not be put in the place of the old one; the next start does that"
    )]
    KeyNotInPlace {
        /// Where the new key is.
        path: PathBuf,
        /// Why.
        source: Box<StoreError>,
    },
    /// A sealed value was left out of a rotation, which therefore was undone.
    #[error(
        "the sealed values of {table}.{column} are not known to the rotation; nothing was changed"
    )]
    NotResealed {
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
    /// The text of the key is not 32 bytes as base64 or hexadecimal digits.
    #[error("the key is not 32 bytes as base64 or as hexadecimal digits")]
    KeyMalformed,
    /// Others than its owner and its group may read the key file, or others than its owner write it.
    #[error("the key file {path} is open to others; give it the mode 0600")]
    KeyReadable {
        /// The key file.
        path: PathBuf,
    },
    /// The key file could not be read or made.
    #[error("the key file {path} could not be read or made")]
    KeyFile {
        /// The key file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The operating system gave no random bytes.
    #[error("the operating system gave no random bytes")]
    Random,
}

/// An error of the database. `Display` and `Debug` show its kind and its first line only: PostgreSQL's
/// details repeat values, and a connection error could repeat parts of the URL.
pub struct DatabaseError(sqlx::Error);

/// Returns the primary code of an error of SQLite.
pub(crate) fn sqlite_code(error: &sqlx::Error) -> Option<u32> {
    let error = error.as_database_error()?;
    let error = error.try_downcast_ref::<sqlx::sqlite::SqliteError>()?;
    let code = sqlx::error::DatabaseError::code(error)?;
    // The low byte of an extended code is the primary one.
    code.parse::<u32>().ok().map(|code| code & 0xff)
}

impl StoreError {
    /// The error of a transaction that was given up because it took too long.
    pub fn commit_timed_out() -> Self {
        Self::CommitUnknown(DatabaseError(sqlx::Error::Io(
            io::ErrorKind::TimedOut.into(),
        )))
    }

    /// Returns true if a statement was refused, which may lie in one of its rows. False if the database could not be reached or
    /// was busy.
    pub fn may_be_of_one_row(&self) -> bool {
        match self {
            Self::Database(error) => {
                matches!(error.0, sqlx::Error::Database(_))
                    && !matches!(sqlite_code(&error.0), Some(5 | 6))
            }
            Self::Corrupt { .. } => true,
            _ => false,
        }
    }

    /// Returns true if the disk of a SQLite database is full or does not work: `SQLITE_READONLY`, `SQLITE_IOERR`,
    /// `SQLITE_FULL`, `SQLITE_CANTOPEN`.
    pub fn is_of_the_disk(&self) -> bool {
        match self {
            Self::Database(error) | Self::CommitUnknown(error) => {
                matches!(sqlite_code(&error.0), Some(8 | 10 | 13 | 14))
            }
            Self::ReadOnly { .. } => true,
            _ => false,
        }
    }
}

impl fmt::Display for DatabaseError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            sqlx::Error::Database(error) => {
                let code = error.code().unwrap_or_default();
                write!(formatter, "{} (code {code})", error.message())
            }
            sqlx::Error::Io(error) => error.fmt(formatter),
            sqlx::Error::Tls(_) => formatter.write_str("TLS with the database failed"),
            sqlx::Error::PoolTimedOut => formatter.write_str("no connection became free in time"),
            sqlx::Error::PoolClosed => formatter.write_str("the connections are closed"),
            sqlx::Error::Configuration(_) => {
                formatter.write_str("the database URL is not understood")
            }
            sqlx::Error::ColumnNotFound(column) => write!(formatter, "no column {column}"),
            sqlx::Error::ColumnDecode { index, .. } => {
                write!(formatter, "column {index} has an unexpected type")
            }
            sqlx::Error::Migrate(error) => match error.as_ref() {
                sqlx::migrate::MigrateError::VersionMissing(version) => write!(
                    formatter,
                    "the database has migration {version}, which this version of Mailgrant does not know"
                ),
                sqlx::migrate::MigrateError::VersionMismatch(version) => {
                    write!(
                        formatter,
                        "migration {version} was another one when it was applied"
                    )
                }
                sqlx::migrate::MigrateError::ExecuteMigration(error, version) => write!(
                    formatter,
                    "migration {version}: {}",
                    error
                        .as_database_error()
                        .map_or("failed", |error| error.message())
                ),
                _ => formatter.write_str("a migration failed"),
            },
            _ => formatter.write_str("the database driver failed"),
        }
    }
}

impl fmt::Debug for DatabaseError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "DatabaseError({self})")
    }
}

impl std::error::Error for DatabaseError {}

impl From<sqlx::Error> for DatabaseError {
    fn from(error: sqlx::Error) -> Self {
        Self(error)
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(DatabaseError(error))
    }
}

impl From<sqlx::migrate::MigrateError> for StoreError {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        Self::Migrate(DatabaseError(error.into()))
    }
}
