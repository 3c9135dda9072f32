//! Messages of the outbox: what people do with them, and their source.

mod action;
mod source;

pub use action::post;
pub use source::download;
