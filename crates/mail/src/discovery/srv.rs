//! Servers that a domain names in DNS (RFC 6186, RFC 8314 §5.1).

use dns::{Dns, LookupError, Service};
use domain::{DiscoverySource, EmailAddress, Host, Proposal, ProposedServer, Security};

use super::{Answers, merge};

/// Queries the submission and IMAP services. Implicit TLS is preferred (RFC 8314 §3).
pub(super) async fn ask(dns: &Dns, address: &EmailAddress) -> Answers {
    let domain = address.domain();
    let (submissions, submission, imaps, imap) = tokio::join!(
        server(dns, domain, "_submissions._tcp", Security::ImplicitTls),
        server(dns, domain, "_submission._tcp", Security::StartTls),
        server(dns, domain, "_imaps._tcp", Security::ImplicitTls),
        server(dns, domain, "_imap._tcp", Security::StartTls),
    );
    let all = [submissions, submission, imaps, imap];
    let unanswered = all.iter().find_map(|found| found.as_ref().err()).copied();
    let [submissions, submission, imaps, imap] = all.map(|found| found.ok().flatten());
    let (smtp, imap) = (submissions.or(submission), imaps.or(imap));
    let mut found = unanswered.map_or_else(Answers::default, Answers::from);
    if smtp.is_none() && imap.is_none() {
        return found;
    }
    let evidence: Vec<_> = [&smtp, &imap]
        .into_iter()
        .flatten()
        .map(|(evidence, _)| evidence.as_str())
        .collect();
    let mut proposal = Proposal {
        source: DiscoverySource::Srv,
        evidence: evidence.join("; "),
        provider: None,
        smtp: smtp.map(|(_, server)| server),
        imap: imap.map(|(_, server)| server),
        oauth: None,
        username: address.to_string(),
        foreign: false,
    };
    merge::recognize(&mut proposal, domain);
    found.proposals.push(proposal);
    found
}

/// Returns the first server of a service with the text of its record. `None` if the service is not
/// offered.
async fn server(
    dns: &Dns,
    domain: &str,
    service: &str,
    security: Security,
) -> Result<Option<(String, ProposedServer)>, LookupError> {
    let name = format!("{service}.{domain}");
    let answer = dns.services(&name).await?;
    Ok(answer.records.iter().find_map(|record| {
        let server = proposed(record, security)?;
        let evidence = format!("{name} SRV {}:{}", server.host, server.port);
        Some((evidence, server))
    }))
}

/// Converts a record to a server. A target of "." means that the service is not offered (RFC 2782).
fn proposed(record: &Service, security: Security) -> Option<ProposedServer> {
    let host = Host::parse(&record.target).ok()?;
    (record.port != 0).then(|| ProposedServer {
        host: host.to_string(),
        port: record.port,
        security,
    })
}
