//! Time, passed in so that tests of expiry need not sleep.

use std::{fmt::Debug, time::Duration};

use domain::UnixTime;
use rustix::time::{ClockId, clock_gettime};

/// Clock that counts the time since boot. It cannot be set, and it continues during suspend.
#[cfg(any(target_os = "linux", target_os = "android"))]
const SINCE_BOOT: ClockId = ClockId::Boottime;
/// Monotonic clock on other systems. On macOS, it also continues during suspend.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
const SINCE_BOOT: ClockId = ClockId::Monotonic;

/// Source of the current time.
pub trait Clock: Send + Sync + Debug {
    /// Returns the time of day.
    fn now(&self) -> UnixTime;

    /// Returns the time since the machine was booted, including suspend. It does not change when
    /// the clock is set, so use it for timeouts within a process.
    fn boot_time(&self) -> Duration;

    /// Returns the database's time, given the value that was just read. Only tests override this.
    fn database_now(&self, read: UnixTime) -> UnixTime {
        read
    }
}

/// Clock of the machine.
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
