//! The clocks that determine leases.
//!
//! Within this process, leases are measured in time since boot. No one can set this clock, and it
//! includes time during which the process or the machine sleeps. Between processes, the database's
//! time counts. The machine's own clock only determines when mail is due. A server whose clock
//! differs too much claims no mail.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use clock::Clock;
use domain::{AlertFacts, AlertKind, UnixTime};
use store::Store;

use crate::{MailError, ServerConditions};

/// Largest accepted difference between the machine's clock and the database's.
const MAX_DIFFERENCE: Duration = Duration::from_secs(15);
/// Interval between comparisons of the two clocks.
const COMPARE_INTERVAL: Duration = Duration::from_mins(1);
/// A jump of the machine's clock by more than this many seconds causes an immediate comparison.
const JUMP: i64 = 5;

/// Returns how long a process holds a lease, in time since boot. It is a quarter shorter than in
/// the database, to allow for clocks of different speed and for latency.
pub(crate) fn held_for(seconds: u32) -> Duration {
    Duration::from_secs(u64::from(seconds)) * 3 / 4
}

#[derive(Clone, Copy, Debug)]
struct Comparison {
    /// Time since boot of the comparison.
    at: Duration,
    /// The machine's clock minus the time since boot. It changes when the clock is set.
    offset: i64,
    difference: Difference,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Difference {
    /// Seconds that the machine's clock is ahead.
    seconds: i64,
    is_too_much: bool,
}

impl Difference {
    /// Compares the clocks. `read` is the database's time, received within `round_trip` after the
    /// machine's clock showed `asked_at`.
    fn of(asked_at: UnixTime, read: UnixTime, round_trip: Duration) -> Self {
        let half = i64::try_from(round_trip.as_millis() / 2).unwrap_or(i64::MAX);
        let ahead = (asked_at.since(read) * 1_000).saturating_add(half);
        // The database may have read its clock at any time during the round trip.
        let certain = ahead.saturating_abs().saturating_sub(half);
        Self {
            seconds: ahead / 1_000,
            is_too_much: u128::try_from(certain).is_ok_and(|ms| ms > MAX_DIFFERENCE.as_millis()),
        }
    }
}

/// The time of this server and of the database.
#[derive(Debug)]
pub struct ServerClock {
    clock: Arc<dyn Clock>,
    store: Store,
    conditions: Arc<ServerConditions>,
    /// The last comparison of the machine's clock with the database's.
    last: Mutex<Option<Comparison>>,
}

impl ServerClock {
    pub(crate) fn new(
        clock: Arc<dyn Clock>,
        store: Store,
        conditions: Arc<ServerConditions>,
    ) -> Self {
        Self {
            clock,
            store,
            conditions,
            last: Mutex::default(),
        }
    }

    fn last(&self) -> MutexGuard<'_, Option<Comparison>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the current time of the injected clock.
    pub fn now(&self) -> UnixTime {
        self.clock.now()
    }

    /// Returns the time since boot.
    pub(crate) fn boot_time(&self) -> Duration {
        self.clock.boot_time()
    }

    /// Returns the database's time, which determines leases between processes.
    pub(crate) async fn database_now(&self) -> Result<UnixTime, MailError> {
        let read = self.store.database_time().await?;
        let read = read.unwrap_or_else(|| self.now());
        Ok(self.clock.database_now(read))
    }

    /// Compares the machine's clock with the database's: at the start, every minute, and after the
    /// machine's clock was set. A single server on a SQLite file has no other clock to compare
    /// with.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn compare(&self) -> Result<(), MailError> {
        let (began, asked_at) = (self.boot_time(), self.now());
        let offset = asked_at.0.saturating_sub_unsigned(began.as_secs());
        let before = *self.last();
        let is_due = before.is_none_or(|last| {
            let jumped = (offset - last.offset).abs() > JUMP;
            jumped || began.saturating_sub(last.at) >= COMPARE_INTERVAL
        });
        if !is_due {
            return Ok(());
        }
        let Some(read) = self.store.database_time().await? else {
            return Ok(());
        };
        let read = self.clock.database_now(read);
        let round_trip = self.boot_time().saturating_sub(began);
        let difference = Difference::of(asked_at, read, round_trip);
        *self.last() = Some(Comparison {
            at: began,
            offset,
            difference,
        });
        if difference.is_too_much {
            let facts = AlertFacts {
                clock_ahead_seconds: Some(difference.seconds),
                ..AlertFacts::default()
            };
            self.conditions.raise(AlertKind::ClockDiffers, facts);
        } else {
            self.conditions.resolve(AlertKind::ClockDiffers);
        }
        Ok(())
    }

    /// Returns the seconds that the machine's clock is ahead of the database's, after the first
    /// comparison.
    pub(crate) fn difference(&self) -> Option<i64> {
        let last = self.last();
        last.map(|last| last.difference.seconds)
    }

    /// Returns the difference if it is too large for claiming mail.
    pub(crate) fn excessive_difference(&self) -> Option<i64> {
        let last = self.last();
        let difference = last.map(|last| last.difference)?;
        difference.is_too_much.then_some(difference.seconds)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use domain::UnixTime;

    use super::Difference;

    #[test]
    fn half_the_round_trip_is_subtracted_from_the_difference() {
        for (asked_at, read, round_trip, seconds, is_too_much) in [
            (1_000, 1_000, 0, 0, false),
            (1_015, 1_000, 0, 15, false),
            (1_016, 1_000, 0, 16, true),
            (1_000, 1_016, 0, -16, true),
            // The database read its clock a second after the machine did.
            (1_000, 1_016, 2_000, -15, false),
            // A slow response allows no exact comparison.
            (1_000, 1_000, 60_000, 30, false),
            (1_000, 1_050, 60_000, -20, false),
            (1_600, 1_000, 10_000, 605, true),
        ] {
            let round_trip = Duration::from_millis(round_trip);
            let found = Difference::of(UnixTime(asked_at), UnixTime(read), round_trip);
            let expected = Difference {
                seconds,
                is_too_much,
            };
            assert_eq!(found, expected, "{asked_at} {read} {round_trip:?}");
        }
    }
}
