//! IDs that sort by creation time.

use std::sync::atomic::{AtomicU32, Ordering};

use domain::{MessageId, UnixTime};

/// Bytes of the time, in seconds.
const TIME: usize = 5;
/// Bytes of the time and of the counter of this process.
const TIME_AND_COUNT: usize = TIME + 3;

/// Returns 5 bytes of the time, 3 of a counter of this process, and random ones.
pub(crate) fn bytes<const BYTES: usize>(now: UnixTime) -> [u8; BYTES] {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    const { assert!(BYTES >= TIME_AND_COUNT + 8, "random bytes make it unique") };
    let [_, _, _, time @ ..] = now.0.max(0).to_be_bytes();
    let [_, count @ ..] = COUNT.fetch_add(1, Ordering::Relaxed).to_be_bytes();
    let mut bytes = clock::random::bytes();
    bytes[..TIME].copy_from_slice(&time);
    bytes[TIME..TIME_AND_COUNT].copy_from_slice(&count);
    bytes
}

/// Returns a new ID of a message.
pub(crate) fn message_id(now: UnixTime) -> MessageId {
    MessageId::from_bytes(bytes::<18>(now))
}

#[cfg(test)]
mod tests {
    use domain::UnixTime;

    use super::message_id;

    #[test]
    fn later_ids_sort_after_earlier_ones() {
        let ids = [5, 5, 5, 6, 1_800_000_000].map(|at| message_id(UnixTime(at)));
        assert!(ids.is_sorted(), "{ids:?}");
        assert_eq!(ids[0].as_str().len(), 36);
        assert_eq!(&ids[4].as_str()[..10], "006b49d200");
    }
}
