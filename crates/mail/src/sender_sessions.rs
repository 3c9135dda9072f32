//! The last SMTP sessions of senders and of unknown clients: recorded in the background, and live
//! while they last.
//!
//! A client decides how many sessions there are, so everything is bounded: the sessions that are
//! visible while they last, those that wait to be stored, and those that are stored in a minute.
//! What exceeds a limit is dropped and counted.

mod rate;
mod recording;

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use domain::{SenderId, SenderSession, SenderSessionId, Speaker};
use store::Store;
use tokio::{
    sync::Notify,
    time::{sleep, timeout},
};

use self::rate::Rate;
use crate::{MailError, ServerClock, sortable_id};

pub use recording::Recording;

/// Sessions that are visible while they last.
const MAX_LIVE: usize = 512;
/// Ended sessions that wait to be stored.
const MAX_WAITING: usize = 256;
/// Sessions that a page shows.
const MAX_SHOWN: usize = 60;
/// Time in which sessions are collected that are stored in one transaction.
const BATCH: Duration = Duration::from_millis(500);
/// Pause after the database failed.
const AFTER_ERROR: Duration = Duration::from_secs(30);
/// Interval in which old sessions are deleted without new ones.
const CLEANUP_INTERVAL: Duration = Duration::from_hours(1);

/// Sessions of the SMTP server.
#[derive(Debug)]
pub struct SenderSessions {
    pub(crate) store: Store,
    pub(crate) clock: Arc<ServerClock>,
    pub(crate) state: Mutex<State>,
    pub(crate) ended: Notify,
    pub(crate) dropped: AtomicU64,
}

/// Sessions in memory.
#[derive(Debug, Default)]
pub(crate) struct State {
    live: HashMap<SenderSessionId, Arc<Mutex<SenderSession>>>,
    /// Ended sessions that are not stored yet.
    waiting: Vec<SenderSession>,
    rate: Rate,
}

impl SenderSessions {
    pub(crate) fn new(store: Store, clock: Arc<ServerClock>) -> Self {
        Self {
            store,
            clock,
            state: Mutex::default(),
            ended: Notify::new(),
            dropped: AtomicU64::new(0),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins to record a session. `mode` is the use of TLS of the listener.
    pub fn begin(self: &Arc<Self>, address: String, listener: String, mode: &str) -> Recording {
        let now = self.clock.now();
        let id = SenderSessionId::from_bytes(sortable_id::bytes::<18>(now));
        let session = SenderSession {
            id: id.clone(),
            sender: None,
            address,
            listener,
            mode: mode.to_owned(),
            tls: None,
            began_at: now,
            ended_at: None,
            accepted: 0,
            finding: None,
            lines: Vec::new(),
            omitted: 0,
        };
        let session = Arc::new(Mutex::new(session));
        let mut state = self.state();
        if state.live.len() < MAX_LIVE {
            state.live.insert(id.clone(), Arc::clone(&session));
        }
        drop(state);
        Recording::new(Arc::clone(self), id, session)
    }

    /// Returns true if another refused connection of an unknown client may be recorded. Counts it
    /// as dropped otherwise.
    pub fn has_room_for_unknown(&self) -> bool {
        let now = self.clock.now();
        let has_room = self.state().rate.has_room(now, None, false);
        if !has_room {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
        has_room
    }

    /// Returns the number of sessions that were not recorded because there were too many.
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    /// Ends a session. It is stored later.
    fn end(&self, id: &SenderSessionId, session: &Mutex<SenderSession>, keep: bool) {
        let now = self.clock.now();
        let mut state = self.state();
        state.live.remove(id);
        if !keep {
            return;
        }
        let session = session.lock().unwrap_or_else(PoisonError::into_inner);
        let is_clean = session.is_clean();
        if state.waiting.len() >= MAX_WAITING
            || !state.rate.count(now, session.sender.as_ref(), is_clean)
        {
            drop(state);
            self.dropped.fetch_add(1, Ordering::Relaxed);
            return;
        }
        let mut session = session.clone();
        session.ended_at = Some(now);
        state.waiting.push(session);
        drop(state);
        self.ended.notify_one();
    }

    /// Returns the last sessions of a sender, or of unknown clients, newest first. Those of other
    /// servers are included when they have ended.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn recent(&self, sender: Option<&SenderId>) -> Result<Vec<SenderSession>, MailError> {
        let mut sessions = self.in_memory(sender);
        let stored = self.store.sender_sessions(sender).await?;
        let is_new = |one: &SenderSession| sessions.iter().all(|known| known.id != one.id);
        let stored: Vec<_> = stored.into_iter().filter(is_new).collect();
        sessions.extend(stored);
        sessions.sort_by(|one, other| other.id.cmp(&one.id));
        sessions.truncate(MAX_SHOWN);
        Ok(sessions)
    }

    /// Returns the sessions that last or are not stored yet.
    fn in_memory(&self, sender: Option<&SenderId>) -> Vec<SenderSession> {
        let state = self.state();
        let mut sessions: Vec<_> = state.waiting.clone();
        for live in state.live.values() {
            let session = live.lock().unwrap_or_else(PoisonError::into_inner);
            // A client that has said nothing may be a health check.
            let has_spoken = |by| session.lines.iter().any(|line| line.by == by);
            if has_spoken(Speaker::Client) || has_spoken(Speaker::Note) {
                sessions.push(session.clone());
            }
        }
        sessions.retain(|session| session.sender.as_ref() == sender);
        sessions
    }

    /// Stores ended sessions in batches, and deletes old ones. Runs until the future is dropped.
    pub async fn run(&self) {
        loop {
            let _ = timeout(CLEANUP_INTERVAL, self.ended.notified()).await;
            sleep(BATCH).await;
            if !self.flush().await {
                sleep(AFTER_ERROR).await;
            }
        }
    }

    /// Stores the sessions that have ended. Returns false if the database failed; they are dropped
    /// then.
    pub async fn flush(&self) -> bool {
        let batch = self.state().waiting.clone();
        let stored = self.store.record_sender_sessions(&batch, self.clock.now());
        let result = stored.await;
        let is_stored = |session: &SenderSession| batch.iter().any(|one| one.id == session.id);
        self.state().waiting.retain(|session| !is_stored(session));
        if let Err(error) = result {
            self.dropped
                .fetch_add(batch.len() as u64, Ordering::Relaxed);
            let error: &dyn std::error::Error = &error;
            tracing::warn!(error, sessions = batch.len(), "SMTP sessions not recorded");
            return false;
        }
        true
    }
}
