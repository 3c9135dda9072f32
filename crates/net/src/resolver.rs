//! Resolvers: from names to addresses.

use std::{fmt, future::Future, net::IpAddr, pin::Pin};

use domain::{FindingCode, Host};

/// A pending resolution of a name.
pub type Resolving<'a> =
    Pin<Box<dyn Future<Output = Result<Vec<IpAddr>, LookupError>> + Send + 'a>>;

/// The reason why a name server gave no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LookupError {
    /// No name server is configured on this machine.
    #[error("no name server is configured")]
    NotConfigured,
    /// No name server can be reached: nothing answers at their addresses.
    #[error("no name server is reachable")]
    Unreachable,
    /// No name server answered in time.
    #[error("no name server responded in time")]
    Timeout,
    /// The name server could not find out (SERVFAIL), or its response cannot be read.
    #[error("the name server failed")]
    Failed,
    /// The name server does not answer queries of this machine (REFUSED).
    #[error("the name server refused the query")]
    Refused,
    /// The text cannot be a DNS name, so no query was sent.
    #[error("not a name")]
    NotAName,
}

impl LookupError {
    /// Returns the finding about a host whose address was looked up.
    pub fn host_finding(self) -> FindingCode {
        match self {
            Self::NotConfigured | Self::Unreachable => FindingCode::HostLookupNoServer,
            Self::Timeout => FindingCode::HostLookupTimeout,
            Self::Failed => FindingCode::HostLookupFailed,
            Self::Refused => FindingCode::HostLookupRefused,
            Self::NotAName => FindingCode::HostNotFound,
        }
    }
}

/// Resolves names. It is called once per connection, and never for IP addresses and names of this
/// machine.
pub trait Resolver: fmt::Debug + Send + Sync {
    /// Returns the addresses, preferred ones first; none if the name does not exist or has no
    /// address.
    fn resolve<'a>(&'a self, name: &'a Host) -> Resolving<'a>;
}

/// Resolves names with the operating system's resolver, which does not say why it found nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemResolver;

impl Resolver for SystemResolver {
    fn resolve<'a>(&'a self, name: &'a Host) -> Resolving<'a> {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await;
            let found = found.map_err(|error| {
                tracing::debug!(
                    error = &error as &dyn std::error::Error,
                    "name resolution failed"
                );
                LookupError::Failed
            })?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}
