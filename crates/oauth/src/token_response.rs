//! Responses of token endpoints (RFC 6749 §5.1).

use domain::{Finding, FindingCode, UnixTime, untrusted::is_displayable};
use oauth2::{ExtraTokenFields, StandardTokenResponse, TokenResponse as _, basic::BasicTokenType};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::id_token::{self, SignedIn};

/// The fields that OpenID Connect adds to a token response (OpenID Connect Core §3.1.3.3).
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Extra {
    #[serde(default)]
    id_token: Option<String>,
}

impl ExtraTokenFields for Extra {}

/// A token response as it was received.
pub type TokenResponse = StandardTokenResponse<Extra, BasicTokenType>;

/// The tokens of a response.
#[derive(Debug)]
pub struct Tokens {
    /// The access token.
    pub access_token: SecretString,
    /// The refresh token, if there is one.
    pub refresh_token: Option<SecretString>,
    /// The remaining lifetime, in seconds.
    pub expires_in: i64,
    /// The granted scope. A response without it granted the requested scope (RFC 6749 §5.1).
    pub scope: Option<String>,
    /// The account that signed in, if the provider names it.
    pub account: SignedIn,
}

/// The reason why there are no tokens.
#[derive(Debug)]
pub struct TokenFailure {
    /// The reason.
    pub finding: Finding,
    /// True if the grant has ended.
    pub ends_grant: bool,
}

/// Lifetime of a token without `expires_in`, in seconds. RFC 6749 §5.1 only recommends the field.
/// Access tokens usually last an hour; half of that is safe.
const EXPIRES_IN_UNSAID: i64 = 1_800;
/// Longest list of granted scopes that is kept, in bytes.
const SCOPE_AT_MOST: usize = 8_192;

/// Returns the tokens of a response to this client.
///
/// # Errors
/// If the response cannot be used.
pub fn tokens(
    answer: &TokenResponse,
    client_id: &str,
    now: UnixTime,
) -> Result<Tokens, TokenFailure> {
    if *answer.token_type() != BasicTokenType::Bearer {
        let finding = Finding::new(FindingCode::TokenTypeUnknown);
        return Err(refused(finding.saying(answer.token_type().as_ref())));
    }
    let unreadable = || refused(FindingCode::TokenAnswerUnreadable.into());
    let expires_in = answer.expires_in().map_or(EXPIRES_IN_UNSAID, |duration| {
        i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
    });
    let access_token = token(answer.access_token().secret()).ok_or_else(unreadable)?;
    let refresh_token = match answer.refresh_token().map(|token| token.secret().as_str()) {
        // An empty refresh token would replace the stored one.
        None | Some("") => None,
        Some(text) => Some(token(text).ok_or_else(unreadable)?),
    };
    let scope = answer.scopes().map(|scopes| {
        scopes
            .iter()
            .map(|scope| scope.as_str())
            .collect::<Vec<_>>()
            .join(" ")
            // The scope is displayed, and PostgreSQL accepts no NUL.
            .replace(|c: char| !is_displayable(c), "")
    });
    if scope
        .as_ref()
        .is_some_and(|scope| scope.len() > SCOPE_AT_MOST)
    {
        return Err(unreadable());
    }
    let id_token = answer.extra_fields().id_token.as_deref();
    Ok(Tokens {
        access_token,
        refresh_token,
        expires_in,
        scope,
        account: id_token.map_or(SignedIn::Nothing, |token| {
            id_token::account(token, client_id, now)
        }),
    })
}

fn refused(finding: Finding) -> TokenFailure {
    TokenFailure {
        finding,
        ends_grant: false,
    }
}

/// Accepts visible ASCII and spaces (RFC 6749 §A.12, §A.17). Other characters could end a SASL
/// message or a header.
fn token(text: &str) -> Option<SecretString> {
    let good = !text.is_empty() && text.bytes().all(|b| (b' '..=b'~').contains(&b));
    good.then(|| text.into())
}
