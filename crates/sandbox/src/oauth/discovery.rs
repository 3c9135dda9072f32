//! Discovery (RFC 8414, `OpenID` Connect Discovery 1.0).

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::state;

pub(crate) async fn show(
    State(state): State<Arc<state::State>>,
) -> Result<Json<Value>, StatusCode> {
    let faults = state.faults();
    if faults.no_metadata {
        return Err(StatusCode::NOT_FOUND);
    }
    let mut methods = Vec::new();
    if faults.accept_basic_client_authentication {
        methods.push("client_secret_basic");
    }
    if faults.accept_post_client_authentication {
        methods.push("client_secret_post");
    }
    let descriptor = &state.descriptor;
    let mut metadata = json!({
        "issuer": descriptor.issuer,
        "authorization_endpoint": descriptor.authorization_endpoint,
        "token_endpoint": descriptor.token_endpoint,
        "revocation_endpoint": descriptor.revocation_endpoint,
        "scopes_supported": descriptor.scope.split(' ').collect::<Vec<_>>(),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": methods,
        "revocation_endpoint_auth_methods_supported": methods,
        "authorization_response_iss_parameter_supported": faults.send_iss,
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
    });
    if faults.account_in_userinfo {
        metadata["userinfo_endpoint"] = format!("{}/userinfo", descriptor.issuer).into();
    }
    Ok(Json(metadata))
}
