//! Counts open event streams: in total, per address, and per session.

use std::{net::IpAddr, num::NonZeroU32};

use crate::{
    Limits,
    config::AddressLimits,
    limited_counters::{Counted, LimitedCounters, network},
};

/// Limits on open event streams.
#[derive(Clone, Copy, Debug)]
pub struct StreamLimits {
    /// Total number of streams.
    pub all: Option<NonZeroU32>,
    /// Streams per address.
    pub per_address: Option<NonZeroU32>,
    /// Streams per session.
    pub per_session: Option<NonZeroU32>,
}

impl StreamLimits {
    /// Returns the limits of event streams among all limits.
    pub fn of(limits: &Limits, of_address: AddressLimits) -> Self {
        Self {
            all: Some(limits.streams),
            per_address: of_address.streams,
            per_session: Some(limits.streams_of_session),
        }
    }
}

/// The counters of open streams.
#[derive(Clone, Debug)]
pub struct Streams {
    limits: StreamLimits,
    all: LimitedCounters<()>,
    by_address: LimitedCounters<IpAddr>,
    by_session: LimitedCounters<String>,
}

/// A guard that counts as an open stream until it is dropped.
#[derive(Debug)]
pub struct OpenStream {
    _counted: (Counted<()>, Counted<IpAddr>, Counted<String>),
}

impl Streams {
    /// Returns empty counters.
    pub fn new(limits: StreamLimits) -> Self {
        Self {
            limits,
            all: LimitedCounters::default(),
            by_address: LimitedCounters::default(),
            by_session: LimitedCounters::default(),
        }
    }

    /// Counts a stream until the result is dropped. Returns `None` if a limit is reached. `session`
    /// is the hash of its token.
    pub fn open(&self, address: IpAddr, session: String) -> Option<OpenStream> {
        let limits = self.limits;
        let counted = (
            self.all.acquire((), limits.all)?,
            self.by_address
                .acquire(network(address), limits.per_address)?,
            self.by_session.acquire(session, limits.per_session)?,
        );
        Some(OpenStream { _counted: counted })
    }
}
