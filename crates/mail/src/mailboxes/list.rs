//! Pages of a folder's messages. The cost of a page does not depend on the size of the folder:
//! sequence numbers are counted from the end, which EXAMINE returns.

use std::cmp::Reverse;

use domain::{MailPage, MailQuery, PagePosition};

use super::{
    MailboxError,
    position::range,
    search::{Part, RangeSearch},
    session::Session,
    summary::items,
};

impl Session {
    /// Returns the requested page of the open folder.
    pub(super) async fn list(&mut self, query: &MailQuery) -> Result<MailPage, MailboxError> {
        // The remaining sequence numbers, and the direction.
        let (first, last, upwards) = match query.place {
            PagePosition::Newest => (1, self.exists(), false),
            PagePosition::Before(id) => {
                let uid = self.uid_of(id)?;
                (1, self.count_before(uid).await?, false)
            }
            PagePosition::After(id) => {
                let after = self.uid_of(id)?.saturating_add(1);
                (self.count_before(after).await? + 1, self.exists(), true)
            }
        };
        let (mut mails, next) = if query.search.is_for_all() {
            self.part(first, last, upwards, query.limit.get()).await?
        } else {
            let search = RangeSearch {
                search: &query.search,
                first,
                last,
                upwards,
                limit: query.limit.get(),
            };
            self.search_ranges(search).await?
        };
        if upwards {
            mails.sort_by_key(|mail| mail.id.uid);
        } else {
            mails.sort_by_key(|mail| Reverse(mail.id.uid));
        }
        let newest = match (query.place, mails.first()) {
            (PagePosition::Newest, Some(newest)) if query.search.is_for_all() => Some(newest.id),
            _ => self.uid_at(self.exists()).await?.map(|uid| self.id(uid)),
        };
        Ok(MailPage {
            uid_validity: self.uid_validity(),
            total: self.exists(),
            mails,
            next,
            newest,
        })
    }

    /// Returns messages by sequence number in one direction, and the start of the next page.
    async fn part(
        &mut self,
        first: u32,
        last: u32,
        upwards: bool,
        limit: u32,
    ) -> Result<Part, MailboxError> {
        let (from, to) = if upwards {
            (first, last.min(first.saturating_add(limit - 1)))
        } else {
            (first.max(last.saturating_sub(limit - 1)), last)
        };
        let Some(set) = range(from, to) else {
            return Ok((Vec::new(), None));
        };
        let reported = self.fetch(set, items(), false).await?;
        let requested = reported
            .iter()
            .filter(|reported| (from..=to).contains(&reported.number));
        let mails: Vec<_> = requested
            .filter_map(|reported| self.summary(reported))
            .collect();
        let is_rest = if upwards { to < last } else { from > first };
        let ids = mails.iter().map(|mail| mail.id);
        let end = if upwards { ids.max() } else { ids.min() };
        Ok((mails, end.filter(|_| is_rest)))
    }
}
