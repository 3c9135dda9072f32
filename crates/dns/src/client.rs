//! Queries to a name server.

use std::{
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use hickory_resolver::{
    TokioResolver,
    config::{ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig, ResolverOpts},
    net::{DnsError, NetError, runtime::TokioRuntimeProvider},
    proto::{
        op::ResponseCode,
        rr::{Name, RData, RecordType},
    },
    system_conf::read_system_conf,
};
use net::LookupError;
use tokio::time::{Instant, timeout_at};

use crate::probe::{is_unreachable, nothing_listens};

/// Maximum number of records of one response that are used.
const MAX_RECORDS: usize = 100;

/// The records of one type at a name.
#[derive(Clone, Debug)]
pub struct Answer<T> {
    /// The records; empty if the name has none of this type.
    pub records: Vec<T>,
    /// True if the name exists.
    pub exists: bool,
}

/// A server of a service record (RFC 2782).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Service {
    /// The priority; the lowest comes first.
    pub priority: u16,
    /// The weight. Among equal priorities the highest comes first, because only one server is used.
    pub weight: u16,
    /// The port.
    pub port: u16,
    /// The host; empty if the service is not offered.
    pub target: String,
}

/// A resolver for one run. Its cache ends with the run, because users check again right after they
/// correct a record.
#[derive(Clone, Debug)]
pub struct Dns {
    resolver: Option<TokioResolver>,
    servers: Vec<SocketAddr>,
    deadline: Instant,
}

impl Dns {
    /// Queries `server` only, or the name servers of this machine. All queries together take at
    /// most `timeout`.
    pub fn open(server: Option<SocketAddr>, timeout: Duration) -> Self {
        let config = match server {
            Some(server) => Ok((
                ResolverConfig::from_name_servers(vec![name_server(server)]),
                ResolverOpts::default(),
            )),
            None => read_system_conf(),
        };
        let servers = config.as_ref().map_or_else(
            |_| Vec::new(),
            |(config, _)| {
                config
                    .name_servers()
                    .iter()
                    .flat_map(addresses_of)
                    .collect()
            },
        );
        let resolver = config.and_then(|(config, options)| {
            let provider = TokioRuntimeProvider::default();
            let mut builder =
                TokioResolver::builder_with_config(config, provider).with_options(options);
            let options = builder.options_mut();
            // Two tries; within each, a query lost over UDP is repeated.
            options.timeout = timeout * 2 / 5;
            options.attempts = 1;
            // Only the domain's own records count, not this machine's overrides.
            options.use_hosts_file = ResolveHosts::Never;
            options.cache_size = 64;
            builder.build()
        });
        if let Err(error) = &resolver {
            tracing::debug!(
                error = error as &dyn std::error::Error,
                "DNS resolver could not be configured"
            );
        }
        Self {
            resolver: resolver.ok(),
            servers,
            deadline: Instant::now() + timeout,
        }
    }

    /// Returns texts, each with its strings joined (RFC 7208 §3.3, RFC 6376 §3.6.2.2).
    ///
    /// # Errors
    /// If there is no answer.
    pub async fn texts(&self, name: &str) -> Result<Answer<String>, LookupError> {
        self.ask(name, RecordType::TXT, |data| match data {
            RData::TXT(text) => Some(String::from_utf8_lossy(&text.txt_data.concat()).into_owned()),
            _ => None,
        })
        .await
    }

    /// Returns mail servers with their preference, the preferred one first. An empty name is the
    /// null MX (RFC 7505).
    ///
    /// # Errors
    /// If there is no answer.
    pub async fn mail_servers(&self, domain: &str) -> Result<Answer<(u16, String)>, LookupError> {
        let mut answer = self
            .ask(domain, RecordType::MX, |data| match data {
                RData::MX(mx) => Some((mx.preference, text(&mx.exchange))),
                _ => None,
            })
            .await?;
        answer.records.sort();
        Ok(answer)
    }

    /// Returns the servers of a service, the preferred one first.
    ///
    /// # Errors
    /// If there is no answer.
    pub async fn services(&self, name: &str) -> Result<Answer<Service>, LookupError> {
        let mut answer = self
            .ask(name, RecordType::SRV, |data| match data {
                RData::SRV(srv) => Some(Service {
                    priority: srv.priority,
                    weight: srv.weight,
                    port: srv.port,
                    target: text(&srv.target),
                }),
                _ => None,
            })
            .await?;
        answer
            .records
            .sort_by_key(|service| (service.priority, u16::MAX - service.weight));
        Ok(answer)
    }

    /// Returns addresses, IPv4 first.
    ///
    /// # Errors
    /// If there is no answer.
    pub async fn addresses(&self, name: &str) -> Result<Answer<IpAddr>, LookupError> {
        let ip = |data: &RData| match data {
            RData::A(address) => Some(IpAddr::V4(address.0)),
            RData::AAAA(address) => Some(IpAddr::V6(address.0)),
            _ => None,
        };
        let (four, six) = tokio::join!(
            self.ask(name, RecordType::A, ip),
            self.ask(name, RecordType::AAAA, ip)
        );
        match (four, six) {
            (Ok(mut four), Ok(six)) => {
                four.records.extend(six.records);
                four.exists |= six.exists;
                Ok(four)
            }
            // Some servers fail for AAAA only.
            (Ok(answer), Err(_)) | (Err(_), Ok(answer)) if !answer.records.is_empty() => Ok(answer),
            (Err(unanswered), _) | (_, Err(unanswered)) => Err(unanswered),
        }
    }

    async fn ask<T>(
        &self,
        name: &str,
        kind: RecordType,
        read: impl Fn(&RData) -> Option<T>,
    ) -> Result<Answer<T>, LookupError> {
        let resolver = self.resolver.as_ref().ok_or(LookupError::NotConfigured)?;
        let mut requested = Name::from_ascii(name).map_err(|_| LookupError::NotAName)?;
        // Prevents the search domains of this machine from being appended.
        requested.set_fqdn(true);
        let answer = timeout_at(self.deadline, resolver.lookup(requested, kind)).await;
        match answer.unwrap_or(Err(NetError::Timeout)) {
            Ok(found) => Ok(Answer {
                records: found
                    .answers()
                    .iter()
                    .filter_map(|record| read(&record.data))
                    .take(MAX_RECORDS)
                    .collect(),
                exists: true,
            }),
            Err(error) if error.is_no_records_found() => Ok(Answer {
                records: Vec::new(),
                exists: !error.is_nx_domain(),
            }),
            Err(error) => {
                tracing::debug!(%kind, error = &error as &dyn std::error::Error, "DNS query failed");
                Err(match lookup_error(&error) {
                    LookupError::Timeout if nothing_listens(&self.servers).await => {
                        LookupError::Unreachable
                    }
                    error => error,
                })
            }
        }
    }
}

fn lookup_error(error: &NetError) -> LookupError {
    match error {
        NetError::Dns(DnsError::ResponseCode(ResponseCode::Refused | ResponseCode::NotAuth)) => {
            LookupError::Refused
        }
        NetError::Dns(DnsError::ResponseCode(_))
        | NetError::Proto(_)
        | NetError::Truncated
        | NetError::QueryCaseMismatch
        | NetError::ForeignClassRecord { .. } => LookupError::Failed,
        NetError::Io(error) if is_unreachable(error.kind()) => LookupError::Unreachable,
        _ => LookupError::Timeout,
    }
}

/// Returns the addresses that a name server is queried at.
fn addresses_of(server: &NameServerConfig) -> impl Iterator<Item = SocketAddr> {
    let ip = server.ip;
    server
        .connections
        .iter()
        .map(move |connection| SocketAddr::new(ip, connection.port))
}

/// Configures one name server, over UDP and, for long answers, TCP.
fn name_server(address: SocketAddr) -> NameServerConfig {
    let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()].map(|mut connection| {
        connection.port = address.port();
        connection
    });
    NameServerConfig::new(address.ip(), true, connections.into())
}

/// Returns a name without its final dot, in lower case; empty for the root. Characters other than
/// ASCII letters, digits, hyphens, and underscores are escaped (RFC 1035 §5.1).
fn text(name: &Name) -> String {
    name.to_lowercase()
        .to_ascii()
        .trim_end_matches('.')
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_missing_name_server_and_an_invalid_name_are_distinguished() {
        let deadline = Instant::now() + Duration::from_secs(5);
        let dns = Dns {
            resolver: None,
            servers: Vec::new(),
            deadline,
        };
        let unanswered = dns.texts("example.com").await.unwrap_err();
        assert_eq!(unanswered, LookupError::NotConfigured);
        let nobody = SocketAddr::from(([127, 0, 0, 1], 1));
        let dns = Dns::open(Some(nobody), Duration::from_secs(5));
        for name in ["a b.example.com", "a..example.com", &"a.".repeat(200), "\0"] {
            let unanswered = dns.texts(name).await.unwrap_err();
            assert_eq!(unanswered, LookupError::NotAName, "{name:?}");
        }
    }
}
