//! IDs that sort by creation time.

use domain::{AlertId, ChannelId, NotificationId, UnixTime};

use crate::sortable_id;

pub(super) fn notification(now: UnixTime) -> String {
    test(now).as_str().to_owned()
}

pub(super) fn alert(now: UnixTime) -> AlertId {
    AlertId::from_bytes(sortable_id::bytes::<16>(now))
}

pub(super) fn test(now: UnixTime) -> NotificationId {
    NotificationId::from_bytes(sortable_id::bytes::<16>(now))
}

pub(super) fn channel(now: UnixTime) -> ChannelId {
    ChannelId::from_bytes(sortable_id::bytes::<16>(now))
}
