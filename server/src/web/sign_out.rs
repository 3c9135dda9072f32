//! `POST /logout`: signs out.

use app::request::context::RequestInfo;
use axum::{
    Extension,
    extract::State,
    http::{HeaderName, HeaderValue},
    response::Response,
};

use super::{Web, forms, session::unavailable};

const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");
/// Not `"cookies"`, because the device cookie must stay.
const CACHE_AND_STORAGE: HeaderValue = HeaderValue::from_static("\"cache\", \"storage\"");

/// Ends the session on the server and deletes its cookie.
pub async fn post(State(web): State<Web>, Extension(info): Extension<RequestInfo>) -> Response {
    if let Some(signed_in) = &info.signed_in {
        let address = &info.actor.address;
        if let Err(error) = web.access.sign_out(signed_in, address).await {
            return unavailable(&error);
        }
    }
    let mut response = forms::sign_in_without_session(&web);
    response
        .headers_mut()
        .insert(CLEAR_SITE_DATA, CACHE_AND_STORAGE);
    response
}
