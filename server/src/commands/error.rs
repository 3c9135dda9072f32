//! Why a command failed.

use std::{io, path::PathBuf};

use access::{AccessError, FormError};
use domain::{AccountName, DataCenterId, FormErrors, access::AccessField};
use mail::MailError;
use server::StartError;
use store::StoreError;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The database could not be opened.
    #[error(transparent)]
    Start(#[from] StartError),
    /// There is no database to do it to.
    #[error(
        "there is no database {}; run this where the server runs and with its settings, which \"mailgrant config\" shows",
        path.display()
    )]
    NoDatabase {
        /// Where it would be.
        path: PathBuf,
    },
    /// Something is wrong with what was asked for.
    #[error("{}", wording::command_line_errors(.0))]
    Form(FormErrors<AccessField>),
    /// There is no such account.
    #[error("there is no account {0}")]
    NoAccount(AccountName),
    /// The first account has to be an administrator.
    #[error("there is no administrator yet, so this account has to be one: --role administrator")]
    FirstIsAdministrator,
    /// There is no such data center.
    #[error("there is no data center {id}; use one of these IDs: {}", list(known))]
    UnknownDataCenter {
        /// The ID that was asked for.
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
    /// There is no such API key.
    #[error("there is no API key {0:?}")]
    NoApiKey(String),
    /// The file for an API key could not be written.
    #[error("cannot write {}; no key was made", path.display())]
    KeyFile {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Standard input holds no password.
    #[error("the first line of standard input holds no password")]
    NoPassword,
    /// The address for the test email is none.
    #[error("the recipient is no email address")]
    WrongRecipient,
    /// The URL of a webhook is none.
    #[error(
        "the first line of standard input does not begin with a URL: https://, or http:// on this machine"
    )]
    WebhookUrl,
    /// The secret of a webhook is none.
    #[error(
        "the URL is not followed by a space and the secret to sign with: whsec_ and the base64 of 24 to 64 bytes"
    )]
    WebhookSecret,
    /// A check ended without a report.
    #[error("the check broke off")]
    NoReport,
    /// The check could not be made.
    #[error(transparent)]
    Mail(#[from] MailError),
    /// A key by value cannot be replaced where it is.
    #[error(
        "the key is given by value, and where that is kept cannot be written from here; add --new-key-file FILE for the new one"
    )]
    KeyByValue,
    /// The audit was tampered with.
    #[error("the audit is broken at entry {sequence}: {wrong}{rows}")]
    AuditBroken {
        /// The first entry that is not as it was written.
        sequence: i64,
        /// What is wrong, in words.
        wrong: &'static str,
        /// Rows that were changed as well, a line each.
        rows: String,
    },
    /// Rows that decide access, or secrets, were changed from outside.
    #[error("rows of the database were changed from outside:{rows}")]
    RowsChanged {
        /// A line each.
        rows: String,
    },
    /// Standard input could not be read, or standard output not be written.
    #[error("standard input or output failed")]
    Io(#[from] io::Error),
    /// An entry could not be written as JSON.
    #[error("an entry cannot be written as JSON")]
    Json(#[from] serde_json::Error),
    /// A verb failed.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A verb refused what was typed.
    #[error(transparent)]
    Refused(FormError),
}

impl From<FormError> for CommandError {
    fn from(error: FormError) -> Self {
        match error {
            FormError::Form(errors) => Self::Form(errors),
            FormError::Access(error) => Self::Access(error),
            // Neither a link nor a limit is in the way of the command line.
            error @ (FormError::Link | FormError::SlowDown { .. }) => Self::Refused(error),
        }
    }
}

/// Returns IDs in one line.
fn list(ids: &[DataCenterId]) -> String {
    let ids: Vec<_> = ids.iter().map(DataCenterId::as_str).collect();
    ids.join(", ")
}
