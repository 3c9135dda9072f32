//! Requests to a token endpoint (RFC 6749 §3.2).

use base64::{Engine as _, prelude::BASE64_STANDARD};
use domain::OAuthClient;
use http::{
    HeaderValue, Request,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE},
};
use secrecy::{ExposeSecret, SecretString};

/// The parameters of a request.
pub(crate) type Parameters<'a> = Vec<(&'a str, &'a str)>;

/// The place of the client's credentials (RFC 6749 §2.3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ClientAuthentication {
    /// `Authorization: Basic`.
    Header,
    /// `client_id` and `client_secret` in the body.
    Body,
}

/// Builds a request. The client's ID is only sent together with its secret, because some servers
/// reject a request that identifies the client twice.
///
/// # Errors
/// If the endpoint is not a URL.
pub(crate) fn token_request(
    client: &OAuthClient<SecretString>,
    authentication: ClientAuthentication,
    parameters: &[(&str, &str)],
) -> Result<Request<Vec<u8>>, http::Error> {
    let (id, secret) = (&*client.client_id, client.client_secret.expose_secret());
    let mut body = form_urlencoded::Serializer::new(String::new());
    let mut request = Request::post(client.token_endpoint.as_str())
        .header(ACCEPT, "application/json")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    match authentication {
        ClientAuthentication::Header => {
            let credentials = [encoded(id), encoded(secret)].join(":");
            let basic = format!("Basic {}", BASE64_STANDARD.encode(credentials));
            let mut basic = HeaderValue::try_from(basic)?;
            basic.set_sensitive(true);
            request = request.header(AUTHORIZATION, basic);
        }
        ClientAuthentication::Body => {
            body.append_pair("client_id", id);
            body.append_pair("client_secret", secret);
        }
    }
    body.extend_pairs(parameters);
    request.body(body.finish().into_bytes())
}

/// Encodes a part of the credentials (RFC 6749 §2.3.1: form-encoded before base64).
fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
