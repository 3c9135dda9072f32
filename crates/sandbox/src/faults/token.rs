//! Errors of the token endpoint, and a catalog of those that providers return.

use serde::{Deserialize, Deserializer, Serialize};

/// Error response of the token endpoint (RFC 6749 §5.2). In JSON, this is an object or a name from
/// the catalog.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TokenError {
    /// Status of the HTTP response.
    pub status: u16,
    /// Value of `error`.
    pub error: String,
    /// Value of `error_description`.
    pub error_description: Option<String>,
    /// Number of times that the error is returned. `None` means always.
    pub times: Option<u32>,
    /// Value of `Retry-After`.
    pub retry_after: Option<String>,
}

type Row = (&'static str, u16, &'static str, &'static str);

/// Rows of name, status, error, and description.
#[rustfmt::skip]
const TOKEN_ERRORS: &[Row] = &[
    ("invalid_grant", 400, "invalid_grant", "Token has been expired or revoked."),
    ("invalid_client", 401, "invalid_client", "The provided client secret is invalid."),
    ("unauthorized_client", 400, "unauthorized_client", "The client may not use this grant type."),
    ("redirect_uri_mismatch", 400, "redirect_uri_mismatch", "Bad Request"),
    ("temporarily_unavailable", 503, "temporarily_unavailable", "Try again later."),
    ("server_error", 500, "server_error", "Internal error."),
    ("too_many_requests", 429, "rate_limit_exceeded", "Too many requests."),
    ("AADSTS7000215", 401, "invalid_client", "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app 'sandbox'."),
    ("AADSTS7000222", 401, "invalid_client", "The provided client secret keys for app 'sandbox' are expired. Visit the Azure portal to create new keys for your app."),
    ("AADSTS700016", 400, "unauthorized_client", "Application with identifier 'sandbox' was not found in the directory 'sandbox'."),
    ("AADSTS50011", 400, "invalid_request", "The redirect URI specified in the request does not match the redirect URIs configured for the application 'sandbox'."),
    ("AADSTS50020", 400, "invalid_grant", "User account from identity provider 'live.com' does not exist in tenant 'Sandbox' and cannot access the application 'sandbox' in that tenant."),
    ("AADSTS50194", 400, "invalid_request", "Application 'sandbox' is not configured as a multi-tenant application. Usage of the /common endpoint is not supported for such apps created after '10/15/2018'."),
    ("AADSTS65001", 400, "invalid_grant", "The user or administrator has not consented to use the application with ID 'sandbox'."),
    ("AADSTS90094", 400, "invalid_grant", "An administrator of Sandbox has set a policy that prevents you from granting sandbox the permissions it is requesting."),
    ("AADSTS50076", 400, "interaction_required", "Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication to access 'sandbox'."),
    ("AADSTS50079", 400, "interaction_required", "Due to a configuration change made by your administrator, or because you moved to a new location, you must enroll in multi-factor authentication to access 'sandbox'."),
    ("AADSTS53003", 400, "interaction_required", "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance."),
    ("AADSTS50173", 400, "invalid_grant", "The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed or reset their password."),
    ("AADSTS700082", 400, "invalid_grant", "The refresh token has expired due to inactivity. The token was issued on 2026-01-01T00:00:00Z and was inactive for 90.00:00:00."),
];

impl TokenError {
    /// Returns an error from the catalog. The case of the name and a missing `AADSTS` are ignored.
    pub fn named(name: &str) -> Option<Self> {
        TOKEN_ERRORS.iter().find_map(|row| {
            let known = row.0;
            let short = known.strip_prefix("AADSTS").unwrap_or(known);
            if !name.eq_ignore_ascii_case(known) && !name.eq_ignore_ascii_case(short) {
                return None;
            }
            let description = if known.starts_with("AADSTS") {
                format!("{known}: {}", row.3)
            } else {
                row.3.to_owned()
            };
            Some(Self {
                status: row.1,
                error: row.2.to_owned(),
                error_description: Some(description),
                times: None,
                retry_after: None,
            })
        })
    }

    /// Limits the error to the next `times` requests.
    #[must_use]
    pub fn times(self, times: u32) -> Self {
        Self {
            times: Some(times),
            ..self
        }
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Name(String),
    Object {
        status: u16,
        error: String,
        #[serde(default)]
        error_description: Option<String>,
        #[serde(default)]
        times: Option<u32>,
        #[serde(default)]
        retry_after: Option<String>,
    },
}

impl<'de> Deserialize<'de> for TokenError {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Written::deserialize(deserializer)? {
            Written::Name(name) => Self::named(&name).ok_or_else(|| {
                serde::de::Error::custom(format_args!("no token error is called {name:?}"))
            }),
            Written::Object {
                status,
                error,
                error_description,
                times,
                retry_after,
            } => Ok(Self {
                status,
                error,
                error_description,
                times,
                retry_after,
            }),
        }
    }
}
