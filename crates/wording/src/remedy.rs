//! Buttons that choose the setting a finding asks for.

use domain::FindingCode;

/// Returns the choice, as the form names it, and the label of the button. `server` is `host:port`.
pub fn remedy(code: FindingCode, server: &str) -> Option<(&'static str, String)> {
    let port = server.rsplit(':').next().unwrap_or_default();
    match code {
        FindingCode::PlaintextOnTlsPort => {
            Some(("starttls", format!("Use STARTTLS on port {port}")))
        }
        FindingCode::TlsOnPlaintextPort => {
            Some(("implicit_tls", format!("Use implicit TLS on port {port}")))
        }
        FindingCode::StarttlsNotOffered => {
            Some(("465", "Use port 465 with implicit TLS".to_owned()))
        }
        FindingCode::TlsVersion => Some(("1.2", "Accept TLS 1.2 as well".to_owned())),
        _ => None,
    }
}
