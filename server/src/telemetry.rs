//! The log: one line per event on standard error.

use std::io::IsTerminal as _;

use tracing_subscriber::{EnvFilter, fmt, util::TryInitError};

use crate::config::{Config, LogFormat};

/// Starts the log of the process.
///
/// # Errors
///
/// Returns an error if a logger is already installed.
pub fn start(config: &Config) -> Result<(), TryInitError> {
    use tracing_subscriber::util::SubscriberInitExt as _;

    // The filter was checked with the configuration.
    let filter = EnvFilter::builder().parse_lossy(&config.log);
    let log = fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        // Internal errors would be printed to standard error with a macro that panics when it is
        // closed.
        .log_internal_errors(false)
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

/// Logs panics in the format of all other events, without a backtrace.
fn report_panics() {
    std::panic::set_hook(Box::new(|panic| {
        // The name `message` is reserved for the text of the event.
        let panic_message = panic.payload_as_str().unwrap_or_default();
        let place = panic.location().map(ToString::to_string);
        tracing::error!(panic_message, place, "thread panicked");
    }));
}

#[cfg(test)]
mod tests {
    use std::{
        io,
        sync::{Arc, Mutex},
    };

    use tracing_subscriber::fmt;

    use super::report_panics;

    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Log {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn a_panic_of_a_task_is_logged_with_its_place_and_ends_that_task_only() {
        let log = Log::default();
        let writer = log.clone();
        let subscriber = fmt()
            .json()
            .flatten_event(true)
            .with_writer(move || writer.clone())
            .finish();
        let _guard = tracing::subscriber::set_default(subscriber);
        report_panics();
        let ended = tokio::spawn(async { panic!("planted \"quotes\"\nand a line") }).await;
        let _ = std::panic::take_hook();
        assert!(ended.unwrap_err().is_panic());
        let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        // Other tests may panic concurrently, in other threads with other logs.
        let [line] = log.lines().collect::<Vec<_>>()[..] else {
            panic!("{log}")
        };
        assert_eq!(line.matches("\"message\"").count(), 1, "{line}");
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(
            (&line["level"], &line["message"]),
            (&"ERROR".into(), &"thread panicked".into())
        );
        assert_eq!(line["panic_message"], "planted \"quotes\"\nand a line");
        assert!(
            line["place"].as_str().unwrap().contains("telemetry.rs"),
            "{line}"
        );
    }
}
