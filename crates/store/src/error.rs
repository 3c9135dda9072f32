//! Errors of the store. No error contains a secret, a bound value, or a database URL.

use std::{fmt, io, path::PathBuf};

/// Failures of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database URL is malformed. It may contain a password, so it is not repeated.
    #[error("the database URL is not one of sqlite:… or postgres://…")]
    Url,
    /// The database file could not be created or used.
    #[error("the database file {path} could not be made or used")]
    DatabaseFile {
        /// Path of the database file.
        path: PathBuf,
        /// Cause.
        source: io::Error,
    },
    /// Users other than the owner and the group may open a file of the database.
    #[error("every user of this machine may open the database file {path}; give it the mode 0600")]
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
    #[error("the lock file {path} could not be made or locked")]
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
    #[error("a connection to the database had a transaction that never ended")]
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
        "a development version of Mailgrant made this database, and its tables are different. Stop Mailgrant, move \
         the database away (SQLite: the file and those beside it; PostgreSQL: name a new, empty database), and start \
         Mailgrant again to set it up"
    )]
    MadeBeforeFirstRelease,
    /// A row contains a value that this program never writes.
    #[error("the database holds an impossible value in {table}.{column}")]
    Corrupt {
        /// Name of the table.
        table: &'static str,
        /// Name of the column.
        column: &'static str,
    },
    /// A sealed value does not open: it was changed, moved from another row, or sealed with another
    /// key.
    #[error("the sealed value in {table}.{column} does not open")]
    Unsealable {
        /// Name of the table.
        table: &'static str,
        /// Name of the column.
        column: &'static str,
    },
    /// The database contains sealed values, and the key file is missing.
    #[error(
        "the key file {path} is missing, and the database holds secrets that only this key opens"
    )]
    KeyMissing {
        /// Expected path of the key file.
        path: PathBuf,
    },
    /// The key is not the one this database was sealed with.
    #[error("the key is not the one that this database was sealed with")]
    WrongKey,
    /// Another process rotated the key, and the key source of this process does not have the new
    /// key.
    #[error(
        "the key was rotated by another process, and where this one has its key from there is not the new one"
    )]
    KeyRotated,
    /// The key comes from the configuration, which a rotation cannot change. The new key needs a
    /// file.
    #[error("the key is not in a file; name a file for the new one")]
    NewKeyFileMissing,
    /// The new key is the key in use.
    #[error("the new key is the one that is in use already")]
    SameKey,
    /// Everything is sealed with the new key, but the old key file could not be replaced yet.
    #[error(
        "everything is sealed with the new key in {path}, which could not be put in the place of the old one; the next start does that"
    )]
    KeyNotInPlace {
        /// Path of the new key.
        path: PathBuf,
        /// Cause.
        source: Box<StoreError>,
    },
    /// The rotation did not know a sealed value and was undone.
    #[error(
        "the sealed values of {table}.{column} are not known to the rotation; nothing was changed"
    )]
    NotResealed {
        /// Name of the table.
        table: String,
        /// Name of the column.
        column: String,
    },
    /// The text of the key is not 32 bytes as base64 or hexadecimal digits.
    #[error("the key is not 32 bytes as base64 or as hexadecimal digits")]
    KeyMalformed,
    /// Users other than the owner and the group may read the key file, or users other than the
    /// owner may write it.
    #[error("the key file {path} is open to others; give it the mode 0600")]
    KeyReadable {
        /// Path of the key file.
        path: PathBuf,
    },
    /// The key file could not be read or created.
    #[error("the key file {path} could not be read or made")]
    KeyFile {
        /// Path of the key file.
        path: PathBuf,
        /// Cause.
        source: io::Error,
    },
    /// The operating system did not provide random bytes.
    #[error("the operating system gave no random bytes")]
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
