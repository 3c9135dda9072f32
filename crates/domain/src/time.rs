//! Points in time as whole Unix seconds, and their text formats.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Point in time, in seconds since 1970-01-01 00:00 UTC.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct UnixTime(pub i64);

impl UnixTime {
    /// Adds `seconds`, saturating at the limits.
    #[must_use]
    pub fn plus(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds))
    }

    /// Returns the seconds from `earlier` to this time. Negative if `earlier` is later.
    pub fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// Returns the first second (UTC) of a day written as `2027-01-31` in the proleptic Gregorian
    /// calendar. The algorithm is `days_from_civil`, as in [`Self::rfc3339`]. Returns `None` for an
    /// invalid day.
    pub fn of_day(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let mut number = |length: usize| {
            let part = parts.next()?;
            let digits = part.len() == length && part.bytes().all(|b| b.is_ascii_digit());
            digits.then(|| part.parse::<i64>().ok())?
        };
        let (year, month, day) = (number(4)?, number(2)?, number(2)?);
        if parts.next().is_some() {
            return None;
        }
        let shifted = year - i64::from(month <= 2);
        let era = shifted.div_euclid(400);
        let year_of_era = shifted.rem_euclid(400);
        let month_from_march = (month + 9) % 12;
        let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        let time = Self((era * 146_097 + day_of_era - 719_468) * 86_400);
        // An invalid day of a month, such as February 30, has become another day.
        (time.civil() == (year, month, day, 0, 0, 0)).then_some(time)
    }

    /// Parses a time in the format of RFC 3339 §5.6, accurate to the second. A day stands for its
    /// first second in UTC. Returns `None` for other text.
    pub fn parse(text: &str) -> Option<Self> {
        let Some((day, time)) = text.split_once(['T', 't', ' ']) else {
            return Self::of_day(text);
        };
        let offset_at = time.find(['Z', 'z', '+', '-'])?;
        let (clock, offset) = time.split_at(offset_at);
        let clock = match clock.split_once('.') {
            Some((clock, part)) if !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()) => {
                clock
            }
            Some(_) => return None,
            None => clock,
        };
        let [hour, minute, second] = two_digits(clock, [23, 59, 60])?;
        let of_clock = hour * 3_600 + minute * 60 + second;
        let of_offset = match (offset.get(..1)?, &offset[1..]) {
            ("Z" | "z", "") => 0,
            (sign, rest) => {
                let [hours, minutes] = two_digits(rest, [23, 59])?;
                let seconds = hours * 3_600 + minutes * 60;
                if sign == "-" { -seconds } else { seconds }
            }
        };
        Some(Self::of_day(day)?.plus(of_clock - of_offset))
    }

    /// Returns the format of HTML's `datetime` attribute: `2026-11-23T20:15:00Z`.
    pub fn rfc3339(self) -> String {
        let (year, month, day, hour, minute, second) = self.civil();
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }

    /// Returns the date in UTC, in the format of an `input` of type `date`: `2026-11-23`.
    pub fn date(self) -> String {
        self.rfc3339().chars().take(10).collect()
    }

    /// Returns year, month, day, hour, minute, and second in UTC, in the proleptic Gregorian
    /// calendar (Howard Hinnant, "chrono-compatible low-level date algorithms", `civil_from_days`).
    fn civil(self) -> (i64, i64, i64, i64, i64, i64) {
        let days = self.0.div_euclid(86_400);
        let seconds = self.0.rem_euclid(86_400);
        let shifted = days + 719_468;
        let era = shifted.div_euclid(146_097);
        let day_of_era = shifted.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = if month_from_march < 10 {
            month_from_march + 3
        } else {
            month_from_march - 9
        };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        (
            year,
            month,
            day,
            seconds / 3_600,
            seconds / 60 % 60,
            seconds % 60,
        )
    }
}

/// Parses two-digit numbers separated by colons, none above its maximum.
fn two_digits<const N: usize>(text: &str, limit: [i64; N]) -> Option<[i64; N]> {
    let mut numbers = [0; N];
    let mut parts = text.split(':');
    for (number, limit) in numbers.iter_mut().zip(limit) {
        let part = parts.next()?;
        let digits = part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
        *number = digits.then(|| part.parse().ok())??;
        if *number > limit {
            return None;
        }
    }
    parts.next().is_none().then_some(numbers)
}

impl fmt::Display for UnixTime {
    /// Writes the format for people: `2026-11-23 20:15 UTC`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day, hour, minute, _) = self.civil();
        write!(
            formatter,
            "{year:04}-{month:02}-{day:02} {hour:02}:{minute:02} UTC"
        )
    }
}

/// Times in exported JSON: text in the format of RFC 3339 §5.6. Unix seconds are accepted as well.
pub mod rfc3339 {
    use std::fmt;

    use serde::{Deserializer, Serializer, de};

    use super::UnixTime;

    /// Serializes a time as [`UnixTime::rfc3339`].
    ///
    /// # Errors
    /// The errors of the serializer.
    pub fn serialize<S: Serializer>(time: &UnixTime, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&time.rfc3339())
    }

    /// Deserializes a time from RFC 3339 text or Unix seconds.
    ///
    /// # Errors
    /// The value is neither a valid time nor a number.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<UnixTime, D::Error> {
        deserializer.deserialize_any(Visitor)
    }

    struct Visitor;

    impl de::Visitor<'_> for Visitor {
        type Value = UnixTime;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("a time of RFC 3339 or Unix seconds")
        }

        fn visit_i64<E: de::Error>(self, seconds: i64) -> Result<UnixTime, E> {
            Ok(UnixTime(seconds))
        }

        fn visit_u64<E: de::Error>(self, seconds: u64) -> Result<UnixTime, E> {
            let seconds = i64::try_from(seconds);
            seconds.map(UnixTime).map_err(|_| E::custom("too late"))
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<UnixTime, E> {
            UnixTime::parse(text).ok_or_else(|| E::custom("not a time of RFC 3339"))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};

    use super::UnixTime;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Exported {
        #[serde(with = "super::rfc3339")]
        at: UnixTime,
    }

    #[test]
    fn exported_times_are_text_and_seconds_are_still_read() {
        let exported = Exported {
            at: UnixTime(1_795_465_380),
        };
        let text = r#"{"at":"2026-11-23T20:23:00Z"}"#;
        assert_eq!(serde_json::to_string(&exported).unwrap(), text);
        for text in [text, r#"{"at":1795465380}"#] {
            assert_eq!(serde_json::from_str::<Exported>(text).unwrap(), exported);
        }
        assert!(serde_json::from_str::<Exported>(r#"{"at":"soon"}"#).is_err());
    }

    #[test]
    fn reads_days_and_nothing_else() {
        for (text, seconds) in [
            ("1970-01-01", 0),
            ("2000-02-29", 951_782_400),
            ("2099-12-31", 4_102_358_400),
            ("0000-03-01", -62_162_035_200),
        ] {
            let day = UnixTime::of_day(text).unwrap();
            assert_eq!(day, UnixTime(seconds));
            assert!(day.rfc3339().starts_with(text));
        }
        for text in [
            "",
            "2026-02-29",
            "2026-00-01",
            "2026-13-01",
            "2026-01-00",
            "2026-01-32",
            "2026-1-1",
            "26-01-01",
            "2026-01-01-01",
            "2026-01-01T00:00",
            "+026-01-01",
        ] {
            assert_eq!(UnixTime::of_day(text), None, "{text}");
        }
    }

    #[test]
    fn writes_known_points_in_time() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_795_465_380, "2026-11-23T20:23:00Z"),
            (4_102_444_799, "2099-12-31T23:59:59Z"),
            (-1, "1969-12-31T23:59:59Z"),
        ] {
            assert_eq!(UnixTime(seconds).rfc3339(), text);
        }
        assert_eq!(UnixTime(1_795_465_380).to_string(), "2026-11-23 20:23 UTC");
    }

    #[test]
    fn reads_times_with_their_offset() {
        for (text, expected) in [
            ("2026-11-23", Some("2026-11-23T00:00:00Z")),
            ("2026-11-23T20:15:00Z", Some("2026-11-23T20:15:00Z")),
            ("2026-11-23t20:15:00.123z", Some("2026-11-23T20:15:00Z")),
            ("2026-11-23T00:30:00+01:00", Some("2026-11-22T23:30:00Z")),
            ("2026-11-23T20:15:00-00:30", Some("2026-11-23T20:45:00Z")),
            ("2026-11-23T24:00:00Z", None),
            ("2026-11-23T20:15Z", None),
            ("2026-11-23T20:15:00", None),
            ("2026-11-23T20:15:00.Z", None),
            ("2026-11-23T20:15:00+1:00", None),
            ("2026-02-30T20:15:00Z", None),
            ("T", None),
            ("", None),
        ] {
            let read = UnixTime::parse(text).map(UnixTime::rfc3339);
            assert_eq!(read.as_deref(), expected, "{text}");
        }
    }
}
