//! What a lane has learned of its mail server, and how long it holds back for that.

use std::time::{Duration, Instant};

use domain::{FindingCode, UnixTime};

use crate::outbox::plan::PlanKey;

/// The first pause when a quota is used up, and the longest: seconds.
const QUOTA: (i64, i64) = (10 * 60, 2 * 3_600);
/// The first pause when a sign-in is refused, and the longest: seconds. A server that cannot reach the service that checks
/// tokens or passwords often answers as if they were wrong.
const SIGN_IN: (i64, i64) = (30, 15 * 60);
/// The pause when somebody has to change something: seconds. A change of the settings and a new grant end it.
const CHANGE: (i64, i64) = (15 * 60, 15 * 60);
/// After connections failed: milliseconds, doubled each time, up to a minute.
const COOL: u64 = 1_000;
/// How long it is believed that there were too many connections.
const CROWDED: Duration = Duration::from_mins(1);

/// The pauses of one kind, one after the other.
#[derive(Clone, Copy, Debug)]
struct Pauses {
    lengths: (i64, i64),
    key: PlanKey,
    count: u32,
    until: UnixTime,
}

/// The first and the longest pause after a finding: seconds.
fn lengths(code: FindingCode) -> (i64, i64) {
    use FindingCode as F;
    match code {
        F::QuotaExceeded | F::TooManySignIns => QUOTA,
        F::TokenRefused
        | F::TokenForOtherResource
        | F::PasswordRefused
        | F::AuthenticationUnavailable
        // A refusal that is not known may be temporary.
        | F::Refused => SIGN_IN,
        _ => CHANGE,
    }
}

/// What hinders.
#[derive(Debug, Default)]
pub(super) struct Hindrances {
    /// Connections that failed since the last message was accepted.
    failures: u32,
    /// No connection is made before.
    cool_until: Option<Instant>,
    /// The pauses since the last message was accepted.
    pauses: Option<Pauses>,
    /// The server has said that there are too many connections: how many were too many, and when.
    crowded: Option<(u32, Instant)>,
}

impl Hindrances {
    /// A message was accepted.
    pub(super) fn went_well(&mut self) {
        self.failures = 0;
        self.pauses = None;
    }

    /// A connection failed.
    pub(super) fn failed(&mut self) {
        let wait = COOL << self.failures.min(6);
        self.failures += 1;
        let wait = Duration::from_millis(wait.min(60_000));
        self.cool_until = Some(Instant::now() + wait);
    }

    /// Until when no connection is made.
    pub(super) fn cools_until(&mut self) -> Option<Instant> {
        self.cool_until = self.cool_until.filter(|until| Instant::now() < *until);
        self.cool_until
    }

    /// Returns for how many seconds nothing is sent because of a finding. The pauses of one kind double. Other settings or
    /// another grant (`key`) start with the first pause again.
    pub(super) fn pause(&mut self, code: FindingCode, key: PlanKey, now: UnixTime) -> i64 {
        let lengths = lengths(code);
        let last = self.pauses.filter(|last| {
            // A server of long ago says nothing about this one.
            last.key == key && last.lengths == lengths && now.since(last.until) < 2 * lengths.1
        });
        // Several connections fail for one reason: that is one pause.
        if let Some(last) = last.filter(|last| now < last.until) {
            return last.until.since(now);
        }
        let count = last.map_or(0, |last| last.count);
        let seconds = (lengths.0 << count.min(8)).min(lengths.1);
        self.pauses = Some(Pauses {
            lengths,
            key,
            count: count + 1,
            until: now.plus(seconds),
        });
        seconds
    }

    /// So many connections were too many.
    pub(super) fn crowded(&mut self, connections: u32) {
        let fewer = connections.saturating_sub(1).max(1);
        self.crowded = Some((fewer, Instant::now()));
    }

    /// How many connections there may be of those that are allowed.
    pub(super) fn room(&self, allowed: u32) -> u32 {
        let crowded = self.crowded.filter(|(_, since)| since.elapsed() < CROWDED);
        crowded
            .map_or(allowed, |(many, _)| allowed.min(many))
            .max(1)
    }
}
