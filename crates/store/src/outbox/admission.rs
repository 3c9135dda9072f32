//! Counters of senders and their limits, within the transaction that stores messages.

use std::collections::BTreeMap;

use domain::{SenderLimits, UnixTime};
use sqlx::AnyConnection;

use super::{CountedSender, ExceededLimit, NewMessage};
use crate::StoreError;

/// Seconds of a minute, for which the messages of a sender are counted together.
const MINUTE: i64 = 60;
/// Seconds of a day.
const DAY: i64 = 86_400;

/// Messages of one sender.
#[derive(Clone, Copy, Debug, Default)]
struct Count {
    last_minute: i64,
    last_day: i64,
    accepted: i64,
}

/// Counts the messages of a transaction for their senders.
pub(crate) struct Admission<'a> {
    minute: i64,
    counts: BTreeMap<&'a str, Count>,
}

/// Returns the time up to which counts no longer matter.
pub(crate) fn failure_cutoff(now: UnixTime) -> UnixTime {
    now.plus(-DAY - MINUTE)
}

impl<'a> Admission<'a> {
    /// Locks the senders of messages until the end of the transaction, and reads their counts.
    pub(crate) async fn lock(
        connection: &mut AnyConnection,
        messages: impl Iterator<Item = &'a NewMessage>,
    ) -> Result<Self, StoreError> {
        let mut newest = UnixTime(0);
        // Sorted, which prevents deadlocks between servers.
        let mut senders: BTreeMap<&str, SenderLimits> = BTreeMap::new();
        for message in messages {
            if let Some(sender) = &message.counts_for {
                senders.insert(sender.id.as_str(), sender.limits);
                newest = newest.max(message.created_at);
            }
        }
        let minute = newest.0 - newest.0.rem_euclid(MINUTE);
        let mut counts = BTreeMap::new();
        for (id, limits) in senders {
            let locked = sqlx::query("UPDATE senders SET last_seen_at = $1 WHERE id = $2")
                .bind(newest.0)
                .bind(id)
                .execute(&mut *connection)
                .await?;
            // A sender that was removed meanwhile has no counts.
            if locked.rows_affected() == 0 {
                continue;
            }
            let mut count = Count::default();
            if limits != SenderLimits::default() {
                let sql = "SELECT CAST(COALESCE(SUM(CASE WHEN minute = $1 THEN messages ELSE 0 END), 0) AS BIGINT),
                         CAST(COALESCE(SUM(messages), 0) AS BIGINT)
                     FROM sender_counts WHERE sender = $2 AND minute > $3";
                (count.last_minute, count.last_day) = sqlx::query_as(sql)
                    .bind(minute)
                    .bind(id)
                    .bind(newest.0 - DAY)
                    .fetch_one(&mut *connection)
                    .await?;
            }
            counts.insert(id, count);
        }
        Ok(Self { minute, counts })
    }

    /// Counts a message, or returns the limit that it would exceed.
    pub(crate) fn count(&mut self, sender: &CountedSender) -> Result<(), ExceededLimit> {
        let Some(count) = self.counts.get_mut(sender.id.as_str()) else {
            return Ok(());
        };
        let exceeds = |limit: Option<u32>, messages: i64| {
            limit.is_some_and(|limit| messages >= i64::from(limit))
        };
        if exceeds(sender.limits.per_minute, count.last_minute) {
            return Err(ExceededLimit::PerMinute);
        }
        if exceeds(sender.limits.per_day, count.last_day) {
            return Err(ExceededLimit::PerDay);
        }
        count.last_minute += 1;
        count.last_day += 1;
        count.accepted += 1;
        Ok(())
    }

    /// Writes the counts.
    pub(crate) async fn write(self, connection: &mut AnyConnection) -> Result<(), StoreError> {
        for (id, count) in self.counts {
            if count.accepted == 0 {
                continue;
            }
            sqlx::query("UPDATE senders SET accepted = accepted + $1 WHERE id = $2")
                .bind(count.accepted)
                .bind(id)
                .execute(&mut *connection)
                .await?;
            sqlx::query(
                "INSERT INTO sender_counts (sender, minute, messages) VALUES ($1, $2, $3)
                 ON CONFLICT (sender, minute) DO UPDATE SET messages = sender_counts.messages + excluded.messages",
            )
            .bind(id)
            .bind(self.minute)
            .bind(count.accepted)
            .execute(&mut *connection)
            .await?;
        }
        Ok(())
    }
}
