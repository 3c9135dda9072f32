//! Where the provider sends the administrator back to (RFC 6749 §4.1.2).

use app::api::context::RequestInfo;
use axum::{
    Extension,
    extract::{RawQuery, State},
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use domain::{AuthorizationState, FindingCode};
use mail::{Callback, Mailer};

/// Characters of the whole query. Codes of Microsoft have about 2,000.
const QUERY_AT_MOST: usize = 16_384;

/// Finishes the authorization and leads on, so that code and state leave the address bar.
pub async fn finish(
    State(mailer): State<Mailer>,
    Extension(info): Extension<RequestInfo>,
    RawQuery(query): RawQuery,
) -> Response {
    let Some(callback) = read(query.as_deref().unwrap_or_default()) else {
        tracing::warn!("a callback could not be read");
        return unknown(FindingCode::CallbackIncomplete);
    };
    let session = info.signed_in.as_ref().map(|signed_in| &signed_in.session);
    match mailer
        .finish_authorization(callback, session, &info.actor)
        .await
    {
        Ok((Some(id), _)) => Redirect::to(&format!("/authorized/{}", id.as_str())).into_response(),
        Ok((None, AuthorizationState::Failed { finding, .. })) => unknown(finding.code),
        Ok((None, _)) => unknown(FindingCode::StateUnknown),
        Err(error) => {
            let error: &dyn std::error::Error = &error;
            tracing::error!(error, "an authorization could not be finished");
            (
                StatusCode::SERVICE_UNAVAILABLE,
                "Mailgrant cannot finish the sign-in at the moment; its log says why. Go back to the settings \
                 page and try again.\n",
            )
                .into_response()
        }
    }
}

/// Programs that look at links before people do must not use the code up.
pub async fn ignore() -> StatusCode {
    StatusCode::NO_CONTENT
}

/// The page for answers that belong to no authorization of this session.
fn unknown(code: FindingCode) -> Response {
    Redirect::to(&format!("/authorized/unknown?finding={}", code.as_str())).into_response()
}

/// `None` when a parameter comes twice (RFC 6749 §3.1 forbids it), or too much of it. Parameters
/// that are not known are left alone, as the RFC asks for.
fn read(query: &str) -> Option<Callback> {
    if query.len() > QUERY_AT_MOST {
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
    use secrecy::ExposeSecret as _;

    use super::{QUERY_AT_MOST, read};

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
        let code = "x".repeat(QUERY_AT_MOST);
        assert!(read(&format!("state=a&code={code}")).is_none());
    }

    #[test]
    fn takes_a_query_without_anything() {
        assert!(read("").unwrap().state.is_none());
        assert!(read("&&=&a").unwrap().state.is_none());
    }
}
