//! The names, issuers, and expiry of a server's certificates.

use std::net::IpAddr;

use domain::{FactName, UnixTime};
use rustls::pki_types::CertificateDer;
use x509_parser::prelude::{FromDer, GeneralName, X509Certificate, X509Name};

/// Maximum number of names that are kept.
const MAX_NAMES: usize = 20;
/// Seconds before its expiry at which a certificate causes a warning.
const EXPIRES_SOON: i64 = 30 * 86_400;

/// A certificate chain, as far as it could be read.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct CertificateChain {
    /// The names of the leaf certificate.
    names: Vec<String>,
    /// The issuer of each certificate, that of the leaf first.
    issuers: Vec<String>,
    /// The time when the leaf expires.
    ends: Option<UnixTime>,
}

impl CertificateChain {
    /// Reads a chain and skips certificates that cannot be parsed. TLS has already verified the
    /// chain.
    pub fn read(certificates: &[CertificateDer<'_>]) -> Self {
        let mut chain = Self::default();
        for (at, certificate) in certificates.iter().enumerate() {
            let Ok((_, certificate)) = X509Certificate::from_der(certificate) else {
                continue;
            };
            chain.issuers.push(name_of(certificate.issuer()));
            if at == 0 {
                chain.names = names(&certificate);
                let ends = certificate.validity().not_after.timestamp();
                chain.ends = Some(UnixTime(ends));
            }
        }
        chain
    }

    /// Returns the facts that a step of a check shows.
    pub fn facts(&self) -> Vec<(FactName, String)> {
        let mut facts = vec![(FactName::CertificateNames, self.names.join(", "))];
        let issuers = self.issuers.iter().cloned();
        facts.extend(issuers.map(|issuer| (FactName::CertificateIssuer, issuer)));
        let ends = self.ends.map(UnixTime::rfc3339).unwrap_or_default();
        facts.push((FactName::CertificateEnds, ends));
        facts
    }

    /// Returns the expiry (RFC 3339) if it is within 30 days of `now`.
    pub fn ends_soon(&self, now: UnixTime) -> Option<String> {
        let ends = self.ends.filter(|ends| *ends < now.plus(EXPIRES_SOON))?;
        Some(ends.rfc3339())
    }
}

/// Returns the alternative names; the subject is not considered (RFC 9525 §2).
fn names(certificate: &X509Certificate<'_>) -> Vec<String> {
    let Ok(Some(extension)) = certificate.subject_alternative_name() else {
        return Vec::new();
    };
    let names = extension.value.general_names.iter();
    let names = names.filter_map(|name| match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => ip(bytes),
        _ => None,
    });
    names.take(MAX_NAMES).collect()
}

fn ip(bytes: &[u8]) -> Option<String> {
    let four = <[u8; 4]>::try_from(bytes).map(IpAddr::from);
    let ip = four.or_else(|_| <[u8; 16]>::try_from(bytes).map(IpAddr::from));
    Some(ip.ok()?.to_string())
}

/// Returns the common name, else the organization, else the whole name.
fn name_of(name: &X509Name<'_>) -> String {
    let common = name.iter_common_name().chain(name.iter_organization());
    let common = common.filter_map(|part| part.as_str().ok());
    common
        .map(str::to_owned)
        .next()
        .unwrap_or_else(|| name.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_names_issuers_and_the_end() {
        let names = ["mail.example.com", "192.0.2.1", "2001:db8::1"].map(str::to_owned);
        let mut params = rcgen::CertificateParams::new(names.to_vec()).unwrap();
        params.not_after = rcgen::date_time_ymd(2030, 1, 31);
        params.distinguished_name = rcgen::DistinguishedName::new();
        let common = rcgen::DnType::CommonName;
        params.distinguished_name.push(common, "Example authority");
        let key = rcgen::KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        let chain =
            CertificateChain::read(&[certificate.der().clone(), CertificateDer::from(vec![1, 2])]);
        assert_eq!(chain.names, names);
        assert_eq!(chain.issuers, ["Example authority"]);
        let ends = "2030-01-31T00:00:00Z";
        assert_eq!(chain.ends.unwrap().rfc3339(), ends);
        let day = |number: i64| chain.ends.unwrap().plus(number * 86_400);
        assert_eq!(chain.ends_soon(day(-30)), None);
        assert_eq!(chain.ends_soon(day(-29)).as_deref(), Some(ends));
        assert_eq!(chain.facts().len(), 3);
    }
}
