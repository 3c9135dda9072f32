//! Failures of token requests.

use domain::{Finding, FindingCode, finding::FindingValue};
use net::{HttpError, ResolveError};

/// The reason why there are no tokens.
#[derive(Debug)]
pub struct TokenFailure {
    /// The reason.
    pub finding: Finding,
    /// True if the grant has ended.
    pub ends_grant: bool,
    /// Seconds that the provider asks to wait before the next request (RFC 9110 §10.2.3).
    pub retry_after: Option<i64>,
}

impl From<Finding> for TokenFailure {
    fn from(finding: Finding) -> Self {
        Self {
            finding,
            ends_grant: false,
            retry_after: None,
        }
    }
}

/// Returns the finding about a token endpoint that sent no response.
pub fn token_endpoint_finding(error: &HttpError) -> Finding {
    if let Some(reason) = error.resolve_error() {
        let finding = Finding::new(reason.finding());
        return match reason {
            ResolveError::Denied(addresses) => {
                finding.with(FindingValue::Address, net::address_list(addresses))
            }
            ResolveError::NotFound | ResolveError::Unanswered(_) => finding,
        };
    }
    let finding = Finding::new(match error {
        error if error.is_timeout() => FindingCode::TokenEndpointTimeout,
        error if error.is_certificate() => FindingCode::TokenEndpointCertificate,
        HttpError::Plaintext => FindingCode::CredentialInPlaintext,
        HttpError::Status(429 | 500..) => FindingCode::ProviderUnavailable,
        HttpError::Status(_) => FindingCode::TokenAnswerUnreadable,
        error if error.is_unreadable() => FindingCode::TokenAnswerUnreadable,
        _ => FindingCode::TokenEndpointUnreachable,
    });
    match error {
        HttpError::Status(status) => finding.saying(format!("HTTP {status}")),
        HttpError::TooLong(status) => {
            finding.saying(format!("HTTP {status}, and more than 256 kB"))
        }
        _ => finding,
    }
}
