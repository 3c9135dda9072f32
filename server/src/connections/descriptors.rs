//! File descriptors. Client connections, the database, and outgoing connections all need them.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::Capacity;

/// File descriptors reserved for everything except client connections.
const RESERVED: u64 = 256;

/// Raises the limit of the process to the allowed maximum, and reduces the number of connections to
/// what fits.
pub fn fit(capacity: Capacity) -> Capacity {
    let wanted = capacity.connections as u64 + RESERVED;
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let mut limit = current;
    if current.is_some_and(|current| current < wanted) {
        let raised = maximum.map_or(wanted, |maximum| maximum.min(wanted));
        let new = Rlimit {
            current: Some(raised),
            maximum,
        };
        if setrlimit(Resource::Nofile, new).is_ok() {
            limit = Some(raised);
        }
    }
    let room = limit.map_or(wanted, |limit| limit.min(wanted));
    let connections = usize::try_from(room.saturating_sub(RESERVED)).unwrap_or(usize::MAX);
    let connections = connections.max(64).min(capacity.connections);
    if connections < capacity.connections {
        tracing::warn!(
            connections,
            file_descriptors = room,
            "connection limit reduced by the limit of open files; raise LimitNOFILE="
        );
    }
    Capacity {
        connections,
        reserved: capacity.reserved.min(connections / 4),
        ..capacity
    }
}
