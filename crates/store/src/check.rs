//! Table `checks`: the reports of the newest checks.

use domain::{CheckId, CheckReport};

use crate::{Store, StoreError};

#[expect(clippy::unused_async, reason = "the bodies follow")]
impl Store {
    /// Keeps a report; of each data center the newest 20 stay.
    ///
    /// # Errors
    /// `Database`, also when the data center is gone.
    pub async fn keep_check(&self, _id: &CheckId, _report: &CheckReport) -> Result<(), StoreError> {
        todo!()
    }

    /// The report of a check.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn check(&self, _id: &CheckId) -> Result<Option<CheckReport>, StoreError> {
        todo!()
    }
}
