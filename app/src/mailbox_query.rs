//! Query of the mailbox page, as entered.

use domain::{
    DataCenterId, FolderName, MailId, MailQuery, MailSearch, PagePosition, SearchIn, UnixTime,
    mailbox::MailboxField,
};
use serde::{Deserialize, Serialize};

/// Query of `/mailbox` and the paths below it. Empty fields select the default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MailboxQuery {
    /// Data center of the mailbox.
    pub data_center: String,
    /// Folder, as its server names it.
    pub folder: String,
    /// Text to search for.
    pub search: String,
    /// Part of the mail to search in: `text`, `from`, or `subject`.
    pub within: String,
    /// First day, as `2026-11-01`.
    pub since: String,
    /// Position in the list; only older mail is shown.
    pub before: String,
    /// Position in the list; only newer mail is shown.
    pub after: String,
    /// Mail to show.
    pub mail: String,
    /// `html` to show HTML even if there is plain text.
    pub show: String,
    /// Number of an attachment.
    pub attachment: String,
}

impl MailboxQuery {
    /// Returns the data center.
    ///
    /// # Errors
    /// Returns the field if it is invalid.
    pub fn data_center(&self) -> Result<DataCenterId, MailboxField> {
        match self.data_center.as_str() {
            "" => Ok(DataCenterId::default()),
            text => DataCenterId::parse(text).map_err(|_| MailboxField::DataCenter),
        }
    }

    /// Returns the folder.
    ///
    /// # Errors
    /// Returns the field if it is invalid.
    pub fn folder(&self) -> Result<FolderName, MailboxField> {
        match self.folder.as_str() {
            "" => Ok(FolderName::default()),
            text => FolderName::parse(text).map_err(|_| MailboxField::Folder),
        }
    }

    /// Returns the mail.
    ///
    /// # Errors
    /// Returns the field if it is invalid.
    pub fn mail(&self) -> Result<MailId, MailboxField> {
        MailId::parse(&self.mail).map_err(|_| MailboxField::Mail)
    }

    /// Returns the search.
    ///
    /// # Errors
    /// Returns the first field that is invalid.
    pub fn search(&self) -> Result<MailSearch, MailboxField> {
        let since = match self.since.trim() {
            "" => None,
            text => Some(UnixTime::of_day(text).ok_or(MailboxField::Since)?),
        };
        Ok(MailSearch {
            words: MailSearch::words(&self.search).map_err(|_| MailboxField::Search)?,
            within: SearchIn::from_code(&self.within).unwrap_or_default(),
            since,
        })
    }

    /// Returns the query for the list of the folder.
    ///
    /// # Errors
    /// Returns the first field that is invalid.
    pub fn list(&self) -> Result<MailQuery, MailboxField> {
        let id = |text: &str| MailId::parse(text).map_err(|_| MailboxField::Mail);
        let place = match (self.before.as_str(), self.after.as_str()) {
            ("", "") => PagePosition::Newest,
            ("", after) => PagePosition::After(id(after)?),
            (before, _) => PagePosition::Before(id(before)?),
        };
        Ok(MailQuery {
            search: self.search()?,
            place,
            ..MailQuery::newest(self.folder()?)
        })
    }

    /// Returns the query of the same folder without search and position.
    #[must_use]
    pub fn of_folder(&self) -> Self {
        Self {
            data_center: self.data_center.clone(),
            folder: self.folder.clone(),
            ..Self::default()
        }
    }

    /// Returns the name and value of each field.
    pub fn fields(&self) -> [(&'static str, &str); 10] {
        [
            ("data_center", &self.data_center),
            ("folder", &self.folder),
            ("search", &self.search),
            ("within", &self.within),
            ("since", &self.since),
            ("before", &self.before),
            ("after", &self.after),
            ("mail", &self.mail),
            ("show", &self.show),
            ("attachment", &self.attachment),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_query_asks_for_the_newest_of_inbox() {
        let query = MailboxQuery::default();
        assert_eq!(query.list(), Ok(MailQuery::newest(FolderName::default())));
        assert_eq!(query.data_center(), Ok(DataCenterId::default()));
        assert_eq!(query.mail(), Err(MailboxField::Mail));
    }

    #[test]
    fn names_the_field_that_cannot_be_read() {
        let with = |change: fn(&mut MailboxQuery)| {
            let mut query = MailboxQuery::default();
            change(&mut query);
            query.list().unwrap_err()
        };
        assert_eq!(
            with(|query| query.folder = "a\r\nb".into()),
            MailboxField::Folder
        );
        assert_eq!(
            with(|query| query.search = "x".repeat(201)),
            MailboxField::Search
        );
        assert_eq!(
            with(|query| query.since = "yesterday".into()),
            MailboxField::Since
        );
        assert_eq!(with(|query| query.before = "1".into()), MailboxField::Mail);
        assert_eq!(with(|query| query.after = "1.x".into()), MailboxField::Mail);
    }
}
