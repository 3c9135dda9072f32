//! What a lane has learned of its mail server, and how long it holds back for that.

use std::time::{Duration, Instant};

/// The first pause when a quota is used up, and the longest: seconds.
const QUOTA: (i64, i64) = (10 * 60, 2 * 3_600);
/// After connections failed: milliseconds, doubled each time, up to a minute.
const COOL: u64 = 1_000;
/// How long it is believed that there were too many connections.
const CROWDED: Duration = Duration::from_mins(1);

/// What hinders.
#[derive(Debug, Default)]
pub(super) struct Hindrances {
    /// Connections that failed since the last message was accepted.
    failures: u32,
    /// No connection is made before.
    cool_until: Option<Instant>,
    /// Quotas used up since the last message was accepted.
    quotas: u32,
    /// The server has said that there are too many connections: how many were too many, and when.
    crowded: Option<(u32, Instant)>,
}

impl Hindrances {
    /// A message was accepted.
    pub(super) fn went_well(&mut self) {
        self.failures = 0;
        self.quotas = 0;
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

    /// A quota is used up: for how many seconds nothing is sent.
    pub(super) fn quota(&mut self) -> i64 {
        let seconds = (QUOTA.0 << self.quotas.min(8)).min(QUOTA.1);
        self.quotas += 1;
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
