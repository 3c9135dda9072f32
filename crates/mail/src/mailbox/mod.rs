//! Reading mail. Nothing here changes a mailbox: folders are opened by EXAMINE, and everything is fetched with PEEK
//! (RFC 9051 §6.3.3, §6.4.5).
//!
//! Everything that servers and senders say is untrusted input: each step has a time limit and each answer a size limit, and
//! messages are parsed by the crate `message`, which does no I/O.

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
