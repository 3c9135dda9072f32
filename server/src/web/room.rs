//! Memory for messages that come in: only so many octets of them are held at once, however many connections there are.

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

/// Seconds after which a program may ask again.
const AFTER: u32 = 5;
const OCTETS: u64 = 1_024;

/// What is free, in kibibytes.
#[derive(Clone, Debug)]
pub struct Room {
    free: Arc<Semaphore>,
    all: u32,
    patience: Duration,
}

impl Room {
    /// Room for so many kibibytes, which requests wait for so long.
    pub fn new(kibibytes: u32, patience: Duration) -> Self {
        Self {
            free: Arc::new(Semaphore::new(kibibytes as usize)),
            all: kibibytes,
            patience,
        }
    }

    /// Takes room for a body of so many octets until what is given is dropped, or refuses with 503. One that does not tell its
    /// length may become as large as any.
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
