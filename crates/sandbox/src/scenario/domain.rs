//! Scenarios of the DNS records of the From address's domain. Each TXT record is a single string
//! here.

use super::{Action::Domain, RequiredSettings::Nothing, Row};

#[rustfmt::skip]
pub(super) const SCENARIOS: &[Row] = &[
    ("dns_silent", "The name server never answers", r#"{"dns_silent": true}"#, Domain, Nothing, "dns_no_answer"),
    ("dns_closed", "No name server listens", r#"{"dns_closed": true}"#, Domain, Nothing, "dns_unreachable"),
    ("dns_fails", "The name server fails (SERVFAIL)", r#"{"dns_fails": true}"#, Domain, Nothing, "dns_failed"),
    ("dns_refuses", "The name server refuses to answer (REFUSED)", r#"{"dns_refuses": true}"#, Domain, Nothing, "dns_refused"),
    ("no_domain", "The domain does not exist (NXDOMAIN)", r#"{"dns": {"sandbox.test MX": [], "sandbox.test TXT": [], "_dmarc.sandbox.test TXT": [], "mailgrant._domainkey.sandbox.test TXT": [], "_submission._tcp.sandbox.test SRV": [], "_submissions._tcp.sandbox.test SRV": [], "_imaps._tcp.sandbox.test SRV": []}}"#, Domain, Nothing, "domain_not_found"),
    ("no_mx", "No mail servers (MX)", r#"{"dns": {"sandbox.test MX": []}}"#, Domain, Nothing, "mx_missing"),
    ("null_mx", "The domain takes no mail (null MX)", r#"{"dns": {"sandbox.test MX": ["0 ."]}}"#, Domain, Nothing, "mx_null"),
    ("no_spf", "No SPF record", r#"{"dns": {"sandbox.test TXT": []}}"#, Domain, Nothing, "spf_missing"),
    ("several_spf", "Two SPF records", r#"{"dns": {"sandbox.test TXT": ["v=spf1 ip4:127.0.0.1 -all", "v=spf1 ip4:192.0.2.1 -all"]}}"#, Domain, Nothing, "spf_several"),
    ("spf_lookups", "SPF with more than ten lookups", r#"{"dns": {"sandbox.test TXT": ["v=spf1 a:a.sandbox.test a:b.sandbox.test a:c.sandbox.test a:d.sandbox.test a:e.sandbox.test a:f.sandbox.test a:g.sandbox.test a:h.sandbox.test a:i.sandbox.test a:j.sandbox.test a:k.sandbox.test -all"], "a.sandbox.test A": ["192.0.2.1"], "b.sandbox.test A": ["192.0.2.1"], "c.sandbox.test A": ["192.0.2.1"], "d.sandbox.test A": ["192.0.2.1"], "e.sandbox.test A": ["192.0.2.1"], "f.sandbox.test A": ["192.0.2.1"], "g.sandbox.test A": ["192.0.2.1"], "h.sandbox.test A": ["192.0.2.1"], "i.sandbox.test A": ["192.0.2.1"], "j.sandbox.test A": ["192.0.2.1"], "k.sandbox.test A": ["192.0.2.1"]}}"#, Domain, Nothing, "spf_too_many_lookups"),
    ("spf_others", "SPF allows others only", r#"{"dns": {"sandbox.test TXT": ["v=spf1 ip4:192.0.2.1 -all"]}}"#, Domain, Nothing, "spf_not_allowed"),
    ("spf_everybody", "SPF allows everybody", r#"{"dns": {"sandbox.test TXT": ["v=spf1 +all"]}}"#, Domain, Nothing, "spf_allows_everybody"),
    ("spf_broken", "SPF that cannot be read", r#"{"dns": {"sandbox.test TXT": ["v=spf1 ip4:what -all"]}}"#, Domain, Nothing, "spf_broken"),
    ("no_dkim", "No DKIM key at the selector", r#"{"dns": {"mailgrant._domainkey.sandbox.test TXT": []}}"#, Domain, Nothing, "dkim_missing"),
    ("dkim_revoked", "The DKIM key was revoked", r#"{"dns": {"mailgrant._domainkey.sandbox.test TXT": ["v=DKIM1; k=rsa; p="]}}"#, Domain, Nothing, "dkim_revoked"),
    ("dkim_broken", "The DKIM key cannot be read", r#"{"dns": {"mailgrant._domainkey.sandbox.test TXT": ["v=DKIM1; k=rsa; p=***"]}}"#, Domain, Nothing, "dkim_broken"),
    ("dkim_weak", "The DKIM key has 512 bits", r#"{"dns": {"mailgrant._domainkey.sandbox.test TXT": ["v=DKIM1; k=rsa; p=MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBALDDv4F0NFQ9pWnbNKEULhDFcnqiwhi0xJPXTLEgiiZ1DXJqVAcYxFPxTx5nGTm6fGEd3prTfbrVS9dOAiVS3yUCAwEAAQ=="]}}"#, Domain, Nothing, "dkim_key_weak"),
    ("no_dmarc", "No DMARC record", r#"{"dns": {"_dmarc.sandbox.test TXT": []}}"#, Domain, Nothing, "dmarc_missing"),
    ("several_dmarc", "Two DMARC records", r#"{"dns": {"_dmarc.sandbox.test TXT": ["v=DMARC1; p=none", "v=DMARC1; p=reject"]}}"#, Domain, Nothing, "dmarc_several"),
    ("dmarc_broken", "A DMARC record without a policy", r#"{"dns": {"_dmarc.sandbox.test TXT": ["v=DMARC1; p=perhaps"]}}"#, Domain, Nothing, "dmarc_broken"),
];
