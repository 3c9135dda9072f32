//! The checks of a domain: MX, SPF, DKIM, and DMARC.

use std::time::Instant;

use domain::{CheckStep, EmailAddress, Host, Provider, StepKind};

use crate::{Dns, dkim, dmarc, mx, spf, step::Examination};

/// A From address, with the facts that decide how its domain has to be set up.
#[derive(Clone, Copy, Debug)]
pub struct DomainCheck<'a> {
    /// The From address.
    pub from: &'a EmailAddress,
    /// The provider of the settings.
    pub provider: Provider,
    /// The SMTP server that mail is sent through.
    pub host: &'a Host,
    /// The selector that the provider signs with, if it is known.
    pub dkim_selector: Option<&'a str>,
}

impl DomainCheck<'_> {
    /// Examines MX, SPF, DKIM, and DMARC concurrently, within the timeout of `dns`. Always returns
    /// four steps, in this order. None of them fails, because servers may accept the mail anyway.
    pub async fn run(&self, dns: &Dns) -> Vec<CheckStep> {
        let domain = self.from.domain();
        let selector = self.dkim_selector.map(str::trim);
        let selector = selector.filter(|selector| !selector.is_empty());
        let signed = selector.map(|selector| dkim::name(domain, selector));
        let (mx, spf, dkim, dmarc) = tokio::join!(
            timed(
                StepKind::Mx,
                domain,
                format!("{domain} MX"),
                mx::examine(dns, domain)
            ),
            timed(
                StepKind::Spf,
                domain,
                format!("{domain} TXT"),
                spf::examine(dns, domain, self.host, self.provider)
            ),
            timed(
                StepKind::Dkim,
                domain,
                signed.map_or_else(String::new, |name| format!("{name} TXT")),
                dkim::examine(dns, domain, selector)
            ),
            timed(
                StepKind::Dmarc,
                domain,
                format!("_dmarc.{domain} TXT"),
                dmarc::examine(dns, domain)
            ),
        );
        vec![mx, spf, dkim, dmarc]
    }
}

async fn timed(
    kind: StepKind,
    domain: &str,
    requested: String,
    examination: impl Future<Output = Examination>,
) -> CheckStep {
    let since = Instant::now();
    examination.await.step(kind, domain, requested, since)
}
