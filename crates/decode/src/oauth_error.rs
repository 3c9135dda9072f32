//! Error codes of token endpoints in their standard form.

/// Errors of providers that deviate from RFC 6749 §5.2, with the standard error of the same
/// meaning. Sources: Zoho (`invalid_code`), GitHub (`bad_…`, `incorrect_client_credentials`), Slack
/// (`bad_client_secret`, `code_already_used`, `token_revoked`), Supabase (`refresh_token_…`),
/// Fitbit (`expired_token`), Okta and Auth0 (`too_many_requests`, `internal_error`).
const SYNONYMS: &[(&str, &str)] = &[
    ("invalid_code", "invalid_grant"),
    ("bad_verification_code", "invalid_grant"),
    ("code_already_used", "invalid_grant"),
    ("bad_refresh_token", "invalid_grant"),
    ("invalid_refresh_token", "invalid_grant"),
    ("refresh_token_not_found", "invalid_grant"),
    ("refresh_token_already_used", "invalid_grant"),
    ("expired_token", "invalid_grant"),
    ("token_revoked", "invalid_grant"),
    ("incorrect_client_credentials", "invalid_client"),
    ("invalid_client_secret", "invalid_client"),
    ("bad_client_secret", "invalid_client"),
    ("invalid_client_id", "invalid_client"),
    ("invalid_redirect_uri", "redirect_uri_mismatch"),
    ("bad_redirect_uri", "redirect_uri_mismatch"),
    ("slow_down", "temporarily_unavailable"),
    ("too_many_requests", "temporarily_unavailable"),
    ("rate_limit_exceeded", "temporarily_unavailable"),
    ("ratelimited", "temporarily_unavailable"),
    ("service_unavailable", "temporarily_unavailable"),
    ("internal_error", "server_error"),
    ("internal_failure", "server_error"),
    ("internal_server_error", "server_error"),
];

/// Returns the standard form of an error: in lower case, with underscores, and without synonyms.
pub(crate) fn standard(error: &str) -> String {
    let error = error.trim().to_ascii_lowercase().replace([' ', '-'], "_");
    let synonym = SYNONYMS.iter().find(|(own, _)| *own == error);
    synonym.map_or(error, |(_, standard)| (*standard).to_owned())
}

/// Returns true if an error of the token endpoint ends the grant. Other errors may be fixed without
/// a new authorization, so the request is retried.
pub fn ends_grant(error: &str) -> bool {
    ["invalid_grant", "interaction_required"].contains(&&*standard(error))
}

/// Returns true if an error of the token endpoint is about the client and its credentials.
pub fn rejects_client(error: &str) -> bool {
    standard(error) == "invalid_client"
}

#[cfg(test)]
mod tests {
    use domain::FindingCode;

    use super::*;
    use crate::callback_error;

    #[test]
    fn synonyms_lead_to_standard_errors() {
        for (own, standard) in SYNONYMS {
            let code = callback_error(standard, "");
            let is_known = code != FindingCode::ProviderError || *standard == "invalid_grant";
            assert!(is_known && *own != *standard, "{own}");
            assert_eq!(super::standard(standard), *standard, "{own}");
        }
        assert!(ends_grant("Invalid-Code") && ends_grant("INVALID_GRANT"));
        assert!(rejects_client("bad_client_secret") && !ends_grant("bad_client_secret"));
    }
}
