//! Successful responses of token endpoints (RFC 6749 §5.1).

use std::fmt;

use domain::UnixTime;
use oauth2::{ExtraTokenFields, StandardTokenResponse, TokenResponse as _, basic::BasicTokenType};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::id_token::{self, SignedIn};

/// A token response of OAuth 2.0 or OpenID Connect.
pub(crate) type TokenResponse = StandardTokenResponse<OpenIdFields, BasicTokenType>;

/// The members that OpenID Connect adds to a token response (OpenID Connect Core §3.1.3.3).
#[derive(Serialize, Deserialize)]
pub(crate) struct OpenIdFields {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id_token: Option<String>,
}

impl ExtraTokenFields for OpenIdFields {}

impl fmt::Debug for OpenIdFields {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The token says who signed in.
        formatter
            .debug_struct("OpenIdFields")
            .finish_non_exhaustive()
    }
}

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

/// Returns the tokens of a response to this client.
pub(crate) fn tokens(response: &TokenResponse, client_id: &str, now: UnixTime) -> Tokens {
    let expires_in = response.expires_in().map_or(EXPIRES_IN_UNSAID, |lifetime| {
        i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX)
    });
    let scope = response.scopes().map(|scopes| {
        let scopes: Vec<&str> = scopes.iter().map(|scope| scope.as_str()).collect();
        scopes.join(" ")
    });
    let id_token = response.extra_fields().id_token.as_deref();
    Tokens {
        access_token: response.access_token().secret().as_str().into(),
        refresh_token: response
            .refresh_token()
            .map(|token| token.secret().as_str().into()),
        expires_in,
        scope,
        account: id_token.map_or(SignedIn::Nothing, |token| {
            id_token::account(token, client_id, now)
        }),
    }
}
