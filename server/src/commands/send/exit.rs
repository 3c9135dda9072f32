//! Exit codes of sysexits.h, which programs that call `sendmail` understand.

use std::{error::Error, process::ExitCode};

use mail::RemoteError;
use server::{print_error, spool::SpoolError};

const USAGE: u8 = 64;
const DATA: u8 = 65;
const NO_USER: u8 = 67;
const SOFTWARE: u8 = 70;
const TEMPORARY: u8 = 75;
const NO_PERMISSION: u8 = 77;
const CONFIGURATION: u8 = 78;

/// An error text with its exit code.
#[derive(Debug, PartialEq, Eq)]
pub struct Failure {
    code: u8,
    text: String,
}

impl Failure {
    fn new(code: u8, text: impl Into<String>) -> Self {
        let text = text.into();
        Self { code, text }
    }

    /// Returns a failure for wrong arguments.
    pub fn usage(text: impl Into<String>) -> Self {
        Self::new(USAGE, text)
    }

    /// Returns a failure for a malformed message.
    pub fn data(text: impl Into<String>) -> Self {
        Self::new(DATA, text)
    }

    /// Returns a failure for a recipient that is not a deliverable address.
    pub fn no_user(text: impl Into<String>) -> Self {
        Self::new(NO_USER, text)
    }

    /// Returns a failure for wrong or missing settings.
    pub fn configuration(text: impl Into<String>) -> Self {
        Self::new(CONFIGURATION, text)
    }

    /// Returns a failure of the operating system.
    pub fn system(error: &dyn Error) -> Self {
        Self::new(SOFTWARE, error.to_string())
    }

    /// Returns a failure that says some messages are still in the spool.
    pub fn temporary(text: impl Into<String>) -> Self {
        Self::new(TEMPORARY, text)
    }

    /// Returns a failure for a message that neither the server accepted nor the spool stored.
    pub fn not_spooled(error: &RemoteError, cause: &dyn Error) -> Self {
        Self::new(
            TEMPORARY,
            format!("{error}; the message could not be spooled: {cause}"),
        )
    }

    /// Converts a rejection by the server.
    pub fn of(error: &RemoteError) -> Self {
        let code = match error {
            RemoteError::Later(_) => TEMPORARY,
            RemoteError::Plaintext | RemoteError::NotARequest => CONFIGURATION,
            RemoteError::Refused {
                status, pointers, ..
            } => {
                let is_at = |start: &str| pointers.iter().any(|one| one.starts_with(start));
                if matches!(status, 401 | 403) || is_at("/from") || is_at("/sender") {
                    NO_PERMISSION
                } else if is_at("/data_center") || *status == 404 {
                    CONFIGURATION
                } else if is_at("/to") || is_at("/cc") || is_at("/bcc") {
                    NO_USER
                } else {
                    DATA
                }
            }
        };
        Self::new(code, error.to_string())
    }

    /// Returns true if the message may be accepted later.
    pub fn is_temporary(&self) -> bool {
        self.code == TEMPORARY
    }

    /// Returns the text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Prints the text to standard error and returns the exit code.
    pub fn print(&self) -> ExitCode {
        print_error(&format!("mailgrant send: {}", self.text));
        ExitCode::from(self.code)
    }
}

impl From<SpoolError> for Failure {
    fn from(error: SpoolError) -> Self {
        match error {
            SpoolError::Settings(error) => Self::configuration(error.to_string()),
            SpoolError::Remote(error) => Self::of(&error),
            error => Self::system(&error),
        }
    }
}
