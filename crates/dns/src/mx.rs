//! MX: the mail servers that receive replies and bounces.

use domain::FindingCode;

use crate::{Dns, step::Examination};

/// Examines the mail servers of a domain.
pub(crate) async fn examine(dns: &Dns, domain: &str) -> Examination {
    let answer = match dns.mail_servers(domain).await {
        Ok(answer) => answer,
        Err(unanswered) => return Examination::unanswered(unanswered),
    };
    let mut examination = Examination::default();
    for (preference, server) in &answer.records {
        let server = if server.is_empty() { "." } else { server };
        examination.record(&format!("{preference} {server}"));
    }
    if !answer.exists {
        return examination.wrong(FindingCode::DomainNotFound);
    }
    if answer.records.is_empty() {
        return examination.wrong(FindingCode::MxMissing);
    }
    // RFC 7505 §3: the null MX is the only record.
    if answer.records.iter().all(|(_, server)| server.is_empty()) {
        return examination.wrong(FindingCode::MxNull);
    }
    examination
}
