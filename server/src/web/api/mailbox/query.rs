//! Query parameters of the mailbox API.

use std::num::NonZeroU32;

use domain::{FolderName, MailId, MailQuery, MailSearch, PagePosition, SearchIn, UnixTime};
use serde::Deserialize;

use super::refused::Refused;

/// The query parameters of a list.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ListQuery {
    search: String,
    within: String,
    since: String,
    before: String,
    after: String,
    limit: String,
}

impl ListQuery {
    /// Converts the parameters into a query for the folder.
    pub fn list(&self, folder: FolderName) -> Result<MailQuery, Refused> {
        let since = match self.since.as_str() {
            "" => None,
            text => Some(time(text).ok_or(Refused::field(
                "since",
                "Use a date like 2026-11-23 or a time like 2026-11-23T20:15:00Z.",
            ))?),
        };
        let within = match self.within.as_str() {
            "" => SearchIn::default(),
            code => SearchIn::from_code(code)
                .ok_or(Refused::field("within", "Must be text, from, or subject."))?,
        };
        let words = MailSearch::words(&self.search).map_err(|_| {
            Refused::field(
                "search",
                "At most 200 characters without control characters.",
            )
        })?;
        let id = |field, text: &str| {
            MailId::parse(text)
                .map_err(|_| Refused::field(field, "The ID of a message, as in a list."))
        };
        let place = match (self.before.as_str(), self.after.as_str()) {
            ("", "") => PagePosition::Newest,
            (before, "") => PagePosition::Before(id("before", before)?),
            ("", after) => PagePosition::After(id("after", after)?),
            _ => return Err(Refused::field("after", "Cannot be combined with before.")),
        };
        let limit = match self.limit.as_str() {
            "" => MailQuery::USUAL,
            text => text
                .parse::<NonZeroU32>()
                .ok()
                .filter(|limit| *limit <= MailQuery::MOST)
                .ok_or(Refused::field("limit", "A number from 1 to 200."))?,
        };
        Ok(MailQuery {
            folder,
            search: MailSearch {
                words,
                within,
                since,
            },
            place,
            limit,
        })
    }
}

/// Parses the message in a path: its ID, or only its UID, which is then resolved under the folder's
/// current UIDVALIDITY.
pub fn mail_id(path: &str) -> Result<MailId, Refused> {
    let id = MailId::parse(path).ok().or_else(|| {
        let uid = path.bytes().all(|byte| byte.is_ascii_digit());
        uid.then(|| MailId::parse(&format!("{}.{path}", MailId::ANY)).ok())?
    });
    id.ok_or(Refused::no_mail())
}

/// Parses a date, or a time in UTC (RFC 3339).
fn time(text: &str) -> Option<UnixTime> {
    let Some((day, clock)) = text.split_once('T') else {
        return UnixTime::of_day(text);
    };
    let mut parts = clock.strip_suffix('Z')?.split(':');
    let mut number = |below: i64| {
        let part = parts.next()?;
        let digits = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
        let number = digits.then(|| part.parse::<i64>().ok())??;
        (number < below).then_some(number)
    };
    let (hours, minutes, seconds) = (number(24)?, number(60)?, number(60)?);
    let seconds = parts.next().is_none().then_some(seconds)?;
    Some(UnixTime::of_day(day)?.plus(hours * 3_600 + minutes * 60 + seconds))
}

#[cfg(test)]
mod tests {
    use super::time;

    #[test]
    fn reads_days_and_times() {
        for (text, seconds) in [
            ("1970-01-02", Some(86_400)),
            ("1970-01-01T01:02:03Z", Some(3_723)),
            ("1970-01-01T24:00:00Z", None),
            ("1970-01-01T01:02Z", None),
            ("1970-01-01T01:02:03", None),
            ("1970-01-01T01:02:03:04Z", None),
            ("1970-01-01T+1:02:03Z", None),
            ("yesterday", None),
        ] {
            assert_eq!(time(text).map(|time| time.0), seconds, "{text}");
        }
    }
}
