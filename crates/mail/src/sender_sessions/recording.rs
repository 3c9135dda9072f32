//! The recording of one session.

use std::sync::{Arc, Mutex, PoisonError};

use domain::{SenderSession, SenderSessionId};

use super::SenderSessions;

/// A session that is being recorded. Dropping it without [`Recording::end`] discards it.
#[derive(Debug)]
pub struct Recording {
    sessions: Arc<SenderSessions>,
    id: SenderSessionId,
    session: Arc<Mutex<SenderSession>>,
    is_ended: bool,
}

impl Recording {
    pub(super) fn new(
        sessions: Arc<SenderSessions>,
        id: SenderSessionId,
        session: Arc<Mutex<SenderSession>>,
    ) -> Self {
        Self {
            sessions,
            id,
            session,
            is_ended: false,
        }
    }

    /// Reads or changes the session.
    pub fn with<T>(&self, change: impl FnOnce(&mut SenderSession) -> T) -> T {
        let mut session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut session)
    }

    /// Ends the recording. The session is stored later if it is to be kept.
    pub fn end(mut self, keep: bool) {
        self.is_ended = true;
        self.sessions.end(&self.id, &self.session, keep);
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        if !self.is_ended {
            self.sessions.end(&self.id, &self.session, false);
        }
    }
}
