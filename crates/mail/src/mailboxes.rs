//! Reading of mail. Mailboxes are never changed: folders are opened with EXAMINE, and messages are
//! fetched with PEEK (RFC 9051 §6.3.3, §6.4.5).
//!
//! All data from servers and senders is untrusted input. Each step has a timeout and each reply a
//! size limit. The crate `message`, which does no I/O, parses the messages.

mod connect;
mod error;
mod folder_name;
mod folders;
mod list;
mod operations;
mod poll_state;
mod pool;
mod position;
mod relay;
mod search;
mod session;
mod source;
mod summary;
mod watch;

use std::sync::Arc;

use net::Outgoing;
use store::Store;

pub use error::MailboxError;
pub(crate) use pool::Pool;
pub use relay::RelayedSession;
pub use watch::MailWatch;
pub(crate) use watch::Watches;

use crate::{ChangeNotifier, Supervisor, Timeouts, Tokens};

/// Mailboxes that are read over IMAP.
#[derive(Debug)]
pub struct Mailboxes {
    pub(crate) store: Store,
    pub(crate) outgoing: Outgoing,
    pub(crate) timeouts: Timeouts,
    pub(crate) tokens: Arc<Tokens>,
    pub(crate) supervisor: Arc<Supervisor>,
    pub(crate) changes: ChangeNotifier,
    /// Sessions with open connections.
    pub(crate) pool: Pool,
    /// Folders with watchers.
    pub(crate) watches: Watches,
}
