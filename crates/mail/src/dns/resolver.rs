//! The addresses of hosts, of one name server.

use std::{io, net::SocketAddr, time::Duration};

use domain::Host;
use net::{Resolver, Resolving};

use super::{Dns, Unanswered};

/// Asks this name server in place of the machine's.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NameServer {
    pub(crate) address: SocketAddr,
    /// For one name.
    pub(crate) patience: Duration,
}

impl Resolver for NameServer {
    fn resolve<'a>(&'a self, name: &'a Host) -> Resolving<'a> {
        Box::pin(async move {
            let dns = Dns::open(Some(self.address), self.patience);
            match dns.addresses(name.as_str()).await {
                Ok(answer) => Ok(answer.records),
                Err(unanswered) => Err(io::Error::from(match unanswered {
                    Unanswered::Silent => io::ErrorKind::TimedOut,
                    Unanswered::NotAName => io::ErrorKind::InvalidInput,
                    Unanswered::NotConfigured | Unanswered::Failed => io::ErrorKind::Other,
                })),
            }
        })
    }
}
