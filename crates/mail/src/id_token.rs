//! Who signed in, as an ID token tells.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use domain::EmailAddress;
use serde::Deserialize;

#[derive(Deserialize)]
struct Claims {
    email: Option<String>,
    preferred_username: Option<String>,
    upn: Option<String>,
}

/// The address in an ID token: `email`, or Microsoft's `preferred_username` or `upn`.
///
/// The signature is not looked at: the token came from the token endpoint over TLS, which `OpenID`
/// Connect Core §3.1.3.7 (6) accepts in its place, and the address is only compared and shown.
pub(crate) fn account(id_token: &str) -> Option<String> {
    let payload = id_token.split('.').nth(1)?;
    let json = BASE64_URL_SAFE_NO_PAD
        .decode(payload.trim_end_matches('='))
        .ok()?;
    let claims: Claims = serde_json::from_slice(&json).ok()?;
    [claims.email, claims.preferred_username, claims.upn]
        .into_iter()
        .flatten()
        .find_map(|claim| EmailAddress::parse(&claim).ok())
        .map(|address| address.to_string())
}

#[cfg(test)]
mod tests {
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

    use super::account;

    fn token(claims: &str) -> String {
        format!("e30.{}.sig", BASE64_URL_SAFE_NO_PAD.encode(claims))
    }

    #[test]
    fn reads_the_first_claim_that_is_an_address() {
        for (claims, expected) in [
            (r#"{"email":"a@example.com"}"#, Some("a@example.com")),
            (
                r#"{"preferred_username":"b@example.com","email":"not one"}"#,
                Some("b@example.com"),
            ),
            (r#"{"upn":"c@example.com"}"#, Some("c@example.com")),
            (r#"{"sub":"1"}"#, None),
            (r#"{"email":7}"#, None),
            ("no json", None),
        ] {
            assert_eq!(account(&token(claims)).as_deref(), expected, "{claims}");
        }
        for broken in ["", ".", "a.%%%.c", "a"] {
            assert_eq!(account(broken), None, "{broken}");
        }
    }
}
