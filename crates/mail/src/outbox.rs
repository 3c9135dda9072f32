//! The outbox: messages that programs hand over, stored before they are acknowledged, and how they are delivered.

mod attempt;
mod backoff;
mod batches;
mod carrier;
mod compose;
mod id;
mod intake;
mod job;
mod key_quota;
mod lane;
mod lease;
mod open;
mod options;
mod overview;
mod plan;
mod preview;
mod queue;
mod read;
mod recent;
mod resend;
mod settings;
mod settler;
mod submit;
mod transcript;
mod verdict;
mod worker;

pub use compose::ComposeError;
pub(crate) use intake::Shared;
pub use options::OutboxOptions;
pub use read::MessagePage;
pub use resend::Resent;
pub use settings::SaveSendingError;
pub use submit::{Submission, SubmitError, Submitted};
