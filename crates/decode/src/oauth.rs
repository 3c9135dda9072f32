//! Errors of providers in callbacks and at token endpoints.

use domain::{FindingCode, FindingCode as F};

use crate::oauth_error::standard;

/// Error codes of Microsoft's sign-in service in `error_description` ("Microsoft Entra
/// authentication and authorization error codes").
const AADSTS: &[(&str, FindingCode)] = &[
    ("AADSTS7000215", F::ClientSecretWrong),
    ("AADSTS7000222", F::ClientSecretExpired),
    ("AADSTS700016", F::ClientUnknown),
    ("AADSTS700082", F::GrantUnused),
    ("AADSTS50011", F::RedirectUrlNotRegistered),
    ("AADSTS500113", F::RedirectUrlNotRegistered),
    ("AADSTS50020", F::AccountOfAnotherTenant),
    ("AADSTS90072", F::AccountOfAnotherTenant),
    ("AADSTS50194", F::SingleTenantClient),
    ("AADSTS65001", F::ConsentMissing),
    ("AADSTS65004", F::AccessDenied),
    ("AADSTS90094", F::AdminConsentMissing),
    ("AADSTS50076", F::SignInAgain),
    ("AADSTS50079", F::SignInAgain),
    ("AADSTS53003", F::SignInAgain),
    ("AADSTS50173", F::PasswordChanged),
    ("AADSTS70011", F::ScopeRefused),
    ("AADSTS28000", F::ScopeRefused),
];

/// Errors of RFC 6749 §4.1.2.1 and §5.2, of `OpenID` Connect, and Google's own.
const OAUTH: &[(&str, FindingCode)] = &[
    ("access_denied", F::AccessDenied),
    ("admin_policy_enforced", F::AdminPolicyEnforced),
    ("org_internal", F::OrgInternal),
    ("disabled_client", F::DisabledClient),
    ("deleted_client", F::DisabledClient),
    ("redirect_uri_mismatch", F::RedirectUrlNotRegistered),
    ("invalid_scope", F::ScopeRefused),
    ("invalid_client", F::ClientSecretWrong),
    ("unauthorized_client", F::ClientNotAllowed),
    ("consent_required", F::ConsentMissing),
    ("interaction_required", F::SignInAgain),
    ("login_required", F::SignInAgain),
    ("server_error", F::ProviderUnavailable),
    ("temporarily_unavailable", F::ProviderUnavailable),
];

/// Words of providers whose error code does not say that they are asked too often. Zoho calls it
/// `Access Denied`.
const TOO_OFTEN: [&str; 3] = ["too many requests", "rate limit", "quota exceeded"];

fn row(table: &[(&str, FindingCode)], text: &str) -> Option<FindingCode> {
    table
        .iter()
        .find(|(key, _)| *key == text)
        .map(|(_, code)| *code)
}

/// Returns the finding for the AADSTS number in a text. The whole number must match.
fn aadsts(description: &str) -> Option<FindingCode> {
    let start = description.find("AADSTS")?;
    let rest = &description[start..];
    let end = rest.bytes().skip(6).take_while(u8::is_ascii_digit).count() + 6;
    row(AADSTS, &rest[..end])
}

/// Returns the finding about the error of a callback (RFC 6749 §4.1.2.1).
pub fn callback_error(error: &str, description: &str) -> FindingCode {
    aadsts(description)
        .or_else(|| row(OAUTH, &standard(error)))
        .unwrap_or(F::ProviderError)
}

/// Kind of request to the token endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenRequest {
    /// Exchange of an authorization code.
    Code,
    /// Refresh. At Google, a grant of an app whose consent screen is in "Testing" ends after seven
    /// days.
    Refresh {
        /// True if the authorization was made at Google six to eight days ago.
        testing: bool,
    },
}

/// A rejection by a token endpoint.
#[derive(Clone, Copy, Debug)]
pub struct TokenRejection<'a> {
    /// The status of the HTTP response.
    pub status: u16,
    /// The error codes, the most important one first; empty if the provider names none.
    pub codes: &'a [String],
    /// The codes and the words of the provider.
    pub text: &'a str,
    /// True if the response has a `Retry-After`.
    pub asks_to_wait: bool,
}

/// Returns the finding about a rejection by a token endpoint (RFC 6749 §5.2). Only an error without
/// a known code is judged by its status.
pub fn token_error(request: TokenRequest, rejection: &TokenRejection<'_>) -> FindingCode {
    if let Some(code) = aadsts(rejection.text) {
        return code;
    }
    let text = rejection.text.to_ascii_lowercase();
    if TOO_OFTEN.iter().any(|words| text.contains(words)) {
        return F::ProviderUnavailable;
    }
    let known = rejection.codes.iter().map(|error| standard(error));
    let known = known
        .into_iter()
        .find_map(|error| match (&*error, request) {
            ("invalid_grant", TokenRequest::Code) => Some(F::CodeRefused),
            ("invalid_grant", TokenRequest::Refresh { testing: true }) => {
                Some(F::GrantEndedInTesting)
            }
            ("invalid_grant", TokenRequest::Refresh { testing: false }) => Some(F::GrantEnded),
            _ => row(OAUTH, &error),
        });
    known.unwrap_or(match rejection.status {
        408 | 425 | 429 | 500.. => F::ProviderUnavailable,
        _ if rejection.asks_to_wait => F::ProviderUnavailable,
        // Nothing there speaks OAuth.
        300..=399 | 404 | 405 | 410 if rejection.codes.is_empty() => F::TokenAnswerUnreadable,
        _ => F::ProviderError,
    })
}

/// Makes [`F::ClientSecretWrong`] more precise if the secret is known. Microsoft's secret values
/// never look like a GUID, but the IDs of the secrets do.
pub fn of_secret(code: FindingCode, description: &str, secret: &str) -> FindingCode {
    let id_pasted = code == F::ClientSecretWrong
        && description.contains("AADSTS7000215")
        && is_guid(secret.trim());
    if id_pasted {
        F::ClientSecretIdPasted
    } else {
        code
    }
}

/// Returns true for a GUID: eight, four, four, four, and twelve hexadecimal digits.
fn is_guid(text: &str) -> bool {
    let mut parts = text.split('-');
    [8, 4, 4, 4, 12].into_iter().all(|length| {
        parts.next().is_some_and(|part| {
            part.len() == length && part.bytes().all(|byte| byte.is_ascii_hexdigit())
        })
    }) && parts.next().is_none()
}
