//! Message ids. They sort in the order in which the messages were accepted.

use std::sync::atomic::{AtomicU32, Ordering};

use domain::{MessageId, UnixTime};

/// Returns a new id: 10 hexadecimal digits of the time in seconds, 6 of a counter of this process,
/// and 20 random ones.
pub(super) fn new_id(now: UnixTime) -> MessageId {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed) & 0x00ff_ffff;
    let random = clock::random::hex::<10>();
    let text = format!("{:010x}{count:06x}{random}", now.0.max(0));
    // Digits and letters only, 36 of them.
    #[expect(clippy::expect_used, reason = "hexadecimal digits are an id")]
    MessageId::parse(&text).expect("hexadecimal digits are an id")
}

#[cfg(test)]
mod tests {
    use domain::UnixTime;

    use super::new_id;

    #[test]
    fn later_messages_have_later_ids() {
        let ids: Vec<_> = [5, 5, 5, 6, 1_800_000_000]
            .map(|at| new_id(UnixTime(at)))
            .into();
        assert!(ids.is_sorted(), "{ids:?}");
        assert_eq!(ids[0].as_str().len(), 36);
    }
}
