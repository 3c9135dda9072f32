//! SPF (RFC 7208): the servers that may send for a domain.

mod record;
mod walk;

use domain::{Finding, FindingCode, Host, Provider, finding::FindingValue};

use self::{
    record::Qualifier,
    walk::{Fault, Walk},
};
use crate::{Dns, sender::Sender, step::Examination};

/// Examines whether `domain` allows the servers that send for it through `host`.
pub(crate) async fn examine(
    dns: &Dns,
    domain: &str,
    host: &Host,
    provider: Provider,
) -> Examination {
    let sender = match Sender::of(dns, domain, host, provider).await {
        Ok(sender) => sender,
        Err(unanswered) => return Examination::unanswered(unanswered),
    };
    let mut walk = Walk::new(dns, &sender);
    let result = walk.through(domain.to_owned()).await;
    let own = walk.records.first().map(|(_, record)| record.clone());
    let passes_all = walk.passes_all;
    let depends = walk.depends;
    let mut examination = match &result {
        Err(Fault::LookupError(unanswered)) => Examination::unanswered(*unanswered),
        _ => Examination::default(),
    };
    for (owner, record) in walk.records {
        examination.record(&if owner == domain {
            record
        } else {
            format!("{owner}: {record}")
        });
    }
    let proposing = |code, record: Option<String>| {
        let finding = Finding::new(code).with(FindingValue::Server, host.as_str());
        match record {
            Some(record) => finding.with(FindingValue::Record, record),
            None => finding,
        }
    };
    let mechanism = sender.mechanism();
    match result {
        Err(Fault::Missing) => {
            let record = mechanism.map(|mechanism| format!("v=spf1 {mechanism} ~all"));
            examination.wrong(proposing(FindingCode::SpfMissing, record))
        }
        Err(Fault::Several) => examination.wrong(FindingCode::SpfSeveral),
        Err(Fault::Broken(part)) => {
            examination.wrong(Finding::new(FindingCode::SpfBroken).saying(part))
        }
        Err(Fault::TooManyLookups) => examination.wrong(FindingCode::SpfTooManyLookups),
        Ok(_) if passes_all => {
            let record = own.map(|own| without_passing_all(&own));
            examination.wrong(proposing(FindingCode::SpfAllowsEverybody, record))
        }
        Err(Fault::LookupError(_)) | Ok(Some(Qualifier::Pass)) => examination,
        // Names and addresses alone do not decide this.
        Ok(_) if depends || matches!(sender, Sender::Addresses { certain: false, .. }) => {
            examination.undecided = true;
            examination.wrong(proposing(FindingCode::SpfSenderUnknown, None))
        }
        Ok(_) => {
            let record = own.zip(mechanism);
            let record = record.map(|(own, mechanism)| with(&own, &mechanism));
            examination.wrong(proposing(FindingCode::SpfNotAllowed, record))
        }
    }
}

/// Inserts a mechanism into a record, before the term that matches all other senders.
fn with(record: &str, mechanism: &str) -> String {
    let mut terms: Vec<_> = record.split_ascii_whitespace().collect();
    let at = terms
        .iter()
        .position(|term| is_last(term))
        .unwrap_or(terms.len());
    terms.insert(at, mechanism);
    terms.join(" ")
}

/// Returns true for `all` with any qualifier, and for `redirect=`.
fn is_last(term: &str) -> bool {
    let term = term.to_ascii_lowercase();
    term.trim_start_matches(['+', '-', '~', '?']) == "all" || term.starts_with("redirect=")
}

/// Replaces `+all` in a record by `~all`.
fn without_passing_all(record: &str) -> String {
    let terms = record.split_ascii_whitespace().map(|term| {
        let passes_all = term.eq_ignore_ascii_case("all") || term.eq_ignore_ascii_case("+all");
        if passes_all { "~all" } else { term }
    });
    terms.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mechanism_is_added_before_all_and_redirect() {
        for (record, expected) in [
            ("v=spf1 mx -all", "v=spf1 mx include:x -all"),
            ("v=spf1 ?ALL", "v=spf1 include:x ?ALL"),
            ("v=spf1 redirect=y", "v=spf1 include:x redirect=y"),
            ("v=spf1  mx", "v=spf1 mx include:x"),
        ] {
            assert_eq!(with(record, "include:x"), expected);
        }
        assert_eq!(without_passing_all("v=spf1 a +all"), "v=spf1 a ~all");
        assert_eq!(without_passing_all("v=spf1 ALL"), "v=spf1 ~all");
    }
}
