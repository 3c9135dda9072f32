//! The checks of a domain.

use std::time::Instant;

use domain::{CheckStep, EmailAddress, Host, Provider, StepKind};

use super::{Dns, dkim, dmarc, mx, spf, step::Look};
use crate::Mailer;

/// What is asked about the domain of a From address.
#[derive(Clone, Copy, Debug)]
pub struct DomainCheck<'a> {
    /// The From address.
    pub from: &'a EmailAddress,
    /// The provider of the settings.
    pub provider: Provider,
    /// The SMTP server that mail is sent through.
    pub host: &'a Host,
    /// The selector that the provider signs with, when it is known.
    pub dkim_selector: Option<&'a str>,
}

impl Mailer {
    /// Looks at MX, SPF, DKIM and DMARC of a domain, at the same time; within five seconds, with or without a name
    /// server. Always four steps, in this order; none fails, since mail may be taken all the same.
    pub async fn check_domain(&self, asked: DomainCheck<'_>) -> Vec<CheckStep> {
        let dns = self.dns();
        let domain = asked.from.domain();
        let selector = asked.dkim_selector.map(str::trim);
        let selector = selector.filter(|selector| !selector.is_empty());
        let signed = selector.map(|selector| dkim::name(domain, selector));
        let (mx, spf, dkim, dmarc) = tokio::join!(
            timed(
                StepKind::Mx,
                domain,
                format!("{domain} MX"),
                mx::look(&dns, domain)
            ),
            timed(
                StepKind::Spf,
                domain,
                format!("{domain} TXT"),
                spf::look(&dns, domain, asked.host, asked.provider)
            ),
            timed(
                StepKind::Dkim,
                domain,
                signed.map_or_else(String::new, |name| format!("{name} TXT")),
                dkim::look(&dns, domain, selector)
            ),
            timed(
                StepKind::Dmarc,
                domain,
                format!("_dmarc.{domain} TXT"),
                dmarc::look(&dns, domain)
            ),
        );
        vec![mx, spf, dkim, dmarc]
    }

    /// The name server, for one run.
    pub(crate) fn dns(&self) -> Dns {
        let options = &self.0.options;
        let server = options.dns_server.or(options.domain_dns_server);
        Dns::open(server, options.timeouts.dns)
    }
}

async fn timed(
    kind: StepKind,
    domain: &str,
    asked: String,
    look: impl Future<Output = Look>,
) -> CheckStep {
    let since = Instant::now();
    look.await.step(kind, domain, asked, since)
}
