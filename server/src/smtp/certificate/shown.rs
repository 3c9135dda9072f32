//! A certificate as pages show it: names, expiry, and the file for devices.

use std::net::IpAddr;

use app::smtp_listeners::ListenerCertificate;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::UnixTime;
use rustls::pki_types::CertificateDer;
use x509_parser::prelude::{FromDer as _, GeneralName, X509Certificate};

/// Characters in each line of PEM (RFC 7468 §2).
const LINE: usize = 64;

/// Returns the certificate with its chain. A configured file may also contain the key, so the file
/// for devices is written from the certificates alone.
pub fn certificate(chain: &[CertificateDer<'_>], is_self_signed: bool) -> ListenerCertificate {
    let mut shown = ListenerCertificate {
        pem: chain.iter().map(|one| pem(one)).collect(),
        is_self_signed,
        ..ListenerCertificate::default()
    };
    let parsed = chain.first().map(|der| X509Certificate::from_der(der));
    if let Some(Ok((_, certificate))) = parsed {
        shown.names = names(&certificate);
        let end = certificate.validity().not_after.timestamp();
        shown.expires_at = Some(UnixTime(end));
    }
    shown
}

fn names(certificate: &X509Certificate<'_>) -> Vec<String> {
    let Ok(Some(extension)) = certificate.subject_alternative_name() else {
        return Vec::new();
    };
    let names = extension.value.general_names.iter();
    names
        .filter_map(|name| match name {
            GeneralName::DNSName(name) => Some((*name).to_owned()),
            GeneralName::IPAddress(octets) => address(octets),
            _ => None,
        })
        .collect()
}

fn address(octets: &[u8]) -> Option<String> {
    let four = <[u8; 4]>::try_from(octets).map(IpAddr::from);
    let address = four.or_else(|_| <[u8; 16]>::try_from(octets).map(IpAddr::from));
    Some(address.ok()?.to_string())
}

fn pem(der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let mut pem = String::from("-----BEGIN CERTIFICATE-----\n");
    let mut rest = &*text;
    while !rest.is_empty() {
        let (line, after) = rest.split_at(LINE.min(rest.len()));
        pem.push_str(line);
        pem.push('\n');
        rest = after;
    }
    pem.push_str("-----END CERTIFICATE-----\n");
    pem
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, KeyPair};
    use rustls::pki_types::{CertificateDer, pem::PemObject as _};

    use super::certificate;

    #[test]
    fn the_file_for_devices_has_the_certificates_and_nothing_else() {
        let key = KeyPair::generate().unwrap();
        let names = vec!["mail.example.com".to_owned(), "192.0.2.1".to_owned()];
        let params = CertificateParams::new(names.clone()).unwrap();
        let made = params.self_signed(&key).unwrap();
        let both = [made.pem(), key.serialize_pem()].concat();
        let chain: Vec<_> = CertificateDer::pem_slice_iter(both.as_bytes())
            .filter_map(Result::ok)
            .collect();
        let shown = certificate(&chain, false);
        assert_eq!(shown.names, names);
        assert!(shown.expires_at.is_some());
        assert_eq!(shown.pem, made.pem().replace("\r\n", "\n"));
    }
}
