//! Token responses of any notation in the form of RFC 6749 §5.1, read as other clients read
//! them. A member that cannot be understood counts as missing; only the access token is required.

use domain::{Finding, FindingCode, UnixTime, untrusted::is_displayable};
use http::{Response, header::CONTENT_TYPE};
use oauth2::HttpResponse;
use serde_json::{Value, json};

use crate::{
    failure::TokenFailure,
    rejection::other_members,
    response::{Members, Received},
};

/// Longest list of granted scopes that is kept, in bytes.
const MAX_SCOPE: usize = 8_192;

/// Returns a success in the form of RFC 6749 §5.1.
///
/// # Errors
/// If the response cannot be used.
pub(crate) fn standard_response(
    received: &Received,
    now: UnixTime,
) -> Result<HttpResponse, TokenFailure> {
    let body = Value::Object(standard_members(received, now)?);
    let response = Response::builder().header(CONTENT_TYPE, "application/json");
    response
        .body(body.to_string().into_bytes())
        .map_err(|_| unreadable(received, ""))
}

fn standard_members(received: &Received, now: UnixTime) -> Result<Members, TokenFailure> {
    let Some(members) = &received.members else {
        return Err(unreadable(received, &received.text));
    };
    let Some(access_token) = received.string("access_token") else {
        return Err(unreadable(received, &other_members(members)));
    };
    if let Some(kind) = received.string("token_type")
        && !is_bearer(kind)
    {
        let finding = Finding::new(FindingCode::TokenTypeUnknown);
        return Err(finding.saying(received.said(kind)).into());
    }
    // An empty refresh token would replace the stored one.
    let refresh_token = received.string("refresh_token");
    let tokens = [Some(access_token), refresh_token];
    if !tokens.into_iter().flatten().all(is_token) {
        return Err(unreadable(received, ""));
    }
    let lifetime = lifetime(members, now);
    let scope = scope(members);
    log_ignored(members, refresh_token, scope.as_deref());
    let standard = [
        ("access_token", Some(json!(access_token))),
        ("token_type", Some(json!("bearer"))),
        ("expires_in", lifetime.map(Value::from)),
        ("refresh_token", refresh_token.map(Value::from)),
        ("scope", scope.map(Value::from)),
        ("id_token", received.string("id_token").map(Value::from)),
    ];
    let standard = standard.into_iter();
    Ok(standard
        .filter_map(|(name, value)| Some((name.to_owned(), value?)))
        .collect())
}

fn unreadable(received: &Received, text: &str) -> TokenFailure {
    let finding = Finding::new(FindingCode::TokenAnswerUnreadable);
    finding.saying(received.said(text)).into()
}

/// Returns true for a type that means Bearer (RFC 6750). Apigee calls it `BearerToken`.
fn is_bearer(kind: &str) -> bool {
    let kind = kind.trim();
    kind.is_empty()
        || kind.eq_ignore_ascii_case("Bearer")
        || kind.eq_ignore_ascii_case("BearerToken")
}

/// Returns true for visible ASCII and spaces (RFC 6749 §A.12, §A.17). Other characters could end a
/// SASL message or a header.
fn is_token(text: &str) -> bool {
    text.bytes().all(|b| (b' '..=b'~').contains(&b))
}

/// Returns the lifetime: `expires_in` as a number or a string, with or without a fraction, or else
/// the time of the expiry that some providers send in addition or instead.
fn lifetime(members: &Members, now: UnixTime) -> Option<i64> {
    let seconds = |name| members.get(name).and_then(seconds);
    let lifetime = seconds("expires_in").or_else(|| seconds("expires"));
    let until = || {
        let until = seconds("expires_on").or_else(|| seconds("expires_at"))?;
        Some(UnixTime(until).since(now)).filter(|rest| *rest > 0)
    };
    lifetime.or_else(until)
}

/// Returns a positive number of whole seconds.
fn seconds(value: &Value) -> Option<i64> {
    let number = match value {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => text.trim().parse().ok()?,
        _ => return None,
    };
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a cast saturates, and the fraction does not count"
    )]
    let whole = number as i64;
    (number.is_finite() && whole > 0).then_some(whole)
}

/// Returns the scope: a string with spaces or commas, or a list of strings. An empty one is as good
/// as none.
fn scope(members: &Members) -> Option<String> {
    let is_separator = |c: char| c.is_whitespace() || c == ',';
    let texts: Vec<&str> = match members.get("scope")? {
        Value::String(text) => vec![text],
        Value::Array(values) => values.iter().filter_map(Value::as_str).collect(),
        _ => return None,
    };
    let tokens = texts.iter().flat_map(|text| text.split(is_separator));
    let tokens: Vec<_> = tokens.filter(|token| !token.is_empty()).collect();
    let scope = tokens
        .join(" ")
        // The scope is displayed, and PostgreSQL accepts no NUL.
        .replace(|c: char| !is_displayable(c), "");
    (!scope.is_empty() && scope.len() <= MAX_SCOPE).then_some(scope)
}

/// Logs the names of members that were sent but could not be used.
fn log_ignored(members: &Members, refresh_token: Option<&str>, scope: Option<&str>) {
    let lifetime_unread = ["expires_in", "expires"].into_iter().any(|name| {
        members
            .get(name)
            .is_some_and(|value| seconds(value).is_none())
    });
    let ignored = [
        ("expires_in", lifetime_unread),
        ("scope", scope.is_none() && has_value(members, "scope")),
        (
            "refresh_token",
            refresh_token.is_none() && has_value(members, "refresh_token"),
        ),
    ];
    for (member, _) in ignored.iter().filter(|(_, is_ignored)| *is_ignored) {
        tracing::debug!(member, "member of a token response ignored");
    }
}

fn has_value(members: &Members, name: &str) -> bool {
    !matches!(members.get(name), None | Some(Value::Null))
}
