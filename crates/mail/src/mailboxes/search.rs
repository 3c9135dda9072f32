//! Server-side search (RFC 9051 §6.4.4). It proceeds in consecutive ranges of the folder, which
//! bounds the size of each reply and the waiting time.

use std::{num::NonZeroU32, time::Duration};

use domain::{FindingCode, MailId, MailSearch, MailSummary, SearchIn, UnixTime};
use imap::{Data, Ending};
use imap_codec::imap_types::{
    command::CommandBody,
    core::{AString, Charset, NonEmptyVec},
    datetime::NaiveDate,
    search::SearchKey,
    sequence::{Sequence, SequenceSet},
};
use tokio::time::Instant;

use super::{MailboxError, position::range, session::Session, summary::items};

/// Number of messages in the first range.
const FIRST_RANGE: u32 = 1_000;
/// Maximum number of messages in a range. Each may add a UID of ten digits to the reply.
const MAX_RANGE: u32 = 16_000;
/// Time after which the results so far are returned. The next page continues the search.
const SEARCH_TIMEOUT: Duration = Duration::from_secs(8);
const ONE_DAY: i64 = 86_400;

/// Messages, and the start of the next page, if any.
pub(super) type Part = (Vec<MailSummary>, Option<MailId>);

/// A search with its range of sequence numbers and its direction.
pub(super) struct RangeSearch<'a> {
    pub(super) search: &'a MailSearch,
    pub(super) first: u32,
    pub(super) last: u32,
    pub(super) upwards: bool,
    pub(super) limit: u32,
}

impl Session {
    /// Returns the first matching messages and where to continue.
    pub(super) async fn search_ranges(
        &mut self,
        options: RangeSearch<'_>,
    ) -> Result<Part, MailboxError> {
        let limit = usize::try_from(options.limit).unwrap_or(usize::MAX);
        let deadline = Instant::now() + SEARCH_TIMEOUT;
        let (mut first, mut last) = (options.first, options.last);
        let mut size = FIRST_RANGE;
        let mut found: Vec<NonZeroU32> = Vec::new();
        while first <= last && found.len() <= limit && Instant::now() < deadline {
            let (from, to) = if options.upwards {
                (first, last.min(first.saturating_add(size - 1)))
            } else {
                (first.max(last.saturating_sub(size - 1)), last)
            };
            let Some(set) = range(from, to) else { break };
            let mut uids = self.search(set, options.search).await?;
            uids.sort_unstable();
            if options.upwards {
                first = to + 1;
            } else {
                uids.reverse();
                last = from - 1;
            }
            found.extend(uids);
            size = size.saturating_mul(2).min(MAX_RANGE);
        }
        found.dedup();
        let more = found.len() > limit;
        found.truncate(limit);
        let next = match found.last() {
            Some(uid) if more => Some(*uid),
            // The search stopped at the time limit. The next page continues after the searched
            // ranges.
            _ if first <= last && options.upwards => self.uid_at(first - 1).await?,
            _ if first <= last => self.uid_at(last + 1).await?,
            _ => None,
        };
        let next = next.map(|uid| self.id(uid));
        let sequences: Vec<_> = found.iter().copied().map(Sequence::from).collect();
        let Ok(set) = SequenceSet::try_from(sequences) else {
            return Ok((Vec::new(), next));
        };
        let reported = self.fetch(set, items(), true).await?;
        let mails = reported
            .iter()
            .filter_map(|reported| self.summary(reported));
        // The server matches whole days in its own time zone.
        let since = options.search.since;
        let mails = mails.filter(|mail| mail.received_at >= since || mail.received_at.is_none());
        Ok((mails.collect(), next))
    }

    /// Returns the UIDs of the matching messages in a range of sequence numbers.
    async fn search(
        &mut self,
        among: SequenceSet,
        search: &MailSearch,
    ) -> Result<Vec<NonZeroU32>, MailboxError> {
        let refused = |session: &Self| session.failed(FindingCode::SearchRefused);
        let mut keys = vec![SearchKey::SequenceSet(among)];
        if !search.words.is_empty() {
            let Ok(words) = AString::try_from(search.words.clone()) else {
                return Err(refused(self));
            };
            keys.push(match search.within {
                SearchIn::Text => SearchKey::Text(words),
                SearchIn::From => SearchKey::From(words),
                SearchIn::Subject => SearchKey::Subject(words),
            });
        }
        if let Some(day) = search.since.and_then(day_before) {
            keys.push(SearchKey::Since(day));
        }
        let Ok(keys) = NonEmptyVec::try_from(keys) else {
            return Ok(Vec::new());
        };
        // ASCII needs no charset. This avoids servers that support UTF-8 under another name.
        let charset = (!search.words.is_ascii()).then(|| Charset::try_from("UTF-8").ok());
        let body = CommandBody::search(charset.flatten(), SearchKey::And(keys), true);
        let answer = self.ask(body).await?;
        if answer.ending != Ending::Ok {
            return Err(self.refused(FindingCode::SearchRefused, &answer));
        }
        let found = answer.data.into_iter().filter_map(|data| match data {
            Data::Search(uids) => Some(uids),
            _ => None,
        });
        Ok(found.flatten().collect())
    }
}

/// Returns the day before a time, for servers in any time zone.
fn day_before(time: UnixTime) -> Option<NaiveDate> {
    let text = time.plus(-ONE_DAY).rfc3339();
    let mut parts = text.split(['-', 'T']);
    let mut number = || parts.next()?.parse::<u32>().ok();
    let (year, month, day) = (number()?, number()?, number()?);
    let year = i32::try_from(year).ok()?;
    chrono::NaiveDate::from_ymd_opt(year, month, day)?
        .try_into()
        .ok()
}
