//! What has come since: new messages by their UIDs, read without a trace (RFC 9051 §6.4.5, PEEK).

use std::num::NonZeroU32;

use decode::{ImapStage, imap_reply};
use domain::{FindingCode, UnixTime};
use imap_codec::imap_types::{
    command::CommandBody,
    core::{AString, NString, NonEmptyVec},
    datetime::NaiveDate,
    fetch::{MacroOrMessageDataItemNames, MessageDataItem, MessageDataItemName, Section},
    mailbox::Mailbox as Name,
    response::Data,
    search::SearchKey,
    sequence::{SeqOrUid, Sequence, SequenceSet},
    status::{StatusDataItem, StatusDataItemName},
};

use super::{client::Ending, connection::Connection};

/// Octets of a header that are read.
const HEADER_AT_MOST: NonZeroU32 = NonZeroU32::new(2_048).unwrap();
/// Octets of a message that are read: a notification begins with what counts.
const MESSAGE_AT_MOST: NonZeroU32 = NonZeroU32::new(64 * 1_024).unwrap();

/// How INBOX is numbered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Numbering {
    pub(crate) uid_validity: u32,
    /// The UID that comes next.
    pub(crate) next: u32,
}

/// What is known of a new message at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Headline {
    pub(crate) uid: NonZeroU32,
    /// When the server got it, if it says so.
    pub(crate) received_at: Option<UnixTime>,
    /// Octets.
    pub(crate) size: u32,
    /// From, Subject, Message-ID and Content-Type as they came.
    pub(crate) header: Vec<u8>,
}

impl Connection {
    /// How INBOX is numbered, without opening it.
    pub(crate) async fn numbering(&mut self) -> Result<Numbering, FindingCode> {
        let body = CommandBody::Status {
            mailbox: Name::Inbox,
            item_names: vec![StatusDataItemName::UidValidity, StatusDataItemName::UidNext].into(),
        };
        let answer = self.ask(body).await?;
        let mut numbering = (None, None);
        for data in answer.data {
            let Data::Status { items, .. } = data else {
                continue;
            };
            for item in items.iter() {
                match item {
                    StatusDataItem::UidValidity(value) => numbering.0 = Some(value.get()),
                    StatusDataItem::UidNext(value) => numbering.1 = Some(value.get()),
                    _ => {}
                }
            }
        }
        let _ = self.heard();
        match numbering {
            (Some(uid_validity), Some(next)) => Ok(Numbering { uid_validity, next }),
            _ => Err(FindingCode::InboxMissing),
        }
    }

    /// Opens INBOX without changing it.
    pub(crate) async fn examine_quietly(&mut self) -> Result<(), FindingCode> {
        let body = CommandBody::examine("INBOX").map_err(|_| FindingCode::InboxMissing)?;
        let answer = self.ask(body).await?;
        let _ = self.heard();
        match answer.ending {
            Ending::Ok => Ok(()),
            _ => Err(imap_reply(ImapStage::Examine, &answer.code, &answer.text)),
        }
    }

    /// The messages with UIDs from `first` to `last`, in their order.
    pub(crate) async fn headlines(
        &mut self,
        first: NonZeroU32,
        last: NonZeroU32,
    ) -> Result<Vec<Headline>, FindingCode> {
        let set = Sequence::Range(SeqOrUid::Value(first), SeqOrUid::Value(last));
        let names = ["From", "Subject", "Message-ID", "Content-Type"];
        let names: Result<Vec<_>, _> = names.into_iter().map(AString::try_from).collect();
        let names = names.map_err(|_| FindingCode::NotImap)?;
        let fields = NonEmptyVec::try_from(names).map_err(|_| FindingCode::NotImap)?;
        let items = vec![
            MessageDataItemName::Uid,
            MessageDataItemName::InternalDate,
            MessageDataItemName::Rfc822Size,
            MessageDataItemName::BodyExt {
                section: Some(Section::HeaderFields(None, fields)),
                partial: Some((0, HEADER_AT_MOST)),
                peek: true,
            },
        ];
        let told = self.fetch_uids(set.into(), items).await?;
        let mut found: Vec<_> = told
            .into_iter()
            .filter_map(headline)
            .filter(|one| (first..=last).contains(&one.uid))
            .collect();
        found.sort_unstable_by_key(|one| one.uid);
        Ok(found)
    }

    /// The beginning of a message; `None` when it is gone.
    pub(crate) async fn beginning(
        &mut self,
        uid: NonZeroU32,
    ) -> Result<Option<Vec<u8>>, FindingCode> {
        let item = MessageDataItemName::BodyExt {
            section: None,
            partial: Some((0, MESSAGE_AT_MOST)),
            peek: true,
        };
        let set = Sequence::Single(SeqOrUid::Value(uid)).into();
        let told = self
            .fetch_uids(set, vec![MessageDataItemName::Uid, item])
            .await?;
        let own = told
            .iter()
            .find(|items| items.contains(&MessageDataItem::Uid(uid)));
        Ok(own.and_then(|items| items.iter().find_map(body_of)))
    }

    /// The lowest UID of the messages that came on this day or later.
    pub(crate) async fn first_since(
        &mut self,
        day: UnixTime,
    ) -> Result<Option<NonZeroU32>, FindingCode> {
        let day = chrono::DateTime::from_timestamp(day.0, 0)
            .and_then(|time| NaiveDate::try_from(time.date_naive()).ok())
            .ok_or(FindingCode::NotImap)?;
        let body = CommandBody::search(None, SearchKey::Since(day), true);
        let answer = self.ask(body).await?;
        let _ = self.heard();
        let found = answer.data.into_iter().find_map(|data| match data {
            Data::Search(uids) => uids.into_iter().min(),
            _ => None,
        });
        Ok(found)
    }

    async fn fetch_uids(
        &mut self,
        sequence_set: SequenceSet,
        items: Vec<MessageDataItemName<'static>>,
    ) -> Result<Vec<Vec<MessageDataItem<'static>>>, FindingCode> {
        let body = CommandBody::Fetch {
            sequence_set,
            macro_or_item_names: MacroOrMessageDataItemNames::MessageDataItemNames(items),
            uid: true,
        };
        let answer = self.ask(body).await?;
        let _ = self.heard();
        if answer.ending != Ending::Ok {
            return Err(FindingCode::Refused);
        }
        let told = answer.data.into_iter().filter_map(|data| match data {
            Data::Fetch { items, .. } => Some(items.into_inner()),
            _ => None,
        });
        Ok(told.collect())
    }
}

fn headline(items: Vec<MessageDataItem<'static>>) -> Option<Headline> {
    let mut uid = None;
    let (mut received_at, mut size, mut header) = (None, 0, Vec::new());
    for item in items {
        match item {
            MessageDataItem::Uid(value) => uid = Some(value),
            MessageDataItem::InternalDate(date) => {
                received_at = Some(UnixTime(date.as_ref().timestamp()));
            }
            MessageDataItem::Rfc822Size(octets) => size = octets,
            other => header = body_of(&other).unwrap_or(header),
        }
    }
    Some(Headline {
        uid: uid?,
        received_at,
        size,
        header,
    })
}

fn body_of(item: &MessageDataItem<'_>) -> Option<Vec<u8>> {
    let MessageDataItem::BodyExt { data, .. } = item else {
        return None;
    };
    let NString(text) = data;
    Some(
        text.as_ref()
            .map(|text| text.as_ref().to_vec())
            .unwrap_or_default(),
    )
}
