//! What is asked of the activity page and of its export: the query as it was typed.

use domain::{AuditAction, AuditFilter, UnixTime};
use serde::{Deserialize, Serialize};

/// Seconds.
const ONE_DAY: i64 = 86_400;

/// The query of `/activity` and `/activity/export`; empty fields ask for all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ActivityQuery {
    /// A user name, or the name of a key.
    pub who: String,
    /// The code of an action.
    pub action: String,
    /// A data center, account or key.
    pub subject: String,
    /// The first day (UTC), as `2026-11-01`.
    pub from: String,
    /// The last day (UTC).
    pub to: String,
    /// Only entries before this sequence.
    pub before: String,
}

/// A field of the query that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActivityField {
    /// No action has this code.
    Action,
    /// Not a day.
    From,
    /// Not a day.
    To,
}

impl ActivityQuery {
    /// Which entries are asked for.
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

    /// The sequence before which entries are wanted; what is no number counts as none.
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
    fn the_last_day_is_part_of_what_is_asked_for() {
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
