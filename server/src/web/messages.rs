//! HTML and source of messages in the outbox.

mod preview;
mod source;

pub use preview::html;
pub use source::download;
