//! Table `data_centers`.

use domain::{DataCenter, DataCenterId, DataCenterName, UnixTime};

use crate::{Store, StoreError};

/// What came of adding a data center.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AddOutcome {
    /// It was added.
    Added(DataCenter),
    /// Another one has this name.
    NameTaken,
}

/// What came of renaming a data center.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RenameOutcome {
    /// It has the new name.
    Renamed,
    /// Another one has this name.
    NameTaken,
    /// There is no such data center.
    Unknown,
}

/// What came of removing a data center.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RemoveOutcome {
    /// It is gone.
    Removed,
    /// It has settings.
    InUse,
    /// The default data center stays.
    IsDefault,
    /// There is no such data center.
    Unknown,
}

#[expect(clippy::unused_async, reason = "the bodies follow")]
impl Store {
    /// All data centers: the default first, the others by name.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn data_centers(&self) -> Result<Vec<DataCenter>, StoreError> {
        todo!()
    }

    /// One data center.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn data_center(&self, _id: &DataCenterId) -> Result<Option<DataCenter>, StoreError> {
        todo!()
    }

    /// Adds a data center; its id is made from its name.
    ///
    /// # Errors
    /// `Database`.
    pub async fn add_data_center(
        &self,
        _name: &DataCenterName,
        _now: UnixTime,
    ) -> Result<AddOutcome, StoreError> {
        todo!()
    }

    /// Renames a data center; its id stays.
    ///
    /// # Errors
    /// `Database`.
    pub async fn rename_data_center(
        &self,
        _id: &DataCenterId,
        _name: &DataCenterName,
    ) -> Result<RenameOutcome, StoreError> {
        todo!()
    }

    /// Removes a data center that has no settings, with its drafts, checks and authorizations.
    ///
    /// # Errors
    /// `Database`.
    pub async fn remove_data_center(
        &self,
        _id: &DataCenterId,
    ) -> Result<RemoveOutcome, StoreError> {
        todo!()
    }
}
