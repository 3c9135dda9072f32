//! Mailbox: folders and mail, as pages show them.

mod folder;
mod mail;
mod problem;
mod query;

pub use folder::{Folder, FolderName, FolderUse};
pub use mail::{Mail, MailAttachment, MailHeader, MailId, MailPage, MailSummary};
pub use problem::{MailboxField, MailboxProblem};
pub use query::{MailQuery, MailSearch, PagePosition, SearchIn};
