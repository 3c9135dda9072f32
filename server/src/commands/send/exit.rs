//! How it ends: the codes of sysexits.h, which programs that call `sendmail` know.

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

/// Why it did not go well.
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

    /// The arguments are wrong.
    pub fn usage(text: impl Into<String>) -> Self {
        Self::new(USAGE, text)
    }

    /// The message is wrong.
    pub fn data(text: impl Into<String>) -> Self {
        Self::new(DATA, text)
    }

    /// A recipient is nobody that mail can be sent to.
    pub fn no_user(text: impl Into<String>) -> Self {
        Self::new(NO_USER, text)
    }

    /// The settings are wrong or missing.
    pub fn configuration(text: impl Into<String>) -> Self {
        Self::new(CONFIGURATION, text)
    }

    /// Something on this machine.
    pub fn system(error: &dyn Error) -> Self {
        Self::new(SOFTWARE, error.to_string())
    }

    /// Some messages are still kept.
    pub fn temporary(text: impl Into<String>) -> Self {
        Self::new(TEMPORARY, text)
    }

    /// Neither the server nor the disk has taken the message.
    pub fn not_kept(error: &RemoteError, cause: &dyn Error) -> Self {
        Self::new(
            TEMPORARY,
            format!("{error}; and the message could not be kept: {cause}"),
        )
    }

    /// The server refuses.
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

    /// Says it, and gives the code.
    pub fn tell(&self) -> ExitCode {
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
