//! What a token endpoint answers (RFC 6749 §5.1).

use domain::{Finding, FindingCode, UnixTime, untrusted::is_displayable};
use oauth2::{ExtraTokenFields, StandardTokenResponse, TokenResponse, basic::BasicTokenType};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::id_token::{self, Told};

/// What a provider may add to a token answer (`OpenID` Connect Core §3.1.3.3).
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Extra {
    #[serde(default)]
    id_token: Option<String>,
}

impl ExtraTokenFields for Extra {}

/// An answer as it came.
pub(crate) type Answer = StandardTokenResponse<Extra, BasicTokenType>;

/// The tokens of an answer.
#[derive(Debug)]
pub(crate) struct Tokens {
    pub(crate) access_token: SecretString,
    pub(crate) refresh_token: Option<SecretString>,
    /// Seconds from now.
    pub(crate) expires_in: i64,
    /// What was granted; an answer that does not say granted what was asked (RFC 6749 §5.1).
    pub(crate) scope: Option<String>,
    /// Who signed in, when the provider tells.
    pub(crate) account: Told,
}

/// Why there are no tokens.
#[derive(Debug)]
pub(crate) struct TokenFailure {
    pub(crate) finding: Finding,
    /// The grant is over.
    pub(crate) ends_grant: bool,
}

/// A provider's access tokens last an hour; one that does not say (RFC 6749 §5.1 only recommends
/// it) is asked again after half of that.
const EXPIRES_IN_UNSAID: i64 = 1_800;
/// Longest list of granted scopes that is kept: bytes.
const SCOPE_AT_MOST: usize = 8_192;

/// What an answer to this client gives now, unless it cannot be used.
pub(crate) fn tokens(
    answer: &Answer,
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
        // An empty one would take the place of the one that is held.
        None | Some("") => None,
        Some(text) => Some(token(text).ok_or_else(unreadable)?),
    };
    let scope = answer.scopes().map(|scopes| {
        scopes
            .iter()
            .map(|scope| scope.as_str())
            .collect::<Vec<_>>()
            .join(" ")
            // It is displayed, and PostgreSQL takes no NUL.
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
        account: id_token.map_or(Told::Nothing, |token| {
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

/// RFC 6749 §A.12 and §A.17: visible ASCII and spaces. Anything else could end a SASL message or a header.
fn token(text: &str) -> Option<SecretString> {
    let good = !text.is_empty() && text.bytes().all(|b| (b' '..=b'~').contains(&b));
    good.then(|| text.into())
}
