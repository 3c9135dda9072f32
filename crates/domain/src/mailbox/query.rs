//! Queries for mail in a folder.

use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

use super::{FolderName, MailId};
use crate::{InvalidSearch, UnixTime, codes::codes};

codes! {
    /// Part of a mail to search in.
    #[derive(Default)]
    SearchIn {
        /// Header and body.
        #[default]
        Text = "text",
        /// Sender.
        From = "from",
        /// Subject.
        Subject = "subject",
    }
}

/// Search for mail in a folder. The mail server runs the search.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailSearch {
    /// Search text. The server decides how it is compared. Empty matches all mail.
    pub words: String,
    /// Part of the mail to search in.
    pub within: SearchIn,
    /// Earliest time at which the server received the mail.
    pub since: Option<UnixTime>,
}

impl MailSearch {
    /// Maximum length of the search text in characters.
    const MAX_LENGTH: usize = 200;

    /// Parses a search text. Surrounding white space is removed.
    ///
    /// # Errors
    /// If it is longer than 200 characters or contains a control character.
    pub fn words(typed: &str) -> Result<String, InvalidSearch> {
        let words = typed.trim();
        if words.chars().any(char::is_control) || words.chars().count() > Self::MAX_LENGTH {
            Err(InvalidSearch)
        } else {
            Ok(words.to_owned())
        }
    }

    /// Returns true if the search matches all mail.
    pub fn is_for_all(&self) -> bool {
        self.words.is_empty() && self.since.is_none()
    }
}

/// Start of a page in a folder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum PagePosition {
    /// Starts with the newest mail and continues with older mail.
    #[default]
    Newest,
    /// Starts with the newest mail before this one and continues with older mail.
    Before(MailId),
    /// Starts with the oldest mail after this one and continues with newer mail.
    After(MailId),
}

/// Query for a page of mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailQuery {
    /// Folder to query.
    pub folder: FolderName,
    /// Filter for the mail.
    pub search: MailSearch,
    /// Start of the page.
    pub place: PagePosition,
    /// Maximum number of mails on the page.
    pub limit: NonZeroU32,
}

impl MailQuery {
    /// Default limit.
    pub const USUAL: NonZeroU32 = NonZeroU32::MIN.saturating_add(49);
    /// Maximum limit.
    pub const MOST: NonZeroU32 = NonZeroU32::MIN.saturating_add(199);

    /// Returns a query for the newest mail of a folder.
    pub fn newest(folder: FolderName) -> Self {
        Self {
            folder,
            search: MailSearch::default(),
            place: PagePosition::Newest,
            limit: Self::USUAL,
        }
    }
}
