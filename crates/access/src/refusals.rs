//! Refused requests in the audit: one entry per minute, kind, account, and address, with a count.
//! Otherwise a rejected program or an attacker could fill the disk.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use domain::{Actor, AuditAction, AuditRecord, Change, Principal, UnixTime};
use tokio::time::sleep;

use crate::{Access, AccessError};

/// Seconds between two entries of the same kind, account, and address.
const WINDOW: i64 = 60;
/// Interval at which completed counts are written.
const WRITE_INTERVAL: Duration = Duration::from_secs(10);
/// Maximum number of counts in memory. Further addresses share one count.
const MAX_COUNTS: usize = 4_096;
/// Stands for the address if a count covers several addresses.
const SEVERAL_ADDRESSES: &str = "several addresses";

/// Properties that refused requests of the same count share.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    action: AuditAction,
    /// Kind and name of the actor, and the account of a failed sign-in.
    account: (&'static str, String, String),
    address: String,
}

/// Refusals since the last entry.
#[derive(Debug)]
struct Count {
    since: UnixTime,
    further: u64,
    last: AuditRecord,
}

/// Refusals within the last minute.
#[derive(Debug, Default)]
pub(crate) struct Refusals(Mutex<HashMap<Key, Count>>);

impl Refusals {
    fn all(&self) -> MutexGuard<'_, HashMap<Key, Count>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the record if it is the first one of its minute; otherwise counts it.
    fn first(&self, mut record: AuditRecord) -> Option<AuditRecord> {
        let mut all = self.all();
        let mut key = key(&record);
        if all.len() >= MAX_COUNTS && !all.contains_key(&key) {
            SEVERAL_ADDRESSES.clone_into(&mut key.address);
            SEVERAL_ADDRESSES.clone_into(&mut record.actor.address);
        }
        match all.entry(key) {
            Entry::Vacant(vacant) => {
                vacant.insert(Count {
                    since: record.at,
                    further: 0,
                    last: record.clone(),
                });
                Some(record)
            }
            Entry::Occupied(mut occupied) => {
                let counted = occupied.get_mut();
                counted.further += 1;
                counted.last = record;
                None
            }
        }
    }

    /// Removes and returns the entries of the counts whose minute is over, or of all counts.
    fn due(&self, now: UnixTime, all_of_them: bool) -> Vec<AuditRecord> {
        let mut due = Vec::new();
        self.all().retain(|_, counted| {
            // The minute also ends if the clock was set back.
            let is_over = !(0..WINDOW).contains(&now.since(counted.since));
            if !is_over && !all_of_them {
                return true;
            }
            if counted.further == 0 {
                return false;
            }
            let mut record = counted.last.clone();
            let count = std::mem::take(&mut counted.further);
            record
                .changes
                .push(Change::fact("count", count.to_string()));
            due.push(record);
            counted.since = now;
            true
        });
        due
    }
}

fn key(record: &AuditRecord) -> Key {
    let who = &record.actor.who;
    // For visitors, the subject is the account of the sign-in. For others, it is the requested
    // resource, which does not separate counts.
    let subject = match who {
        Principal::Nobody => record.subject.clone(),
        _ => String::new(),
    };
    Key {
        action: record.action,
        account: (who.kind(), who.name().to_owned(), subject),
        address: record.actor.address.clone(),
    }
}

impl Access {
    /// Records in the audit that a request was refused.
    ///
    /// # Errors
    /// Returns an error if the database fails.
    pub async fn note_refusal(
        &self,
        by: &Actor,
        action: AuditAction,
        subject: &str,
    ) -> Result<(), AccessError> {
        let record = AuditRecord {
            at: self.now(),
            actor: by.clone(),
            action,
            subject: subject.to_owned(),
            changes: Vec::new(),
        };
        self.record_refusal(record).await
    }

    pub(crate) async fn record_refusal(&self, record: AuditRecord) -> Result<(), AccessError> {
        match self.0.refusals.first(record) {
            Some(first) => Ok(self.store().record(&first).await?),
            None => Ok(()),
        }
    }

    /// Writes counts when their minute is over, until the future is dropped.
    pub async fn keep_recording_refusals(&self) {
        loop {
            sleep(WRITE_INTERVAL).await;
            self.record_refusals(false).await;
        }
    }

    /// Writes the counts whose minute is over, or all counts at shutdown.
    pub async fn record_refusals(&self, all_of_them: bool) {
        for record in self.0.refusals.due(self.now(), all_of_them) {
            if let Err(error) = self.store().record(&record).await {
                let error: &dyn std::error::Error = &error;
                tracing::error!(error, "refused requests could not be recorded");
            }
        }
    }
}
