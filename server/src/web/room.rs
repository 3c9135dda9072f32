//! In-flight body budget: limits the bytes of submitted messages held in memory, independent of the
//! number of connections.

use std::{sync::Arc, time::Duration};

use axum::http::{StatusCode, header::RETRY_AFTER};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use super::{
    body_limit::AT_MOST_FOR_THE_API,
    problem::{self, Refused},
};

/// Seconds until a client may retry.
const AFTER: u32 = 5;
const OCTETS: u64 = 1_024;

/// The budget, in kibibytes.
#[derive(Clone, Debug)]
pub struct Room {
    free: Arc<Semaphore>,
    all: u32,
    patience: Duration,
}

impl Room {
    /// Returns a budget of this many kibibytes. Requests wait up to `patience` for their share.
    pub fn new(kibibytes: u32, patience: Duration) -> Self {
        Self {
            free: Arc::new(Semaphore::new(kibibytes as usize)),
            all: kibibytes,
            patience,
        }
    }

    /// Reserves budget for a body of this many bytes until the result is dropped. A body of unknown
    /// length counts as one of the maximum size.
    ///
    /// # Errors
    ///
    /// Returns a 503 response if the budget is not available in time.
    pub async fn take(&self, octets: Option<u64>) -> Result<OwnedSemaphorePermit, Refused> {
        let octets = octets.unwrap_or(AT_MOST_FOR_THE_API as u64);
        let wanted = u32::try_from(octets.div_ceil(OCTETS)).unwrap_or(u32::MAX);
        let free = Arc::clone(&self.free);
        let taken = free.acquire_many_owned(wanted.min(self.all));
        if let Ok(Ok(taken)) = timeout(self.patience, taken).await {
            return Ok(taken);
        }
        tracing::warn!(wanted_kib = wanted, "no room for the body of a request");
        let detail = "Other messages that are being handed over fill the memory there is for them. Try again in a few seconds.";
        let mut response = problem::answer(StatusCode::SERVICE_UNAVAILABLE, detail);
        response.headers_mut().insert(RETRY_AFTER, AFTER.into());
        Err(Box::new(response))
    }
}
