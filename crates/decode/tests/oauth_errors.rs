//! Findings about errors of callbacks and token endpoints.

use decode::{TokenRejection, TokenRequest, callback_error, of_secret, token_error};
use domain::FindingCode as F;

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
        let codes = [error.to_owned()];
        let rejection = TokenRejection {
            status: 400,
            codes: &codes,
            text: description,
            asks_to_wait: false,
        };
        assert_eq!(
            token_error(request, &rejection),
            finding,
            "{error} {description}"
        );
    }
}

#[test]
fn an_error_without_a_known_code_is_judged_by_its_status() {
    let refresh = TokenRequest::Refresh { testing: false };
    for (status, codes, text, asks_to_wait, finding) in [
        (429, &[][..], "", false, F::ProviderUnavailable),
        (503, &[], "upstream", false, F::ProviderUnavailable),
        (500, &["invalid_grant"], "", false, F::GrantEnded),
        (200, &["invalid_code"], "", false, F::GrantEnded),
        (400, &["40029", "INVALID_GRANT"], "", false, F::GrantEnded),
        (403, &[], "Forbidden", true, F::ProviderUnavailable),
        (403, &[], "Forbidden", false, F::ProviderError),
        (401, &[], "Unauthorized", false, F::ProviderError),
        (
            400,
            &["Access Denied"],
            "You have made too many requests continuously.",
            false,
            F::ProviderUnavailable,
        ),
        (400, &["Access Denied"], "", false, F::AccessDenied),
        (302, &[], "", false, F::TokenAnswerUnreadable),
        (404, &[], "Not Found", false, F::TokenAnswerUnreadable),
        (404, &["no_such_app"], "", false, F::ProviderError),
    ] {
        let codes: Vec<_> = codes.iter().map(|code| (*code).to_owned()).collect();
        let rejection = TokenRejection {
            status,
            codes: &codes,
            text,
            asks_to_wait,
        };
        let code = token_error(refresh, &rejection);
        assert_eq!(code, finding, "{rejection:?}");
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
