//! The account that signed in, from the `UserInfo` endpoint (OpenID Connect Core §5.3).

use domain::EndpointUrl;
use http::{
    HeaderValue, Request,
    header::{ACCEPT, AUTHORIZATION},
};
use net::HttpClient;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};
use tokio::time::{Instant, timeout_at};

use crate::{SignedIn, id_token::first_address};

/// Asks the provider who signed in, until `deadline`. A provider that does not say, for example
/// because the scope does not allow it, is no error.
pub async fn userinfo(
    http: &HttpClient,
    endpoint: &EndpointUrl,
    access_token: &SecretString,
    deadline: Instant,
) -> SignedIn {
    let Some(request) = request(endpoint, access_token) else {
        return SignedIn::Nothing;
    };
    match timeout_at(deadline, http.send(request)).await {
        Ok(Ok(answer)) if answer.status().is_success() => account(answer.body()),
        Ok(Ok(answer)) => {
            let status = answer.status().as_u16();
            tracing::debug!(status, "account not named by the provider");
            SignedIn::Nothing
        }
        Ok(Err(error)) => {
            let error = &error as &dyn std::error::Error;
            tracing::debug!(error, "account not named by the provider");
            SignedIn::Nothing
        }
        Err(_) => SignedIn::Nothing,
    }
}

fn request(endpoint: &EndpointUrl, access_token: &SecretString) -> Option<Request<Vec<u8>>> {
    let token = format!("Bearer {}", access_token.expose_secret());
    let mut token = HeaderValue::try_from(token).ok()?;
    token.set_sensitive(true);
    let request = Request::get(endpoint.as_str())
        .header(ACCEPT, "application/json")
        .header(AUTHORIZATION, token);
    request.body(Vec::new()).ok()
}

fn account(body: &[u8]) -> SignedIn {
    let claims: Map<String, Value> = serde_json::from_slice(body).unwrap_or_default();
    let claims = ["email", "preferred_username", "upn"].map(|name| {
        let value = claims.get(name).and_then(Value::as_str);
        value.map(str::to_owned)
    });
    first_address(claims)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_first_claim_that_is_an_address() {
        for (body, expected) in [
            (
                r#"{"sub":"1","email":"a@example.com"}"#,
                Some("a@example.com"),
            ),
            (
                r#"{"email":7,"preferred_username":"b@example.com"}"#,
                Some("b@example.com"),
            ),
            (
                r#"{"email":"nobody","upn":"c@example.com"}"#,
                Some("c@example.com"),
            ),
            (r#"{"sub":"1"}"#, None),
            ("[]", None),
            ("<html>", None),
        ] {
            assert_eq!(
                account(body.as_bytes()).account().as_deref(),
                expected,
                "{body}"
            );
        }
    }
}
