//! Query of the activity page and of its export, as entered.

use domain::{AuditAction, AuditFilter, UnixTime};
use serde::{Deserialize, Serialize};

/// Length of a day in seconds.
const ONE_DAY: i64 = 86_400;

/// Query of `/activity` and `/activity/export`. Empty fields match all entries.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ActivityQuery {
    /// User name, or name of a key.
    pub who: String,
    /// Code of an action.
    pub action: String,
    /// Name or ID of a data center, account, or key.
    pub subject: String,
    /// First day (UTC), as `2026-11-01`.
    pub from: String,
    /// Last day (UTC).
    pub to: String,
    /// Sequence number; only entries before it are shown.
    pub before: String,
}

/// Field of the query that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActivityField {
    /// No action has this code.
    Action,
    /// Not a valid date.
    From,
    /// Not a valid date.
    To,
}

impl ActivityQuery {
    /// Returns the filter for the audit log.
    ///
    /// # Errors
    /// The first field that cannot be read.
    pub fn filter(&self) -> Result<AuditFilter, ActivityField> {
        let action = match self.action.trim() {
            "" => None,
            code => Some(AuditAction::from_code(code).ok_or(ActivityField::Action)?),
        };
        let day = |text: &str, field| match text.trim() {
            "" => Ok(None),
            text => UnixTime::of_day(text).map(Some).ok_or(field),
        };
        Ok(AuditFilter {
            who: self.who.trim().to_owned(),
            action,
            subject: self.subject.trim().to_owned(),
            since: day(&self.from, ActivityField::From)?,
            until: day(&self.to, ActivityField::To)?.map(|day| day.plus(ONE_DAY)),
        })
    }

    /// Returns the sequence number that limits the entries. Text that is not a number counts as
    /// none.
    pub fn before(&self) -> Option<i64> {
        self.before.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_query_asks_for_all() {
        assert_eq!(
            ActivityQuery::default().filter(),
            Ok(AuditFilter::default())
        );
    }

    #[test]
    fn the_last_day_is_included() {
        let query = ActivityQuery {
            who: " alice ".into(),
            action: "signed_in".into(),
            from: "2026-11-23".into(),
            to: "2026-11-23".into(),
            ..ActivityQuery::default()
        };
        let filter = query.filter().unwrap();
        assert_eq!(filter.who, "alice");
        assert_eq!(filter.action, Some(AuditAction::SignedIn));
        assert_eq!(filter.since.unwrap().rfc3339(), "2026-11-23T00:00:00Z");
        assert_eq!(filter.until.unwrap().rfc3339(), "2026-11-24T00:00:00Z");
    }

    #[test]
    fn names_the_field_that_cannot_be_read() {
        let with = |change: fn(&mut ActivityQuery)| {
            let mut query = ActivityQuery::default();
            change(&mut query);
            query.filter()
        };
        let bad_action = with(|query| query.action = "none".into());
        assert_eq!(bad_action, Err(ActivityField::Action));
        let bad_from = with(|query| query.from = "yesterday".into());
        assert_eq!(bad_from, Err(ActivityField::From));
        let bad_to = with(|query| query.to = "2026-02-30".into());
        assert_eq!(bad_to, Err(ActivityField::To));
    }
}
