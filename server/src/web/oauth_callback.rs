//! The OAuth callback, to which the provider redirects the administrator (RFC 6749 §4.1.2).

use app::request::context::RequestInfo;
use axum::{
    Extension,
    extract::{RawQuery, State},
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use domain::{FindingCode, paths};
use mail::{Callback, CallbackOutcome, Mailer};

/// Maximum length of the query in characters. Microsoft's codes have about 2,000.
const MAX_QUERY: usize = 16_384;

/// Completes the authorization and redirects, which removes code and state from the address bar.
pub async fn finish(
    State(mailer): State<Mailer>,
    Extension(info): Extension<RequestInfo>,
    RawQuery(query): RawQuery,
) -> Response {
    let Some(callback) = read(query.as_deref().unwrap_or_default()) else {
        tracing::warn!("OAuth callback could not be parsed");
        return unknown(FindingCode::CallbackIncomplete);
    };
    let session = info.signed_in.as_ref().map(|signed_in| &signed_in.session);
    match mailer
        .authorizations
        .finish(callback, session, &info.actor)
        .await
    {
        Ok(CallbackOutcome::Finished { id, .. }) => {
            Redirect::to(&paths::Authorized::path(id.as_str())).into_response()
        }
        Ok(CallbackOutcome::Rejected(finding)) => unknown(finding.code),
        Err(error) => {
            let error: &dyn std::error::Error = &error;
            tracing::error!(error, "authorization failed");
            (
                StatusCode::SERVICE_UNAVAILABLE,
                "Mailgrant cannot finish the sign-in right now. Its log contains the cause. Go back to the settings \
                 page and try again.\n",
            )
                .into_response()
        }
    }
}

/// Answers HEAD without consuming the code. Link scanners send it before a user opens the link.
pub async fn ignore() -> StatusCode {
    StatusCode::NO_CONTENT
}

/// Returns the page for a response that belongs to no authorization of this session.
fn unknown(code: FindingCode) -> Response {
    Redirect::to(&format!(
        "{}?finding={}",
        paths::Authorized::path("unknown"),
        code.code()
    ))
    .into_response()
}

/// Parses the query. Returns `None` if a parameter occurs twice (forbidden by RFC 6749 §3.1) or the
/// query is too long. Ignores unknown parameters, as the RFC requires.
fn read(query: &str) -> Option<Callback> {
    if query.len() > MAX_QUERY {
        return None;
    }
    let pairs: Vec<(String, String)> =
        axum::extract::Query::try_from_uri(&format!("/?{query}").parse().ok()?)
            .ok()?
            .0;
    let take = |name: &str| {
        let mut values = pairs.iter().filter(|(key, _)| key == name);
        let first = values.next().map(|(_, value)| value.clone());
        values.next().is_none().then_some(first)
    };
    Some(Callback {
        state: take("state")?,
        code: take("code")?.map(Into::into),
        error: take("error")?,
        error_description: take("error_description")?,
        iss: take("iss")?,
    })
}

#[cfg(test)]
mod tests {
    use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
    use proptest::{prelude::*, sample::select};
    use secrecy::ExposeSecret as _;

    use super::{MAX_QUERY, read};

    #[test]
    fn reads_a_code_and_leaves_unknown_parameters_alone() {
        let callback =
            read("code=a%2Fb+c&state=s&scope=x&scope=y&session_state=&iss=https%3A%2F%2Fi")
                .unwrap();
        assert_eq!(callback.code.unwrap().expose_secret(), "a/b c");
        assert_eq!(callback.state.as_deref(), Some("s"));
        assert_eq!(callback.iss.as_deref(), Some("https://i"));
        assert_eq!(callback.error, None);
    }

    #[test]
    fn refuses_parameters_that_come_twice() {
        for query in [
            "state=a&state=b",
            "state=a&code=1&code=1",
            "error=a&error=b",
        ] {
            assert!(read(query).is_none(), "{query}");
        }
    }

    #[test]
    fn refuses_more_than_any_provider_sends() {
        let code = "x".repeat(MAX_QUERY);
        assert!(read(&format!("state=a&code={code}")).is_none());
    }

    #[test]
    fn takes_a_query_without_anything() {
        assert!(read("").unwrap().state.is_none());
        assert!(read("&&=&a").unwrap().state.is_none());
    }

    /// Generates a name or a value as an attacker would write it.
    fn part() -> impl Strategy<Value = String> {
        let known = ["state", "code", "error", "error_description", "iss"];
        let odd = [
            "st%61te", "%73tate", "State", "state ", "+", "%", "%0", "%00", "%0d%0a", "%ff",
            "%C3%A4", "&", "=", ";", "#", "?", "/", "\\", "\r\n", "\0", "[]", "ä", "😀", "a b",
        ];
        prop_oneof![
            3 => select(known.to_vec()).prop_map(str::to_owned),
            3 => select(odd.to_vec()).prop_map(str::to_owned),
            1 => any::<char>().prop_map(String::from),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 10_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_query_of_any_kind_is_read_once_or_refused(
            pairs in prop::collection::vec((part(), part()), 0..5),
            bytes in prop::collection::vec(any::<u8>(), 0..8),
        ) {
            let mut query: String = pairs.iter().map(|(name, value)| [name, "=", value, "&"].concat()).collect();
            query.push_str(&String::from_utf8_lossy(&bytes));
            let Some(callback) = read(&query) else {
                return Ok(());
            };
            let code = callback.code.as_ref().map(|code| code.expose_secret().to_owned());
            for (name, value) in [
                ("state", callback.state),
                ("code", code),
                ("error", callback.error),
                ("error_description", callback.error_description),
                ("iss", callback.iss),
            ] {
                let spelled = |text: &str| {
                    let text = text.replace('+', " ");
                    percent_decode_str(&text).decode_utf8_lossy().into_owned()
                };
                // A fragment (`#`) is never sent and is not part of the query.
                let given: Vec<_> = query
                    .split('#')
                    .next()
                    .unwrap_or_default()
                    .split('&')
                    .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
                    .filter(|(own, _)| spelled(own) == name)
                    .map(|(_, value)| spelled(value))
                    .collect();
                prop_assert!(given.len() <= 1, "{name} twice in {query:?}");
                prop_assert_eq!(given.into_iter().next(), value);
            }
        }

        #[test]
        fn parameters_of_a_provider_are_read_unchanged(
            values in prop::collection::vec(part(), 5),
            from in 0_usize..5,
        ) {
            let names = ["state", "code", "error", "error_description", "iss"];
            let pair = |at: usize| {
                let value = utf8_percent_encode(&values[at % 5], NON_ALPHANUMERIC);
                format!("{}={value}&unknown={at}", names[at % 5])
            };
            let query: Vec<_> = (from..from + 5).map(pair).collect();
            let callback = read(&query.join("&")).unwrap();
            prop_assert_eq!(callback.state.as_ref(), Some(&values[0]));
            let code = callback.code.unwrap();
            prop_assert_eq!(code.expose_secret(), &values[1]);
            prop_assert_eq!(callback.error.as_ref(), Some(&values[2]));
            prop_assert_eq!(callback.error_description.as_ref(), Some(&values[3]));
            prop_assert_eq!(callback.iss.as_ref(), Some(&values[4]));
            for twice in ["state=", "c%6fde=x", "%69ss"] {
                let query = format!("{}&{twice}", query.join("&"));
                prop_assert!(read(&query).is_none(), "{twice}");
            }
        }
    }
}
