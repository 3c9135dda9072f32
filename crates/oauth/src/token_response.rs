//! Successful responses of token endpoints (RFC 6749 §5.1), read as clients in the field do. A
//! member that cannot be understood counts as missing; only the access token is required.

use domain::{Finding, FindingCode, UnixTime, untrusted::is_displayable};
use secrecy::SecretString;
use serde_json::Value;

use crate::{
    failure::TokenFailure,
    id_token::{self, SignedIn},
    rejection::other_members,
    response::{Members, Received},
};

/// The tokens of a response.
#[derive(Debug)]
pub struct Tokens {
    /// The access token.
    pub access_token: SecretString,
    /// The refresh token, if there is one.
    pub refresh_token: Option<SecretString>,
    /// The remaining lifetime, in seconds.
    pub expires_in: i64,
    /// The granted scope, with single spaces between its tokens. A response without it granted the
    /// requested scope (RFC 6749 §5.1).
    pub scope: Option<String>,
    /// The account that signed in, if the provider names it.
    pub account: SignedIn,
}

/// Lifetime of a token without a usable `expires_in`, in seconds. RFC 6749 §5.1 only recommends the
/// member, and some providers send 0 for tokens that do not expire. Access tokens usually last an
/// hour; half of that is safe.
const EXPIRES_IN_UNSAID: i64 = 1_800;
/// Longest list of granted scopes that is kept, in bytes.
const MAX_SCOPE: usize = 8_192;

/// Returns the tokens of a response to this client.
///
/// # Errors
/// If the response cannot be used.
pub(crate) fn tokens(
    received: &Received,
    client_id: &str,
    now: UnixTime,
) -> Result<Tokens, TokenFailure> {
    let unreadable = |text: &str| {
        let finding = Finding::new(FindingCode::TokenAnswerUnreadable);
        TokenFailure::from(finding.saying(received.said(text)))
    };
    let members = received
        .members
        .as_ref()
        .ok_or_else(|| unreadable(&received.text))?;
    let Some(access_token) = received.string("access_token") else {
        return Err(unreadable(&other_members(members)));
    };
    if let Some(kind) = received.string("token_type")
        && !is_bearer(kind)
    {
        let finding = Finding::new(FindingCode::TokenTypeUnknown);
        return Err(finding.saying(received.said(kind)).into());
    }
    let unusable = || unreadable("");
    let refresh_token = match members.get("refresh_token") {
        Some(Value::String(text)) if !text.is_empty() => Some(token(text).ok_or_else(unusable)?),
        // An empty refresh token would replace the stored one.
        _ => None,
    };
    let id_token = received.string("id_token");
    let tokens = Tokens {
        access_token: token(access_token).ok_or_else(unusable)?,
        refresh_token,
        expires_in: expires_in(members, now).unwrap_or(EXPIRES_IN_UNSAID),
        scope: scope(members),
        account: id_token.map_or(SignedIn::Nothing, |token| {
            id_token::account(token, client_id, now)
        }),
    };
    log_ignored(members, &tokens);
    Ok(tokens)
}

/// Returns true for a type that means Bearer (RFC 6750). Apigee calls it `BearerToken`.
fn is_bearer(kind: &str) -> bool {
    let kind = kind.trim();
    kind.is_empty()
        || kind.eq_ignore_ascii_case("Bearer")
        || kind.eq_ignore_ascii_case("BearerToken")
}

/// Returns the lifetime: `expires_in` as a number or a string, with or without a fraction, or else
/// the time of the expiry that some providers send in addition or instead.
fn expires_in(members: &Members, now: UnixTime) -> Option<i64> {
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
fn log_ignored(members: &Members, tokens: &Tokens) {
    let lifetime_unread = ["expires_in", "expires"].into_iter().any(|name| {
        members
            .get(name)
            .is_some_and(|value| seconds(value).is_none())
    });
    let ignored = [
        ("expires_in", lifetime_unread),
        (
            "scope",
            tokens.scope.is_none() && has_value(members, "scope"),
        ),
        (
            "refresh_token",
            tokens.refresh_token.is_none() && has_value(members, "refresh_token"),
        ),
    ];
    for (member, _) in ignored.iter().filter(|(_, is_ignored)| *is_ignored) {
        tracing::debug!(member, "member of a token response ignored");
    }
}

fn has_value(members: &Members, name: &str) -> bool {
    !matches!(members.get(name), None | Some(Value::Null))
}

/// Accepts visible ASCII and spaces (RFC 6749 §A.12, §A.17). Other characters could end a SASL
/// message or a header.
fn token(text: &str) -> Option<SecretString> {
    let good = !text.is_empty() && text.bytes().all(|b| (b' '..=b'~').contains(&b));
    good.then(|| text.into())
}
