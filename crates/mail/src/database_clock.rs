//! The clocks that leases go by.
//!
//! Within this process a lease is judged by the time since boot, which nobody can set and which goes on while the process
//! or the machine sleeps. Between processes it goes by the database's time. The machine's own clock decides on neither,
//! but on when mail is due; a server whose clock is wrong by much claims no mail.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use domain::{AlertFacts, AlertKind, UnixTime};

use crate::{MailError, Mailer};

/// By how much the machine's clock may differ from the database's.
const MAX_DIFFERENCE: Duration = Duration::from_secs(15);
/// How often the two are compared.
const COMPARE_EVERY: Duration = Duration::from_mins(1);
/// They are compared immediately when the machine's clock was set by more than this: seconds.
const JUMP: i64 = 5;

/// Returns how long a process holds a lease of some seconds, by the time since boot. A quarter less than the database
/// says: for clocks that run at different speeds, and for the way there.
pub(crate) fn held_for(seconds: u32) -> Duration {
    Duration::from_secs(u64::from(seconds)) * 3 / 4
}

/// How the machine's clock compares with the database's.
#[derive(Debug, Default)]
pub(crate) struct DatabaseClock(Mutex<Option<Comparison>>);

#[derive(Clone, Copy, Debug)]
struct Comparison {
    /// By the time since boot.
    at: Duration,
    /// The machine's clock less the time since boot: it changes when the clock is set.
    offset: i64,
    difference: Difference,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Difference {
    /// By how much the machine's clock is ahead.
    seconds: i64,
    is_too_much: bool,
}

impl Difference {
    /// `read` is what the database said within `round_trip` after the machine's clock said `asked_at`.
    fn of(asked_at: UnixTime, read: UnixTime, round_trip: Duration) -> Self {
        let half = i64::try_from(round_trip.as_millis() / 2).unwrap_or(i64::MAX);
        let ahead = (asked_at.since(read) * 1_000).saturating_add(half);
        // The answer may have taken no time in one direction.
        let certain = ahead.saturating_abs().saturating_sub(half);
        Self {
            seconds: ahead / 1_000,
            is_too_much: u128::try_from(certain).is_ok_and(|ms| ms > MAX_DIFFERENCE.as_millis()),
        }
    }
}

impl DatabaseClock {
    fn last(&self) -> MutexGuard<'_, Option<Comparison>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Mailer {
    /// Returns the time since boot.
    pub(crate) fn boot_time(&self) -> Duration {
        self.0.options.clock.boot_time()
    }

    /// Returns the database's time, which leases go by.
    pub(crate) async fn database_now(&self) -> Result<UnixTime, MailError> {
        let read = self.store().database_time().await?;
        let read = read.unwrap_or_else(|| self.now());
        Ok(self.0.options.clock.database_now(read))
    }

    /// Compares the machine's clock with the database's: at the start, every minute, and when the machine's clock was
    /// set. The only server on a file of SQLite has nothing to compare with.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn compare_clocks(&self) -> Result<(), MailError> {
        let (began, asked_at) = (self.boot_time(), self.now());
        let offset = asked_at.0.saturating_sub_unsigned(began.as_secs());
        let before = *self.0.database_clock.last();
        let is_due = before.is_none_or(|last| {
            let jumped = (offset - last.offset).abs() > JUMP;
            jumped || began.saturating_sub(last.at) >= COMPARE_EVERY
        });
        if !is_due {
            return Ok(());
        }
        let Some(read) = self.store().database_time().await? else {
            return Ok(());
        };
        let read = self.0.options.clock.database_now(read);
        let round_trip = self.boot_time().saturating_sub(began);
        let difference = Difference::of(asked_at, read, round_trip);
        *self.0.database_clock.last() = Some(Comparison {
            at: began,
            offset,
            difference,
        });
        if difference.is_too_much {
            let facts = AlertFacts {
                clock_ahead_seconds: Some(difference.seconds),
                ..AlertFacts::default()
            };
            self.raise_server_condition(AlertKind::ClockDiffers, facts);
        } else {
            self.resolve_server_condition(AlertKind::ClockDiffers);
        }
        Ok(())
    }

    /// Returns by how many seconds the machine's clock is ahead of the database's, once they have been compared.
    pub(crate) fn clock_difference(&self) -> Option<i64> {
        let last = self.0.database_clock.last();
        last.map(|last| last.difference.seconds)
    }

    /// Returns the difference when it is so much that this server claims no mail.
    pub(crate) fn clock_differs(&self) -> Option<i64> {
        let last = self.0.database_clock.last();
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
            // The answer was read a second after the clock was.
            (1_000, 1_016, 2_000, -15, false),
            // A slow answer says little.
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
