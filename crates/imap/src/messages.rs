//! New messages by their UIDs, fetched with PEEK (RFC 9051 §6.4.5).

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

use crate::{client::Ending, connection::Connection};

/// Maximum octets of a header that are fetched.
const HEADER_AT_MOST: NonZeroU32 = NonZeroU32::new(2_048).unwrap();
/// Maximum octets of a message that are fetched. The start of a notification is enough.
const MESSAGE_AT_MOST: NonZeroU32 = NonZeroU32::new(64 * 1_024).unwrap();

/// The UIDs of INBOX.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FolderState {
    /// UIDVALIDITY (RFC 9051 §2.3.1.1). UIDs are only comparable if it is the same.
    pub uid_validity: u32,
    /// The next UID.
    pub next: u32,
}

/// A new message, with the data of one FETCH.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageSummary {
    /// The UID.
    pub uid: NonZeroU32,
    /// Time at which the server received it, if the server reports it.
    pub received_at: Option<UnixTime>,
    /// Size in octets.
    pub size: u32,
    /// From, Subject, Message-ID, and Content-Type, unparsed.
    pub header: Vec<u8>,
}

impl Connection {
    /// Returns the UIDs of INBOX without opening it.
    ///
    /// # Errors
    /// The finding code about the refusal.
    pub async fn folder_state(&mut self) -> Result<FolderState, FindingCode> {
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
        let _ = self.take_received();
        match numbering {
            (Some(uid_validity), Some(next)) => Ok(FolderState { uid_validity, next }),
            _ => Err(FindingCode::InboxMissing),
        }
    }

    /// Opens INBOX without changing it.
    ///
    /// # Errors
    /// The finding code about the refusal.
    pub async fn examine_quietly(&mut self) -> Result<(), FindingCode> {
        let body = CommandBody::examine("INBOX").map_err(|_| FindingCode::InboxMissing)?;
        let answer = self.ask(body).await?;
        let _ = self.take_received();
        match answer.ending {
            Ending::Ok => Ok(()),
            _ => Err(imap_reply(ImapStage::Examine, &answer.code, &answer.text)),
        }
    }

    /// Returns the messages with UIDs from `first` to `last`, in order.
    ///
    /// # Errors
    /// The finding code about the refusal.
    pub async fn summaries(
        &mut self,
        first: NonZeroU32,
        last: NonZeroU32,
    ) -> Result<Vec<MessageSummary>, FindingCode> {
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
            .filter_map(summary)
            .filter(|one| (first..=last).contains(&one.uid))
            .collect();
        found.sort_unstable_by_key(|one| one.uid);
        Ok(found)
    }

    /// Returns the beginning of a message, or `None` if the message is gone.
    ///
    /// # Errors
    /// The finding code about the refusal.
    pub async fn beginning(&mut self, uid: NonZeroU32) -> Result<Option<Vec<u8>>, FindingCode> {
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

    /// Returns the lowest UID of the messages received on this day or later.
    ///
    /// # Errors
    /// The finding code about the refusal.
    pub async fn first_since(&mut self, day: UnixTime) -> Result<Option<NonZeroU32>, FindingCode> {
        let day = chrono::DateTime::from_timestamp(day.0, 0)
            .and_then(|time| NaiveDate::try_from(time.date_naive()).ok())
            .ok_or(FindingCode::NotImap)?;
        let body = CommandBody::search(None, SearchKey::Since(day), true);
        let answer = self.ask(body).await?;
        let _ = self.take_received();
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
        let _ = self.take_received();
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

fn summary(items: Vec<MessageDataItem<'static>>) -> Option<MessageSummary> {
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
    Some(MessageSummary {
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
