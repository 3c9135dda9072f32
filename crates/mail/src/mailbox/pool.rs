//! Pool of open sessions, which makes the next page load fast. The number per data center is low
//! because providers limit it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use domain::DataCenterId;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, timeout},
};

use super::{MailboxError, session::Session};
use store::StoredSettings;

use crate::{MailError, Mailer, error::readable};

/// Maximum number of concurrent sessions per data center.
const AT_ONCE: usize = 4;
/// Time to wait for a free session.
const PATIENCE: Duration = Duration::from_secs(10);
/// Time after which an idle session is closed.
const KEPT: Duration = Duration::from_mins(1);

/// Sessions of all data centers.
#[derive(Default)]
pub(crate) struct Pool(Mutex<HashMap<DataCenterId, Own>>);

struct Own {
    turns: Arc<Semaphore>,
    idle: Vec<Idle>,
}

impl Default for Own {
    fn default() -> Self {
        Self {
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            idle: Vec::new(),
        }
    }
}

struct Idle {
    session: Session,
    version: i64,
    since: Instant,
}

/// A session in use.
pub(super) struct Taken {
    pub(super) session: Session,
    /// True if the session was just opened.
    pub(super) is_new: bool,
    id: DataCenterId,
    version: i64,
    _turn: OwnedSemaphorePermit,
}

impl std::fmt::Debug for Pool {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Pool").finish_non_exhaustive()
    }
}

impl Pool {
    fn all(&self) -> MutexGuard<'_, HashMap<DataCenterId, Own>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Removes an idle session for this version of the settings from the pool and returns it.
    fn idle(&self, id: &DataCenterId, version: i64) -> Option<Session> {
        let mut all = self.all();
        let own = all.get_mut(id)?;
        own.idle
            .retain(|idle| idle.version == version && idle.since.elapsed() < KEPT);
        own.idle.pop().map(|idle| idle.session)
    }

    fn turns(&self, id: &DataCenterId) -> Arc<Semaphore> {
        let mut all = self.all();
        Arc::clone(&all.entry(id.clone()).or_default().turns)
    }

    fn keep(&self, id: DataCenterId, version: i64, session: Session) {
        let since = Instant::now();
        let mut all = self.all();
        all.entry(id).or_default().idle.push(Idle {
            session,
            version,
            since,
        });
    }

    fn forget_old(&self) {
        let mut all = self.all();
        for own in all.values_mut() {
            own.idle.retain(|idle| idle.since.elapsed() < KEPT);
        }
    }
}

impl Mailer {
    /// Returns the settings of a data center that has a mailbox.
    pub(super) async fn mail_settings(
        &self,
        id: &DataCenterId,
    ) -> Result<StoredSettings, MailboxError> {
        let Some(stored) = readable(self.store().settings(id).await)?? else {
            let known = self.store().data_center(id).await?;
            return Err(match known {
                Some(_) => MailboxError::Off,
                None => MailboxError::Mail(MailError::UnknownDataCenter),
            });
        };
        if stored.settings.mailbox.is_some() {
            Ok(stored)
        } else {
            Err(MailboxError::Off)
        }
    }

    /// Returns a session of a data center: an idle one if `may_be_kept`, otherwise a new one.
    pub(super) async fn session(
        &self,
        id: &DataCenterId,
        may_be_kept: bool,
    ) -> Result<Taken, MailboxError> {
        let stored = self.mail_settings(id).await?;
        let version = stored.version;
        let turn = timeout(PATIENCE, self.0.mailboxes.turns(id).acquire_owned());
        let Ok(Ok(turn)) = turn.await else {
            return Err(MailboxError::Busy);
        };
        let kept = self.0.mailboxes.idle(id, version).filter(|_| may_be_kept);
        let is_new = kept.is_none();
        let session = match kept {
            Some(session) => session,
            // Boxed, because it would make the futures that await it large.
            None => Box::pin(Session::begin(self, id, &stored.settings)).await?,
        };
        Ok(Taken {
            session,
            is_new,
            id: id.clone(),
            version,
            _turn: turn,
        })
    }

    /// Returns a session to the pool, unless the outcome makes it unusable.
    pub(super) fn give_back<T>(
        &self,
        taken: Taken,
        outcome: Result<T, MailboxError>,
    ) -> Result<T, MailboxError> {
        let is_good = match &outcome {
            Ok(_) => true,
            Err(error) => error.leaves_session(),
        };
        if is_good {
            let pool = Arc::downgrade(&self.0);
            self.0
                .mailboxes
                .keep(taken.id, taken.version, taken.session);
            tokio::spawn(async move {
                tokio::time::sleep(KEPT + Duration::from_secs(1)).await;
                if let Some(inner) = pool.upgrade() {
                    inner.mailboxes.forget_old();
                }
            });
        }
        outcome
    }
}
