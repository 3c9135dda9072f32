//! In-flight body budget: limits the bytes of submitted messages held in memory, independent of the
//! number of connections.

use std::{sync::Arc, time::Duration};

use axum::http::{StatusCode, header::RETRY_AFTER};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{
    body_limit::MAX_API_BODY,
    problem::{self, Refused},
};

/// Seconds until a client may retry.
const RETRY_SECONDS: u32 = 5;
const KIBIBYTE: u64 = 1_024;

/// The budget, in kibibytes.
#[derive(Clone, Debug)]
pub struct BodyBudget {
    free: Arc<Semaphore>,
    all: u32,
    timeout: Duration,
}

impl BodyBudget {
    /// Returns a budget of this many kibibytes. Requests wait up to `timeout` for their share.
    pub fn new(kibibytes: u32, timeout: Duration) -> Self {
        Self {
            free: Arc::new(Semaphore::new(kibibytes as usize)),
            all: kibibytes,
            timeout,
        }
    }

    /// Reserves budget for a body of this many bytes until the result is dropped. A body of unknown
    /// length counts as one of the maximum size.
    ///
    /// # Errors
    ///
    /// Returns a 503 response if the budget is not available in time.
    pub async fn reserve(&self, octets: Option<u64>) -> Result<OwnedSemaphorePermit, Refused> {
        let octets = octets.unwrap_or(MAX_API_BODY as u64);
        let kibibytes = u32::try_from(octets.div_ceil(KIBIBYTE)).unwrap_or(u32::MAX);
        let free = Arc::clone(&self.free);
        let acquired = free.acquire_many_owned(kibibytes.min(self.all));
        if let Ok(Ok(permit)) = tokio::time::timeout(self.timeout, acquired).await {
            return Ok(permit);
        }
        tracing::warn!(
            wanted_kib = kibibytes,
            "request body refused: memory limit reached"
        );
        let detail = "Other submissions use all memory for messages. Try again in a few seconds.";
        let mut response = problem::answer(StatusCode::SERVICE_UNAVAILABLE, detail);
        response
            .headers_mut()
            .insert(RETRY_AFTER, RETRY_SECONDS.into());
        Err(Box::new(response))
    }
}
