//! Requests that were taken before.

use domain::MessageId;

use super::MESSAGES as TABLE;
use crate::{Store, StoreError};

/// A request that was taken before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownRequest {
    /// A hash of the whole request.
    pub request_hash: String,
    /// The message that came of it.
    pub message: MessageId,
}

impl Store {
    /// The request that has an idempotency key, while it is remembered.
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
