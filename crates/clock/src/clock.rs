//! Time, passed in so that expiry is tested without sleeping.

use std::{fmt::Debug, time::Duration};

use domain::UnixTime;
use rustix::time::{ClockId, clock_gettime};

/// The clock that counts all time since boot: no one can set it, and it goes on during suspend.
#[cfg(any(target_os = "linux", target_os = "android"))]
const SINCE_BOOT: ClockId = ClockId::Boottime;
/// Elsewhere the monotonic clock; that of macOS counts suspend as well.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
const SINCE_BOOT: ClockId = ClockId::Monotonic;

/// Tells the time.
pub trait Clock: Send + Sync + Debug {
    /// Now.
    fn now(&self) -> UnixTime;

    /// Returns the time since the machine was booted, including suspend. Setting the machine's clock does not change
    /// it. A process judges by it how long something of its own may last.
    fn boot_time(&self) -> Duration;

    /// Returns the database's time, given what was just read there. Only tests return anything else.
    fn database_now(&self, read: UnixTime) -> UnixTime {
        read
    }
}

/// The clock of the machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the machine's clock"
    )]
    fn now(&self) -> UnixTime {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        UnixTime(since.map_or(0, |since| {
            i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
        }))
    }

    fn boot_time(&self) -> Duration {
        let time = clock_gettime(SINCE_BOOT);
        let seconds = u64::try_from(time.tv_sec).unwrap_or_default();
        let nanos = u32::try_from(time.tv_nsec).unwrap_or_default();
        Duration::new(seconds, nanos)
    }
}

#[cfg(test)]
mod tests {
    use std::{thread::sleep, time::Duration};

    use super::{Clock, SystemClock};

    #[test]
    fn the_time_since_boot_goes_on() {
        let before = SystemClock.boot_time();
        sleep(Duration::from_millis(20));
        assert!(SystemClock.boot_time() >= before + Duration::from_millis(20));
    }
}
