//! INTERNALDATE (RFC 9051 §9, `date-time`), and what servers send in its place.

use chrono::{NaiveDate, NaiveTime};
use domain::UnixTime;

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

/// Reads a date and time: as in the standard, as in a header field, or in numbers with the year
/// first. `None` if there is no such time.
pub(super) fn parse(text: &str) -> Option<UnixTime> {
    let (mut date, mut time, mut zone) = (Vec::new(), None, 0);
    for word in text.split([' ', '\t', ',']).filter(|word| !word.is_empty()) {
        if word.contains(':') && time.is_none() {
            let (day, clock) = word.split_once(['T', 't']).unwrap_or(("", word));
            date.extend(day.split('-').filter(|part| !part.is_empty()));
            let clock_ends = clock.find(['+', '-', 'Z', 'z']).unwrap_or(clock.len());
            let (clock, after) = clock.split_at(clock_ends);
            time = Some(time_of(clock)?);
            zone = zone_of(after).unwrap_or(zone);
        } else if time.is_some() && date.len() >= 3 {
            zone = zone_of(word).unwrap_or(zone);
        } else {
            date.extend(word.split(['-', '/', '.']).filter(|part| !part.is_empty()));
        }
    }
    // The day of the week.
    if let [weekday, _, _, _] = date[..]
        && weekday.starts_with(|c: char| c.is_ascii_alphabetic())
    {
        date.remove(0);
    }
    let [first, month, last] = date[..] else {
        return None;
    };
    let (year, day) = if first.len() == 4 {
        (first, last)
    } else {
        (last, first)
    };
    let year = match year.parse::<i32>().ok()? {
        short @ 0..70 if year.len() == 2 => 2_000 + short,
        short @ 70..100 if year.len() == 2 => 1_900 + short,
        // Year 0 is how servers write that they do not know.
        long => Some(long).filter(|long| *long > 0)?,
    };
    let day = NaiveDate::from_ymd_opt(year, month_of(month)?, day.parse().ok()?)?;
    let local = day.and_time(time.unwrap_or_default()).and_utc().timestamp();
    Some(UnixTime(local - zone))
}

fn month_of(text: &str) -> Option<u32> {
    let start = text.get(..3).unwrap_or(text).to_ascii_lowercase();
    let named = MONTHS.iter().position(|month| *month == start);
    match named {
        Some(at) => u32::try_from(at + 1).ok(),
        None => text.parse().ok(),
    }
}

fn time_of(text: &str) -> Option<NaiveTime> {
    let mut parts = text.split([':', '.']).map(|part| part.parse::<u32>().ok());
    let (hour, minute) = (parts.next()??, parts.next()??);
    // A leap second is the last second of its minute.
    let second = parts.next().flatten().unwrap_or_default().min(59);
    NaiveTime::from_hms_opt(hour, minute, second)
}

/// Returns the seconds east of UTC. Names of zones other than UTC are ambiguous.
fn zone_of(text: &str) -> Option<i64> {
    let (sign, digits) = match text.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let digits: String = digits.chars().filter(char::is_ascii_digit).collect();
    let value: i64 = digits.parse().ok()?;
    let (hours, minutes) = match digits.len() {
        0..=2 => (value, 0),
        _ => (value / 100, value % 100),
    };
    Some(sign * (hours * 3_600 + minutes * 60)).filter(|zone| zone.abs() < 86_400)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_dates_as_servers_write_them() {
        // Tue, 10 Dec 2024 10:49:37 +0800.
        let time = Some(UnixTime(1_733_798_977));
        for text in [
            "10-Dec-2024 10:49:37 +0800",
            " 10-DEC-2024 02:49:37 +0000",
            "10-Dec-24 02:49:37",
            "Tue, 10 Dec 2024 10:49:37 +0800",
            "Tue, 10 Dec 2024 02:49:37 GMT",
            "2024-12-10 02:49:37",
            "2024-12-10T02:49:37Z",
            "2024-12-10T10:49:37.5+08:00",
            "10-December-2024 10:49:37 +08:00",
            "10-Dec-2024  10:49:37  +0800 ",
        ] {
            assert_eq!(parse(text), time, "{text}");
        }
        assert_eq!(parse(" 1-Jan-1970 00:00:00 +0000"), Some(UnixTime(0)));
        assert_eq!(parse("1-Jan-1970"), Some(UnixTime(0)));
    }

    #[test]
    fn a_date_that_does_not_exist_is_none() {
        for text in [
            "00-Jan-0000 00:00:00 +0000",
            "31-Jun-2005 00:00:00 +0000",
            "01-Jan-2024 25:00:00 +0000",
            "1-Foo-2024 00:00:00 +0000",
            "",
            "NIL",
            "-",
            "99999999999-Jan-99999999999 0:0:0",
            "::: +",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
