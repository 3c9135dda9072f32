//! Findings about TLS errors.

use std::io;

use domain::{FindingCode, TlsMinimum};
use rustls::{AlertDescription, CertificateError, PeerIncompatible};

/// Returns the finding of a failed handshake.
pub fn tls_handshake(error: &io::Error, minimum: TlsMinimum) -> FindingCode {
    match error.get_ref().and_then(|inner| inner.downcast_ref()) {
        Some(error) => match tls_error(error) {
            FindingCode::TlsVersion if minimum == TlsMinimum::Tls12 => FindingCode::TlsServerTooOld,
            code => code,
        },
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_without_tls_1_2_is_not_blamed_on_the_settings() {
        let alert = || {
            let alert = rustls::Error::AlertReceived(AlertDescription::ProtocolVersion);
            io::Error::other(alert)
        };
        let handshake = |minimum| tls_handshake(&alert(), minimum);
        assert_eq!(handshake(TlsMinimum::Tls13), FindingCode::TlsVersion);
        assert_eq!(handshake(TlsMinimum::Tls12), FindingCode::TlsServerTooOld);
    }
}
