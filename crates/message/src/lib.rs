//! RFC 5322 and MIME, both ways.
//!
//! Submitting: [`Draft::compose`] writes a message from fields, [`RawRequest::compose`] prepares a
//! complete message, and [`Notice::compose`] writes messages of Mailgrant itself. All return
//! [`Composed`]. Reading: [`read_mail`] returns a message for display, [`attachment`] one of its
//! files, and [`DeliveryStatus::read`] the content of a delivery status notification. All input is
//! untrusted.
//!
//! The crate does no I/O and knows no product feature: the caller passes in the [`SenderPolicy`]
//! and the time.
//!
//! There are two parsers of MIME parts, because their rules exclude each other. `mime::Structure`
//! reads: it scans the lines once, without recursion, does not open nested messages, and returns
//! the bytes of each part unchanged. `compose::parts` submits: it follows nested messages to a
//! fixed depth and rebuilds each level from its rewritten parts, including the text between them.
//! Both use the rules in `mime` for delimiter lines, field names, and escape sequences.

mod compose;
mod delivery_status;
mod mime;
mod notice;
#[cfg(test)]
mod property_tests;
mod read;

pub use crate::{
    compose::{
        Composed, Draft, DraftAttachment, Envelope, MessageErrors, MessageField, RawMessage,
        RawRequest, Received, SenderPolicy, renew, with_ascii_header,
    },
    delivery_status::{DeliveryStatus, FailedRecipient, provider_ids},
    notice::{Notice, test_email},
    read::{AttachmentFile, HeaderSummary, attachment, fill_summary, line, read_mail},
};
