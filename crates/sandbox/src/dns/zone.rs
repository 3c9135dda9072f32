//! Names of the zone and their records.

use std::collections::BTreeMap;

use hickory_proto::rr::rdata::{A, AAAA, CNAME, MX, SRV, TXT};
use hickory_proto::rr::{Name, RData, RecordType};

use crate::descriptor::Descriptor;

/// Records in the format of a zone file (RFC 1035 §5.1), by `name TYPE`.
pub(super) struct Zone(BTreeMap<String, Vec<String>>);

impl Zone {
    /// Returns the records of `sandbox.test` with the changed ones replaced. An empty list removes
    /// records.
    pub(super) fn new(descriptor: &Descriptor, changed: &BTreeMap<String, Vec<String>>) -> Self {
        let submission = format!("0 1 {} localhost.", descriptor.smtp_starttls_port);
        let submissions = format!("0 1 {} localhost.", descriptor.smtp_tls_port);
        let imaps = format!("0 1 {} localhost.", descriptor.imap_tls_port);
        let mut records = BTreeMap::new();
        for (key, data) in [
            ("localhost A", "127.0.0.1"),
            ("localhost AAAA", "::1"),
            ("sandbox.test MX", "10 localhost."),
            ("sandbox.test TXT", "v=spf1 a:localhost ip4:127.0.0.1 -all"),
            (
                "_dmarc.sandbox.test TXT",
                "v=DMARC1; p=reject; rua=mailto:postmaster@sandbox.test",
            ),
            (
                "mailgrant._domainkey.sandbox.test TXT",
                "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
            ),
            ("_submission._tcp.sandbox.test SRV", &submission),
            ("_submissions._tcp.sandbox.test SRV", &submissions),
            ("_imaps._tcp.sandbox.test SRV", &imaps),
        ] {
            records.insert(key.to_owned(), vec![data.to_owned()]);
        }
        for (key, data) in changed {
            records.insert(key.clone(), data.clone());
        }
        records.retain(|_, data| !data.is_empty());
        Self(records)
    }

    /// Returns the records of a name. Empty if the name only has other types, `None` if it does not
    /// exist.
    pub(super) fn find(&self, name: &str, kind: RecordType) -> Option<Vec<RData>> {
        let texts = self.0.get(&format!("{name} {kind}"));
        if let Some(texts) = texts {
            return Some(texts.iter().filter_map(|text| parse(kind, text)).collect());
        }
        let known = self.0.keys().any(|key| {
            let owner = key.split(' ').next().unwrap_or_default();
            owner == name || owner.ends_with(&format!(".{name}"))
        });
        known.then(Vec::new)
    }
}

/// Parses the data of a record. Returns `None` if it is invalid.
fn parse(kind: RecordType, text: &str) -> Option<RData> {
    let words: Vec<_> = text.split_whitespace().collect();
    let name = |text: &str| Name::from_ascii(text).ok();
    Some(match (kind, words.as_slice()) {
        (RecordType::A, [address]) => RData::A(A(address.parse().ok()?)),
        (RecordType::AAAA, [address]) => RData::AAAA(AAAA(address.parse().ok()?)),
        (RecordType::CNAME, [target]) => RData::CNAME(CNAME(name(target)?)),
        (RecordType::MX, [preference, exchange]) => {
            RData::MX(MX::new(preference.parse().ok()?, name(exchange)?))
        }
        (RecordType::SRV, [priority, weight, port, target]) => RData::SRV(SRV::new(
            priority.parse().ok()?,
            weight.parse().ok()?,
            port.parse().ok()?,
            name(target)?,
        )),
        (RecordType::TXT, _) => {
            // Strings have at most 255 octets (RFC 1035 §3.3). Clients join them.
            let strings = text.as_bytes().chunks(255);
            let strings = strings.map(|part| String::from_utf8_lossy(part).into_owned());
            RData::TXT(TXT::new(strings.collect()))
        }
        _ => return None,
    })
}
