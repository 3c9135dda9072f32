//! Responses of the token endpoint that are not valid OAuth.

use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, LOCATION};
use axum::response::{IntoResponse as _, Response};

use crate::faults::Faults;

/// Returns the outcome for the record and the response, or `None` without such a fault.
pub(super) fn odd_answer(faults: &Faults) -> Option<(&'static str, Response)> {
    if faults.token_garbage {
        let page = "<!doctype html><title>Welcome</title><h1>Please sign in to the Wi-Fi</h1>";
        let answer = ([(CONTENT_TYPE, "text/html")], page).into_response();
        return Some(("garbage", answer));
    }
    if faults.token_huge {
        let body = format!("{{\"access_token\":\"{}\"}}", "A".repeat(10 * 1024 * 1024));
        let answer = ([(CONTENT_TYPE, "application/json")], body).into_response();
        return Some(("huge", answer));
    }
    if faults.token_redirect {
        let answer = (StatusCode::FOUND, [(LOCATION, "/token/elsewhere")]).into_response();
        return Some(("redirect", answer));
    }
    None
}
