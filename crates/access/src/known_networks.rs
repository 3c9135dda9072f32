//! The networks from which senders are known. At most once a second, they are read again if senders
//! may have changed, so many connections cost no more than one.

use std::{
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use domain::{Network, SenderId};
use tokio::sync::Mutex;

use crate::{Access, AccessError};

/// Time after which a change by another server is noticed.
const MAX_AGE: Duration = Duration::from_secs(1);

/// A network with its sender.
type Known = (Network, SenderId);

/// The networks as they were read last.
#[derive(Debug, Default)]
pub(crate) struct KnownNetworks {
    /// Changes of senders by this process.
    changes: AtomicU64,
    read: Mutex<Option<Snapshot>>,
}

#[derive(Debug)]
struct Snapshot {
    at: Instant,
    /// The number of changes before the networks were read.
    changes: u64,
    /// The last entry of the audit before they were read. Each change of a sender adds one.
    sequence: i64,
    networks: Arc<[Known]>,
}

impl KnownNetworks {
    /// Notes that senders have changed. The next lookup reads them again.
    pub fn changed(&self) {
        self.changes.fetch_add(1, Ordering::SeqCst);
    }
}

impl Access {
    /// Returns the senders whose networks contain an address, the smallest network first. The list
    /// may be a second old, so each of them has to be read before it counts.
    pub(crate) async fn senders_near(&self, address: IpAddr) -> Result<Vec<SenderId>, AccessError> {
        let networks = self.networks().await?;
        let contains = |known: &&Known| known.0.contains(address);
        let mut near: Vec<_> = networks.iter().filter(contains).collect();
        near.sort_by_key(|(network, _)| std::cmp::Reverse(network.prefix()));
        Ok(near.into_iter().map(|(_, id)| id.clone()).collect())
    }

    async fn networks(&self) -> Result<Arc<[Known]>, AccessError> {
        let known = &self.0.known_networks;
        // Others wait for the one that reads.
        let mut read = known.read.lock().await;
        let changes = known.changes.load(Ordering::SeqCst);
        if let Some(last) = &*read
            && last.changes == changes
            && last.at.elapsed() < MAX_AGE
        {
            return Ok(Arc::clone(&last.networks));
        }
        let (at, sequence) = (Instant::now(), self.store().audit_sequence().await?);
        let unchanged = read.as_ref().filter(|last| last.sequence == sequence);
        let networks = match unchanged {
            Some(last) => Arc::clone(&last.networks),
            None => self.read_networks().await?,
        };
        *read = Some(Snapshot {
            at,
            changes,
            sequence,
            networks: Arc::clone(&networks),
        });
        Ok(networks)
    }

    async fn read_networks(&self) -> Result<Arc<[Known]>, AccessError> {
        let senders = self.store().senders().await?.into_iter();
        let networks = senders.flat_map(|sender| {
            let id = sender.id;
            let networks = sender.settings.networks.into_iter();
            networks.map(move |network| (network, id.clone()))
        });
        Ok(networks.collect())
    }
}
