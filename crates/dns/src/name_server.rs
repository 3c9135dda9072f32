//! Address lookups at one name server.

use std::{io, net::SocketAddr, time::Duration};

use domain::Host;
use net::{Resolver, Resolving};

use crate::{Dns, LookupError};

/// Resolves names at this server instead of those of the machine.
#[derive(Clone, Copy, Debug)]
pub struct NameServer {
    /// Address and port of the name server.
    pub address: SocketAddr,
    /// The time limit for one name.
    pub timeout: Duration,
}

impl Resolver for NameServer {
    fn resolve<'a>(&'a self, name: &'a Host) -> Resolving<'a> {
        Box::pin(async move {
            let dns = Dns::open(Some(self.address), self.timeout);
            match dns.addresses(name.as_str()).await {
                Ok(answer) => Ok(answer.records),
                Err(unanswered) => Err(io::Error::from(match unanswered {
                    LookupError::Silent => io::ErrorKind::TimedOut,
                    LookupError::NotAName => io::ErrorKind::InvalidInput,
                    LookupError::NotConfigured | LookupError::Failed => io::ErrorKind::Other,
                })),
            }
        })
    }
}
