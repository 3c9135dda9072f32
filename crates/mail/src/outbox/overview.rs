//! A summary of the whole outbox.

use domain::{DataCenter, OutboxOverview, SendingState};

use super::Outbox;
use crate::MailError;

impl Outbox {
    /// Returns the waiting messages, the counts of the last hours, and the state of each data
    /// center.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn overview(&self) -> Result<OutboxOverview, MailError> {
        let (store, now) = (&self.store, self.clock.now());
        let since = now.plus(-OutboxOverview::HOURS * 3_600);
        let known = store.hour_counts(None, since).await?;
        let waiting = store.count_waiting().await?;
        let mut data_centers = Vec::new();
        for data_center in store.data_centers().await? {
            data_centers.push(self.sending_state(data_center).await?);
        }
        Ok(OutboxOverview {
            at: now,
            waiting,
            hours: OutboxOverview::hours(now, &known),
            data_centers,
        })
    }

    async fn sending_state(&self, data_center: DataCenter) -> Result<SendingState, MailError> {
        let (store, id) = (&self.store, &data_center.id);
        let chosen = store.sending_settings(id).await?;
        let settings = store.settings_view(id).await?;
        let provider = settings.map(|(_, settings)| settings.provider);
        Ok(SendingState {
            has_settings: provider.is_some(),
            grant: self.settings.grant_status(id).await?,
            pause: store.sending_pause(id, self.clock.now()).await?,
            used: store.sending_use(id, self.clock.now()).await?,
            limits: provider.map_or(chosen.limits, |provider| chosen.limits_with(provider)),
            data_center,
        })
    }
}
