//! From names to addresses.

use std::{fmt, future::Future, io, net::IpAddr, pin::Pin};

use domain::Host;

/// The addresses of a name, on their way.
pub type Resolving<'a> = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send + 'a>>;

/// Tells the addresses of a name. Asked once per connection; IP addresses and names of this machine are never asked for.
pub trait Resolver: fmt::Debug + Send + Sync {
    /// The addresses, the preferred one first. An error means the same as none.
    fn resolve<'a>(&'a self, name: &'a Host) -> Resolving<'a>;
}

/// Asks as every program of this machine does.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemResolver;

impl Resolver for SystemResolver {
    fn resolve<'a>(&'a self, name: &'a Host) -> Resolving<'a> {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}
