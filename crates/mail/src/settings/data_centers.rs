//! Data centers: listing, adding, renaming, and removing.

use domain::{Actor, DataCenter, DataCenterFormError, DataCenterId, DataCenterName};
use store::{AddOutcome, RemoveOutcome, RenameOutcome};

use super::Settings;
use crate::{DataCenterError, MailError};

impl Settings {
    /// Returns all data centers: the default first, then the others by name.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn data_centers(&self) -> Result<Vec<DataCenter>, MailError> {
        Ok(self.store.data_centers().await?)
    }

    /// Adds a data center.
    ///
    /// # Errors
    /// If the name is invalid or already used, or the database fails.
    pub async fn add_data_center(
        &self,
        name: &str,
        by: &Actor,
    ) -> Result<DataCenter, DataCenterError> {
        let name = DataCenterName::parse(name)?;
        match self
            .store
            .add_data_center(&name, by, self.clock.now())
            .await
            .map_err(MailError::from)?
        {
            AddOutcome::Added(data_center) => {
                self.changes.notify();
                Ok(data_center)
            }
            AddOutcome::NameTaken => Err(DataCenterError::Refused(DataCenterFormError::NameTaken)),
        }
    }

    /// Renames a data center. Its ID does not change.
    ///
    /// # Errors
    /// If the name is invalid or already used, the data center does not exist, or the database
    /// fails.
    pub async fn rename_data_center(
        &self,
        id: &DataCenterId,
        name: &str,
        by: &Actor,
    ) -> Result<(), DataCenterError> {
        let name = DataCenterName::parse(name)?;
        let error = match self
            .store
            .rename_data_center(id, &name, by, self.clock.now())
            .await
            .map_err(MailError::from)?
        {
            RenameOutcome::Renamed => return Ok(()),
            RenameOutcome::NameTaken => DataCenterFormError::NameTaken,
            RenameOutcome::Unknown => DataCenterFormError::UnknownDataCenter,
        };
        Err(DataCenterError::Refused(error))
    }

    /// Removes a data center that has no settings and no waiting mail.
    ///
    /// # Errors
    /// If it has settings or waiting mail, is the default data center, does not exist, or the
    /// database fails.
    pub async fn remove_data_center(
        &self,
        id: &DataCenterId,
        by: &Actor,
    ) -> Result<(), DataCenterError> {
        let error = match self
            .store
            .remove_data_center(id, by, self.clock.now())
            .await
            .map_err(MailError::from)?
        {
            RemoveOutcome::Removed => return Ok(()),
            RemoveOutcome::InUse => DataCenterFormError::DataCenterInUse,
            RemoveOutcome::HasMail => DataCenterFormError::DataCenterHasMail,
            RemoveOutcome::IsDefault => DataCenterFormError::DataCenterIsDefault,
            RemoveOutcome::Unknown => DataCenterFormError::UnknownDataCenter,
        };
        Err(DataCenterError::Refused(error))
    }
}
