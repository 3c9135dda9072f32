//! Who signed in, as an ID token tells.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use domain::{EmailAddress, UnixTime};
use serde::Deserialize;

/// Seconds by which clocks may differ.
const LEEWAY: i64 = 300;

/// Who signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    /// Nobody says.
    Nothing,
    /// The address of this account.
    Account(String),
    /// The token is for another client or another time, and what it tells does not count.
    NotForUs,
}

impl Told {
    /// The address, when there is one.
    pub(crate) fn account(self) -> Option<String> {
        match self {
            Self::Account(account) => Some(account),
            Self::Nothing | Self::NotForUs => None,
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

/// RFC 7519 §4.1.3.
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

/// The address in an ID token: `email`, or Microsoft's `preferred_username` or `upn`. The token has to be for this client and this
/// time (`OpenID` Connect Core §3.1.3.7, 3 and 9).
///
/// The signature is not looked at: the token came from the token endpoint over TLS, which (6) accepts in its place, and the
/// address is only compared and shown.
pub(crate) fn account(id_token: &str, client_id: &str, now: UnixTime) -> Told {
    let Some(claims) = claims(id_token) else {
        return Told::NotForUs;
    };
    #[expect(
        clippy::cast_precision_loss,
        reason = "seconds of any year to come fit"
    )]
    let oldest = now.plus(-LEEWAY).0 as f64;
    if !claims.aud.holds(client_id) || claims.exp <= oldest {
        return Told::NotForUs;
    }
    [claims.email, claims.preferred_username, claims.upn]
        .into_iter()
        .flatten()
        .find_map(|claim| EmailAddress::parse(&claim).ok())
        .map_or(Told::Nothing, |address| Told::Account(address.to_string()))
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

    use super::{Told, account};

    const NOW: UnixTime = UnixTime(1_800_000_000);

    /// What a token of these claims tells the client `us`.
    fn told(claims: &str) -> Told {
        let claims = BASE64_URL_SAFE_NO_PAD.encode(claims);
        account(&format!("e30.{claims}.sig"), "us", NOW)
    }

    fn said_by(aud: &Value, exp: &Value) -> Told {
        told(&json!({ "aud": aud, "exp": exp, "email": "a@example.com" }).to_string())
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
            assert_eq!(told(&claims).account().as_deref(), expected, "{claims}");
        }
        for broken in ["", ".", "a.%%%.c", "a"] {
            assert_eq!(account(broken, "us", NOW), Told::NotForUs, "{broken}");
        }
        for claims in ["no json", r#"{"aud":"us","exp":1800000600,"email":7}"#] {
            assert_eq!(told(claims), Told::NotForUs, "{claims}");
        }
    }

    #[test]
    fn an_id_token_for_another_client_tells_nothing() {
        let later = json!(NOW.0 + 600);
        for good in [json!("us"), json!(["us"]), json!(["them", "us"])] {
            let expected = Told::Account("a@example.com".to_owned());
            assert_eq!(said_by(&good, &later), expected, "{good}");
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
            assert_eq!(said_by(&bad, &later), Told::NotForUs, "{bad}");
        }
        let without = json!({ "exp": later, "email": "a@example.com" }).to_string();
        assert_eq!(told(&without), Told::NotForUs);
    }

    #[test]
    fn an_id_token_that_has_ended_tells_nothing() {
        let us = json!("us");
        for good in [
            json!(NOW.0 + 1),
            json!(NOW.0 - 299),
            json!(1.8e9),
            json!(1e300),
        ] {
            assert_ne!(said_by(&us, &good), Told::NotForUs, "{good}");
        }
        for bad in [
            json!(NOW.0 - 300),
            json!(0),
            json!(-1e300),
            json!("1800000600"),
            Value::Null,
        ] {
            assert_eq!(said_by(&us, &bad), Told::NotForUs, "{bad}");
        }
    }
}
