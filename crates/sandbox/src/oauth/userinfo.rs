//! `UserInfo` endpoint (`OpenID` Connect Core 1.0 §5.3).

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use crate::state;

/// Returns the account of the token, if the faults let this endpoint name it.
pub(crate) async fn show(
    State(state): State<Arc<state::State>>,
    headers: HeaderMap,
) -> Result<Json<Value>, StatusCode> {
    if !state.faults().account_in_userinfo {
        return Err(StatusCode::NOT_FOUND);
    }
    let token = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    let token = token.and_then(|value| value.strip_prefix("Bearer "));
    let inner = state.lock();
    let account = token.and_then(|token| inner.grants.account(token));
    let account = account.ok_or(StatusCode::UNAUTHORIZED)?;
    Ok(Json(json!({ "sub": account, "email": account })))
}
