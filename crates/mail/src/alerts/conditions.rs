//! Detection of problems of a data center.

use domain::{
    AlertCondition, AlertFacts, AlertKind, AlertSettings, DataCenterId, Finding, GrantStatus,
    UnixTime,
};
use store::GrantState;

use super::Alerts;
use crate::MailError;

const DAY: i64 = 86_400;
/// Seconds after which Google revokes grants of clients with the publishing status "Testing".
const TESTING: i64 = 7 * DAY;
/// Seconds before that end at which the warning starts.
const TESTING_BEFORE: i64 = 2 * DAY;
/// Seconds after which Microsoft expires unused grants. Google allows six months.
const UNUSED: i64 = 90 * DAY;

type Conditions = Vec<(AlertKind, AlertFacts)>;

impl Alerts {
    /// Returns the current problems of a data center. A known problem persists until its cause is
    /// gone.
    pub(super) async fn current_conditions(
        &self,
        id: &DataCenterId,
        settings: &AlertSettings,
        known: &[&AlertCondition],
    ) -> Result<Conditions, MailError> {
        let mut conditions = Conditions::new();
        let status = self.settings.grant_status(id).await?;
        if let GrantStatus::NeedsAuthorization { finding, .. } = &status {
            let facts = facts_of_finding(finding.clone());
            conditions.push((AlertKind::NeedsAuthorization, facts));
        }
        if status != GrantStatus::NotUsed {
            self.grant_ends(id, settings, known, &mut conditions)
                .await?;
        }
        if let Some(since) = self.store.oldest_waiting(id, self.clock.now()).await?
            && self.clock.now().since(since) > i64::from(settings.outbox_minutes) * 60
        {
            let facts = AlertFacts {
                waiting_since: Some(since),
                ..AlertFacts::default()
            };
            conditions.push((AlertKind::OutboxOld, facts));
        }
        if settings.daily_check
            && let Some(finding) = self.failing_check(id).await?
        {
            conditions.push((AlertKind::CheckFails, facts_of_finding(finding)));
        }
        Ok(conditions)
    }

    /// Adds warnings about a grant or a client secret that expires soon.
    async fn grant_ends(
        &self,
        id: &DataCenterId,
        settings: &AlertSettings,
        known: &[&AlertCondition],
        conditions: &mut Conditions,
    ) -> Result<(), MailError> {
        let (now, notes) = (self.clock.now(), settings.notes_of(id));
        let before = i64::from(settings.days_before) * DAY;
        let is_soon = |ends_at: UnixTime, before| ends_at.since(now) <= before;
        if let Some(grant) = self.store.grant_summary(id).await? {
            // An ended grant has its own alert, so no new warning starts. A known warning lasts
            // until the next grant.
            let ended = matches!(grant.state, GrantState::Ended { .. });
            let is_allowed = |kind| !ended || known.iter().any(|condition| condition.kind == kind);
            let testing_ends = grant.authorized_at.plus(TESTING);
            if notes.in_testing
                && is_soon(testing_ends, TESTING_BEFORE)
                && is_allowed(AlertKind::TestingEnds)
            {
                conditions.push((AlertKind::TestingEnds, facts_of_end(testing_ends)));
            }
            let unused_ends = grant.refreshed_at.plus(UNUSED);
            if grant.has_refresh_token
                && is_soon(unused_ends, before)
                && is_allowed(AlertKind::UnusedEnds)
            {
                conditions.push((AlertKind::UnusedEnds, facts_of_end(unused_ends)));
            }
        }
        if let Some(ends_at) = notes
            .client_secret_expires
            .filter(|at| is_soon(*at, before))
        {
            conditions.push((AlertKind::ClientSecretExpires, facts_of_end(ends_at)));
        }
        Ok(())
    }

    /// Returns the finding of the failed daily check, unless a later check of the saved settings
    /// succeeded.
    async fn failing_check(&self, id: &DataCenterId) -> Result<Option<Finding>, MailError> {
        let Some(daily) = self.store.daily_check(id).await? else {
            return Ok(None);
        };
        let Some(finding) = daily.finding else {
            return Ok(None);
        };
        if let Some(report) = self.store.latest_result(id).await? {
            let passed = report.failure().is_none();
            if passed && report.started_at > daily.started_at && report.settings_version > 0 {
                return Ok(None);
            }
        }
        Ok(Some(finding))
    }
}

fn facts_of_finding(finding: Finding) -> AlertFacts {
    AlertFacts {
        finding: Some(finding),
        ..AlertFacts::default()
    }
}

fn facts_of_end(at: UnixTime) -> AlertFacts {
    AlertFacts {
        ends_at: Some(at),
        ..AlertFacts::default()
    }
}
