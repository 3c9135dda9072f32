//! The part "domain" of a check: the DNS records of the From address's domain.

use dns::{Dns, DomainCheck};
use domain::CheckStep;

use crate::Mailer;

impl Mailer {
    /// Examines MX, SPF, DKIM, and DMARC of a domain. Returns four steps, in this order.
    pub async fn check_domain(&self, check: DomainCheck<'_>) -> Vec<CheckStep> {
        check.run(&self.dns()).await
    }

    /// Returns a resolver for one run.
    pub(crate) fn dns(&self) -> Dns {
        let options = &self.0.options;
        let server = options.dns_server.or(options.domain_dns_server);
        Dns::open(server, options.timeouts.dns)
    }
}
