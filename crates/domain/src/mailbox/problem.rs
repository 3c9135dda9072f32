//! Reasons why a page of the mailbox has nothing to show.

use crate::Finding;

/// A field of the page's query that cannot be parsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailboxField {
    /// The data center.
    DataCenter,
    /// The name of the folder.
    Folder,
    /// The search text.
    Search,
    /// The first day of the search.
    Since,
    /// The ID of the mail.
    Mail,
}

/// A reason why there is nothing to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MailboxProblem {
    /// The email box is off.
    Off,
    /// The server cannot be reached, refuses, or answers something unreadable.
    Failed(Box<Finding>),
    /// The folder does not exist.
    NoFolder,
    /// The mail does not exist.
    NoMail,
    /// The folder's UIDVALIDITY changed.
    Renumbered,
    /// The mail is larger than the limit.
    TooLarge,
    /// Too many connections read the mailbox.
    Busy,
    /// A field of the query cannot be parsed.
    Field(MailboxField),
}
