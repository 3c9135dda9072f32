//! Messages of the outbox: what people do with them, and their source.

mod action;
mod preview;
mod source;

pub use action::post;
pub use preview::html;
pub use source::download;
