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
    report_panics();
    match config.log_format {
        LogFormat::Text => log
            .with_ansi(std::io::stderr().is_terminal())
            .finish()
            .try_init(),
        LogFormat::Json => log.json().flatten_event(true).finish().try_init(),
    }
}

/// In the form of all other lines, without a backtrace.
fn report_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let message = panic.payload_as_str().unwrap_or_default();
        let place = panic.location().map(ToString::to_string);
        tracing::error!(message, place, "panic");
    }));
}
