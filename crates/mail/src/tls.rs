//! TLS: what we trust, which versions we accept, and what its failures mean.

use std::{io, sync::Arc};

use domain::{FindingCode, TlsMinimum};
use rustls::{
    AlertDescription, CertificateError, ClientConfig, PeerIncompatible, RootCertStore,
    pki_types::CertificateDer,
};

/// The client configurations, one for each lowest version.
#[derive(Clone, Debug)]
pub(crate) struct Tls {
    at_least_12: Arc<ClientConfig>,
    at_least_13: Arc<ClientConfig>,
}

impl Tls {
    /// Trusts the certificates of the system and `extra_roots` (DER).
    pub(crate) fn new(extra_roots: &[Vec<u8>]) -> Result<Self, rustls::Error> {
        let mut roots = RootCertStore::empty();
        let system = rustls_native_certs::load_native_certs();
        let (_, ignored) = roots.add_parsable_certificates(system.certs);
        if roots.is_empty() {
            tracing::warn!(
                errors = system.errors.len(),
                "no trusted certificates were found on this system"
            );
        } else if ignored > 0 {
            tracing::debug!(ignored, "certificates of this system were not readable");
        }
        for root in extra_roots {
            roots.add(CertificateDer::from(root.clone()))?;
        }
        let roots = Arc::new(roots);
        let config = |versions| -> Result<_, rustls::Error> {
            let provider = Arc::new(rustls::crypto::ring::default_provider());
            Ok(Arc::new(
                ClientConfig::builder_with_provider(provider)
                    .with_protocol_versions(versions)?
                    .with_root_certificates(Arc::clone(&roots))
                    .with_no_client_auth(),
            ))
        };
        Ok(Self {
            at_least_12: config(&[&rustls::version::TLS13, &rustls::version::TLS12])?,
            at_least_13: config(&[&rustls::version::TLS13])?,
        })
    }

    /// The configuration that accepts `minimum` and higher.
    pub(crate) fn config(&self, minimum: TlsMinimum) -> Arc<ClientConfig> {
        Arc::clone(match minimum {
            TlsMinimum::Tls12 => &self.at_least_12,
            TlsMinimum::Tls13 => &self.at_least_13,
        })
    }
}

/// What TLS says about a failed handshake.
pub(crate) fn cause(error: &io::Error) -> Option<&rustls::Error> {
    error.get_ref()?.downcast_ref()
}

/// What a failed handshake means.
pub(crate) fn decode(error: &io::Error, minimum: TlsMinimum) -> FindingCode {
    match cause(error) {
        Some(error) => decode_tls(error),
        // Some servers do not send an alert when they dislike the version; they just close.
        None if error.kind() == io::ErrorKind::UnexpectedEof && minimum == TlsMinimum::Tls13 => {
            FindingCode::TlsVersion
        }
        None => FindingCode::TlsFailed,
    }
}

/// What a failure of TLS means.
pub(crate) fn decode_tls(error: &rustls::Error) -> FindingCode {
    use rustls::Error as E;
    match error {
        E::InvalidCertificate(certificate) => match certificate {
            CertificateError::Expired
            | CertificateError::ExpiredContext { .. }
            | CertificateError::NotValidYet
            | CertificateError::NotValidYetContext { .. } => FindingCode::CertificateExpired,
            CertificateError::UnknownIssuer => FindingCode::CertificateIssuerUnknown,
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                FindingCode::CertificateOtherName
            }
            _ => FindingCode::CertificateRefused,
        },
        // The first bytes were no TLS record: a greeting in the clear.
        E::InvalidMessage(_) => FindingCode::PlaintextOnTlsPort,
        E::AlertReceived(AlertDescription::ProtocolVersion)
        | E::PeerIncompatible(
            PeerIncompatible::ServerDoesNotSupportTls12Or13
            | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig,
        ) => FindingCode::TlsVersion,
        _ => FindingCode::TlsFailed,
    }
}
