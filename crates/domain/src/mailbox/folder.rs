//! Folders of a mailbox.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{InvalidFolderName, codes::codes};

/// Name of a folder as its server writes it: in modified UTF-7 (RFC 3501 §5.1.3), or, with servers
/// that do not follow the standard, in UTF-8.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FolderName(String);

impl FolderName {
    /// Folder for incoming mail. Every mailbox has it.
    pub const INBOX: &str = "INBOX";
    /// Maximum length in bytes.
    const MAX_LENGTH: usize = 1_000;

    /// Parses a name of 1 to 1,000 bytes without control characters other than tabs, which Exchange
    /// allows. INBOX is recognized in any case (RFC 9051 §5.1).
    ///
    /// # Errors
    /// If it is empty, longer, or has a control character.
    pub fn parse(text: &str) -> Result<Self, InvalidFolderName> {
        let is_invalid = |c: char| c.is_control() && c != '\t';
        if !(1..=Self::MAX_LENGTH).contains(&text.len()) || text.chars().any(is_invalid) {
            Err(InvalidFolderName)
        } else if text.eq_ignore_ascii_case(Self::INBOX) {
            Ok(Self::default())
        } else {
            Ok(Self(text.to_owned()))
        }
    }

    /// Returns the name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns true for INBOX.
    pub fn is_inbox(&self) -> bool {
        self.0 == Self::INBOX
    }
}

impl Default for FolderName {
    fn default() -> Self {
        Self(Self::INBOX.to_owned())
    }
}

impl fmt::Display for FolderName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

codes! {
    /// Special use of a folder (RFC 6154).
    FolderUse {
        /// Incoming mail.
        Inbox = "inbox",
        /// All mail of the account.
        All = "all",
        /// Flagged mail.
        Flagged = "flagged",
        /// Drafts.
        Drafts = "drafts",
        /// Sent mail.
        Sent = "sent",
        /// Archived mail.
        Archive = "archive",
        /// Spam.
        Junk = "junk",
        /// Deleted mail.
        Trash = "trash",
    }
}

impl FolderUse {
    /// Returns the use for an attribute of LIST, such as `\Sent`.
    pub fn of_attribute(attribute: &str) -> Option<Self> {
        Some(match attribute.to_ascii_lowercase().as_str() {
            "\\all" => Self::All,
            "\\flagged" => Self::Flagged,
            "\\drafts" => Self::Drafts,
            "\\sent" => Self::Sent,
            "\\archive" => Self::Archive,
            "\\junk" => Self::Junk,
            "\\trash" => Self::Trash,
            _ => return None,
        })
    }
}

/// Folder of a mailbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Folder {
    /// Name on the server.
    pub name: FolderName,
    /// Decoded name for display.
    pub shown: String,
    /// Special use, if the server reports one.
    pub used_for: Option<FolderUse>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inbox_is_the_same_in_any_case() {
        assert_eq!(FolderName::parse("inBox"), Ok(FolderName::default()));
        assert!(FolderName::parse("INBOX").unwrap().is_inbox());
        assert!(!FolderName::parse("Inbox/a").unwrap().is_inbox());
    }

    #[test]
    fn a_folder_name_cannot_contain_another_command() {
        for text in ["", "a\r\nb", "a\0", "a\u{85}b", &"x".repeat(1_001)] {
            assert!(FolderName::parse(text).is_err(), "{text:?}");
        }
        assert!(FolderName::parse("Entw&APw-rfe \"\\{5}*%").is_ok());
    }

    #[test]
    fn a_name_outside_of_the_standard_is_accepted() {
        for text in ["Entwürfe", "INBOX/Da\tOggetto\t", " "] {
            assert_eq!(FolderName::parse(text).unwrap().as_str(), text);
        }
    }
}
