//! Property tests: token responses and callbacks of any content.

use base64::prelude::*;
use decode::{TokenRejection, TokenRequest, callback_error, ends_grant, token_error};
use domain::{EmailAddress, Finding, UnixTime};
use fuzz::{cases, hostile};
use net::Redactor;
use proptest::{prelude::*, sample::select};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use crate::{
    id_token,
    rejection::Rejection,
    response::Received,
    standard_response::standard_response,
    token_response::{TokenResponse, tokens},
};

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        6 => hostile().prop_map(Value::String),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<u64>().prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
        1 => select(vec![Value::Null, Value::Bool(true), Value::Array(Vec::new())]),
    ]
}

fn promises(status: u16, body: Vec<u8>) -> Result<(), TestCaseError> {
    let response = http::Response::builder().status(status).body(body).unwrap();
    let received = Received::new(response, UnixTime(0));
    let outcome = match Rejection::of(&received) {
        None => standard_response(&received, UnixTime(0)).map(|standard| {
            let read: TokenResponse = serde_json::from_slice(standard.body()).unwrap();
            tokens(&read, "client", UnixTime(0))
        }),
        Some(rejection) => {
            let request = TokenRequest::Refresh { testing: false };
            Err(rejection.failure(request, &"secret".into(), &Redactor::default()))
        }
    };
    match outcome {
        Ok(tokens) => {
            let refresh_token = tokens.refresh_token.as_ref();
            for token in refresh_token.into_iter().chain([&tokens.access_token]) {
                let token = token.expose_secret();
                prop_assert!(!token.is_empty());
                prop_assert!(
                    token.bytes().all(|b| (b' '..=b'~').contains(&b)),
                    "{token:?}"
                );
            }
            prop_assert!((200..300).contains(&status));
            prop_assert!(tokens.expires_in > 0);
            if let Some(scope) = tokens.scope {
                prop_assert!(!scope.chars().any(char::is_control) && scope.len() <= 8_192);
            }
            if let Some(account) = tokens.account.account() {
                prop_assert_eq!(EmailAddress::parse(&account).unwrap().to_string(), account);
            }
        }
        Err(failure) => {
            let said = failure.finding.said.unwrap_or_default();
            prop_assert!(said.starts_with(&format!("HTTP {status}")), "{said}");
            prop_assert!(said.chars().count() <= Finding::MAX_SAID);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(cases(10_000))]

    #[test]
    fn a_token_answer_gives_tokens_that_fit_a_header_or_nothing(
        access_token in value(),
        token_type in prop_oneof![3 => Just(json!("Bearer")), 1 => value()],
        name in select(&["refresh_token", "expires_in", "scope", "id_token", "error", "message", "other"]),
        other in value(),
        status in select(&[200, 201, 400, 401, 503]),
        claims in (select(&["email", "preferred_username", "upn"]), value()),
    ) {
        let claims = json!({ claims.0: claims.1, "aud": "client", "exp": 1 }).to_string();
        let id_token = format!("e30.{}.s", BASE64_URL_SAFE_NO_PAD.encode(claims));
        let mut answer = json!({
            "access_token": access_token,
            "token_type": token_type,
            "id_token": id_token,
        });
        answer[name] = other;
        promises(status, answer.to_string().into_bytes())?;
    }

    #[test]
    fn a_token_answer_of_any_bytes_is_read_or_not(
        bytes in prop::collection::vec(any::<u8>(), 0..16),
        at in any::<prop::sample::Index>(),
    ) {
        let mut body = br#"{"access_token":"t","token_type":"bearer","expires_in":3600,"scope":"a b"}"#.to_vec();
        let at = at.index(body.len());
        body.splice(at..at, bytes);
        promises(200, body)?;
    }

    #[test]
    fn an_id_token_names_an_address_or_no_account(
        text in hostile(),
        bytes in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        for token in [
            text.clone(),
            format!("a.{text}.b"),
            format!("a.{}.b", BASE64_URL_SAFE_NO_PAD.encode(&bytes)),
            format!("a.{}.b", BASE64_URL_SAFE.encode(json!({ "aud": "client", "exp": 1, "email": text }).to_string())),
        ] {
            if let Some(account) = id_token::account(&token, "client", UnixTime(0)).account() {
                prop_assert!(!account.chars().any(char::is_control) && account.len() <= 254);
                prop_assert_eq!(EmailAddress::parse(&account).unwrap().to_string(), account);
            }
        }
    }

    #[test]
    fn an_error_of_a_provider_is_decoded_whatever_it_says(
        error in prop_oneof![Just("invalid_grant".to_owned()), hostile()],
        description in hostile(),
        testing in any::<bool>(),
    ) {
        let _ = callback_error(&error, &description);
        let codes = [error];
        let rejection = TokenRejection { status: 400, codes: &codes, text: &description, asks_to_wait: false };
        let _ = token_error(TokenRequest::Code, &rejection);
        let _ = token_error(TokenRequest::Refresh { testing }, &rejection);
        // Only known error codes end a grant; no description does.
        let written = codes[0].trim().to_ascii_lowercase().replace([' ', '-'], "_");
        let is_known = ["invalid_grant", "interaction_required"].contains(&written.as_str());
        prop_assert_eq!(ends_grant(&codes[0]), is_known);
    }
}
