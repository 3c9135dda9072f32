//! Whether a data center can send now, and how.

use std::sync::Arc;

use domain::{Authentication, DataCenterId, SendingLimits, SendingPause, SmtpSettings, UnixTime};
use secrecy::SecretString;
use smtp::Server;
use store::GrantState;

use crate::{MailError, Mailer, error::readable};

/// How long a data center pauses whose secret cannot be read: seconds.
const UNREADABLE: i64 = 15 * 60;

/// What mail of a data center is sent with.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) key: PlanKey,
    pub(super) settings: SmtpSettings<SecretString>,
    pub(super) server: Server,
    pub(super) limits: SendingLimits,
    pub(super) drop_content: bool,
}

/// A connection made under another key is not used any more.
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

impl Mailer {
    /// `None` while messages have to wait: for settings, for the grant, for the end of a pause.
    pub(super) async fn plan(&self, id: &DataCenterId) -> Result<Option<Arc<Plan>>, MailError> {
        let store = self.store();
        if store.sending_pause(id, self.now()).await?.is_some() {
            return Ok(None);
        }
        let stored = match readable(store.settings(id).await)? {
            Ok(Some(stored)) => stored,
            Ok(None) => return Ok(None),
            Err(finding) => {
                // Saving the settings ends the pause.
                let until = self.now().plus(UNREADABLE);
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
