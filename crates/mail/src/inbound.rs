//! Processing of incoming mail: bounces are matched to messages, and webhooks are notified of new
//! mail. Nothing here changes a mailbox.

mod bounces;
mod poll;
mod pollers;
mod unreadable;
mod webhook;
mod webhook_settings;

use std::sync::Arc;

use store::Store;

pub(crate) use unreadable::UnreadableMessages;
pub use webhook_settings::InboundWebhookError;

use crate::{
    ChangeNotifier, Mailboxes, ServerClock, Settings, Supervisor, Webhooks, lease_owner::LeaseOwner,
};

/// Processes bounces and notifies webhooks of new mail.
#[derive(Debug)]
pub struct Inbound {
    pub(crate) store: Store,
    pub(crate) clock: Arc<ServerClock>,
    pub(crate) leases: Arc<LeaseOwner>,
    pub(crate) settings: Arc<Settings>,
    pub(crate) mailboxes: Arc<Mailboxes>,
    pub(crate) webhooks: Arc<Webhooks>,
    pub(crate) supervisor: Arc<Supervisor>,
    pub(crate) changes: ChangeNotifier,
    /// Messages that could not be read.
    pub(crate) unreadable: UnreadableMessages,
}
