//! The same rules for HTTP: `reqwest` asks here where a name leads. It does not ask for IP addresses; those are looked at
//! before the request.

use domain::Host;
use reqwest::dns::{Addrs, Name, Resolve};

use super::{NoAddress, Outgoing};

/// What `reqwest` asks.
#[derive(Debug)]
pub(crate) struct HttpResolver(pub(crate) Outgoing);

impl Resolve for HttpResolver {
    fn resolve(&self, name: Name) -> reqwest::dns::Resolving {
        let outgoing = self.0.clone();
        Box::pin(async move {
            let host = Host::parse(name.as_str()).map_err(|_| NoAddress::NotFound)?;
            // Port 0 stands for the one of the URL.
            let resolved = outgoing.resolve(&host, 0).await?;
            let addresses = resolved.passed.into_iter().map(super::Passed::socket);
            Ok(Box::new(addresses) as Addrs)
        })
    }
}
