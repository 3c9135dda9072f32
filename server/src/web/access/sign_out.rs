//! `POST /logout`

use axum::{
    http::{HeaderName, HeaderValue},
    response::Response,
};

use super::Asked;
use crate::web::session::unavailable;

const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");
/// Not the cookies: that of the device is to stay.
const KEPT_NO_LONGER: HeaderValue = HeaderValue::from_static("\"cache\", \"storage\"");

/// Ends the session, here and not only in the browser.
pub async fn post(asked: Asked) -> Response {
    if let Some(signed_in) = &asked.info.signed_in {
        let address = &asked.info.actor.address;
        if let Err(error) = asked.access().sign_out(signed_in, address).await {
            return unavailable(&error);
        }
    }
    let mut response = asked.end();
    response
        .headers_mut()
        .insert(CLEAR_SITE_DATA, KEPT_NO_LONGER);
    response
}
