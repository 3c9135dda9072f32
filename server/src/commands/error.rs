//! Errors of the commands.

use std::{io, net::SocketAddr, path::PathBuf};

use access::{AccessError, FormError};
use domain::{AccountName, DataCenterId};
use mail::MailError;
use server::StartError;
use store::StoreError;
use wording::CommandLineError;

/// The reason a command failed, with a message for the terminal.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The database could not be opened.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The SQLite file that the command needs does not exist.
    #[error(
        "there is no database at {}; run this command in the server's working directory and with its settings, which \"mailgrant config\" shows",
        path.display()
    )]
    NoDatabase {
        /// The path at which the database was expected.
        path: PathBuf,
    },
    /// Submitted values are not valid; the text names them.
    #[error("{0}")]
    Form(String),
    /// No account has this name.
    #[error("there is no account {0}")]
    NoAccount(AccountName),
    /// The first account must be an administrator.
    #[error("there is no administrator yet, so this account must be one: --role administrator")]
    FirstIsAdministrator,
    /// No data center has this ID.
    #[error("there is no data center {id}; use one of these IDs: {}", list(known))]
    UnknownDataCenter {
        /// The ID that the user gave.
        id: DataCenterId,
        /// The IDs of all data centers.
        known: Vec<DataCenterId>,
    },
    /// The data center has no SMTP settings.
    #[error("the data center {0} has no SMTP settings; enter them on the page Settings :: SMTP")]
    NoSettings(DataCenterId),
    /// Another API key has the name.
    #[error("an API key named {0:?} already exists")]
    ApiKeyNameTaken(String),
    /// No API key has this name.
    #[error("there is no API key {0:?}")]
    NoApiKey(String),
    /// No sender has this name.
    #[error("there is no sender {0:?}")]
    NoSender(String),
    /// The sender has no user name, so it cannot have a password.
    #[error("the sender {0:?} has no user name, so it cannot have a password")]
    SenderWithoutPassword(String),
    /// No sender has the name that an API key should belong to.
    #[error("there is no sender {0:?}; add it with \"mailgrant sender add\"")]
    NoSenderForKey(String),
    /// The file for an API key could not be written.
    #[error("cannot write {}; no key was created", path.display())]
    KeyFile {
        /// The file.
        path: PathBuf,
        /// The error of the operating system.
        source: io::Error,
    },
    /// Standard input contains no password.
    #[error("the first line of standard input contains no password")]
    NoPassword,
    /// The recipient of the test email is not a valid address.
    #[error("the recipient is not a valid email address")]
    WrongRecipient,
    /// The first line of standard input does not begin with a webhook URL.
    #[error(
        "the first line of standard input does not begin with a URL: https://, or http:// on this machine"
    )]
    WebhookUrl,
    /// The webhook URL is not followed by a valid signing secret.
    #[error(
        "the URL must be followed by a space and the signing secret: whsec_ and 24 to 64 bytes in base64"
    )]
    WebhookSecret,
    /// The server at the configured address does not answer.
    #[error("the server at {address} does not answer")]
    NoAnswer {
        /// The configured address.
        address: SocketAddr,
        /// The error of the operating system.
        source: io::Error,
    },
    /// The server answers that it is not healthy.
    #[error("the server is not healthy: status {status}, {reason}")]
    NotHealthy {
        /// The status of the response.
        status: String,
        /// The reason that it states.
        reason: String,
    },
    /// A check ended without a report.
    #[error("the check ended without a result")]
    NoReport,
    /// The check could not run.
    #[error(transparent)]
    Mail(#[from] MailError),
    /// The key was configured by value, so `mailgrant key rotate` cannot replace it in place.
    #[error(
        "the key is configured by value and cannot be replaced in place; add --new-key-file FILE for the new key"
    )]
    KeyByValue,
    /// The audit log was changed outside of Mailgrant.
    #[error("the audit is broken at entry {sequence}: {wrong}{rows}")]
    AuditBroken {
        /// The sequence number of the first entry that fails verification.
        sequence: i64,
        /// A description of the mismatch.
        wrong: &'static str,
        /// Other rows that were changed, one line each.
        rows: String,
    },
    /// Rows that control access, or secrets, were changed outside of Mailgrant.
    #[error("database rows were changed outside of Mailgrant:{rows}")]
    RowsChanged {
        /// The changed rows, one line each.
        rows: String,
    },
    /// Standard input could not be read or standard output could not be written.
    #[error("standard input or output failed")]
    Io(#[from] io::Error),
    /// An audit entry could not be serialized as JSON.
    #[error("an entry cannot be serialized as JSON")]
    Json(#[from] serde_json::Error),
    /// An operation of the access crate failed.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An operation that the command line does not use rejected the input.
    #[error("{0}")]
    Refused(String),
}

impl<E: CommandLineError> From<FormError<E>> for CommandError {
    fn from(error: FormError<E>) -> Self {
        match error {
            FormError::Form(errors) => Self::Form(wording::command_line_errors(&errors)),
            FormError::Access(error) => Self::Access(error),
            // The command line uses no links and is not rate limited.
            FormError::Link | FormError::SlowDown { .. } => Self::Refused(error.to_string()),
        }
    }
}

/// Returns IDs in one line.
fn list(ids: &[DataCenterId]) -> String {
    let ids: Vec<_> = ids.iter().map(DataCenterId::as_str).collect();
    ids.join(", ")
}
