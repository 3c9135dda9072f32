//! Requests that were accepted before.

use domain::MessageId;

use super::MESSAGES as TABLE;
use crate::{Store, StoreError};

/// A request that was accepted before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownRequest {
    /// Hash of the whole request.
    pub request_hash: String,
    /// The message that was stored for it.
    pub message: MessageId,
}

impl Store {
    /// Returns the request with an idempotency key if it is still stored.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn known_request(
        &self,
        owner: &str,
        key: &str,
    ) -> Result<Option<KnownRequest>, StoreError> {
        let row: Option<(String, String)> = sqlx::query_as(
            "SELECT request_hash, message FROM idempotency_keys WHERE owner = $1 AND idempotency_key = $2",
        )
        .bind(owner)
        .bind(key)
        .fetch_optional(&self.pool)
        .await?;
        row.map(|(request_hash, message)| {
            let message = TABLE.value("id", MessageId::parse(&message))?;
            Ok(KnownRequest {
                request_hash,
                message,
            })
        })
        .transpose()
    }
}
