//! OAuth 2.0 as a client (RFC 6749), with PKCE (RFC 7636).

use clock::random;
use decode::TokenRequest;
use domain::{
    Finding, FindingCode, OAuthClient, ProviderFamily, Scope, UnixTime, finding::FindingValue,
    url::host_and_port,
};
use net::{HttpClient, Redactor};
use oauth2::{
    AuthType, AuthorizationCode, CsrfToken, PkceCodeChallenge, PkceCodeVerifier, RefreshToken,
    RequestTokenError,
};
use secrecy::SecretString;

use crate::{
    failure::{TokenFailure, token_endpoint_finding},
    library::{exposed, library_client},
    token_endpoint::{Failure, TokenEndpoint},
    token_response::{Tokens, tokens},
};

/// A grant (RFC 6749 §1.3) that is exchanged for tokens.
enum Sent<'s> {
    Code {
        code: &'s SecretString,
        verifier: &'s SecretString,
    },
    Refresh {
        token: &'s SecretString,
        testing: bool,
    },
}

impl Sent<'_> {
    fn kind(&self) -> TokenRequest {
        match *self {
            Self::Code { .. } => TokenRequest::Code,
            Self::Refresh { testing, .. } => TokenRequest::Refresh { testing },
        }
    }
}

/// The requests of one OAuth client.
pub struct Client<'a> {
    settings: &'a OAuthClient<SecretString>,
    http: &'a HttpClient,
    now: UnixTime,
}

impl<'a> Client<'a> {
    /// Creates a client that uses `now` as the current time.
    pub fn new(
        settings: &'a OAuthClient<SecretString>,
        http: &'a HttpClient,
        now: UnixTime,
    ) -> Self {
        Self {
            settings,
            http,
            now,
        }
    }

    /// Returns the URL where the administrator signs in, and the PKCE verifier to keep until the
    /// callback. Returns `None` if a URL of the settings cannot be used.
    pub fn authorization_url(
        &self,
        state: &SecretString,
        username: &str,
    ) -> Option<(String, SecretString)> {
        // All secrets come from the operating system; the library has a generator of its own.
        let verifier = PkceCodeVerifier::new(random::token::<32>());
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&verifier);
        let client = library_client(self.settings)?;
        let scopes = self.settings.scope.tokens();
        let mut request = client
            .authorize_url(|| CsrfToken::new(exposed(state)))
            .set_pkce_challenge(challenge)
            .add_scopes(scopes.map(|token| oauth2::Scope::new(token.to_owned())))
            .add_extra_param("login_hint", username);
        for (name, value) in extra_parameters(self.settings) {
            request = request.add_extra_param(*name, *value);
        }
        let (url, _) = request.url();
        Some((url.into(), verifier.into_secret().into()))
    }

    /// Exchanges the code of a callback (RFC 6749 §4.1.3, RFC 7636 §4.5).
    ///
    /// # Errors
    /// The finding about the request, and whether it ends the grant.
    pub async fn exchange_code(
        &self,
        code: &SecretString,
        verifier: &SecretString,
    ) -> Result<Tokens, TokenFailure> {
        self.ask(&Sent::Code { code, verifier }).await
    }

    /// Uses a refresh token (RFC 6749 §6). `testing` is true if the authorization was made at
    /// Google six to eight days ago.
    ///
    /// # Errors
    /// The finding about the request, and whether it ends the grant.
    pub async fn refresh(
        &self,
        token: &SecretString,
        testing: bool,
    ) -> Result<Tokens, TokenFailure> {
        self.ask(&Sent::Refresh { token, testing }).await
    }

    /// Sends the client's credentials in the header, and in the body if the rejection may be about
    /// the header (RFC 6749 §2.3.1 lets a server accept either). Servers that read the body only
    /// answer with any error: an unknown client, a missing parameter, or a code of another client.
    /// A rejected request leaves the code or refresh token unused.
    async fn ask(&self, sent: &Sent<'_>) -> Result<Tokens, TokenFailure> {
        let first = match self.send(sent, AuthType::BasicAuth).await {
            Err(Failure::Rejected(first)) if first.may_be_about_the_header() => first,
            outcome => return self.outcome(sent, outcome),
        };
        match self.send(sent, AuthType::RequestBody).await {
            Ok(tokens) => Ok(tokens),
            Err(Failure::Rejected(second)) if second.explains_more_than(&first) => {
                self.outcome(sent, Err(Failure::Rejected(second)))
            }
            Err(_) => self.outcome(sent, Err(Failure::Rejected(first))),
        }
    }

    async fn send(&self, sent: &Sent<'_>, auth_type: AuthType) -> Result<Tokens, Failure> {
        let client = library_client(self.settings).ok_or(Failure::NoRequest)?;
        let client = client.set_auth_type(auth_type);
        let endpoint = TokenEndpoint {
            http: self.http,
            now: self.now,
        };
        let response = match sent {
            Sent::Code { code, verifier } => {
                client
                    .exchange_code(AuthorizationCode::new(exposed(code)))
                    .set_pkce_verifier(PkceCodeVerifier::new(exposed(verifier)))
                    .request_async(&endpoint)
                    .await
            }
            Sent::Refresh { token, .. } => {
                client
                    .exchange_refresh_token(&RefreshToken::new(exposed(token)))
                    .request_async(&endpoint)
                    .await
            }
        };
        match response {
            Ok(response) => Ok(tokens(&response, &self.settings.client_id, self.now)),
            Err(RequestTokenError::Request(failure)) => Err(failure),
            Err(RequestTokenError::Other(_)) => Err(Failure::NoRequest),
            Err(RequestTokenError::ServerResponse(_) | RequestTokenError::Parse(..)) => {
                let finding = Finding::new(FindingCode::TokenAnswerUnreadable);
                Err(Failure::Unusable(finding.into()))
            }
        }
    }

    fn outcome(
        &self,
        sent: &Sent<'_>,
        outcome: Result<Tokens, Failure>,
    ) -> Result<Tokens, TokenFailure> {
        let secret = &self.settings.client_secret;
        outcome.map_err(|failure| match failure {
            Failure::Rejected(rejection) => {
                rejection.failure(sent.kind(), secret, &self.redactor(sent))
            }
            Failure::Unusable(mut failure) => {
                let said = failure.finding.said.take();
                failure.finding = match said {
                    Some(said) => failure.finding.saying(self.redactor(sent).clean(&said)),
                    None => failure.finding,
                };
                failure
            }
            Failure::NoRequest => {
                self.naming_server(Finding::new(FindingCode::TokenEndpointUnreachable))
            }
            Failure::NoResponse(error) => self.naming_server(token_endpoint_finding(&error)),
        })
    }

    fn naming_server(&self, finding: Finding) -> TokenFailure {
        match host_and_port(self.settings.token_endpoint.as_str()) {
            Some((host, port)) => finding.with(FindingValue::Server, format!("{host}:{port}")),
            None => finding,
        }
        .into()
    }

    /// Returns a redactor of the secrets that were sent, which a server may echo.
    fn redactor(&self, sent: &Sent<'_>) -> Redactor {
        let mut redactor = Redactor::default();
        redactor.add(&self.settings.client_secret);
        match sent {
            Sent::Code { code, verifier } => {
                redactor.add(code);
                redactor.add(verifier);
            }
            Sent::Refresh { token, .. } => redactor.add(token),
        }
        redactor
    }
}

/// Returns the parameters that a provider needs beyond the standard to give a refresh token and to
/// let the administrator choose the account.
fn extra_parameters(client: &OAuthClient<SecretString>) -> &'static [(&'static str, &'static str)] {
    match client.authorization_endpoint.family() {
        // Google issues a refresh token only for offline access, and a second one only with
        // consent.
        ProviderFamily::Google => &[("access_type", "offline"), ("prompt", "consent")],
        // `prompt=consent` would require an administrator's consent again in each tenant.
        ProviderFamily::Microsoft => &[("prompt", "select_account")],
        // OpenID Connect Core §11: offline access needs consent.
        ProviderFamily::Other if client.scope.contains("offline_access") => {
            &[("prompt", "consent")]
        }
        ProviderFamily::Other => &[],
    }
}

/// Returns the requested scopes that were not granted.
pub fn missing_scopes(requested: &Scope, tokens: &Tokens) -> Vec<String> {
    tokens
        .scope
        .as_deref()
        .map_or_else(Vec::new, |granted| requested.missing_from(granted))
}
