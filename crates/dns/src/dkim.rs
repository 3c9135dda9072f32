//! DKIM (RFC 6376): the public key of a selector.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use domain::{CheckFact, FactName, Finding, FindingCode, finding::FindingValue};

use crate::{Dns, LookupError, step::Examination};

/// Shortest RSA key in the encoding of RFC 5280 §4.1, in bytes. A 1,024-bit key has 162; receivers
/// reject smaller keys (RFC 8301 §3.2).
const MIN_RSA_BITS: usize = 160;
/// Length of an Ed25519 key, in bytes (RFC 8463 §3).
const ED25519: usize = 32;

/// Examines the key of a selector. Without a selector there is nothing to query, because DNS does
/// not list selectors.
pub(crate) async fn examine(dns: &Dns, domain: &str, selector: Option<&str>) -> Examination {
    let Some(selector) = selector else {
        return Examination::undecided(FindingCode::DkimNoSelector);
    };
    let finding = |code| Finding::new(code).with(FindingValue::Selector, selector);
    let answer = match dns.texts(&name(domain, selector)).await {
        Ok(answer) => answer,
        Err(LookupError::NotAName) => {
            return Examination::default().wrong(finding(FindingCode::DkimMissing));
        }
        Err(unanswered) => return Examination::unanswered(unanswered),
    };
    let mut examination = Examination::default();
    for record in &answer.records {
        examination.record(record);
    }
    let keys: Vec<_> = answer.records.iter().map(|record| key(record)).collect();
    // RFC 6376 §3.6.2.2 does not define several records. One good key is enough for a receiver that
    // tries all.
    let best = keys.iter().find(|key| key.is_ok()).or(keys.first());
    match best {
        None => examination.wrong(finding(FindingCode::DkimMissing)),
        Some(Err(code)) => examination.wrong(finding(*code)),
        Some(Ok(kind)) => {
            examination.facts.push(CheckFact {
                name: FactName::Reason,
                value: format!("k={kind}"),
            });
            examination
        }
    }
}

/// Returns the name of the key record (RFC 6376 §3.6.2.1).
pub(crate) fn name(domain: &str, selector: &str) -> String {
    format!("{selector}._domainkey.{domain}")
}

/// Returns the type of the key.
///
/// # Errors
/// The fault of the key.
fn key(record: &str) -> Result<&'static str, FindingCode> {
    let tags: Vec<_> = record
        .split(';')
        .filter_map(|part| part.split_once('='))
        .map(|(tag, value)| (tag.trim(), value.trim()))
        .collect();
    let value = |name| tags.iter().find(|(tag, _)| *tag == name).map(|tag| tag.1);
    if value("v").is_some_and(|version| version != "DKIM1") {
        return Err(FindingCode::DkimBroken);
    }
    let key: String = value("p")
        .ok_or(FindingCode::DkimBroken)?
        .split_ascii_whitespace()
        .collect();
    if key.is_empty() {
        return Err(FindingCode::DkimRevoked);
    }
    let length = BASE64_STANDARD
        .decode(key)
        .map_err(|_| FindingCode::DkimBroken)?
        .len();
    match value("k").unwrap_or("rsa") {
        "rsa" if length < MIN_RSA_BITS => Err(FindingCode::DkimKeyWeak),
        "rsa" => Ok("rsa"),
        "ed25519" if length == ED25519 => Ok("ed25519"),
        _ => Err(FindingCode::DkimBroken),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use fuzz::cases;

    #[test]
    fn reads_keys_and_says_what_is_wrong_with_others() {
        let rsa = |bytes: usize| BASE64_STANDARD.encode(vec![0x30; bytes]);
        let ed = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
        for (record, expected) in [
            (format!("v=DKIM1; k=rsa; p={}", rsa(294)), Ok("rsa")),
            (format!("p={}", rsa(162)), Ok("rsa")),
            (
                format!("k=ed25519;p={} {}", &ed[..9], &ed[9..]),
                Ok("ed25519"),
            ),
            (
                format!("k=rsa; p={}", rsa(94)),
                Err(FindingCode::DkimKeyWeak),
            ),
            ("v=DKIM1; p=".into(), Err(FindingCode::DkimRevoked)),
            ("v=DKIM1; k=rsa".into(), Err(FindingCode::DkimBroken)),
            (
                format!("v=DKIM2; p={}", rsa(294)),
                Err(FindingCode::DkimBroken),
            ),
            (
                format!("k=ed25519; p={}", rsa(31)),
                Err(FindingCode::DkimBroken),
            ),
            (
                format!("k=dsa; p={}", rsa(294)),
                Err(FindingCode::DkimBroken),
            ),
            ("p=***".into(), Err(FindingCode::DkimBroken)),
            (String::new(), Err(FindingCode::DkimBroken)),
        ] {
            assert_eq!(key(&record), expected, "{record}");
        }
    }

    proptest! {
        #![proptest_config(cases(10_000))]

        #[test]
        fn no_record_makes_it_panic(record in "\\PC{0,80}|(v=DKIM1;)?( ?[kpv] ?= ?[a-zA-Z0-9+/= ]{0,20};?){0,4}") {
            let _ = key(&record);
        }
    }
}
