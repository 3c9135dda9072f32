//! The certificate of the SMTP server as a file, for import into devices.

use app::smtp_listeners::SmtpListeners;
use axum::{extract::State, response::Response};

use super::download::Download;

/// Returns the certificate and its chain in PEM, without the key.
pub async fn download(State(listeners): State<SmtpListeners>) -> Response {
    let certificate = listeners.certificate();
    Download::answer(Ok(certificate.map(|certificate| Download {
        name: "mailgrant-smtp-certificate.pem".to_owned(),
        media_type: "application/x-pem-file",
        content: certificate.pem.into(),
    })))
}
