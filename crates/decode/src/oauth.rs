//! Errors of providers in callbacks and at token endpoints.

use domain::{FindingCode, FindingCode as F};

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
        .or_else(|| row(OAUTH, error))
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

/// Returns the finding about the error of a token endpoint (RFC 6749 §5.2).
pub fn token_error(request: TokenRequest, error: &str, description: &str) -> FindingCode {
    if let Some(code) = aadsts(description) {
        return code;
    }
    match (error, request) {
        ("invalid_grant", TokenRequest::Code) => F::CodeRefused,
        ("invalid_grant", TokenRequest::Refresh { testing: true }) => F::GrantEndedInTesting,
        ("invalid_grant", TokenRequest::Refresh { testing: false }) => F::GrantEnded,
        _ => row(OAUTH, error).unwrap_or(F::ProviderError),
    }
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

/// Returns true if an error of the token endpoint ends the grant. Other errors may be fixed without
/// a new authorization, so the request is retried.
pub fn ends_grant(error: &str) -> bool {
    error == "invalid_grant" || error == "interaction_required"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_errors_of_token_endpoints() {
        let refresh = TokenRequest::Refresh { testing: false };
        for (request, error, description, finding) in [
            (refresh, "invalid_grant", "", F::GrantEnded),
            (
                TokenRequest::Refresh { testing: true },
                "invalid_grant",
                "",
                F::GrantEndedInTesting,
            ),
            (
                TokenRequest::Code,
                "invalid_grant",
                "Bad Request",
                F::CodeRefused,
            ),
            (
                refresh,
                "invalid_client",
                "AADSTS7000215: Invalid client secret provided.",
                F::ClientSecretWrong,
            ),
            (
                refresh,
                "invalid_client",
                "AADSTS7000222: The provided client secret keys are expired.",
                F::ClientSecretExpired,
            ),
            (
                refresh,
                "unauthorized_client",
                "AADSTS700016: Application was not found",
                F::ClientUnknown,
            ),
            (
                refresh,
                "invalid_grant",
                "AADSTS700082: The refresh token has expired due to inactivity.",
                F::GrantUnused,
            ),
            (
                refresh,
                "invalid_grant",
                "AADSTS50173: The provided grant has expired",
                F::PasswordChanged,
            ),
            (
                refresh,
                "interaction_required",
                "AADSTS50076: you must use multi-factor",
                F::SignInAgain,
            ),
            (
                refresh,
                "interaction_required",
                "AADSTS50079: you must enroll in multi-factor authentication",
                F::SignInAgain,
            ),
            (
                refresh,
                "interaction_required",
                "AADSTS53003: Access has been blocked by Conditional Access policies.",
                F::SignInAgain,
            ),
            (refresh, "invalid_grant", "AADSTS999999: new", F::GrantEnded),
            (
                refresh,
                "temporarily_unavailable",
                "",
                F::ProviderUnavailable,
            ),
            (refresh, "something_new", "", F::ProviderError),
        ] {
            assert_eq!(
                token_error(request, error, description),
                finding,
                "{error} {description}"
            );
        }
    }

    #[test]
    fn knows_the_errors_of_callbacks() {
        for (error, description, finding) in [
            ("access_denied", "", F::AccessDenied),
            ("admin_policy_enforced", "", F::AdminPolicyEnforced),
            ("org_internal", "", F::OrgInternal),
            ("disabled_client", "", F::DisabledClient),
            (
                "invalid_request",
                "AADSTS50011: The redirect URI does not match",
                F::RedirectUrlNotRegistered,
            ),
            (
                "invalid_request",
                "AADSTS50194: not configured as a multi-tenant application",
                F::SingleTenantClient,
            ),
            (
                "access_denied",
                "AADSTS90094: Admin consent is required",
                F::AdminConsentMissing,
            ),
            ("wat", "", F::ProviderError),
        ] {
            assert_eq!(
                callback_error(error, description),
                finding,
                "{error} {description}"
            );
        }
    }

    #[test]
    fn knows_the_id_of_a_secret_from_its_value() {
        let wrong = "AADSTS7000215: Invalid client secret provided.";
        let id = "0f8fad5b-d9cb-469f-a165-70867728950e";
        for (description, secret, finding) in [
            (wrong, id, F::ClientSecretIdPasted),
            (wrong, "8Qk8Q~abcdefghijklmnop", F::ClientSecretWrong),
            (wrong, &id[1..], F::ClientSecretWrong),
            (wrong, &format!("{id}-1"), F::ClientSecretWrong),
            ("no such client", id, F::ClientSecretWrong),
        ] {
            let code = of_secret(F::ClientSecretWrong, description, secret);
            assert_eq!(code, finding, "{secret}");
        }
        assert_eq!(of_secret(F::GrantEnded, wrong, id), F::GrantEnded);
    }
}
