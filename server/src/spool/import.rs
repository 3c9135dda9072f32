//! Submits messages that programs on the server's machine spooled while it was unreachable.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use tokio::time::sleep;

use super::{SendSettings, Spool, SpoolError, flush, flush::Flushed};

/// Interval between two passes.
const INTERVAL: Duration = Duration::from_mins(1);

/// A spool, identified by the settings file of the programs that write to it.
struct Source {
    settings: PathBuf,
    /// The last logged problem. Each problem is logged once, not every minute.
    logged: Option<String>,
}

/// Submits spooled messages immediately and then every minute, until the future is dropped.
/// `settings` is a settings file of `mailgrant send`, which may be missing.
///
/// The server's own privileges are never used: a message is submitted with the key in the settings,
/// and only if it belongs to the owner of that key file.
pub async fn import_periodically(settings: PathBuf) {
    let mut source = Source {
        settings,
        logged: None,
    };
    loop {
        source.import().await;
        sleep(INTERVAL).await;
    }
}

impl Source {
    async fn import(&mut self) {
        let settings = self.settings.display().to_string();
        match flush_spool(&self.settings).await {
            Ok(flushed) => {
                self.logged = None;
                for (name, not_accepted) in &flushed.not_accepted {
                    tracing::warn!(settings, kept = name, reason = %not_accepted, "spooled message rejected");
                }
                let messages = flushed.accepted;
                if messages > 0 {
                    tracing::info!(settings, messages, "spooled messages submitted");
                }
            }
            Err(error) => {
                let text = error.to_string();
                if self.logged.as_ref() != Some(&text) {
                    tracing::warn!(settings, error = text, "spool could not be processed");
                    self.logged = Some(text);
                }
            }
        }
    }
}

async fn flush_spool(settings: &Path) -> Result<Flushed, SpoolError> {
    if !settings.exists() {
        return Ok(Flushed::default());
    }
    let settings = SendSettings::of_file(settings)?;
    let spool = Spool::at(settings.spool.clone(), settings.min_free_bytes);
    let unreadable = |cause| SpoolError::Unreadable {
        path: spool.path().to_owned(),
        cause,
    };
    let Some(directory) = spool.open().map_err(unreadable)? else {
        return Ok(Flushed::default());
    };
    let directory = directory
        .only_of(settings.owner_of_key()?)
        .map_err(unreadable)?;
    flush::all(&settings.remote()?, directory).await
}
