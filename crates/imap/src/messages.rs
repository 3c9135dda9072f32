//! New messages by their UIDs, fetched with PEEK (RFC 9051 §6.4.5).

use std::num::NonZeroU32;

use decode::{ImapStage, imap_reply};
use domain::{FindingCode, UnixTime};
use imap_codec::imap_types::{
    command::CommandBody,
    core::{AString, NonEmptyVec},
    datetime::NaiveDate,
    fetch::{MacroOrMessageDataItemNames, MessageDataItemName, Section},
    mailbox::Mailbox as Name,
    search::SearchKey,
    sequence::{SeqOrUid, Sequence, SequenceSet},
    status::StatusDataItemName,
};

use crate::{
    client::Answer,
    connection::{Connection, EXAMINE_INBOX},
    response::{Data, Ending, Fetched},
};

/// Maximum octets of a header that are fetched.
const MAX_HEADER: NonZeroU32 = NonZeroU32::new(2_048).unwrap();
/// Maximum octets of a message that are fetched. The start of a notification is enough.
const MAX_MESSAGE: NonZeroU32 = NonZeroU32::new(64 * 1_024).unwrap();

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
    /// From, Subject, Message-ID, Content-Type, and the fields that mark automatic mail, unparsed.
    pub header: Vec<u8>,
}

impl Connection {
    /// Returns the UIDs of INBOX, without opening it if the server reports them by STATUS.
    ///
    /// # Errors
    /// The finding code about the refusal.
    pub async fn folder_state(&mut self) -> Result<FolderState, FindingCode> {
        let body = CommandBody::Status {
            mailbox: Name::Inbox,
            item_names: vec![StatusDataItemName::UidValidity, StatusDataItemName::UidNext].into(),
        };
        let answer = self.ask(body).await?;
        let _ = self.take_received();
        let mut state = (None, None);
        for data in answer.data {
            if let Data::Status {
                uid_validity,
                uid_next,
            } = data
            {
                state = (uid_validity.or(state.0), uid_next.or(state.1));
            }
        }
        match state {
            (Some(uid_validity), Some(next)) => Ok(FolderState { uid_validity, next }),
            _ if answer.ending == Ending::Bye => Err(FindingCode::ConnectionClosed),
            _ => self.state_of_open_folder().await,
        }
    }

    /// Returns the UIDs of INBOX by opening it. Without UIDNEXT, the last message shows it.
    async fn state_of_open_folder(&mut self) -> Result<FolderState, FindingCode> {
        let answer = self.open_inbox().await?;
        let uid_validity = answer.uid_validity.ok_or(FindingCode::InboxMissing)?;
        let next = match answer.uid_next {
            Some(next) => next,
            None if self.client.exists() == 0 => 1,
            None => {
                let last = Sequence::Single(SeqOrUid::Asterisk).into();
                let items = vec![MessageDataItemName::Uid];
                let fetched = self.fetch_uids(last, items).await?;
                let uids = fetched.iter().filter_map(|one| one.uid);
                uids.max().map_or(1, |last| last.get().saturating_add(1))
            }
        };
        Ok(FolderState { uid_validity, next })
    }

    /// Opens INBOX without changing it.
    ///
    /// # Errors
    /// The finding code about the refusal.
    pub async fn examine_quietly(&mut self) -> Result<(), FindingCode> {
        self.open_inbox().await.map(|_| ())
    }

    async fn open_inbox(&mut self) -> Result<Answer, FindingCode> {
        let answer = self.ask(EXAMINE_INBOX).await?;
        let _ = self.take_received();
        match answer.ending {
            Ending::Ok => Ok(answer),
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
        let names = [
            "From",
            "Subject",
            "Message-ID",
            "Content-Type",
            "Return-Path",
            "Auto-Submitted",
            "X-Failed-Recipients",
        ];
        let names: Result<Vec<_>, _> = names.into_iter().map(AString::try_from).collect();
        let names = names.map_err(|_| FindingCode::NotImap)?;
        let fields = NonEmptyVec::try_from(names).map_err(|_| FindingCode::NotImap)?;
        let items = vec![
            MessageDataItemName::Uid,
            MessageDataItemName::InternalDate,
            MessageDataItemName::Rfc822Size,
            MessageDataItemName::BodyExt {
                section: Some(Section::HeaderFields(None, fields)),
                partial: Some((0, MAX_HEADER)),
                peek: true,
            },
        ];
        let fetched = self.fetch_uids(set.into(), items).await?;
        let mut found: Vec<_> = fetched
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
            partial: Some((0, MAX_MESSAGE)),
            peek: true,
        };
        let set = Sequence::Single(SeqOrUid::Value(uid)).into();
        let fetched = self
            .fetch_uids(set, vec![MessageDataItemName::Uid, item])
            .await?;
        let own = fetched.into_iter().find(|one| one.uid == Some(uid));
        let content = own.and_then(|one| one.sections.into_iter().next());
        Ok(content.map(|content| content.data))
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
        let found = answer.data.into_iter().filter_map(|data| match data {
            Data::Search(uids) => uids.into_iter().min(),
            _ => None,
        });
        Ok(found.min())
    }

    async fn fetch_uids(
        &mut self,
        sequence_set: SequenceSet,
        items: Vec<MessageDataItemName<'static>>,
    ) -> Result<Vec<Fetched>, FindingCode> {
        let body = CommandBody::Fetch {
            sequence_set,
            macro_or_item_names: MacroOrMessageDataItemNames::MessageDataItemNames(items),
            uid: true,
        };
        let mut answer = self.ask(body).await?;
        let _ = self.take_received();
        match answer.ending {
            Ending::Ok => Ok(answer.take_fetched()),
            Ending::Bye => Err(FindingCode::ConnectionClosed),
            Ending::No | Ending::Bad => Err(FindingCode::Refused),
        }
    }
}

fn summary(fetched: Fetched) -> Option<MessageSummary> {
    let header = fetched.sections.into_iter().next().unwrap_or_default();
    Some(MessageSummary {
        uid: fetched.uid?,
        received_at: fetched.received_at,
        size: fetched.size.unwrap_or_default(),
        header: header.data,
    })
}
