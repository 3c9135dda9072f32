//! IDs that sort by creation time.

use std::sync::atomic::{AtomicU32, Ordering};

use domain::{AlertId, ChannelId, NotificationId, UnixTime};

/// Returns 10 hexadecimal digits of the time, 6 of a counter of this process, and 16 random ones.
fn text(now: UnixTime) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed) & 0x00ff_ffff;
    let random = clock::random::hex::<8>();
    format!("{:010x}{count:06x}{random}", now.0.max(0))
}

pub(super) fn notification(now: UnixTime) -> String {
    text(now)
}

#[expect(clippy::expect_used, reason = "hexadecimal digits are an id")]
pub(super) fn alert(now: UnixTime) -> AlertId {
    AlertId::parse(&text(now)).expect("hexadecimal digits are an id")
}

#[expect(clippy::expect_used, reason = "hexadecimal digits are an id")]
pub(super) fn test(now: UnixTime) -> NotificationId {
    NotificationId::parse(&text(now)).expect("hexadecimal digits are an id")
}

#[expect(clippy::expect_used, reason = "hexadecimal digits are an id")]
pub(super) fn channel(now: UnixTime) -> ChannelId {
    ChannelId::parse(&text(now)).expect("hexadecimal digits are an id")
}
