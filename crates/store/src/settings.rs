//! Table `smtp_settings`.

use domain::{
    Actor, AuditAction, Change, DataCenterId, FindingCode, GrantBinding, SavedSecret, SecretField,
    SmtpSettings, UnixTime,
};
use secrecy::SecretString;
use sqlx::AnyConnection;

use crate::{
    Store, StoreError,
    audit_entry::entry,
    grant, outbox,
    seal::{Resealing, Sealed, Sealer},
};

mod bound;
mod row;

use bound::cell;
use row::{Row, Saved};

/// Saved settings with their secrets.
#[derive(Clone, Debug)]
pub struct StoredSettings {
    /// Number of saves, from 1.
    pub version: i64,
    /// The settings, with unsealed secrets.
    pub settings: SmtpSettings<SecretString>,
    /// Time of the last save.
    pub saved_at: UnixTime,
}

/// Result of saving settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SaveOutcome {
    /// The settings were saved.
    Saved {
        /// Version of the saved settings.
        version: i64,
        /// True if the save removed a grant that had not ended, because it was issued for other
        /// values.
        grant_ended: bool,
    },
    /// Another user saved first.
    Conflict {
        /// Version of the saved settings.
        version: i64,
    },
    /// No data center has this ID.
    UnknownDataCenter,
}

async fn saved(
    connection: &mut AnyConnection,
    id: &DataCenterId,
) -> Result<Option<Saved>, StoreError> {
    let row = Row::read(connection, id).await?;
    row.map(Saved::try_from).transpose()
}

/// Returns the binding of a grant for the saved settings. `None` if there are no settings or they
/// do not use OAuth.
pub(crate) async fn saved_binding(
    connection: &mut AnyConnection,
    id: &DataCenterId,
) -> Result<Option<GrantBinding>, StoreError> {
    let saved = saved(connection, id).await?;
    Ok(saved.and_then(|saved| saved.settings.grant_binding()))
}

fn opened(
    sealer: &Sealer,
    id: &DataCenterId,
    settings: &SmtpSettings<Sealed>,
) -> Result<SmtpSettings<SecretString>, StoreError> {
    let open = |field, secret| sealer.open(&secret, &cell(field, id, settings));
    settings.clone().try_map_secrets(open)
}

fn sealed(
    sealer: &Sealer,
    id: &DataCenterId,
    settings: &SmtpSettings<SecretString>,
) -> Result<SmtpSettings<Sealed>, StoreError> {
    let seal = |field, secret| sealer.seal(&secret, &cell(field, id, settings));
    settings.clone().try_map_secrets(seal)
}

/// Seals the secrets of all settings with the new key. Returns their number.
pub(crate) async fn reseal(
    connection: &mut AnyConnection,
    keys: Resealing<'_>,
) -> Result<usize, StoreError> {
    let mut count = 0;
    for id in Row::ids(&mut *connection).await? {
        let Some(saved) = saved(&mut *connection, &id).await? else {
            continue;
        };
        let settings = opened(keys.old, &id, &saved.settings)?;
        let secrets = SecretField::ALL.iter();
        count += secrets
            .filter(|field| settings.secret(**field).is_some())
            .count();
        let settings = sealed(keys.new, &id, &settings)?;
        let row = Row::new(&id, &Saved { settings, ..saved })?;
        row.write(&mut *connection).await?;
    }
    Ok(count)
}

impl Store {
    /// Returns the settings of a data center with their secrets.
    ///
    /// # Errors
    /// `Database`, `Corrupt`; `Unsealable`, also if a value that a secret is bound to was changed
    /// in the database.
    pub async fn settings(&self, id: &DataCenterId) -> Result<Option<StoredSettings>, StoreError> {
        let mut sealer = self.keyring.current();
        let mut connection = self.pool.acquire().await?;
        let Some(saved) = saved(&mut connection, id).await? else {
            return Ok(None);
        };
        // All secrets of a row are sealed with one key.
        let mut secrets = SecretField::ALL.iter();
        if let Some(sealed) = secrets.find_map(|field| saved.settings.secret(*field)) {
            sealer = self.key_of(&mut connection, sealer, sealed).await?;
        }
        Ok(Some(StoredSettings {
            version: saved.version,
            settings: opened(&sealer, id, &saved.settings)?,
            saved_at: saved.at,
        }))
    }

    /// Returns the version and the settings of a data center without their secrets. Unseals
    /// nothing, so this works with any key.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn settings_view(
        &self,
        id: &DataCenterId,
    ) -> Result<Option<(i64, SmtpSettings<SavedSecret>)>, StoreError> {
        let saved = saved(&mut *self.pool.acquire().await?, id).await?;
        Ok(saved.map(|saved| (saved.version, saved.settings.without_secrets())))
    }

    /// Saves settings over the version `expected_version` (0: none yet), and records the actor and
    /// the changes in the audit. Removes a grant that was issued for other values.
    ///
    /// # Errors
    /// `Database`, `Random`, `KeyRotated`.
    pub async fn save_settings(
        &self,
        id: &DataCenterId,
        expected_version: i64,
        settings: &SmtpSettings<SecretString>,
        by: &Actor,
        changes: Vec<Change>,
        now: UnixTime,
    ) -> Result<SaveOutcome, StoreError> {
        let Some(mut transaction) = self.lock_data_center(id.as_str()).await? else {
            return Ok(SaveOutcome::UnknownDataCenter);
        };
        let version: Option<i64> =
            sqlx::query_scalar("SELECT version FROM smtp_settings WHERE data_center = $1")
                .bind(id.as_str())
                .fetch_optional(&mut *transaction)
                .await?;
        let version = version.unwrap_or(0);
        if version != expected_version {
            return Ok(SaveOutcome::Conflict { version });
        }
        let key = self.hold_key(&mut transaction).await?;
        let sealed = sealed(&key, id, settings)?;
        let binding = sealed.grant_binding();
        let saved = Saved {
            version: version + 1,
            at: now,
            settings: sealed,
        };
        Row::new(id, &saved)?.write(&mut transaction).await?;
        let grant_ended =
            grant::remove_unless_bound(&mut transaction, id, binding.as_ref(), now).await?;
        outbox::pause::end(&mut transaction, id.as_str()).await?;
        let mut record = entry(by, now, AuditAction::SettingsSaved, id.as_str());
        record.changes = changes;
        self.append(&mut transaction, &record).await?;
        if grant_ended {
            let mut record = entry(by, now, AuditAction::GrantEnded, id.as_str());
            let code = FindingCode::SettingsChanged.code();
            record.changes.push(Change::fact("finding", code));
            self.append(&mut transaction, &record).await?;
        }
        transaction.commit().await?;
        Ok(SaveOutcome::Saved {
            version: version + 1,
            grant_ended,
        })
    }
}
