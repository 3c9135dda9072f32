//! MX: where answers and bounces go.

use domain::FindingCode;

use super::{Dns, step::Look};

/// Looks at the mail servers of a domain.
pub(super) async fn look(dns: &Dns, domain: &str) -> Look {
    let answer = match dns.mail_servers(domain).await {
        Ok(answer) => answer,
        Err(unanswered) => return Look::unanswered(unanswered),
    };
    let mut look = Look::default();
    for (preference, server) in &answer.records {
        let server = if server.is_empty() { "." } else { server };
        look.record(&format!("{preference} {server}"));
    }
    if !answer.exists {
        return look.wrong(FindingCode::DomainNotFound);
    }
    if answer.records.is_empty() {
        return look.wrong(FindingCode::MxMissing);
    }
    // RFC 7505 §3: the null MX stands alone.
    if answer.records.iter().all(|(_, server)| server.is_empty()) {
        return look.wrong(FindingCode::MxNull);
    }
    look
}
