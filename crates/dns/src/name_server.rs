//! Address lookups at one name server, or as this machine does them.

use std::{
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use domain::Host;
use net::{LookupError, Resolver, Resolving, SystemResolver};

use crate::Dns;

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
        Box::pin(lookup(Some(self.address), self.timeout, name))
    }
}

/// Resolves names with the operating system's resolver, which knows the hosts of this machine. If
/// it finds nothing, the machine's name servers are asked for the reason.
#[derive(Clone, Copy, Debug)]
pub struct MachineResolver {
    /// The time limit for the reason.
    pub timeout: Duration,
}

impl Resolver for MachineResolver {
    fn resolve<'a>(&'a self, name: &'a Host) -> Resolving<'a> {
        Box::pin(async move {
            match SystemResolver.resolve(name).await {
                Ok(addresses) => Ok(addresses),
                Err(_) => lookup(None, self.timeout, name).await,
            }
        })
    }
}

async fn lookup(
    server: Option<SocketAddr>,
    timeout: Duration,
    name: &Host,
) -> Result<Vec<IpAddr>, LookupError> {
    let answer = Dns::open(server, timeout).addresses(name.as_str()).await?;
    Ok(answer.records)
}
