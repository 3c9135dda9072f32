//! Findings about TLS errors.

use std::io;

use domain::{FindingCode, TlsMinimum};
use rustls::{AlertDescription, CertificateError, PeerIncompatible};

/// Returns the finding of a failed handshake.
pub fn tls_handshake(error: &io::Error, minimum: TlsMinimum) -> FindingCode {
    match error.get_ref().and_then(|inner| inner.downcast_ref()) {
        Some(error) => tls_error(error),
        // Some servers close the connection instead of sending an alert if they reject the version.
        None if error.kind() == io::ErrorKind::UnexpectedEof && minimum == TlsMinimum::Tls13 => {
            FindingCode::TlsVersion
        }
        None => FindingCode::TlsFailed,
    }
}

/// Returns the finding of an error of TLS.
pub fn tls_error(error: &rustls::Error) -> FindingCode {
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
        // The first bytes were not a TLS record but a plaintext greeting.
        E::InvalidMessage(_) => FindingCode::PlaintextOnTlsPort,
        E::AlertReceived(AlertDescription::ProtocolVersion)
        | E::PeerIncompatible(
            PeerIncompatible::ServerDoesNotSupportTls12Or13
            | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig,
        ) => FindingCode::TlsVersion,
        _ => FindingCode::TlsFailed,
    }
}
