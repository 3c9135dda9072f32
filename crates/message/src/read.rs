//! Reads mail for display. Everything in it is untrusted input.

mod attachment;
mod flatten;
mod mail;
#[cfg(test)]
mod samples;
mod sanitize;
mod summary;

pub use attachment::{AttachmentFile, attachment};
pub use mail::read_mail;
pub use summary::{HeaderSummary, fill_summary, line};

#[cfg(test)]
pub(crate) use sanitize::sanitize;
