//! Table `smtp_settings`.

use domain::{DataCenterId, SavedSecret, SmtpSettings, UnixTime};
use secrecy::SecretString;

use crate::{Store, StoreError};

/// Saved settings with their secrets.
#[derive(Clone, Debug)]
pub struct StoredSettings {
    /// Counts the saves, from 1.
    pub version: i64,
    /// The settings.
    pub settings: SmtpSettings<SecretString>,
    /// When they were saved.
    pub saved_at: UnixTime,
}

/// What came of saving settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SaveOutcome {
    /// They are saved.
    Saved {
        /// The version that is saved now.
        version: i64,
        /// A grant that had not ended was held for other values and is gone with this save.
        grant_ended: bool,
    },
    /// Somebody else has saved since.
    Conflict {
        /// The version that is saved.
        version: i64,
    },
    /// There is no such data center.
    UnknownDataCenter,
}

#[expect(clippy::unused_async, reason = "the bodies follow")]
impl Store {
    /// The settings of a data center with their secrets.
    ///
    /// # Errors
    /// `Database`, `Corrupt`, `Unsealable`.
    pub async fn settings(&self, _id: &DataCenterId) -> Result<Option<StoredSettings>, StoreError> {
        todo!()
    }

    /// The version and the settings of a data center without their secrets. Nothing is unsealed, so this works
    /// with any key.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn settings_view(
        &self,
        _id: &DataCenterId,
    ) -> Result<Option<(i64, SmtpSettings<SavedSecret>)>, StoreError> {
        todo!()
    }

    /// Saves settings over the version `expected_version` (0: none yet). A grant that was given for other
    /// values goes with it.
    ///
    /// # Errors
    /// `Database`, `Random`.
    pub async fn save_settings(
        &self,
        _id: &DataCenterId,
        _expected_version: i64,
        _settings: &SmtpSettings<SecretString>,
        _now: UnixTime,
    ) -> Result<SaveOutcome, StoreError> {
        todo!()
    }
}
