//! Handing over what was kept. A message that the server has already, as after a cut, is known there by its name and does not
//! go out twice.

use std::{io, path::PathBuf, sync::Arc};

use mail::{Remote, RemoteError};

use super::{SpoolError, kept::Kept};

/// How many go with another message, whose sender waits.
const SOME: usize = 20;

/// What became of a spool.
#[derive(Debug, Default)]
pub struct Flushed {
    /// Messages that the server has now.
    pub handed_over: usize,
    /// Messages that were not taken, by their names. Others were tried nevertheless.
    pub not_taken: Vec<(String, NotTaken)>,
}

/// Why one message was not taken.
#[derive(Debug, thiserror::Error)]
pub enum NotTaken {
    /// It cannot be read.
    #[error("cannot be read: {0}")]
    Unreadable(io::Error),
    /// The server has it, and it is still there: it will be handed over again, to no effect.
    #[error("was handed over and cannot be removed: {0}")]
    Stays(io::Error),
    /// The server refuses it.
    #[error("was put into {}: {error}", path.display())]
    Refused {
        /// Where it is now.
        path: PathBuf,
        /// What the server says.
        error: RemoteError,
    },
    /// The server refuses it, and it could not be put aside.
    #[error("stays: {error}; {cause}")]
    NotSetAside {
        /// What the server says.
        error: RemoteError,
        /// What the disk says.
        cause: io::Error,
    },
}

/// Hands all of it over.
///
/// # Errors
/// When the folder cannot be read, or what is wrong with one message would be with the others.
pub async fn all(server: &Remote, kept: Kept) -> Result<Flushed, SpoolError> {
    flush(server, kept, usize::MAX).await
}

/// Hands some of it over.
///
/// # Errors
/// As [`all`].
pub async fn some(server: &Remote, kept: Kept) -> Result<Flushed, SpoolError> {
    flush(server, kept, SOME).await
}

async fn flush(server: &Remote, kept: Kept, at_most: usize) -> Result<Flushed, SpoolError> {
    let kept = Arc::new(kept);
    let names = kept.names().map_err(|cause| kept.unreadable(cause))?;
    let mut flushed = Flushed::default();
    for name in names.into_iter().take(at_most) {
        match one(server, &kept, &name).await? {
            Ok(handed_over) => flushed.handed_over += usize::from(handed_over),
            Err(not_taken) => flushed.not_taken.push((name, not_taken)),
        }
    }
    Ok(flushed)
}

/// Whether it was handed over; another process may have done so. The outer error is one for all messages.
async fn one(
    server: &Remote,
    kept: &Arc<Kept>,
    name: &str,
) -> Result<Result<bool, NotTaken>, RemoteError> {
    let read = tokio::task::spawn_blocking({
        let (kept, name) = (Arc::clone(kept), name.to_owned());
        move || kept.read(&name)
    });
    let message = match read.await.unwrap_or_else(|error| Err(error.into())) {
        Ok(Some(message)) => message,
        Ok(None) => return Ok(Ok(false)),
        Err(error) => return Ok(Err(NotTaken::Unreadable(error))),
    };
    match server.hand_over(&message.remote(name)).await {
        Ok(()) => Ok(kept.forget(name).map(|()| true).map_err(NotTaken::Stays)),
        Err(error @ RemoteError::Refused { status, .. })
            if !matches!(status, 401 | 403 | 404 | 421) =>
        {
            Ok(Err(match kept.set_aside(name) {
                Ok(path) => NotTaken::Refused { path, error },
                Err(cause) => NotTaken::NotSetAside { error, cause },
            }))
        }
        // A key or a URL that is wrong is wrong for all.
        Err(error) => Err(error),
    }
}
