//! The responses of the in-flight body budget ([`mail::BodyBudget`]).

use axum::http::{StatusCode, header::RETRY_AFTER};
use mail::BodyBudget;
use tokio::sync::OwnedSemaphorePermit;

use super::{
    body_limit::MAX_API_BODY,
    problem::{self, Refused},
};

/// Seconds until a client may retry.
const RETRY_SECONDS: u32 = 5;

/// Reserves budget for a body of this many bytes until the result is dropped. A body of unknown
/// length counts as one of the maximum size.
///
/// # Errors
///
/// Returns a 503 response if the budget is not available in time.
pub async fn reserve(
    budget: &BodyBudget,
    octets: Option<u64>,
) -> Result<OwnedSemaphorePermit, Refused> {
    let octets = octets.unwrap_or(MAX_API_BODY as u64);
    budget.reserve(octets).await.ok_or_else(|| {
        let detail = "Other submissions use all memory for messages. Try again in a few seconds.";
        let mut response = problem::answer(StatusCode::SERVICE_UNAVAILABLE, detail);
        response
            .headers_mut()
            .insert(RETRY_AFTER, RETRY_SECONDS.into());
        Box::new(response)
    })
}
