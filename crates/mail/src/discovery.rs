//! Discovery of mail settings from an email address.
//!
//! Only servers of the address's own domain receive the address, over HTTPS. DNS servers only see
//! the domain. Domains of known providers are not queried, and third-party directories are never
//! used. Servers without encryption are not proposed.

mod autoconfig;
mod autoconfig_xml;
mod issuer;
mod merge;
mod mx;
mod presets;
mod srv;
mod xml_text;

use std::time::Duration;

use dns::LookupError;
use domain::{AddressError, DiscoveryProblem, DiscoverySource, EmailAddress, Preset, Proposal};
use net::HttpClient;
use tokio::time::Instant;

use crate::options::DnsOptions;

/// Timeout for all sources together.
const DISCOVERY_TIMEOUT: Duration = Duration::from_secs(8);

/// The result of one source.
#[derive(Debug, Default)]
struct Answers {
    proposals: Vec<Proposal>,
    trouble: Option<DiscoveryProblem>,
}

impl From<DiscoveryProblem> for Answers {
    fn from(trouble: DiscoveryProblem) -> Self {
        Self {
            proposals: Vec::new(),
            trouble: Some(trouble),
        }
    }
}

impl From<LookupError> for Answers {
    fn from(unanswered: LookupError) -> Self {
        match unanswered {
            LookupError::NotAName => DiscoveryProblem::NoSuchDomain,
            _ => DiscoveryProblem::Offline,
        }
        .into()
    }
}

/// Finds mail settings that providers and domains publish.
#[derive(Debug)]
pub struct Discovery {
    pub(crate) http: HttpClient,
    pub(crate) dns: DnsOptions,
    /// HTTPS port for autoconfig documents of domains.
    pub(crate) autoconfig_port: u16,
    pub(crate) sandbox: Option<Preset>,
}

impl Discovery {
    /// Returns the preset of the sandbox if the server was started with one.
    pub fn sandbox(&self) -> Option<&Preset> {
        self.sandbox.as_ref()
    }

    /// Finds settings for an address within 8 seconds. Uses built-in presets, MX, autoconfig, and
    /// SRV concurrently. Domains of known providers are not queried.
    ///
    /// # Errors
    /// Those of [`EmailAddress::parse`].
    pub async fn discover(&self, email: &str) -> Result<domain::Discovery, AddressError> {
        let address = EmailAddress::parse(email)?;
        let domain = address.domain();
        let mut discovery = domain::Discovery {
            email: address.to_string(),
            ..domain::Discovery::default()
        };
        if let Some(preset) = presets::of_domain(domain) {
            discovery.proposals = vec![presets::proposal(
                &preset,
                DiscoverySource::Preset,
                domain,
                &address,
            )];
            return Ok(discovery);
        }
        let sandbox = self.sandbox().filter(|_| domain == "sandbox.test");
        let sandbox = sandbox
            .map(|preset| presets::proposal(preset, DiscoverySource::Preset, domain, &address));

        let deadline = Instant::now() + DISCOVERY_TIMEOUT;
        let dns = self.dns.open();
        let (mx, autoconfig, srv) = tokio::join!(
            mx::ask(&dns, &address),
            autoconfig::ask(self, &address, deadline),
            srv::ask(&dns, &address),
        );
        let mut proposals: Vec<_> = sandbox.into_iter().collect();
        for found in [mx, autoconfig, srv] {
            proposals.extend(found.proposals);
            discovery.trouble.extend(found.trouble);
        }
        discovery.proposals = merge::merged(proposals);
        discovery.trouble.sort_unstable();
        discovery.trouble.dedup();
        Ok(discovery)
    }
}
