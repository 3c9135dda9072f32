//! Pool of open sessions, which makes the next page load fast. The number of sessions per data
//! center is low because providers limit it.

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

use super::Mailboxes;
use crate::{MailError, error::readable};

/// Maximum number of concurrent sessions per data center.
const MAX_SESSIONS: usize = 4;
/// Time to wait for a free session.
const POOL_TIMEOUT: Duration = Duration::from_secs(10);
/// Time after which an idle session is closed.
const IDLE_TTL: Duration = Duration::from_mins(1);

/// Sessions of all data centers.
#[derive(Default)]
pub(crate) struct Pool(Arc<Mutex<HashMap<DataCenterId, Sessions>>>);

struct Sessions {
    permits: Arc<Semaphore>,
    idle: Vec<Idle>,
}

impl Default for Sessions {
    fn default() -> Self {
        Self {
            permits: Arc::new(Semaphore::new(MAX_SESSIONS)),
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
pub(super) struct PooledSession {
    pub(super) session: Session,
    /// True if the session was just opened.
    pub(super) is_new: bool,
    id: DataCenterId,
    version: i64,
    _permit: OwnedSemaphorePermit,
}

impl std::fmt::Debug for Pool {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Pool").finish_non_exhaustive()
    }
}

impl Pool {
    fn all(&self) -> MutexGuard<'_, HashMap<DataCenterId, Sessions>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Removes an idle session for this version of the settings from the pool and returns it.
    fn idle(&self, id: &DataCenterId, version: i64) -> Option<Session> {
        let mut all = self.all();
        let sessions = all.get_mut(id)?;
        sessions
            .idle
            .retain(|idle| idle.version == version && idle.since.elapsed() < IDLE_TTL);
        sessions.idle.pop().map(|idle| idle.session)
    }

    fn permits(&self, id: &DataCenterId) -> Arc<Semaphore> {
        let mut all = self.all();
        Arc::clone(&all.entry(id.clone()).or_default().permits)
    }

    fn add_idle(&self, id: DataCenterId, version: i64, session: Session) {
        let since = Instant::now();
        let mut all = self.all();
        all.entry(id).or_default().idle.push(Idle {
            session,
            version,
            since,
        });
    }

    fn close_idle(&self) {
        let mut all = self.all();
        for sessions in all.values_mut() {
            sessions.idle.retain(|idle| idle.since.elapsed() < IDLE_TTL);
        }
    }
}

impl Mailboxes {
    /// Returns the settings of a data center that has a mailbox.
    pub(super) async fn settings(&self, id: &DataCenterId) -> Result<StoredSettings, MailboxError> {
        let Some(stored) = readable(self.store.settings(id).await)? else {
            let known = self.store.data_center(id).await?;
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

    /// Returns a session of a data center: an idle one if `may_be_idle`, otherwise a new one.
    pub(super) async fn session(
        &self,
        id: &DataCenterId,
        may_be_idle: bool,
    ) -> Result<PooledSession, MailboxError> {
        let stored = self.settings(id).await?;
        let version = stored.version;
        let permit = timeout(POOL_TIMEOUT, self.pool.permits(id).acquire_owned());
        let Ok(Ok(permit)) = permit.await else {
            return Err(MailboxError::Busy);
        };
        let idle = self.pool.idle(id, version).filter(|_| may_be_idle);
        let is_new = idle.is_none();
        let session = match idle {
            Some(session) => session,
            // Boxed to keep the futures that await it small.
            None => Box::pin(Session::begin(self, id, &stored.settings)).await?,
        };
        Ok(PooledSession {
            session,
            is_new,
            id: id.clone(),
            version,
            _permit: permit,
        })
    }

    /// Returns a session to the pool, unless the outcome makes it unusable.
    pub(super) fn return_session<T>(
        &self,
        pooled: PooledSession,
        outcome: Result<T, MailboxError>,
    ) -> Result<T, MailboxError> {
        let is_usable = match &outcome {
            Ok(_) => true,
            Err(error) => error.leaves_session(),
        };
        if is_usable {
            let pool = Arc::downgrade(&self.pool.0);
            self.pool
                .add_idle(pooled.id, pooled.version, pooled.session);
            tokio::spawn(async move {
                tokio::time::sleep(IDLE_TTL + Duration::from_secs(1)).await;
                if let Some(sessions) = pool.upgrade() {
                    Pool(sessions).close_idle();
                }
            });
        }
        outcome
    }
}
