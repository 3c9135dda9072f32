//! The servers that send for a domain, as SPF sees them: names that a provider wants included, or
//! addresses.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use domain::{Host, Provider};

use crate::{Dns, LookupError};

/// A provider and the SPF records of its servers.
#[derive(Debug)]
pub(crate) struct Known {
    /// The SMTP hosts, or the domains they are in.
    hosts: &'static [&'static str],
    /// The records that hold the addresses of its servers.
    pub(crate) records: &'static [&'static str],
}

const KNOWN: &[Known] = &[
    Known {
        hosts: &["gmail.com", "googlemail.com", "google.com"],
        records: &["_spf.google.com"],
    },
    Known {
        hosts: &["office365.com", "outlook.com", "hotmail.com", "live.com"],
        records: &["spf.protection.outlook.com", "spf2.outlook.com"],
    },
    Known {
        hosts: &["office365.us"],
        records: &["spf.protection.office365.us"],
    },
    Known {
        hosts: &["partner.outlook.cn"],
        records: &["spf.protection.partner.outlook.cn"],
    },
    Known {
        hosts: &["yahoo.com", "aol.com"],
        records: &["_spf.mail.yahoo.com", "_spf.mail.aol.com"],
    },
    Known {
        hosts: &["fastmail.com", "messagingengine.com"],
        records: &["spf.messagingengine.com"],
    },
    Known {
        hosts: &["mail.me.com", "mail.icloud.com"],
        records: &["icloud.com", "me.com", "mac.com"],
    },
    Known {
        hosts: &["zoho.com"],
        records: &["zohomail.com", "zoho.com", "one.zoho.com"],
    },
    Known {
        hosts: &["zoho.eu"],
        records: &["zohomail.eu", "zoho.eu", "one.zoho.eu"],
    },
    Known {
        hosts: &["zoho.in"],
        records: &["zohomail.in", "zoho.in", "one.zoho.in"],
    },
    Known {
        hosts: &["zoho.com.au"],
        records: &["zohomail.com.au", "zoho.com.au", "one.zoho.com.au"],
    },
    Known {
        hosts: &["zoho.jp"],
        records: &["zohomail.jp", "zoho.jp", "one.zoho.jp"],
    },
];

/// The servers that send.
#[derive(Debug)]
pub(crate) enum Sender {
    /// Those of a known provider.
    Known(&'static Known),
    /// A server at these addresses.
    Addresses {
        /// The addresses of the SMTP host.
        addresses: Vec<IpAddr>,
        /// True if mail certainly leaves from these addresses. A relay may pass mail to other
        /// servers, and a private address is translated on the way.
        certain: bool,
    },
}

impl Sender {
    /// Finds out which servers send for `domain` through `host`.
    pub(crate) async fn of(
        dns: &Dns,
        domain: &str,
        host: &Host,
        provider: Provider,
    ) -> Result<Self, LookupError> {
        let known = KNOWN
            .iter()
            .find(|known| known.hosts.iter().any(|domain| host.is_within(domain)));
        if let Some(known) = known {
            return Ok(Self::Known(known));
        }
        let addresses = match host.ip() {
            Some(ip) => vec![ip.to_canonical()],
            None if host.is_loopback() => {
                vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]
            }
            None => dns.addresses(host.as_str()).await?.records,
        };
        let public = addresses.iter().all(|ip| {
            Host::parse(&ip.to_string()).is_ok_and(|ip| !ip.is_loopback() && !ip.is_private())
        });
        let own = host.ip().is_some() || host.is_within(domain);
        Ok(Self::Addresses {
            certain: provider == Provider::Sandbox || !addresses.is_empty() && public && own,
            addresses,
        })
    }

    /// Returns the mechanism that would allow the sender in an SPF record, if it is known.
    pub(crate) fn mechanism(&self) -> Option<String> {
        match self {
            Self::Known(known) => known.records.first().map(|name| format!("include:{name}")),
            Self::Addresses {
                certain: true,
                addresses,
            } => {
                let mechanisms: Vec<_> = addresses.iter().map(in_spf).collect();
                Some(mechanisms.join(" ")).filter(|mechanisms| !mechanisms.is_empty())
            }
            Self::Addresses { .. } => None,
        }
    }
}

fn in_spf(address: &IpAddr) -> String {
    match address {
        IpAddr::V4(ip) => format!("ip4:{ip}"),
        IpAddr::V6(ip) => format!("ip6:{ip}"),
    }
}
