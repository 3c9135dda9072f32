//! OAuth 2.0 as a client (RFC 6749), with PKCE (RFC 7636).

use std::pin::Pin;

use decode::{self, TokenRequest};
use domain::{
    Finding, FindingCode, OAuthClient, ProviderFamily, Scope, UnixTime, finding::FindingValue,
    url::host_and_port,
};
use net::{HttpClient, HttpError, Redactor};
use oauth2::{
    AsyncHttpClient, AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken,
    EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, PkceCodeChallenge, PkceCodeVerifier,
    RedirectUrl, RefreshToken, RequestTokenError, TokenUrl,
    basic::{BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse},
};
use secrecy::{ExposeSecret, SecretString};

use crate::token_response::{TokenFailure, TokenResponse, Tokens, tokens};

type LibraryClient = oauth2::Client<
    BasicErrorResponse,
    TokenResponse,
    BasicTokenIntrospectionResponse,
    oauth2::StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;
type Failure = RequestTokenError<HttpError, BasicErrorResponse>;

/// The HTTP client as the OAuth library expects it.
struct TokenHttp<'a>(&'a HttpClient);

impl<'c> AsyncHttpClient<'c> for TokenHttp<'_> {
    type Error = HttpError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.0.send(request))
    }
}

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

    /// Creates the library's client. Returns `None` if the `url` crate rejects a URL that
    /// [`EndpointUrl`](domain::EndpointUrl) accepts.
    fn client(&self, auth_type: AuthType) -> Option<LibraryClient> {
        let settings = self.settings;
        Some(
            oauth2::Client::new(ClientId::new(settings.client_id.clone()))
                .set_client_secret(ClientSecret::new(
                    settings.client_secret.expose_secret().to_owned(),
                ))
                .set_auth_uri(AuthUrl::new(settings.authorization_endpoint.to_string()).ok()?)
                .set_token_uri(TokenUrl::new(settings.token_endpoint.to_string()).ok()?)
                .set_redirect_uri(RedirectUrl::new(settings.redirect_url.to_string()).ok()?)
                .set_auth_type(auth_type),
        )
    }

    /// Returns the URL where the administrator signs in, and the PKCE verifier to keep until the
    /// callback. Returns `None` if a URL of the settings cannot be used.
    pub fn authorization_url(
        &self,
        state: &SecretString,
        username: &str,
    ) -> Option<(String, SecretString)> {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let client = self.client(AuthType::BasicAuth)?;
        let mut request = client
            .authorize_url(|| CsrfToken::new(state.expose_secret().to_owned()))
            .set_pkce_challenge(challenge)
            .add_extra_param("login_hint", username);
        for token in self.settings.scope.tokens() {
            request = request.add_scope(oauth2::Scope::new(token.to_owned()));
        }
        for (name, value) in extra_parameters(self.settings) {
            request = request.add_extra_param(*name, *value);
        }
        let (url, _) = request.url();
        Some((url.to_string(), verifier.secret().as_str().into()))
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

    /// Sends the client's credentials in the header, and in the body if the server rejects that.
    async fn ask(&self, sent: &Sent<'_>) -> Result<Tokens, TokenFailure> {
        let http = TokenHttp(self.http);
        let mut answer = Err(Self::unusable());
        for auth_type in [AuthType::BasicAuth, AuthType::RequestBody] {
            let Some(client) = self.client(auth_type) else {
                break;
            };
            let owned = |secret: &SecretString| secret.expose_secret().to_owned();
            let result = match sent {
                Sent::Code { code, verifier } => {
                    client
                        .exchange_code(AuthorizationCode::new(owned(code)))
                        .set_pkce_verifier(PkceCodeVerifier::new(owned(verifier)))
                        .request_async(&http)
                        .await
                }
                Sent::Refresh { token, .. } => {
                    client
                        .exchange_refresh_token(&RefreshToken::new(owned(token)))
                        .request_async(&http)
                        .await
                }
            };
            let again = result.as_ref().is_err_and(is_client_refusal);
            answer = self.decode(sent, result);
            if !again {
                break;
            }
        }
        answer
    }

    fn unusable() -> TokenFailure {
        let finding = Finding::new(FindingCode::TokenEndpointUnreachable);
        TokenFailure {
            finding,
            ends_grant: false,
        }
    }

    fn decode(
        &self,
        sent: &Sent<'_>,
        result: Result<TokenResponse, Failure>,
    ) -> Result<Tokens, TokenFailure> {
        let failure = match result {
            Ok(answer) => return tokens(&answer, &self.settings.client_id, self.now),
            Err(failure) => failure,
        };
        let mut redactor = Redactor::default();
        redactor.add(&self.settings.client_secret);
        let request = match *sent {
            Sent::Code { code, verifier } => {
                redactor.add(code);
                redactor.add(verifier);
                TokenRequest::Code
            }
            Sent::Refresh { token, testing } => {
                redactor.add(token);
                TokenRequest::Refresh { testing }
            }
        };
        Err(match failure {
            RequestTokenError::ServerResponse(answer) => {
                let error = answer.error().as_ref();
                let description = answer.error_description().map_or("", String::as_str);
                let said = redactor.clean(&format!("{error}: {description}"));
                let code = decode::token_error(request, error, description);
                let secret = self.settings.client_secret.expose_secret();
                let code = decode::of_secret(code, description, secret);
                TokenFailure {
                    finding: Finding::new(code).saying(said.trim_end_matches(": ")),
                    ends_grant: decode::ends_grant(error),
                }
            }
            RequestTokenError::Request(error) => TokenFailure {
                finding: match host_and_port(self.settings.token_endpoint.as_str()) {
                    Some((host, port)) => token_endpoint_finding(&error)
                        .with(FindingValue::Server, format!("{host}:{port}")),
                    None => token_endpoint_finding(&error),
                },
                ends_grant: false,
            },
            RequestTokenError::Parse(..) | RequestTokenError::Other(_) => TokenFailure {
                finding: FindingCode::TokenAnswerUnreadable.into(),
                ends_grant: false,
            },
        })
    }
}

/// Returns the finding about a token endpoint that sent no response.
pub fn token_endpoint_finding(error: &HttpError) -> Finding {
    if let Some(addresses) = error.denied_addresses() {
        return Finding::new(FindingCode::AddressDenied)
            .with(FindingValue::Address, net::address_list(addresses));
    }
    Finding::new(match error {
        error if error.is_timeout() => FindingCode::TokenEndpointTimeout,
        error if error.is_certificate() => FindingCode::TokenEndpointCertificate,
        HttpError::Plaintext => FindingCode::CredentialInPlaintext,
        HttpError::Status(429 | 500..) => FindingCode::ProviderUnavailable,
        HttpError::Status(_) => FindingCode::TokenAnswerUnreadable,
        error if error.is_unreadable() => FindingCode::TokenAnswerUnreadable,
        _ => FindingCode::TokenEndpointUnreachable,
    })
}

/// Returns true if the server rejected the client. RFC 6749 §2.3.1 lets a server accept the
/// client's credentials in the header or in the body. A server that rejects the header returns
/// `invalid_client` and leaves the code or refresh token unused.
fn is_client_refusal(failure: &Failure) -> bool {
    matches!(failure, RequestTokenError::ServerResponse(answer) if answer.error().as_ref() == "invalid_client")
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
