//! Reading mail. Nothing here changes a mailbox: folders are opened by EXAMINE, and everything is fetched with PEEK
//! (RFC 9051 §6.3.3, §6.4.5).
//!
//! What servers and senders say is strangers' words: each step has a time limit, each answer a size, and what a message holds
//! is parsed apart from everything else ([`content`]).

mod attachment;
mod content;
mod error;
mod flatten;
mod folder_name;
mod folders;
mod html;
mod list;
mod place;
mod pool;
#[cfg(test)]
mod samples;
mod search;
mod session;
mod source;
mod summary;
mod verbs;
mod watch;

pub use attachment::AttachmentFile;
pub use error::MailboxError;
pub use watch::MailWatch;

pub(crate) use content::content;
pub(crate) use pool::Pool;
pub(crate) use watch::Watches;

#[cfg(test)]
pub(crate) use {attachment::attachment, folder_name::shown, html::sanitised};
