//! Browsers that have signed in before.

use domain::{AccountId, UnixTime};

use crate::{Store, StoreError, account};

impl Store {
    /// The account that a browser has signed in with, after `since`.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn device(
        &self,
        token_hash: &str,
        since: UnixTime,
    ) -> Result<Option<AccountId>, StoreError> {
        let account: Option<String> = sqlx::query_scalar(
            "SELECT account FROM devices WHERE token_hash = $1 AND used_at > $2",
        )
        .bind(token_hash)
        .bind(since.0)
        .fetch_optional(&self.pool)
        .await?;
        account.map(|id| account::parse_id(&id)).transpose()
    }
}
