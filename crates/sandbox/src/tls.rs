//! Certificate authority of the sandbox, and the certificates of its servers.

use std::sync::Arc;
use std::time::Duration;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::version::{TLS12, TLS13};

use crate::clock;
use crate::config::StartError;
use crate::faults::{Certificate, Faults, TlsVersion};

/// Certificate chain for each [`Certificate`].
pub(crate) struct Certificates {
    authority_pem: String,
    good: Chain,
    wrong_name: Chain,
    expired: Chain,
    unknown_ca: Chain,
    ends_soon: Chain,
    for_clients: Chain,
}

struct Chain {
    certificates: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

/// Seconds of a day.
const DAY: u64 = 24 * 60 * 60;

type Authority = CertifiedIssuer<'static, KeyPair>;

impl Certificates {
    pub(crate) fn make() -> Result<Self, StartError> {
        let authority = authority("Mailgrant sandbox")?;
        let stranger = self::authority("Unknown authority")?;
        let here = &["localhost", "127.0.0.1", "::1"];
        let now = clock::unix_seconds();
        let (past, soon, last) = (now - 30 * DAY, now + 20 * DAY, now + 20 * 365 * DAY);
        let servers = ExtendedKeyUsagePurpose::ServerAuth;
        let other = &["other.sandbox.test"];
        Ok(Self {
            authority_pem: authority.pem(),
            good: chain(&authority, here, last, servers.clone())?,
            wrong_name: chain(&authority, other, last, servers.clone())?,
            expired: chain(&authority, here, past, servers.clone())?,
            unknown_ca: chain(&stranger, here, last, servers.clone())?,
            ends_soon: chain(&authority, here, soon, servers)?,
            for_clients: chain(&authority, here, last, ExtendedKeyUsagePurpose::ClientAuth)?,
        })
    }

    pub(crate) fn authority_pem(&self) -> &str {
        &self.authority_pem
    }

    /// Returns the configuration for the certificate and the TLS versions of the faults.
    pub(crate) fn server_config(
        &self,
        faults: &Faults,
    ) -> Result<Arc<ServerConfig>, rustls::Error> {
        let versions: Vec<_> = [(TlsVersion::V1_2, &TLS12), (TlsVersion::V1_3, &TLS13)]
            .into_iter()
            .filter(|(version, _)| faults.min_tls.is_none_or(|min| *version >= min))
            .filter(|(version, _)| faults.max_tls.is_none_or(|max| *version <= max))
            .map(|(_, supported)| supported)
            .collect();
        let chain = match faults.certificate {
            Certificate::Good => &self.good,
            Certificate::WrongName => &self.wrong_name,
            Certificate::Expired => &self.expired,
            Certificate::UnknownCa => &self.unknown_ca,
            Certificate::EndsSoon => &self.ends_soon,
            Certificate::ForClients => &self.for_clients,
        };
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(&versions)?
            .with_no_client_auth()
            .with_single_cert(chain.certificates.clone(), chain.key.clone_key())?;
        Ok(Arc::new(config))
    }
}

fn authority(name: &str) -> Result<Authority, rcgen::Error> {
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.not_before = date_time_ymd(2024, 1, 1);
    params.not_after = date_time_ymd(2049, 1, 1);
    CertifiedIssuer::self_signed(params, KeyPair::generate()?)
}

/// Creates a certificate. `last` is its expiry in seconds since 1970.
fn chain(
    authority: &Authority,
    names: &[&str],
    last: u64,
    purpose: ExtendedKeyUsagePurpose,
) -> Result<Chain, rcgen::Error> {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name = rcgen::DistinguishedName::new();
    params
        .distinguished_name
        .push(DnType::CommonName, "Mailgrant sandbox SMTP");
    params.use_authority_key_identifier_extension = true;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![purpose];
    params.not_before = date_time_ymd(2024, 1, 1);
    params.not_after = date_time_ymd(1970, 1, 1) + Duration::from_secs(last);
    let key = KeyPair::generate()?;
    let certificate = params.signed_by(&key, authority)?;
    Ok(Chain {
        certificates: vec![certificate.der().clone()],
        key: PrivateKeyDer::from(key),
    })
}
