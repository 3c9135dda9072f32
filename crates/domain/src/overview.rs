//! Overview of the outbox.

use crate::{
    DataCenter, GrantStatus, HourCounts, SendingLimits, SendingPause, SendingUse, UnixTime,
};

/// Sending state of one data center.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SendingState {
    /// Data center that the state belongs to.
    pub data_center: DataCenter,
    /// True if the data center has SMTP settings.
    pub has_settings: bool,
    /// Status of its grant.
    pub grant: GrantStatus,
    /// Pause, during which the data center does not send.
    pub pause: Option<SendingPause>,
    /// Current use of its limits.
    pub used: SendingUse,
    /// Effective limits.
    pub limits: SendingLimits,
}

/// Overview of the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxOverview {
    /// Time of the snapshot.
    pub at: UnixTime,
    /// Number of messages that wait or are being delivered.
    pub waiting: i64,
    /// The last [`OutboxOverview::HOURS`] hours, including the current one; the oldest first,
    /// without gaps.
    pub hours: Vec<HourCounts>,
    /// Sending state of every data center.
    pub data_centers: Vec<SendingState>,
}

impl OutboxOverview {
    /// Number of hours in the overview.
    pub const HOURS: i64 = 24;

    /// Returns the hours up to `now`. Hours that are not in `known` get zeros.
    pub fn hours(now: UnixTime, known: &[HourCounts]) -> Vec<HourCounts> {
        let last = now.0 - now.0.rem_euclid(3_600);
        let hours = (0..Self::HOURS)
            .rev()
            .map(|ago| UnixTime(last - ago * 3_600));
        hours
            .map(|hour| {
                let found = known.iter().find(|counts| counts.hour == hour).copied();
                found.unwrap_or(HourCounts {
                    hour,
                    ..HourCounts::default()
                })
            })
            .collect()
    }

    /// Returns the number of messages delivered in these hours.
    pub fn delivered(&self) -> i64 {
        self.hours.iter().map(|hour| hour.delivered).sum()
    }

    /// Returns the number of messages given up in these hours.
    pub fn failed(&self) -> i64 {
        self.hours.iter().map(|hour| hour.failed).sum()
    }

    /// Returns how many messages waited at the end of each hour, computed backwards from the
    /// current number.
    pub fn waiting_by_hour(&self) -> Vec<i64> {
        let mut waiting = self.waiting;
        let backwards = self.hours.iter().rev().map(|hour| {
            let at_its_end = waiting;
            let entered = hour.accepted + hour.retried;
            let left = hour.delivered + hour.failed + hour.cancelled;
            // The counts and the current number are read separately, so they may not match exactly.
            waiting = (waiting - entered + left).max(0);
            at_its_end
        });
        let mut by_hour: Vec<_> = backwards.collect();
        by_hour.reverse();
        by_hour
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hour(number: i64, accepted: i64, delivered: i64, failed: i64) -> HourCounts {
        HourCounts {
            hour: UnixTime(number * 3_600),
            accepted,
            delivered,
            failed,
            ..HourCounts::default()
        }
    }

    #[test]
    fn hours_have_no_gaps_and_end_with_the_one_that_goes_on() {
        let known = [hour(99, 5, 0, 0), hour(50, 9, 9, 0)];
        let hours = OutboxOverview::hours(UnixTime(100 * 3_600 + 1_234), &known);
        assert_eq!(hours.len(), 24);
        assert_eq!(hours[0].hour, UnixTime(77 * 3_600));
        assert_eq!(hours[23].hour, UnixTime(100 * 3_600));
        let accepted: Vec<_> = hours
            .iter()
            .map(|hour| hour.accepted)
            .filter(|one| *one > 0)
            .collect();
        assert_eq!(accepted, [5]);
    }

    #[test]
    fn waiting_messages_are_computed_from_accepted_and_finished_ones() {
        let mut third = hour(3, 0, 1, 1);
        third.cancelled = 1;
        third.retried = 2;
        let overview = OutboxOverview {
            at: UnixTime(4 * 3_600),
            waiting: 4,
            hours: vec![hour(1, 10, 2, 0), hour(2, 0, 3, 0), third],
            data_centers: Vec::new(),
        };
        assert_eq!(overview.waiting_by_hour(), [8, 5, 4]);
        assert_eq!((overview.delivered(), overview.failed()), (6, 1));
    }
}
