//! Management of notification channels.

use domain::{
    Actor, AlertCondition, AlertFacts, AlertKind, AlertSubject, Change, DataCenterId, FormErrors,
    Notification, NotificationEvent, NotificationFailure, NotificationState,
    alert::{AlertField, ChannelForm, ChannelFormError, Target, TargetEdit},
};
use secrecy::{ExposeSecret as _, SecretString};
use store::{ChannelOutcome, StoreError, StoredChannel, StoredTarget};

use super::{Alerts, ids, notify};
use crate::MailError;

/// Outcome of the delivery of a test alert.
pub type TestAlertOutcome = Result<(), NotificationFailure>;

/// Error when adding, changing, removing, or testing a notification channel.
#[derive(Debug, thiserror::Error)]
pub enum AlertChannelError {
    /// Some fields are invalid.
    #[error("some fields are invalid")]
    Form(FormErrors<AlertField, ChannelFormError>),
    /// No channel has this ID.
    #[error("the channel does not exist")]
    Unknown,
    /// Any other error.
    #[error(transparent)]
    Mail(#[from] MailError),
}

impl From<StoreError> for AlertChannelError {
    fn from(error: StoreError) -> Self {
        Self::Mail(error.into())
    }
}

impl Alerts {
    /// Adds a notification channel.
    ///
    /// # Errors
    /// If a field is invalid or the database fails.
    pub async fn add_channel(
        &self,
        form: &ChannelForm,
        by: &Actor,
    ) -> Result<(), AlertChannelError> {
        let new = form.parse().map_err(AlertChannelError::Form)?;
        let mut changes = vec![Change::fact("kind", new.kind.code())];
        let target = match new.target {
            Target::Mail { via, recipient } => {
                self.known_channel(&via).await?;
                changes.push(Change::fact("via", via.as_str()));
                StoredTarget::Mail { via, recipient }
            }
            Target::Post { url, secret } => StoredTarget::Post {
                host: url.host().to_string(),
                url: url.expose().into(),
                secret: secret.map(|secret| secret.expose().into()),
            },
        };
        let channel = StoredChannel {
            id: ids::channel(self.clock.now()),
            kind: new.kind,
            target,
        };
        let store = &self.store;
        Ok(store
            .save_alert_channel(&channel, changes, by, self.clock.now())
            .await?)
    }

    /// Changes a channel. Its kind cannot change, and empty fields keep their values. The signing
    /// secret is kept only if the host stays the same.
    ///
    /// # Errors
    /// If a field is invalid, the channel is gone, or the database fails.
    pub async fn change_channel(
        &self,
        id: &str,
        form: &ChannelForm,
        by: &Actor,
    ) -> Result<(), AlertChannelError> {
        let channel = self.channel(id).await?;
        let edit = form
            .parse_edit(channel.kind)
            .map_err(AlertChannelError::Form)?;
        if let TargetEdit::Mail { via, .. } = &edit {
            self.known_channel(via).await?;
        }
        let (target, changes) = edited(edit, &channel.target)?;
        let channel = StoredChannel { target, ..channel };
        let store = &self.store;
        Ok(store
            .save_alert_channel(&channel, changes, by, self.clock.now())
            .await?)
    }

    /// Removes a channel.
    ///
    /// # Errors
    /// If it is gone or the database fails.
    pub async fn remove_channel(&self, id: &str, by: &Actor) -> Result<(), AlertChannelError> {
        let id = notify::channel_id(id).ok_or(AlertChannelError::Unknown)?;
        match self
            .store
            .remove_alert_channel(&id, by, self.clock.now())
            .await?
        {
            ChannelOutcome::Changed => Ok(()),
            ChannelOutcome::Unknown => Err(AlertChannelError::Unknown),
        }
    }

    /// Sends a test alert to a channel, without retries.
    ///
    /// # Errors
    /// If the channel is gone or the database fails.
    pub async fn send_test(
        &self,
        id: &str,
        by: &Actor,
    ) -> Result<TestAlertOutcome, AlertChannelError> {
        let channel = self.channel(id).await?;
        let now = self.clock.now();
        let notification = Notification {
            id: ids::test(now),
            channel: channel.id.clone(),
            event: NotificationEvent::Test,
            condition: AlertCondition {
                id: ids::alert(now),
                subject: AlertSubject::DataCenter(DataCenterId::default()),
                kind: AlertKind::NeedsAuthorization,
                facts: AlertFacts::default(),
                since: now,
            },
            created_at: now,
            state: NotificationState::Waiting,
            attempts: 0,
            due_at: now,
            finished_at: None,
            failure: None,
        };
        let outcome = self.notify_once(&notification, &channel).await;
        let code = outcome.map_or_else(notify::code, |()| "told".to_owned());
        let changes = vec![Change::fact("outcome", code)];
        let store = &self.store;
        store.note_test_alert(&channel, changes, by, now).await?;
        Ok(outcome)
    }

    async fn channel(&self, id: &str) -> Result<StoredChannel, AlertChannelError> {
        let id = notify::channel_id(id).ok_or(AlertChannelError::Unknown)?;
        let channel = self.store.alert_channel(&id).await?;
        channel.ok_or(AlertChannelError::Unknown)
    }

    async fn known_channel(&self, id: &DataCenterId) -> Result<(), AlertChannelError> {
        let known = self.store.data_center(id).await?;
        known.map(|_| ()).ok_or_else(|| {
            let error = ChannelFormError::UnknownDataCenter;
            AlertChannelError::Form(FormErrors::one(AlertField::Via, error))
        })
    }
}

/// Returns the destination of a channel after an edit, and the changes.
fn edited(
    edit: TargetEdit,
    saved: &StoredTarget,
) -> Result<(StoredTarget, Vec<Change>), AlertChannelError> {
    match (edit, saved) {
        (
            TargetEdit::Mail { via, recipient },
            StoredTarget::Mail {
                via: old,
                recipient: before,
            },
        ) => {
            let mut changes = Vec::new();
            note(&mut changes, "via", old.as_str(), via.as_str());
            note(
                &mut changes,
                "recipient",
                before.as_str(),
                recipient.as_str(),
            );
            Ok((StoredTarget::Mail { via, recipient }, changes))
        }
        (
            TargetEdit::Post { url, secret },
            StoredTarget::Post {
                host: old,
                url: before,
                secret: kept,
            },
        ) => {
            let host = url
                .as_ref()
                .map_or_else(|| old.clone(), |url| url.host().to_string());
            if host != *old && kept.is_some() && secret.is_none() {
                let error = ChannelFormError::SecretBelongsElsewhere;
                let errors = FormErrors::one(AlertField::Secret, error);
                return Err(AlertChannelError::Form(errors));
            }
            let url = url.map_or_else(|| before.clone(), |url| SecretString::from(url.expose()));
            let mut changes = Vec::new();
            if url.expose_secret() != before.expose_secret() {
                changes.push(Change::secret("url"));
            }
            note(&mut changes, "host", old, &host);
            if secret.is_some() {
                changes.push(Change::secret("secret"));
            }
            let secret = secret
                .map(|secret| SecretString::from(secret.expose()))
                .or_else(|| kept.clone());
            Ok((StoredTarget::Post { host, url, secret }, changes))
        }
        // The kind cannot change, so other combinations do not occur.
        _ => Err(AlertChannelError::Unknown),
    }
}

fn note(changes: &mut Vec<Change>, field: &str, old: &str, new: &str) {
    if old != new {
        changes.push(Change::of(field, Some(old.into()), Some(new.into())));
    }
}
