//! Errors of the store. No error contains a secret, a bound value, or a database URL.

use std::{fmt, io, path::PathBuf};

/// Failures of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database URL is malformed. It may contain a password, so it is not repeated.
    #[error("the database URL does not begin with sqlite: or postgres://")]
    Url,
    /// The database file could not be created or used.
    #[error("the database file {path} could not be created or opened")]
    DatabaseFile {
        /// Path of the database file.
        path: PathBuf,
        /// Cause.
        source: io::Error,
    },
    /// Users other than the owner and the group may open a file of the database.
    #[error("every user of this machine can open the database file {path}; set its mode to 0600")]
    DatabaseReadable {
        /// The database, or a file next to it.
        path: PathBuf,
    },
    /// The directory or file of the database cannot be written.
    #[error(
        "{path} cannot be written: {source}; check its permissions and whether its file system is mounted read-only"
    )]
    ReadOnly {
        /// The directory or file.
        path: PathBuf,
        /// Cause.
        source: io::Error,
    },
    /// Another server uses this SQLite file.
    #[error(
        "another Mailgrant server is using the database {database}; only one server may use a SQLite file. \
         Stop that server, or use PostgreSQL to run several"
    )]
    InUse {
        /// Path of the database file.
        database: PathBuf,
    },
    /// The file that locks the database for one server could not be created or locked.
    #[error("the lock file {path} could not be created or locked")]
    LockFile {
        /// Path of the lock file.
        path: PathBuf,
        /// Cause.
        source: io::Error,
    },
    /// The connection was lost during a commit, and the changes may have been stored.
    #[error("the connection to the database was lost during a commit")]
    CommitUnknown(#[source] DatabaseError),
    /// The transaction shared with other changes failed. Nothing was stored, or the result is
    /// unknown.
    #[error("the transaction failed")]
    BatchFailed,
    /// A connection had an open transaction left over. Nothing was stored.
    #[error("a database connection has a transaction that never ended")]
    LeftoverTransaction,
    /// The database returned an error or could not be reached.
    #[error("the database failed")]
    Database(#[source] DatabaseError),
    /// The schema could not be migrated.
    #[error("the database could not be migrated")]
    Migrate(#[source] DatabaseError),
    /// A development version from before the first release created the database. Its tables are
    /// different.
    #[error(
        "a development version of Mailgrant created this database, and its tables are different. Stop Mailgrant, move \
         the database away (SQLite: the file and those beside it; PostgreSQL: name a new, empty database), and start \
         Mailgrant again to set it up"
    )]
    MadeBeforeFirstRelease,
    /// A row contains a value that this program never writes.
    #[error("the database contains an invalid value in {table}.{column}")]
    Corrupt {
        /// Name of the table.
        table: &'static str,
        /// Name of the column.
        column: &'static str,
    },
    /// A sealed value does not open: it was changed, moved from another row, or sealed with another
    /// key.
    #[error("the sealed value in {table}.{column} cannot be decrypted")]
    Unsealable {
        /// Name of the table.
        table: &'static str,
        /// Name of the column.
        column: &'static str,
    },
    /// The database contains sealed values, and the key file is missing.
    #[error(
        "the key file {path} is missing, and the database contains secrets that are sealed with this key"
    )]
    KeyMissing {
        /// Expected path of the key file.
        path: PathBuf,
    },
    /// The key is not the one this database was sealed with.
    #[error("the key is not the one that sealed this database")]
    WrongKey,
    /// Another process rotated the key, and the key source of this process does not have the new
    /// key.
    #[error(
        "another process rotated the key, and the key source of this process does not have the new key"
    )]
    KeyRotated,
    /// The key comes from the configuration, which a rotation cannot change. The new key needs a
    /// file.
    #[error("the key is not in a file; specify a file for the new key")]
    NewKeyFileMissing,
    /// The new key is the key in use.
    #[error("the new key is the same as the current key")]
    SameKey,
    /// Everything is sealed with the new key, but the old key file could not be replaced yet.
    #[error(
        "everything is sealed with the new key in {path}, but it could not replace the old key file; the next start does that"
    )]
    KeyNotInPlace {
        /// Path of the new key.
        path: PathBuf,
        /// Cause.
        source: Box<StoreError>,
    },
    /// The rotation did not know a sealed value and was undone.
    #[error(
        "the rotation does not support the sealed values of {table}.{column}; nothing was changed"
    )]
    NotResealed {
        /// Name of the table.
        table: String,
        /// Name of the column.
        column: String,
    },
    /// The text of the key is not 32 bytes as base64 or hexadecimal digits.
    #[error("the key is not 32 bytes in base64 or hexadecimal")]
    KeyMalformed,
    /// Users other than the owner and the group may read the key file, or users other than the
    /// owner may write it.
    #[error("the key file {path} is accessible to other users; set its mode to 0600")]
    KeyReadable {
        /// Path of the key file.
        path: PathBuf,
    },
    /// The key file could not be read or created.
    #[error("the key file {path} could not be read or created")]
    KeyFile {
        /// Path of the key file.
        path: PathBuf,
        /// Cause.
        source: io::Error,
    },
    /// The operating system did not provide random bytes.
    #[error("the operating system provided no random bytes")]
    Random,
}

/// A database error. `Display` and `Debug` show only its kind and first line, because PostgreSQL's
/// details repeat values and a connection error could repeat parts of the URL.
pub struct DatabaseError(sqlx::Error);

/// Returns the primary result code of a SQLite error.
pub(crate) fn sqlite_code(error: &sqlx::Error) -> Option<u32> {
    let error = error.as_database_error()?;
    let error = error.try_downcast_ref::<sqlx::sqlite::SqliteError>()?;
    let code = sqlx::error::DatabaseError::code(error)?;
    // The low byte of an extended code is the primary code.
    code.parse::<u32>().ok().map(|code| code & 0xff)
}

impl StoreError {
    /// Returns the error for a transaction that was abandoned after a timeout.
    pub fn commit_timed_out() -> Self {
        Self::CommitUnknown(DatabaseError(sqlx::Error::Io(
            io::ErrorKind::TimedOut.into(),
        )))
    }

    /// Returns true if the database failed, so the same call may succeed later.
    pub fn is_of_the_database(&self) -> bool {
        matches!(
            self,
            Self::Database(_) | Self::CommitUnknown(_) | Self::LeftoverTransaction
        )
    }

    /// Returns true if a statement was rejected, possibly because of one of its rows. Returns false
    /// if the database was busy or could not be reached.
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

    /// Returns true if the disk of a SQLite database is full or failing: `SQLITE_READONLY`,
    /// `SQLITE_IOERR`, `SQLITE_FULL`, `SQLITE_CANTOPEN`.
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
                        "migration {version} differs from the one that was applied"
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
