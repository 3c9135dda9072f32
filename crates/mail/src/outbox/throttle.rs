//! Limits of a mail server that a delivery queue has learned from failures, and the resulting
//! pauses.

use std::time::{Duration, Instant};

use domain::{FindingCode, UnixTime};

use super::plan::PlanKey;
use crate::backoff::Backoff;

/// Pause when a quota is used up.
const QUOTA: Backoff = Backoff::new(Duration::from_mins(10), Duration::from_hours(2));
/// Pause when a quota is used up.
const RATE: Backoff = Backoff::new(Duration::from_mins(1), Duration::from_mins(30));
/// Pause when a sign-in is rejected. A server that cannot reach its authentication service often
/// replies as if the credentials were wrong.
const SIGN_IN: Backoff = Backoff::new(Duration::from_secs(30), Duration::from_mins(15));
/// Pause when an administrator must change something. Changed settings or a new grant end it early.
const CHANGE: Backoff = Backoff::new(Duration::from_mins(15), Duration::from_mins(15));
/// Pause after a failed connection.
const COOL_DOWN: Backoff = Backoff::new(Duration::from_secs(1), Duration::from_mins(1));
/// Time for which a rejection of too many connections limits their number.
const REDUCED_FOR: Duration = Duration::from_mins(1);

/// Consecutive pauses for one kind of finding.
#[derive(Clone, Copy, Debug)]
struct Pauses {
    backoff: Backoff,
    key: PlanKey,
    count: u32,
    since: UnixTime,
    until: UnixTime,
}

/// Returns the pauses for a finding.
fn backoff(code: FindingCode) -> Backoff {
    use FindingCode as F;
    match code {
        F::QuotaExceeded | F::TooManySignIns | F::AccountSuspended => QUOTA,
        F::SendingRateLimited => RATE,
        F::TokenRefused
        | F::TokenForOtherResource
        | F::PasswordRefused
        | F::AuthenticationUnavailable
        // An unknown rejection may be temporary.
        | F::Refused => SIGN_IN,
        _ => CHANGE,
    }
}

/// Failures, pauses, and connection limits of a data center.
#[derive(Debug, Default)]
pub(super) struct Throttle {
    /// Failed connections since the last accepted message.
    failures: u32,
    /// Time before which no connection is opened.
    cool_until: Option<Instant>,
    /// Pauses since the last accepted message.
    pauses: Option<Pauses>,
    /// Number of connections not to exceed after the server rejected more, and the time of the
    /// rejection.
    reduced: Option<(u32, Instant)>,
}

impl Throttle {
    /// Resets failures and pauses after a message was accepted.
    pub(super) fn accepted(&mut self) {
        self.failures = 0;
        self.pauses = None;
    }

    /// Records a failed connection.
    pub(super) fn failed(&mut self) {
        self.failures = self.failures.saturating_add(1);
        self.cool_until = Some(Instant::now() + COOL_DOWN.after(self.failures));
    }

    /// Returns the time before which no connection is opened.
    pub(super) fn cooling_until(&mut self) -> Option<Instant> {
        self.cool_until = self.cool_until.filter(|until| Instant::now() < *until);
        self.cool_until
    }

    /// Records a finding of an attempt that began at `started`, and returns the end of the pause.
    /// Pauses of one kind double. Other settings or another grant (`key`) reset them. Returns
    /// `None` if the attempt began before a pause that has ended since, because its finding belongs
    /// to that pause.
    pub(super) fn pause(
        &mut self,
        code: FindingCode,
        key: PlanKey,
        started: UnixTime,
        now: UnixTime,
    ) -> Option<UnixTime> {
        let backoff = backoff(code);
        let longest = backoff.seconds_after(u32::MAX);
        let last = self.pauses.filter(|last| {
            // An old pause says nothing about the server now.
            last.key == key && last.backoff == backoff && now.since(last.until) < 2 * longest
        });
        // Several connections that fail for the same reason cause one pause.
        if let Some(last) = last {
            if now < last.until {
                return Some(last.until);
            }
            if started <= last.since {
                return None;
            }
        }
        let count = last.map_or(1, |last| last.count.saturating_add(1));
        let until = now.plus(backoff.seconds_after(count));
        self.pauses = Some(Pauses {
            backoff,
            key,
            count,
            since: now,
            until,
        });
        Some(until)
    }

    /// Records that the server rejected this number of connections.
    pub(super) fn too_many_connections(&mut self, connections: u32) {
        let fewer = connections.saturating_sub(1).max(1);
        self.reduced = Some((fewer, Instant::now()));
    }

    /// Returns how many of the allowed connections to use.
    pub(super) fn connections(&self, allowed: u32) -> u32 {
        let reduced = self
            .reduced
            .filter(|(_, since)| since.elapsed() < REDUCED_FOR);
        reduced
            .map_or(allowed, |(many, _)| allowed.min(many))
            .max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: PlanKey = PlanKey::of(1, UnixTime(0));

    fn pause(throttle: &mut Throttle, started: i64, now: i64) -> Option<i64> {
        let until = throttle.pause(
            FindingCode::TokenRefused,
            KEY,
            UnixTime(started),
            UnixTime(now),
        );
        until.map(|until| until.0)
    }

    #[test]
    fn pauses_of_one_kind_double() {
        let mut throttle = Throttle::default();
        assert_eq!(pause(&mut throttle, 1_000, 1_000), Some(1_030));
        assert_eq!(pause(&mut throttle, 1_030, 1_030), Some(1_090));
        assert_eq!(pause(&mut throttle, 1_090, 1_091), Some(1_211));
    }

    #[test]
    fn attempts_that_fail_during_a_pause_do_not_lengthen_it() {
        let mut throttle = Throttle::default();
        pause(&mut throttle, 1_000, 1_000);
        assert_eq!(pause(&mut throttle, 1_000, 1_020), Some(1_030));
    }

    #[test]
    fn an_attempt_from_before_a_pause_that_fails_after_it_starts_no_new_pause() {
        let mut throttle = Throttle::default();
        pause(&mut throttle, 1_000, 1_000);
        assert_eq!(pause(&mut throttle, 999, 1_030), None);
        assert_eq!(pause(&mut throttle, 1_000, 1_031), None);
        assert_eq!(pause(&mut throttle, 1_031, 1_032), Some(1_092));
    }
}
