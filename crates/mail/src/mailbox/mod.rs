//! Reading mail. Nothing here changes a mailbox: folders are opened with EXAMINE, and everything is
//! fetched with PEEK (RFC 9051 §6.3.3, §6.4.5).
//!
//! Everything from servers and senders is untrusted input. Each step has a timeout and each reply a
//! size limit. The crate `message`, which does no I/O, parses the messages.

mod connect;
mod error;
mod folder_name;
mod folders;
mod list;
mod place;
mod pool;
mod search;
mod session;
mod source;
mod summary;
mod verbs;
mod watch;

pub use error::MailboxError;
pub use watch::MailWatch;

pub(crate) use pool::Pool;
pub(crate) use watch::Watches;
