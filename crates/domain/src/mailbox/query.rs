//! What is asked of a mailbox.

use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

use super::{FolderName, MailId};
use crate::{FieldError, UnixTime, codes::codes};

codes! {
    /// Where words are looked for.
    #[derive(Default)]
    SearchIn {
        /// In all of a mail.
        #[default]
        Text = "text",
        /// In who it is from.
        From = "from",
        /// In its subject.
        Subject = "subject",
    }
}

/// Which mail of a folder is looked for; the server does the looking.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailSearch {
    /// Words, as a server compares them; empty for all.
    pub words: String,
    /// Where they are looked for.
    pub within: SearchIn,
    /// Got by the server at this time or later.
    pub since: Option<UnixTime>,
}

impl MailSearch {
    /// Characters.
    const LONGEST: usize = 200;

    /// Words as they were typed; white space around them goes.
    ///
    /// # Errors
    /// `TooLong`, `ControlCharacter`.
    pub fn words(typed: &str) -> Result<String, FieldError> {
        let words = typed.trim();
        if words.chars().any(char::is_control) {
            Err(FieldError::ControlCharacter)
        } else if words.chars().count() > Self::LONGEST {
            Err(FieldError::TooLong)
        } else {
            Ok(words.to_owned())
        }
    }

    /// Whether all mail is wanted.
    pub fn is_for_all(&self) -> bool {
        self.words.is_empty() && self.since.is_none()
    }
}

/// Where in a folder to begin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum MailPlace {
    /// With the newest, to older ones.
    #[default]
    Newest,
    /// With the newest before this one, to older ones.
    Before(MailId),
    /// With the oldest after this one, to newer ones.
    After(MailId),
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailQuery {
    /// The folder.
    pub folder: FolderName,
    /// Which of its mail.
    pub search: MailSearch,
    /// Where to begin.
    pub place: MailPlace,
    /// How many at most.
    pub limit: NonZeroU32,
}

impl MailQuery {
    /// How many are asked for unless it is said.
    pub const USUAL: NonZeroU32 = NonZeroU32::MIN.saturating_add(49);
    /// How many may be asked for.
    pub const MOST: NonZeroU32 = NonZeroU32::MIN.saturating_add(199);

    /// The newest of a folder.
    pub fn newest(folder: FolderName) -> Self {
        Self {
            folder,
            search: MailSearch::default(),
            place: MailPlace::Newest,
            limit: Self::USUAL,
        }
    }
}
