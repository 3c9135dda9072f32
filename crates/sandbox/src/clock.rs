//! Wall-clock time, for display and for tokens, which remain valid after a restart of the sandbox.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Returns the seconds since 1970.
pub(crate) fn unix_seconds() -> u64 {
    since_1970().as_secs()
}

/// Returns the milliseconds since 1970.
pub(crate) fn unix_millis() -> u128 {
    since_1970().as_millis()
}

fn since_1970() -> Duration {
    #[expect(
        clippy::disallowed_methods,
        reason = "the sandbox is a server of its own; the product's clock is not its clock"
    )]
    let now = SystemTime::now();
    now.duration_since(UNIX_EPOCH).unwrap_or_default()
}
