//! Query of the list of messages, and of its events while the page is open, as entered.

use domain::{DataCenterId, MessageFilter, MessageId, MessageState, UnixTime};
use serde::{Deserialize, Serialize};

/// Length of a day in seconds.
const ONE_DAY: i64 = 86_400;

/// Query of `/messages` and `/events/messages`. Empty fields match all messages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MessageQuery {
    /// Text to find in the subject, addresses, or Message-ID.
    pub search: String,
    /// Code of a state.
    pub state: String,
    /// ID of a data center.
    pub data_center: String,
    /// First day (UTC), as `2026-11-01`.
    pub from: String,
    /// Last day (UTC).
    pub to: String,
    /// Cursor: only messages after this one in the list, which are older.
    pub after: String,
}

/// Field of the query that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageQueryField {
    /// No state has this code.
    State,
    /// Not the ID of a data center.
    DataCenter,
    /// Not a valid date.
    From,
    /// Not a valid date.
    To,
}

impl MessageQuery {
    /// Maximum length of the search text, in characters.
    const MAX_SEARCH_LENGTH: usize = 300;

    /// Returns the filter for messages.
    ///
    /// # Errors
    /// The first field that cannot be read.
    pub fn filter(&self) -> Result<MessageFilter, MessageQueryField> {
        use MessageQueryField as Field;
        let states = match self.state.trim() {
            "" => Vec::new(),
            code => vec![MessageState::from_code(code).ok_or(Field::State)?],
        };
        let data_center = match self.data_center.trim() {
            "" => None,
            id => Some(DataCenterId::parse(id).map_err(|_| Field::DataCenter)?),
        };
        let day = |text: &str, field| match text.trim() {
            "" => Ok(None),
            text => UnixTime::of_day(text).map(Some).ok_or(field),
        };
        let search = self.search.trim().chars().filter(|c| !c.is_control());
        Ok(MessageFilter {
            data_center,
            states,
            search: search.take(Self::MAX_SEARCH_LENGTH).collect(),
            since: day(&self.from, Field::From)?,
            until: day(&self.to, Field::To)?.map(|day| day.plus(ONE_DAY)),
        })
    }

    /// Returns the cursor. Text that is not an ID counts as the beginning of the list.
    pub fn cursor(&self) -> Option<MessageId> {
        MessageId::parse(&self.after).ok()
    }

    /// Returns true if the query filters messages.
    pub fn is_set(&self) -> bool {
        let all = Self {
            after: self.after.clone(),
            ..Self::default()
        };
        *self != all
    }

    /// Returns the parameters of the query with a cursor.
    pub fn parameters<'a>(&'a self, after: &'a str) -> [(&'static str, &'a str); 6] {
        [
            ("search", &self.search),
            ("state", &self.state),
            ("data_center", &self.data_center),
            ("from", &self.from),
            ("to", &self.to),
            ("after", after),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_query_asks_for_all() {
        let query = MessageQuery::default();
        assert_eq!(query.filter(), Ok(MessageFilter::default()));
        assert!(!query.is_set());
        let later = MessageQuery {
            after: "0069a".into(),
            ..query
        };
        assert!(!later.is_set() && later.cursor().is_some());
    }

    #[test]
    fn each_field_of_the_query_is_part_of_the_filter() {
        let query = MessageQuery {
            search: " Hello\0 ".into(),
            state: "failed".into(),
            data_center: "default".into(),
            from: "2026-11-23".into(),
            to: "2026-11-23".into(),
            after: "not an id".into(),
        };
        let filter = query.filter().unwrap();
        assert_eq!(filter.search, "Hello");
        assert_eq!(filter.states, [MessageState::Failed]);
        assert_eq!(filter.data_center, Some(DataCenterId::default()));
        assert_eq!(filter.since.unwrap().rfc3339(), "2026-11-23T00:00:00Z");
        assert_eq!(filter.until.unwrap().rfc3339(), "2026-11-24T00:00:00Z");
        assert!(query.is_set() && query.cursor().is_none());
    }

    #[test]
    fn names_the_field_that_cannot_be_read() {
        let with = |change: fn(&mut MessageQuery)| {
            let mut query = MessageQuery::default();
            change(&mut query);
            query.filter().unwrap_err()
        };
        assert_eq!(
            with(|query| query.state = "lost".into()),
            MessageQueryField::State
        );
        assert_eq!(
            with(|query| query.data_center = "a b".into()),
            MessageQueryField::DataCenter
        );
        assert_eq!(
            with(|query| query.from = "yesterday".into()),
            MessageQueryField::From
        );
        assert_eq!(
            with(|query| query.to = "2026-02-30".into()),
            MessageQueryField::To
        );
    }
}
