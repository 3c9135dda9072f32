//! Revocation (RFC 7009).

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Form, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};

use super::client;
use super::token::invalid_client;
use crate::state;

pub(crate) async fn revoke(
    State(state): State<Arc<state::State>>,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Response {
    let client = client::authenticate(&headers, &form, &state.faults());
    if !client.accepted {
        return invalid_client(&client);
    }
    if let Some(token) = form.get("token") {
        state.lock().grants.revoke(token);
    }
    StatusCode::OK.into_response()
}
