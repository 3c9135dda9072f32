//! The outbox: stores submitted messages durably before they are acknowledged, and delivers them in
//! the background.

mod attempt;
mod batches;
mod compose;
mod connect;
mod delivery;
mod delivery_queue;
mod delivery_worker;
mod disposition;
mod extensions;
mod intake;
mod key_quota;
mod lease;
mod options;
mod outcome_writer;
mod overview;
mod plan;
mod preview;
mod queue_state;
mod queued_message;
mod read;
mod ready_queue;
mod recent;
mod resend;
mod settings;
mod submit;
mod throttle;
mod transcript;

use std::sync::Arc;

use net::Outgoing;
use store::Store;

pub use compose::ComposeError;
pub(crate) use intake::Shared;
pub use options::OutboxOptions;
pub use read::MessagePage;
pub use resend::Resent;
pub use settings::SaveSendingError;
pub use submit::{Submission, SubmitError, Submitted};

use crate::{
    ChangeNotifier, Disk, ServerClock, Settings, Supervisor, Timeouts, Tokens,
    lease_owner::LeaseOwner, liveness::Liveness, metrics::Counters,
};

/// Submission and delivery of mail.
#[derive(Debug)]
pub struct Outbox {
    pub(crate) store: Store,
    pub(crate) outgoing: Outgoing,
    pub(crate) options: OutboxOptions,
    pub(crate) timeouts: Timeouts,
    pub(crate) clock: Arc<ServerClock>,
    pub(crate) leases: Arc<LeaseOwner>,
    pub(crate) settings: Arc<Settings>,
    pub(crate) tokens: Arc<Tokens>,
    pub(crate) disk: Arc<Disk>,
    pub(crate) liveness: Arc<Liveness>,
    pub(crate) counters: Arc<Counters>,
    pub(crate) supervisor: Arc<Supervisor>,
    pub(crate) changes: ChangeNotifier,
    pub(crate) shared: Shared,
}
