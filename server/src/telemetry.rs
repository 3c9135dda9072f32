//! The log: to standard error, one line an event.

use std::io::IsTerminal as _;

use tracing_subscriber::{EnvFilter, fmt, util::TryInitError};

use crate::config::{Config, LogFormat};

/// Starts the log of the process.
///
/// # Errors
/// When it has been started before.
pub fn start(config: &Config) -> Result<(), TryInitError> {
    use tracing_subscriber::util::SubscriberInitExt as _;

    // The filter was checked with the configuration.
    let filter = EnvFilter::builder().parse_lossy(&config.log);
    let log = fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(true);
    match config.log_format {
        LogFormat::Text => log
            .with_ansi(std::io::stderr().is_terminal())
            .finish()
            .try_init(),
        LogFormat::Json => log.json().flatten_event(true).finish().try_init(),
    }
}
