//! Table `drafts`: what was typed without WASM, until the page has shown it again.

use domain::{DataCenterId, SmtpForm, UnixTime};

use crate::{Store, StoreError};

#[expect(clippy::unused_async, reason = "the bodies follow")]
impl Store {
    /// Keeps what a browser typed for a data center, without its secrets, in place of what was kept before.
    ///
    /// # Errors
    /// `Database`, also when the data center is gone.
    pub async fn keep_draft(
        &self,
        _browser_hash: &str,
        _id: &DataCenterId,
        _form: &SmtpForm,
        _now: UnixTime,
    ) -> Result<(), StoreError> {
        todo!()
    }

    /// What a browser typed for a data center.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn draft(
        &self,
        _browser_hash: &str,
        _id: &DataCenterId,
    ) -> Result<Option<SmtpForm>, StoreError> {
        todo!()
    }

    /// Forgets what a browser typed for a data center.
    ///
    /// # Errors
    /// `Database`.
    pub async fn drop_draft(
        &self,
        _browser_hash: &str,
        _id: &DataCenterId,
    ) -> Result<(), StoreError> {
        todo!()
    }

    /// Forgets the drafts kept before `before`.
    ///
    /// # Errors
    /// `Database`.
    pub async fn forget_drafts(&self, _before: UnixTime) -> Result<(), StoreError> {
        todo!()
    }
}
