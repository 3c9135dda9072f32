//! Exponential backoff between tries.

use std::time::Duration;

/// Waits that double from the first to the longest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Backoff {
    initial: Duration,
    max: Duration,
}

impl Backoff {
    pub(crate) const fn new(initial: Duration, max: Duration) -> Self {
        Self { initial, max }
    }

    /// Returns the wait after this many failures in a row, counted from 1.
    pub(crate) fn after(self, failures: u32) -> Duration {
        let doublings = failures.saturating_sub(1).min(31);
        self.initial.saturating_mul(1 << doublings).min(self.max)
    }

    /// Returns [`Self::after`] in whole seconds.
    pub(crate) fn seconds_after(self, failures: u32) -> i64 {
        i64::try_from(self.after(failures).as_secs()).unwrap_or(i64::MAX)
    }

    /// Returns [`Self::seconds_after`], plus or minus up to a fifth, which spreads the retries of
    /// messages that failed together. `chance` is any number.
    pub(crate) fn spread_seconds_after(self, failures: u32, chance: u32) -> i64 {
        let wait = self.seconds_after(failures);
        let fifth = wait / 5;
        wait - fifth + i64::from(chance) % (2 * fifth + 1)
    }
}

/// The failures in a row of one task, and the wait after each.
#[derive(Debug)]
pub(crate) struct Failures {
    backoff: Backoff,
    count: u32,
}

impl Failures {
    pub(crate) const fn new(backoff: Backoff) -> Self {
        Self { backoff, count: 0 }
    }

    /// Counts a failure and returns the wait before the next try.
    pub(crate) fn next_wait(&mut self) -> Duration {
        self.count = self.count.saturating_add(1);
        self.backoff.after(self.count)
    }

    /// Starts with the first wait again.
    pub(crate) fn reset(&mut self) {
        self.count = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOURS: Backoff = Backoff::new(Duration::from_secs(30), Duration::from_hours(4));

    #[test]
    fn waits_double_up_to_the_longest() {
        let waits = [0, 1, 2, 5, 10, 1_000, u32::MAX].map(|failures| HOURS.seconds_after(failures));
        assert_eq!(waits, [30, 30, 60, 480, 14_400, 14_400, 14_400]);
    }

    #[test]
    fn spread_waits_differ_by_at_most_a_fifth() {
        for failures in [1, 2, 5, 10, 1_000] {
            let middle = HOURS.seconds_after(failures);
            let fifth = middle / 5;
            for chance in [0, 1, 7_919, u32::MAX] {
                let wait = HOURS.spread_seconds_after(failures, chance);
                assert!(
                    (middle - fifth..=middle + fifth).contains(&wait),
                    "{failures} {chance} {wait}"
                );
            }
        }
    }

    #[test]
    fn a_success_resets_the_wait() {
        let mut failures = Failures::new(HOURS);
        assert_eq!(failures.next_wait(), Duration::from_secs(30));
        assert_eq!(failures.next_wait(), Duration::from_mins(1));
        failures.reset();
        assert_eq!(failures.next_wait(), Duration::from_secs(30));
    }
}
