//! List entries of messages: a few header fields, each limited in length, so no message makes the
//! list large.

use std::num::NonZeroU32;

use domain::MailSummary;
use imap::Fetched;
use imap_codec::imap_types::{
    core::{AString, Atom, NonEmptyVec},
    fetch::{MessageDataItemName, Section},
};

use super::session::Session;

/// Maximum number of bytes to request of each header field.
const MAX_FIELD_BYTES: NonZeroU32 = NonZeroU32::MIN.saturating_add(1_023);

/// Returns the items to request of each message. The fields are requested one by one, so a long one
/// leaves room for the others.
pub(super) fn items() -> Vec<MessageDataItemName<'static>> {
    let field = |name: &'static str| MessageDataItemName::BodyExt {
        section: Some(Section::HeaderFields(
            None,
            NonEmptyVec::from(AString::Atom(Atom::unvalidated(name).into())),
        )),
        partial: Some((0, MAX_FIELD_BYTES)),
        peek: true,
    };
    vec![
        MessageDataItemName::Uid,
        MessageDataItemName::Flags,
        MessageDataItemName::InternalDate,
        MessageDataItemName::Rfc822Size,
        field("FROM"),
        field("SUBJECT"),
        field("DATE"),
    ]
}

impl Session {
    /// Returns the list entry of a message. `None` if the data does not answer a request for
    /// [`items`].
    pub(super) fn summary(&self, reported: &Fetched) -> Option<MailSummary> {
        let mut summary = MailSummary::of(self.id(reported.uid?));
        summary.size = reported.size.unwrap_or_default();
        summary.received_at = reported.received_at;
        summary.seen = reported.flags.seen;
        summary.answered = reported.flags.answered;
        summary.flagged = reported.flags.flagged;
        let mut head = Vec::new();
        for field in &reported.sections {
            head.extend_from_slice(field.data.trim_ascii_end());
            head.extend_from_slice(b"\r\n");
        }
        head.extend_from_slice(b"\r\n");
        message::fill_summary(&mut summary, &head);
        Some(summary)
    }
}
