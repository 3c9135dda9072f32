//! Numbers, and sets of them.

use std::num::NonZeroU32;

/// Maximum number of messages in a set that is written as ranges.
const MAX_SET: usize = 100_000;

/// Reads a number, in quotes or not. A larger one than fits becomes the largest.
pub(super) fn parse(text: &str) -> Option<u32> {
    let value = digits(text)?;
    Some(u32::try_from(value).unwrap_or(u32::MAX))
}

/// Reads a number of which only the identity matters. Some servers send UIDVALIDITY in 64 bits.
pub(super) fn parse_wrapping(text: &str) -> Option<u32> {
    let value = digits(text)?;
    u32::try_from(value & u64::from(u32::MAX)).ok()
}

fn digits(text: &str) -> Option<u64> {
    let text = text.trim_matches('"');
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(text.parse().unwrap_or(u64::MAX))
}

/// Reads the numbers of a SEARCH response, and counts the words that are none. `(MODSEQ n)` may
/// follow them (RFC 7162 §3.1.5).
pub(super) fn list(text: &str) -> (Vec<NonZeroU32>, u32) {
    let text = text.split('(').next().unwrap_or_default();
    let mut skipped = 0;
    let words = text.split([' ', '\t', ',']).filter(|word| !word.is_empty());
    let numbers = words.filter_map(|word| {
        let number = digits(word).and_then(|value| u32::try_from(value).ok());
        let number = number.and_then(NonZeroU32::new);
        skipped += u32::from(number.is_none());
        number
    });
    (numbers.collect(), skipped)
}

/// Reads the set `ALL` of an ESEARCH response (RFC 9051 §7.3.4), and counts the unreadable ranges.
pub(super) fn all(text: &str) -> (Vec<NonZeroU32>, u32) {
    let mut words = text.split([' ', '\t']).filter(|word| !word.is_empty());
    let is_all = |word: &&str| word.eq_ignore_ascii_case("ALL");
    let Some(set) = words.by_ref().find(is_all).and_then(|_| words.next()) else {
        return (Vec::new(), 0);
    };
    let (mut found, mut skipped) = (Vec::new(), 0);
    for range in set.split(',') {
        let (first, last) = range.split_once(':').unwrap_or((range, range));
        match (parse(first), parse(last)) {
            (Some(one), Some(other)) if one > 0 && other > 0 => {
                let capacity = MAX_SET - found.len();
                let numbers = (one.min(other)..=one.max(other)).take(capacity);
                found.extend(numbers.filter_map(NonZeroU32::new));
            }
            _ => skipped += 1,
        }
    }
    (found, skipped)
}
