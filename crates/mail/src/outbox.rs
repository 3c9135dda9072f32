//! The outbox: stores submitted messages durably before they are acknowledged, and delivers them in
//! the background.

mod attempt;
mod backoff;
mod batches;
mod compose;
mod delivery;
mod delivery_queue;
mod delivery_worker;
mod disposition;
mod id;
mod intake;
mod job;
mod key_quota;
mod lease;
mod open;
mod options;
mod outcome_writer;
mod overview;
mod plan;
mod preview;
mod read;
mod ready_queue;
mod recent;
mod resend;
mod settings;
mod submit;
mod transcript;

pub use compose::ComposeError;
pub(crate) use intake::Shared;
pub use options::OutboxOptions;
pub use read::MessagePage;
pub use resend::Resent;
pub use settings::SaveSendingError;
pub use submit::{Submission, SubmitError, Submitted};
