//! Messages of the outbox: their HTML and their source.

mod preview;
mod source;

pub use preview::html;
pub use source::download;
