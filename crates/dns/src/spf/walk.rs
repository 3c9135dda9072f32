//! The evaluation of an SPF record and of those it includes (RFC 7208 §4.6).

use std::{future::Future, net::IpAddr, pin::Pin};

use super::record::{Mechanism, Prefixes, Qualifier, Record, Target, is_spf};
use crate::{Dns, LookupError, sender::Sender};

/// The number of terms with DNS lookups that one evaluation may have (RFC 7208 §4.6.4).
const MAX_LOOKUPS: usize = 10;
/// The number of mail servers of one `mx` that are looked up (RFC 7208 §4.6.4).
const MAX_MAIL_SERVERS: usize = 10;

/// The reason why a record gives no result.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// There is no record.
    Missing,
    /// There are several records.
    Several,
    /// A part cannot be parsed, or refers to nothing.
    Broken(String),
    /// More terms than receivers look up.
    TooManyLookups,
    /// The name server gave no answer.
    LookupError(LookupError),
}

/// An evaluation of the records of a domain.
pub(super) struct Walk<'a> {
    dns: &'a Dns,
    sender: &'a Sender,
    lookups: usize,
    /// The domains on the path to the current record.
    way: Vec<String>,
    /// The records that were found, each with its domain.
    pub(super) records: Vec<(String, String)>,
    /// True if a term depends on the connection.
    pub(super) depends: bool,
    /// True if the record allows every sender.
    pub(super) passes_all: bool,
}

type Walking<'w> = Pin<Box<dyn Future<Output = Result<Option<Qualifier>, Fault>> + Send + 'w>>;

impl<'a> Walk<'a> {
    pub(super) fn new(dns: &'a Dns, sender: &'a Sender) -> Self {
        Self {
            dns,
            sender,
            lookups: 0,
            way: Vec::new(),
            records: Vec::new(),
            depends: false,
            passes_all: false,
        }
    }

    /// Evaluates the record of `domain` for the sender. Returns the first match, or `None`.
    /// Continues after a match up to `all`, because other senders need the later terms.
    pub(super) fn through(&mut self, domain: String) -> Walking<'_> {
        Box::pin(async move {
            if self.way.contains(&domain) {
                return Err(Fault::Broken(domain));
            }
            let known = matches!(self.sender, Sender::Known(known) if known.records.contains(&domain.as_str()));
            self.way.push(domain.clone());
            let result = self.record(&domain).await;
            self.way.pop();
            match result {
                Err(Fault::TooManyLookups) => Err(Fault::TooManyLookups),
                // Errors in a provider's own records are not the domain's concern.
                _ if known => Ok(Some(Qualifier::Pass)),
                result => result,
            }
        })
    }

    async fn record(&mut self, domain: &str) -> Result<Option<Qualifier>, Fault> {
        let answer = self.dns.texts(domain).await.map_err(Fault::LookupError)?;
        let mut found = answer.records.into_iter().filter(|text| is_spf(text));
        let text = found.next().ok_or(Fault::Missing)?;
        let another = found.next();
        self.records.push((domain.to_owned(), text.clone()));
        if let Some(another) = another {
            self.records.push((domain.to_owned(), another));
            return Err(Fault::Several);
        }
        let record = Record::parse(&text).map_err(Fault::Broken)?;
        let mut result = None;
        for (qualifier, mechanism) in record.terms {
            if mechanism == Mechanism::All {
                self.passes_all |= qualifier == Qualifier::Pass;
                // RFC 7208 §5.1: terms after `all` are ignored.
                return Ok(result.or(Some(qualifier)));
            }
            let before = self.passes_all;
            let fits = self.fits(domain, mechanism, result.is_some()).await?;
            // Senders that an `include` passes count only if the qualifier is a pass.
            self.passes_all = before || self.passes_all && qualifier == Qualifier::Pass;
            if fits && result.is_none() {
                result = Some(qualifier);
            }
        }
        let Some(redirect) = record.redirect else {
            return Ok(result);
        };
        self.count()?;
        match redirect {
            Target::Name(name) => {
                let there = self.through(name.clone()).await;
                Ok(result.or(leads(there, || format!("redirect={name}"))?))
            }
            Target::Itself | Target::Macro => {
                self.depends = true;
                Ok(result)
            }
        }
    }

    /// Returns true if a mechanism matches the sender. Only counts lookups if the result is already
    /// decided.
    async fn fits(
        &mut self,
        domain: &str,
        mechanism: Mechanism,
        decided: bool,
    ) -> Result<bool, Fault> {
        match mechanism {
            Mechanism::All => Ok(true),
            Mechanism::Ip(network) => Ok(self.any(|address| network.contains(&address))),
            Mechanism::Include(Target::Name(name)) => {
                self.count()?;
                let there = self.through(name.clone()).await;
                let there = leads(there, || format!("include:{name}"))?;
                Ok(there == Some(Qualifier::Pass))
            }
            Mechanism::A(target, prefixes) => {
                self.count()?;
                match self.target(domain, target) {
                    Some(name) if !decided => self.is_at(&name, prefixes).await,
                    _ => Ok(false),
                }
            }
            Mechanism::Mx(target, prefixes) => {
                self.count()?;
                match self.target(domain, target) {
                    Some(name) if !decided => self.is_mail_server_of(&name, prefixes).await,
                    _ => Ok(false),
                }
            }
            Mechanism::Include(_) | Mechanism::Other => {
                self.count()?;
                self.depends = true;
                Ok(false)
            }
        }
    }

    fn count(&mut self) -> Result<(), Fault> {
        self.lookups += 1;
        if self.lookups > MAX_LOOKUPS {
            return Err(Fault::TooManyLookups);
        }
        Ok(())
    }

    fn any(&self, fits: impl Fn(IpAddr) -> bool) -> bool {
        match self.sender {
            Sender::Known(_) => false,
            Sender::Addresses { addresses, .. } => addresses.iter().copied().any(fits),
        }
    }

    /// Returns the name to look up. Returns `None` if the sender has no addresses to compare, or
    /// the name depends on the connection.
    fn target(&mut self, domain: &str, target: Target) -> Option<String> {
        if matches!(self.sender, Sender::Known(_)) {
            return None;
        }
        match target {
            Target::Itself => Some(domain.to_owned()),
            Target::Name(name) => Some(name),
            Target::Macro => {
                self.depends = true;
                None
            }
        }
    }

    async fn is_at(&self, name: &str, prefixes: Prefixes) -> Result<bool, Fault> {
        let answer = match self.dns.addresses(name).await {
            Err(LookupError::NotAName) => return Err(Fault::Broken(name.to_owned())),
            answer => answer.map_err(Fault::LookupError)?,
        };
        let networks: Vec<_> = answer
            .records
            .into_iter()
            .filter_map(|address| prefixes.around(address))
            .collect();
        Ok(self.any(|address| networks.iter().any(|network| network.contains(&address))))
    }

    async fn is_mail_server_of(&self, name: &str, prefixes: Prefixes) -> Result<bool, Fault> {
        let answer = match self.dns.mail_servers(name).await {
            Err(LookupError::NotAName) => return Err(Fault::Broken(name.to_owned())),
            answer => answer.map_err(Fault::LookupError)?,
        };
        for (_, server) in answer.records.into_iter().take(MAX_MAIL_SERVERS) {
            if !server.is_empty() && self.is_at(&server, prefixes).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Turns a missing or bad record that is included, or referred to by `redirect`, into an error (RFC
/// 7208 §5.2, §6.1).
fn leads<T>(there: Result<T, Fault>, term: impl Fn() -> String) -> Result<T, Fault> {
    there.map_err(|fault| match fault {
        Fault::Missing | Fault::Several | Fault::LookupError(LookupError::NotAName) => {
            Fault::Broken(term())
        }
        fault => fault,
    })
}
