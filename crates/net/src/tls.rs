//! The TLS configurations: trusted certificates and accepted versions.

use std::{io, sync::Arc};

use domain::TlsMinimum;
use rustls::{ClientConfig, RootCertStore, pki_types::CertificateDer};

/// The client configurations, one for each minimum version.
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
                "no trusted certificates found on this system"
            );
        } else if ignored > 0 {
            tracing::debug!(ignored, "system certificates not readable");
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

    /// Returns the configuration that accepts `minimum` and higher.
    pub(crate) fn config(&self, minimum: TlsMinimum) -> Arc<ClientConfig> {
        Arc::clone(match minimum {
            TlsMinimum::Tls12 => &self.at_least_12,
            TlsMinimum::Tls13 => &self.at_least_13,
        })
    }
}

/// Returns the error of TLS behind a failed handshake, if there is one.
pub fn cause(error: &io::Error) -> Option<&rustls::Error> {
    error.get_ref()?.downcast_ref()
}
