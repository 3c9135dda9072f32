//! Submits spooled messages. A message that the server already has, for example after a lost
//! connection, is recognized by its name and not sent twice.

use std::{io, path::PathBuf, sync::Arc};

use mail::{Remote, RemoteError, RemoteMessage};

use super::{SpoolError, directory::SpoolDirectory};

/// Number of spooled messages submitted along with a new one, whose sender is waiting.
const MAX_WITH_NEW_MESSAGE: usize = 20;

/// The result of submitting a spool.
#[derive(Debug, Default)]
pub struct Flushed {
    /// Number of messages that the server accepted.
    pub accepted: usize,
    /// Messages that the server did not accept, by name. The others were still tried.
    pub not_accepted: Vec<(String, NotAccepted)>,
}

/// The reason that one message was not accepted.
#[derive(Debug, thiserror::Error)]
pub enum NotAccepted {
    /// The file cannot be read.
    #[error("cannot be read: {0}")]
    Unreadable(io::Error),
    /// The server has the message, but the file cannot be deleted. Submitting it again has no
    /// effect.
    #[error("was submitted but cannot be deleted: {0}")]
    NotDeleted(io::Error),
    /// The server rejects the message.
    #[error("was rejected and moved to {}: {error}", path.display())]
    Refused {
        /// The path to which the file was moved.
        path: PathBuf,
        /// The error of the server.
        error: RemoteError,
    },
    /// The server rejects the message, and its file could not be moved.
    #[error("was rejected and could not be moved: {error}; {cause}")]
    NotMoved {
        /// The error of the server.
        error: RemoteError,
        /// The error of the file system.
        cause: io::Error,
    },
}

/// Submits all messages.
///
/// # Errors
///
/// Returns an error if the directory cannot be read, or if a failure would affect all messages.
pub async fn all(server: &Remote, directory: SpoolDirectory) -> Result<Flushed, SpoolError> {
    flush(server, directory, usize::MAX).await
}

/// Submits some of the messages.
///
/// # Errors
///
/// Returns the same errors as [`all`].
pub async fn some(server: &Remote, directory: SpoolDirectory) -> Result<Flushed, SpoolError> {
    flush(server, directory, MAX_WITH_NEW_MESSAGE).await
}

async fn flush(
    server: &Remote,
    directory: SpoolDirectory,
    limit: usize,
) -> Result<Flushed, SpoolError> {
    let directory = Arc::new(directory);
    let names = directory
        .names()
        .map_err(|cause| directory.unreadable(cause))?;
    let mut flushed = Flushed::default();
    for name in names.into_iter().take(limit) {
        match submit_one(server, &directory, &name).await? {
            Outcome::Submitted => flushed.accepted += 1,
            Outcome::AlreadySubmitted => {}
            Outcome::NotAccepted(reason) => flushed.not_accepted.push((name, reason)),
        }
    }
    Ok(flushed)
}

/// Outcome of submitting one message.
enum Outcome {
    Submitted,
    /// Another process submitted it.
    AlreadySubmitted,
    NotAccepted(NotAccepted),
}

/// Submits one message.
///
/// # Errors
///
/// Returns an error that applies to all messages.
async fn submit_one(
    server: &Remote,
    directory: &Arc<SpoolDirectory>,
    name: &str,
) -> Result<Outcome, RemoteError> {
    let read = tokio::task::spawn_blocking({
        let (directory, name) = (Arc::clone(directory), name.to_owned());
        move || directory.read(&name)
    });
    let message = match read.await.unwrap_or_else(|error| Err(error.into())) {
        Ok(Some(message)) => message,
        Ok(None) => return Ok(Outcome::AlreadySubmitted),
        Err(error) => return Ok(Outcome::NotAccepted(NotAccepted::Unreadable(error))),
    };
    let spooled = RemoteMessage {
        spooled: true,
        ..message.remote(name)
    };
    match server.submit(&spooled).await {
        Ok(()) => Ok(match directory.delete(name) {
            Ok(()) => Outcome::Submitted,
            Err(error) => Outcome::NotAccepted(NotAccepted::NotDeleted(error)),
        }),
        Err(error @ RemoteError::Refused { status, .. })
            if !matches!(status, 401 | 403 | 404 | 421) =>
        {
            Ok(Outcome::NotAccepted(match directory.move_rejected(name) {
                Ok(path) => NotAccepted::Refused { path, error },
                Err(cause) => NotAccepted::NotMoved { error, cause },
            }))
        }
        // A wrong key or URL fails for all messages.
        Err(error) => Err(error),
    }
}
