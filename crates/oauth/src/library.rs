//! The OAuth library's client for our settings.

use domain::OAuthClient;
use oauth2::{
    AuthUrl, ClientId, ClientSecret, EndpointNotSet, EndpointSet, RedirectUrl, TokenUrl,
    basic::{BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse},
};
use secrecy::{ExposeSecret, SecretString};

use crate::token_response::TokenResponse;

/// A client with endpoints for authorizations and tokens.
pub(crate) type LibraryClient = oauth2::Client<
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

/// Creates a client. Returns `None` if the `url` crate rejects a URL that
/// [`EndpointUrl`](domain::EndpointUrl) accepts.
pub(crate) fn library_client(settings: &OAuthClient<SecretString>) -> Option<LibraryClient> {
    let client = oauth2::Client::new(ClientId::new(settings.client_id.clone()))
        .set_client_secret(ClientSecret::new(exposed(&settings.client_secret)))
        .set_auth_uri(AuthUrl::new(settings.authorization_endpoint.to_string()).ok()?)
        .set_token_uri(TokenUrl::new(settings.token_endpoint.to_string()).ok()?)
        .set_redirect_uri(RedirectUrl::new(settings.redirect_url.to_string()).ok()?);
    Some(client)
}

/// Returns a secret as the library takes it.
pub(crate) fn exposed(secret: &SecretString) -> String {
    secret.expose_secret().to_owned()
}
