//! DMARC (RFC 7489): the policy for mail that is not proven to come from the domain.

use domain::{CheckFact, FactName, Finding, FindingCode, finding::FindingValue};

use crate::{Dns, step::Examination};

/// The record proposed to a domain without one. It changes nothing and announces monitoring.
const PROPOSED: &str = "v=DMARC1; p=none";

/// Maximum number of names that are queried. No From address has a domain with more labels.
const MAX_DOMAINS: usize = 8;

/// Examines the record of the domain, then of its parents down to two labels. RFC 7489 §6.6.3 goes
/// directly to the organizational domain, which needs a list of public suffixes.
pub(crate) async fn examine(dns: &Dns, domain: &str) -> Examination {
    let mut examination = Examination::default();
    for (depth, owner) in domains(domain).enumerate() {
        let answer = match dns.texts(&format!("_dmarc.{owner}")).await {
            Ok(answer) => answer,
            Err(unanswered) => return Examination::unanswered(unanswered),
        };
        let records: Vec<_> = answer
            .records
            .iter()
            .filter(|record| is_dmarc(record))
            .collect();
        for record in &records {
            examination.record(record);
        }
        match records.as_slice() {
            [] => {}
            [record] => {
                let Some(policy) = policy(record, depth > 0) else {
                    return examination.wrong(proposing(FindingCode::DmarcBroken));
                };
                examination.facts.push(CheckFact {
                    name: FactName::Reason,
                    value: format!("_dmarc.{owner}: {policy}"),
                });
                return examination;
            }
            // RFC 7489 §6.6.3: several records count as none.
            _ => return examination.wrong(FindingCode::DmarcSeveral),
        }
    }
    examination.wrong(proposing(FindingCode::DmarcMissing))
}

fn proposing(code: FindingCode) -> Finding {
    Finding::new(code).with(FindingValue::Record, PROPOSED)
}

/// Returns the domain and its parents, down to two labels.
fn domains(domain: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(domain), |domain| {
        domain
            .split_once('.')
            .map(|(_, parent)| parent)
            .filter(|parent| parent.contains('.'))
    })
    .take(MAX_DOMAINS)
}

/// Returns true if the version comes first and is `DMARC1` (RFC 7489 §6.3).
fn is_dmarc(record: &str) -> bool {
    let version = record.split(';').next().unwrap_or_default();
    version
        .split_once('=')
        .is_some_and(|(tag, value)| tag.trim() == "v" && value.trim() == "DMARC1")
}

/// Returns the policy in force as the record has it: `p=reject`.
fn policy(record: &str, inherited: bool) -> Option<String> {
    let value = |name: &str| {
        record.split(';').find_map(|part| {
            let (tag, value) = part.split_once('=')?;
            (tag.trim().eq_ignore_ascii_case(name)).then(|| value.trim().to_ascii_lowercase())
        })
    };
    let known = |policy: &String| ["none", "quarantine", "reject"].contains(&policy.as_str());
    let own = value("p").filter(known)?;
    match value("sp") {
        Some(below) if inherited => known(&below).then(|| format!("sp={below}")),
        _ => Some(format!("p={own}")),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use fuzz::cases;

    #[test]
    fn looks_at_the_domain_and_those_above_it() {
        let found: Vec<_> = domains("a.mail.example.com").collect();
        assert_eq!(
            found,
            ["a.mail.example.com", "mail.example.com", "example.com"]
        );
        assert_eq!(domains("localhost").collect::<Vec<_>>(), ["localhost"]);
        assert_eq!(domains(&"a.".repeat(100)).count(), MAX_DOMAINS);
    }

    #[test]
    fn reads_the_policy_and_the_one_for_subdomains() {
        for (record, inherited, expected) in [
            ("v=DMARC1; p=reject", false, Some("p=reject")),
            ("v=DMARC1;p=None;sp=quarantine", false, Some("p=none")),
            (
                "v=DMARC1;p=none; sp = quarantine",
                true,
                Some("sp=quarantine"),
            ),
            ("v=DMARC1; p=none", true, Some("p=none")),
            ("v=DMARC1; rua=mailto:x@example.com", false, None),
            ("v=DMARC1; p=maybe", false, None),
        ] {
            assert_eq!(policy(record, inherited).as_deref(), expected, "{record}");
        }
        assert!(is_dmarc(" v = DMARC1 ; p=none"));
        assert!(!is_dmarc("p=none; v=DMARC1") && !is_dmarc("v=DMARC2; p=none") && !is_dmarc(""));
    }

    proptest! {
        #![proptest_config(cases(10_000))]

        #[test]
        fn no_record_makes_it_panic(record in "\\PC{0,80}|v=DMARC1;( ?(p|sp|rua) ?= ?\\PC{0,9};?){0,4}") {
            let _ = is_dmarc(&record);
            for inherited in [false, true] {
                let known = ["p=none", "p=quarantine", "p=reject", "sp=none", "sp=quarantine", "sp=reject"];
                let found = policy(&record, inherited);
                prop_assert!(found.is_none_or(|found| known.contains(&&*found)));
            }
        }
    }
}
