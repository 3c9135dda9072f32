//! Rate-limited logging of rejected rows.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use super::RowFault;

/// Minimum time between two log lines for the same table and fault.
const INTERVAL: Duration = Duration::from_mins(1);

/// Counts rejected rows, and logs them once a minute per table and fault.
#[derive(Debug, Default)]
pub(crate) struct Rejections(Mutex<HashMap<(&'static str, RowFault), Counted>>);

#[derive(Debug)]
struct Counted {
    logged_at: Instant,
    since: u64,
}

impl Rejections {
    pub(crate) fn note(&self, table: &'static str, fault: RowFault) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let mut rows = 1;
        if let Some(counted) = all.get_mut(&(table, fault)) {
            counted.since += 1;
            if now.duration_since(counted.logged_at) < INTERVAL {
                return;
            }
            rows = counted.since;
        }
        let counted = Counted {
            logged_at: now,
            since: 0,
        };
        all.insert((table, fault), counted);
        drop(all);
        tracing::error!(
            table,
            fault = fault.code(),
            rows,
            "rejected a database row that was changed outside of Mailgrant; run `mailgrant audit verify`"
        );
    }
}
