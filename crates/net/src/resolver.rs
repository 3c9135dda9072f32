//! Resolvers: from names to addresses.

use std::{fmt, future::Future, io, net::IpAddr, pin::Pin};

use domain::Host;

/// A pending resolution of a name.
pub type Resolving<'a> = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send + 'a>>;

/// Resolves names. It is called once per connection, and never for IP addresses and names of this
/// machine.
pub trait Resolver: fmt::Debug + Send + Sync {
    /// Returns the addresses, preferred ones first. An error means the same as no address.
    fn resolve<'a>(&'a self, name: &'a Host) -> Resolving<'a>;
}

/// Resolves names with the operating system's resolver.
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
