//! Daily check of each data center by the doctor, without a test email.

use domain::{Actor, CheckOutcome, DataCenterId, Finding, FindingCode, GrantStatus};
use sha2::{Digest as _, Sha256};

use super::Alerts;
use crate::{CheckOf, CheckRequest, MailError, TestError};

const DAY: i64 = 86_400;

/// Returns when a data center is checked, in seconds after midnight UTC. The time depends on the
/// ID, which spreads the checks over the day.
fn time_of_day(id: &DataCenterId) -> i64 {
    let hash = Sha256::digest(id.as_str().as_bytes());
    let number = u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]]);
    i64::from(number) % DAY
}

impl Alerts {
    /// Runs the daily checks that are due.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn check_daily(&self) -> Result<(), MailError> {
        if !self.store.alert_settings().await?.daily_check {
            return Ok(());
        }
        for data_center in self.store.data_centers().await? {
            let id = data_center.id;
            if self.store.settings_view(&id).await?.is_none() || self.lacks_grant(&id).await? {
                continue;
            }
            let now = self.clock.now();
            let day = (now.0 - time_of_day(&id)).div_euclid(DAY);
            let begun_at = self.clock.database_now().await?;
            if self.store.claim_daily_check(&id, day, begun_at).await? {
                self.check_now(&id, day).await?;
            }
        }
        Ok(())
    }

    /// Returns true if a user must authorize first, so there is nothing to check. This state has
    /// its own alert.
    async fn lacks_grant(&self, id: &DataCenterId) -> Result<bool, MailError> {
        let status = self.settings.grant_status(id).await?;
        Ok(match status {
            GrantStatus::NotAuthorized { .. } | GrantStatus::NeedsAuthorization { .. } => true,
            GrantStatus::NotUsed | GrantStatus::Authorized { .. } => false,
        })
    }

    /// Runs one check. A check that could not run or was canceled stays unfinished, so it runs
    /// again later.
    async fn check_now(&self, id: &DataCenterId, day: i64) -> Result<(), MailError> {
        let (of, request) = (CheckOf::Saved(id), CheckRequest::default());
        let check = match self.doctor.begin(of, request, &Actor::mailgrant()).await {
            Ok(check) => check,
            Err(TestError::Mail(MailError::TooManyChecks | MailError::NoSettings)) => {
                return Ok(());
            }
            Err(TestError::Mail(MailError::SecretUnreadable(_))) => {
                let finding = Finding::new(FindingCode::SecretUnreadable);
                let done = self.store.finish_daily_check(id, day, Some(&finding));
                return Ok(done.await?);
            }
            Err(TestError::Mail(error)) => return Err(error),
            Err(TestError::Form { .. }) => {
                tracing::error!(data_center = %id, "saved settings cannot be checked");
                return Ok(());
            }
        };
        let Some(report) = self.doctor.finish(&check).await? else {
            return Ok(());
        };
        let finding = match &report.outcome {
            CheckOutcome::Failed(finding) => Some(finding.clone()),
            CheckOutcome::Passed | CheckOutcome::Delivered { .. } => report.failure().cloned(),
            CheckOutcome::Cancelled | CheckOutcome::Running | CheckOutcome::Interrupted => {
                return Ok(());
            }
        };
        // The check itself found that the grant has ended. It runs again once there is a new grant.
        if finding.is_some() && self.lacks_grant(id).await? {
            return Ok(());
        }
        let code = finding.as_ref().map(|finding| finding.code.code());
        tracing::info!(data_center = %id, finding = code, "daily check finished");
        let store = &self.store;
        Ok(store.finish_daily_check(id, day, finding.as_ref()).await?)
    }
}

#[cfg(test)]
mod tests {
    use domain::DataCenterId;

    use super::time_of_day;

    #[test]
    fn data_centers_are_checked_at_different_times() {
        let of = |id| time_of_day(&DataCenterId::parse(id).unwrap());
        let times = [of("default"), of("second"), of("third")];
        assert!(times.iter().all(|time| (0..86_400).contains(time)));
        assert!(times[0] != times[1] && times[1] != times[2] && times[0] != times[2]);
    }
}
