//! Turns a submission into the message that is sent: checked, complete, and encoded.
//!
//! Values of header fields are checked for control characters and written by [`header`], so no
//! value can add another field.

mod build;
mod charset;
mod composed;
mod downgrade;
mod draft;
mod encoded;
mod errors;
mod field;
mod fields;
mod free_header;
mod header;
mod list_field;
mod mime;
mod parameters;
mod parts;
mod raw;
mod raw_message;
mod received;
mod renew;
mod sender_policy;
mod trace;

pub use composed::Composed;
pub use downgrade::with_ascii_header;
pub use draft::{Draft, DraftAttachment};
pub use errors::MessageErrors;
pub use field::MessageField;
pub use raw::{Envelope, RawRequest};
pub use raw_message::RawMessage;
pub use received::Received;
pub use renew::renew;
pub use sender_policy::SenderPolicy;
