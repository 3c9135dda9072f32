//! Limits on the sessions that are recorded in a minute.

use std::collections::HashMap;

use domain::{SenderId, UnixTime};

/// Sessions of a sender without anything refused.
const CLEAN: u32 = 6;
/// Sessions of a sender with something refused.
const REFUSED: u32 = 20;
/// Sessions of unknown clients.
const UNKNOWN: u32 = 60;

/// Counts of the current minute.
#[derive(Debug, Default)]
pub struct Rate {
    minute: i64,
    unknown: u32,
    senders: HashMap<(SenderId, bool), u32>,
}

impl Rate {
    /// Returns true if another session may be recorded.
    pub fn has_room(&mut self, now: UnixTime, sender: Option<&SenderId>, is_clean: bool) -> bool {
        let minute = now.0.div_euclid(60);
        if minute != self.minute {
            *self = Self {
                minute,
                ..Self::default()
            };
        }
        let Some(sender) = sender else {
            return self.unknown < UNKNOWN;
        };
        let limit = if is_clean { CLEAN } else { REFUSED };
        let count = self.senders.get(&(sender.clone(), is_clean));
        count.is_none_or(|count| *count < limit)
    }

    /// Counts a session. Returns false if it may not be recorded.
    pub fn count(&mut self, now: UnixTime, sender: Option<&SenderId>, is_clean: bool) -> bool {
        if !self.has_room(now, sender, is_clean) {
            return false;
        }
        match sender {
            Some(sender) => *self.senders.entry((sender.clone(), is_clean)).or_default() += 1,
            None => self.unknown += 1,
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scanner_and_a_busy_sender_are_recorded_a_few_times_a_minute() {
        let sender = SenderId::parse("printer").unwrap();
        let mut rate = Rate::default();
        let mut recorded = |at, sender, is_clean| {
            let all = 0..1_000;
            all.filter(|_| rate.count(UnixTime(at), sender, is_clean))
                .count()
        };
        assert_eq!(recorded(60, None, false), 60);
        assert_eq!(recorded(119, None, false), 0);
        assert_eq!(recorded(119, Some(&sender), true), 6);
        assert_eq!(recorded(119, Some(&sender), false), 20);
        assert_eq!(recorded(120, None, true), 60);
    }
}
