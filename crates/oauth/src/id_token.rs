//! The account that signed in, from an ID token.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use domain::{EmailAddress, UnixTime};
use serde::Deserialize;

/// Accepted difference between clocks, in seconds.
const LEEWAY: i64 = 300;

/// The account that signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignedIn {
    /// The provider does not name it.
    Nothing,
    /// The address of the account.
    Account(String),
    /// The token is for another client or another time, so its claims do not count.
    NotForThisClient,
}

impl SignedIn {
    /// Returns the address, if there is one.
    pub fn account(self) -> Option<String> {
        match self {
            Self::Account(account) => Some(account),
            Self::Nothing | Self::NotForThisClient => None,
        }
    }
}

#[derive(Deserialize)]
struct Claims {
    aud: Audience,
    exp: f64,
    email: Option<String>,
    preferred_username: Option<String>,
    upn: Option<String>,
}

/// The audience (RFC 7519 §4.1.3).
#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Audience {
    fn holds(&self, client_id: &str) -> bool {
        match self {
            Self::One(one) => one == client_id,
            Self::Several(several) => several.iter().any(|one| one == client_id),
        }
    }
}

/// Returns the address in an ID token: `email`, or Microsoft's `preferred_username` or `upn`. The
/// token must be for this client and this time (OpenID Connect Core §3.1.3.7, 3 and 9).
///
/// The signature is not verified. The token came from the token endpoint over TLS, which (6)
/// accepts instead, and the address is only compared and shown.
pub fn account(id_token: &str, client_id: &str, now: UnixTime) -> SignedIn {
    let Some(claims) = claims(id_token) else {
        return SignedIn::NotForThisClient;
    };
    #[expect(
        clippy::cast_precision_loss,
        reason = "seconds of any year to come fit"
    )]
    let oldest = now.plus(-LEEWAY).0 as f64;
    if !claims.aud.holds(client_id) || claims.exp <= oldest {
        return SignedIn::NotForThisClient;
    }
    first_address([claims.email, claims.preferred_username, claims.upn])
}

/// Returns the first claim that is an address.
pub(crate) fn first_address(claims: [Option<String>; 3]) -> SignedIn {
    claims
        .into_iter()
        .flatten()
        .find_map(|claim| EmailAddress::parse(&claim).ok())
        .map_or(SignedIn::Nothing, |address| {
            SignedIn::Account(address.to_string())
        })
}

fn claims(id_token: &str) -> Option<Claims> {
    let payload = id_token.split('.').nth(1)?;
    let json = BASE64_URL_SAFE_NO_PAD
        .decode(payload.trim_end_matches('='))
        .ok()?;
    serde_json::from_slice(&json).ok()
}

#[cfg(test)]
mod tests {
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
    use domain::UnixTime;
    use serde_json::{Value, json};

    use super::{SignedIn, account};

    const NOW: UnixTime = UnixTime(1_800_000_000);

    /// Returns the account of a token with these claims for the client `us`.
    fn reported(claims: &str) -> SignedIn {
        let claims = BASE64_URL_SAFE_NO_PAD.encode(claims);
        account(&format!("e30.{claims}.sig"), "us", NOW)
    }

    fn said_by(aud: &Value, exp: &Value) -> SignedIn {
        reported(&json!({ "aud": aud, "exp": exp, "email": "a@example.com" }).to_string())
    }

    #[test]
    fn reads_the_first_claim_that_is_an_address() {
        for (claims, expected) in [
            (r#""email":"a@example.com""#, Some("a@example.com")),
            (
                r#""preferred_username":"b@example.com","email":"not one""#,
                Some("b@example.com"),
            ),
            (r#""upn":"c@example.com""#, Some("c@example.com")),
            (r#""sub":"1""#, None),
        ] {
            let claims = format!(r#"{{"aud":"us","exp":1800000600,{claims}}}"#);
            assert_eq!(reported(&claims).account().as_deref(), expected, "{claims}");
        }
        for broken in ["", ".", "a.%%%.c", "a"] {
            assert_eq!(
                account(broken, "us", NOW),
                SignedIn::NotForThisClient,
                "{broken}"
            );
        }
        for claims in ["no json", r#"{"aud":"us","exp":1800000600,"email":7}"#] {
            assert_eq!(reported(claims), SignedIn::NotForThisClient, "{claims}");
        }
    }

    #[test]
    fn an_id_token_for_another_client_is_ignored() {
        let later = json!(NOW.0 + 600);
        for valid in [json!("us"), json!(["us"]), json!(["them", "us"])] {
            let expected = SignedIn::Account("a@example.com".to_owned());
            assert_eq!(said_by(&valid, &later), expected, "{valid}");
        }
        for bad in [
            json!("them"),
            json!("us "),
            json!("US"),
            json!(["them"]),
            json!([]),
            json!([["us"]]),
            json!({ "us": "us" }),
            Value::Null,
        ] {
            assert_eq!(said_by(&bad, &later), SignedIn::NotForThisClient, "{bad}");
        }
        let without = json!({ "exp": later, "email": "a@example.com" }).to_string();
        assert_eq!(reported(&without), SignedIn::NotForThisClient);
    }

    #[test]
    fn an_expired_id_token_is_ignored() {
        let us = json!("us");
        for valid in [
            json!(NOW.0 + 1),
            json!(NOW.0 - 299),
            json!(1.8e9),
            json!(1e300),
        ] {
            assert_ne!(said_by(&us, &valid), SignedIn::NotForThisClient, "{valid}");
        }
        for bad in [
            json!(NOW.0 - 300),
            json!(0),
            json!(-1e300),
            json!("1800000600"),
            Value::Null,
        ] {
            assert_eq!(said_by(&us, &bad), SignedIn::NotForThisClient, "{bad}");
        }
    }
}
