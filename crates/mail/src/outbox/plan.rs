//! Settings and limits for sending through a data center.

use std::sync::Arc;

use domain::{Authentication, DataCenterId, SendingLimits, SendingPause, SmtpSettings, UnixTime};
use secrecy::SecretString;
use smtp::Server;
use store::GrantState;

use super::Outbox;
use crate::{
    MailError,
    error::{Failure, readable},
};

/// Pause in seconds of a data center whose secret cannot be decrypted.
const UNREADABLE: i64 = 15 * 60;

/// Settings, server, and limits for sending through a data center.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) key: PlanKey,
    pub(super) settings: SmtpSettings<SecretString>,
    pub(super) server: Server,
    pub(super) limits: SendingLimits,
    pub(super) drop_content: bool,
}

/// Versions of the settings and the grant. A connection with another key is not reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PlanKey {
    settings_version: i64,
    authorized_at: UnixTime,
}

impl PlanKey {
    pub(super) const fn of(settings_version: i64, authorized_at: UnixTime) -> Self {
        Self {
            settings_version,
            authorized_at,
        }
    }
}

impl Plan {
    /// Returns the version of the settings.
    pub(super) fn settings_version(&self) -> i64 {
        self.key.settings_version
    }
}

impl Outbox {
    /// Returns the current plan of a data center. `None` while messages must wait for settings, a
    /// grant, or the end of a pause.
    pub(super) async fn plan(&self, id: &DataCenterId) -> Result<Option<Arc<Plan>>, MailError> {
        let store = &self.store;
        if store.sending_pause(id, self.clock.now()).await?.is_some() {
            return Ok(None);
        }
        let stored = match readable(store.settings(id).await) {
            Ok(Some(stored)) => stored,
            Ok(None) => return Ok(None),
            Err(Failure::Internal(error)) => return Err(error),
            Err(Failure::Found(finding)) => {
                // Saving the settings ends the pause.
                let until = self.clock.now().plus(UNREADABLE);
                let pause = SendingPause { until, finding };
                store.pause_sending(id, &pause).await?;
                return Ok(None);
            }
        };
        let settings = stored.settings;
        let mut authorized_at = UnixTime(0);
        if let Authentication::OAuth { .. } = &settings.authentication {
            let Some(grant) = store.grant_summary(id).await? else {
                return Ok(None);
            };
            let ended = matches!(grant.state, GrantState::Ended { .. });
            if ended || settings.grant_binding().as_ref() != Some(&grant.binding) {
                return Ok(None);
            }
            authorized_at = grant.authorized_at;
        }
        let sending = store.sending_settings(id).await?;
        Ok(Some(Arc::new(Plan {
            key: PlanKey::of(stored.version, authorized_at),
            server: Server::of(&settings),
            limits: sending.limits_with(settings.provider),
            drop_content: sending.drop_content,
            settings,
        })))
    }
}
