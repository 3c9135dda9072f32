//! How much patience the server has with whoever connects.

use std::{num::NonZeroU32, time::Duration};

use crate::{config::AddressLimits, connections::Capacity, web::StreamLimits};

/// How long things may take, and how often. Tests have less patience, and sign in more often.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// For the head of a request, and for a connection to wait for the next one.
    pub header: Duration,
    /// For whoever is sent something to take any of it.
    pub write: Duration,
    /// From the head of a request to the head of its answer, with the body that comes in between.
    pub request: Duration,
    /// How often one address may try at once what can be guessed at, passwords, links and keys; then once a second.
    pub guesses: NonZeroU32,
    /// Messages that are held in memory at once while they are handed over: kibibytes of requests.
    pub held: u32,
    /// For room to become free among these.
    pub room: Duration,
    /// Connections that may be open.
    pub connections: usize,
    /// Of these, those that only health checks and the API are served on when all others are open.
    pub reserved: usize,
    /// Event streams that may be open.
    pub streams: NonZeroU32,
    /// Event streams of one session.
    pub streams_of_session: NonZeroU32,
}

impl Limits {
    /// The limits of event streams.
    pub(crate) fn streams(&self, of_address: AddressLimits) -> StreamLimits {
        StreamLimits {
            all: Some(self.streams),
            per_address: of_address.streams,
            per_session: Some(self.streams_of_session),
        }
    }

    /// The limits of connections.
    pub(crate) fn capacity(&self, of_address: AddressLimits) -> Capacity {
        Capacity {
            connections: self.connections,
            reserved: self.reserved,
            per_address: of_address.connections,
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            header: Duration::from_secs(30),
            write: Duration::from_secs(30),
            request: Duration::from_mins(1),
            // Five of the largest. One takes several times its size while it is read and put together.
            held: 128 * 1_024,
            room: Duration::from_secs(5),
            connections: 4_096,
            reserved: 256,
            streams: NonZeroU32::new(2_048).unwrap_or(NonZeroU32::MIN),
            streams_of_session: NonZeroU32::new(32).unwrap_or(NonZeroU32::MIN),
            guesses: NonZeroU32::new(30).unwrap_or(NonZeroU32::MIN),
        }
    }
}
