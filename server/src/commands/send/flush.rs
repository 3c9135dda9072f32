//! Handing over what was kept. A message that the server has already, as after a cut, is known there by its name and does not
//! go out twice.

use mail::{Remote, RemoteError};

use super::{exit::Failure, spool::Spool};

/// How many go with another message, whose sender waits.
const SOME: usize = 20;

/// Hands all of it over.
pub async fn all(server: &Remote, spool: &Spool) -> Result<(), Failure> {
    let names = spool.names().map_err(|error| Failure::system(&error))?;
    let mut wrong = 0;
    for name in &names {
        match one(server, spool, name).await {
            Ok(()) => {}
            Err(Stop::Away(error)) => return Err(Failure::of(&error)),
            Err(Stop::Wrong) => wrong += 1,
        }
    }
    if wrong == 0 {
        Ok(())
    } else {
        Err(Failure::temporary(format!(
            "{wrong} of {} messages were not taken",
            names.len()
        )))
    }
}

/// Hands some of it over, and says nothing when the server is away.
pub async fn some(server: &Remote, spool: &Spool) {
    for name in spool.names().unwrap_or_default().iter().take(SOME) {
        if let Err(Stop::Away(_)) = one(server, spool, name).await {
            break;
        }
    }
}

enum Stop {
    /// The others would not be taken either.
    Away(RemoteError),
    /// This one is not taken, which was told.
    Wrong,
}

async fn one(server: &Remote, spool: &Spool, name: &str) -> Result<(), Stop> {
    let told = |text: String| {
        eprintln!("mailgrant send: the kept message {name} {text}");
        Stop::Wrong
    };
    let message = match spool.read(name) {
        Ok(Some(message)) => message,
        Ok(None) => return Ok(()),
        Err(error) => return Err(told(format!("cannot be read: {error}"))),
    };
    match server.hand_over(&message.remote(name)).await {
        Ok(()) => spool
            .forget(name)
            .map_err(|error| told(format!("was handed over and cannot be removed: {error}"))),
        Err(error @ RemoteError::Refused { status, .. }) if !matches!(status, 401 | 403 | 404) => {
            match spool.set_aside(name) {
                Ok(path) => Err(told(format!("was put into {}: {error}", path.display()))),
                Err(cause) => Err(told(format!("stays: {error}; {cause}"))),
            }
        }
        // A key or a URL that is wrong is wrong for all.
        Err(error) => Err(Stop::Away(error)),
    }
}
