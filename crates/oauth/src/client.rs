//! OAuth 2.0 as a client (RFC 6749), with PKCE (RFC 7636).

use clock::random;
use decode::TokenRequest;
use domain::{
    OAuthClient, ProviderFamily, Scope, UnixTime, finding::FindingValue, url::host_and_port,
};
use net::{HttpClient, HttpError, Redactor};
use secrecy::{ExposeSecret, SecretString};

use crate::{
    failure::{TokenFailure, token_endpoint_finding},
    rejection::Rejection,
    response::Received,
    token_request::{ClientAuthentication, Parameters, token_request},
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
    /// Returns the parameters of the request that do not identify the client.
    fn parameters<'a>(&'a self, client: &'a OAuthClient<SecretString>) -> Parameters<'a> {
        match self {
            Self::Code { code, verifier } => vec![
                ("grant_type", "authorization_code"),
                ("code", code.expose_secret()),
                ("code_verifier", verifier.expose_secret()),
                ("redirect_uri", client.redirect_url.as_str()),
            ],
            Self::Refresh { token, .. } => vec![
                ("grant_type", "refresh_token"),
                ("refresh_token", token.expose_secret()),
            ],
        }
    }

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
    /// callback. Returns `None` if the `url` crate rejects a URL that
    /// [`EndpointUrl`](domain::EndpointUrl) accepts.
    pub fn authorization_url(
        &self,
        state: &SecretString,
        username: &str,
    ) -> Option<(String, SecretString)> {
        let settings = self.settings;
        let verifier = random::token::<32>();
        let mut url = reqwest::Url::parse(settings.authorization_endpoint.as_str()).ok()?;
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &settings.client_id)
            .append_pair("state", state.expose_secret())
            // The challenge is the SHA-256 of the verifier as base64url (RFC 7636 §4.2).
            .append_pair("code_challenge", &random::hash(&verifier))
            .append_pair("code_challenge_method", "S256")
            .append_pair("redirect_uri", settings.redirect_url.as_str())
            .append_pair("scope", settings.scope.as_str())
            .append_pair("login_hint", username)
            .extend_pairs(extra_parameters(settings));
        Some((url.into(), verifier.into()))
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
        let first = match self.send(sent, ClientAuthentication::Header).await {
            Err(Failure::Rejected(first)) if first.may_be_about_the_header() => first,
            outcome => return self.outcome(sent, outcome),
        };
        match self.send(sent, ClientAuthentication::Body).await {
            Ok(tokens) => Ok(tokens),
            Err(Failure::Rejected(second)) if second.explains_more_than(&first) => {
                self.outcome(sent, Err(Failure::Rejected(second)))
            }
            Err(_) => self.outcome(sent, Err(Failure::Rejected(first))),
        }
    }

    async fn send(
        &self,
        sent: &Sent<'_>,
        authentication: ClientAuthentication,
    ) -> Result<Tokens, Failure> {
        let client = self.settings;
        let request = token_request(client, authentication, &sent.parameters(client))
            .map_err(HttpError::from)?;
        let received = Received::new(self.http.send_any(request).await?, self.now);
        match Rejection::of(&received) {
            Some(rejection) => Err(Failure::Rejected(rejection)),
            None => tokens(&received, &client.client_id, self.now).map_err(Failure::Unusable),
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
            Failure::NoResponse(error) => {
                let finding = token_endpoint_finding(&error);
                match host_and_port(self.settings.token_endpoint.as_str()) {
                    Some((host, port)) => {
                        finding.with(FindingValue::Server, format!("{host}:{port}"))
                    }
                    None => finding,
                }
                .into()
            }
        })
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

/// The reason why a request gave no tokens.
enum Failure {
    /// The provider rejected the request.
    Rejected(Rejection),
    /// The response cannot be used.
    Unusable(TokenFailure),
    /// There is no response, or it could not be read.
    NoResponse(HttpError),
}

impl From<HttpError> for Failure {
    fn from(error: HttpError) -> Self {
        Self::NoResponse(error)
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
pub fn missing_scopes(asked: &Scope, tokens: &Tokens) -> Vec<String> {
    tokens
        .scope
        .as_deref()
        .map_or_else(Vec::new, |granted| asked.missing_from(granted))
}
