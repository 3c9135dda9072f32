//! The address policy for HTTP: `reqwest` resolves names through this resolver. It does not call it
//! for IP addresses, which the client checks before the request.

use domain::Host;
use reqwest::dns::{Addrs, Name, Resolve};

use crate::{Outgoing, ResolveError};

/// Resolves names for `reqwest` through [`Outgoing`].
#[derive(Debug)]
pub(crate) struct HttpResolver(pub(crate) Outgoing);

impl Resolve for HttpResolver {
    fn resolve(&self, name: Name) -> reqwest::dns::Resolving {
        let outgoing = self.0.clone();
        Box::pin(async move {
            let host = Host::parse(name.as_str()).map_err(|_| ResolveError::NotFound)?;
            // Port 0 is replaced by the port of the URL.
            let resolved = outgoing.resolve(&host, 0).await?;
            let addresses = resolved
                .allowed
                .into_iter()
                .map(crate::AllowedAddress::socket);
            Ok(Box::new(addresses) as Addrs)
        })
    }
}
