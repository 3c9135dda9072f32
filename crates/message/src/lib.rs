//! RFC 5322 and MIME, both ways.
//!
//! Submitting: [`Draft::compose`] writes a message from its parts, [`RawRequest::compose`] makes a message that a program has
//! written fit to be sent, [`Notice::compose`] writes what Mailgrant sends itself; all end in [`Composed`]. Reading: [`read_mail`] returns what people see of a message, [`attachment`]
//! one of its files, and [`DeliveryStatus::read`] what a delivery status notification reports. All input is untrusted.
//!
//! The crate does no I/O and knows no product feature: the caller passes in the [`SenderPolicy`] and the time.
//!
//! Two walks go through MIME parts, because their rules exclude each other. `mime::Structure` reads: it goes through the lines
//! once, without recursion, leaves nested messages closed, and returns the bytes of each part unchanged. `compose::parts` submits:
//! it follows nested messages to a fixed depth and rebuilds each level from its rewritten parts, text between them included.
//! They share from `mime` whatever they have to agree on: delimiter lines, field names, and escape sequences.

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
