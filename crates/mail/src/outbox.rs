//! The outbox: messages that programs hand over, stored before they are acknowledged.

mod id;
mod read;
mod submit;

pub use read::MessagePage;
pub use submit::{Submission, SubmitError, Submitted};
