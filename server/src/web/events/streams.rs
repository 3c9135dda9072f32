//! How many event streams are open: of all clients, from one address, and of one session.

use std::{net::IpAddr, num::NonZeroU32};

use crate::tally::{Counted, Tally, network};

/// How many event streams may be open.
#[derive(Clone, Copy, Debug)]
pub struct StreamLimits {
    /// All of them.
    pub all: Option<NonZeroU32>,
    /// From one address.
    pub per_address: Option<NonZeroU32>,
    /// Of one session.
    pub per_session: Option<NonZeroU32>,
}

/// The open streams.
#[derive(Clone, Debug)]
pub struct Streams {
    limits: StreamLimits,
    all: Tally<()>,
    by_address: Tally<IpAddr>,
    by_session: Tally<String>,
}

/// A stream that is counted.
#[derive(Debug)]
pub struct OpenStream {
    _counted: (Counted<()>, Counted<IpAddr>, Counted<String>),
}

impl Streams {
    /// Returns counts of zero.
    pub fn new(limits: StreamLimits) -> Self {
        Self {
            limits,
            all: Tally::default(),
            by_address: Tally::default(),
            by_session: Tally::default(),
        }
    }

    /// Counts a stream until the result is dropped. Returns `None` when there are too many; `session` is the hash of its token.
    pub fn open(&self, address: IpAddr, session: String) -> Option<OpenStream> {
        let limits = self.limits;
        let counted = (
            self.all.take((), limits.all)?,
            self.by_address.take(network(address), limits.per_address)?,
            self.by_session.take(session, limits.per_session)?,
        );
        Some(OpenStream { _counted: counted })
    }
}
