//! Token endpoint (RFC 6749 §4.1.3, §5, §6) and its faults.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::rejection::FormRejection;
use axum::extract::{Extension, Form, State};
use axum::http::header::{CACHE_CONTROL, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::client::{self, Client};
use super::id_token;
use super::odd::odd_answer;
use crate::clock;
use crate::connection::Connection;
use crate::faults::Faults;
use crate::grants::{InvalidGrant, Issued, Issuing};
use crate::record::{ClientAuthentication, TokenRequest};
use crate::state;

type Parameters = HashMap<String, String>;

pub(crate) async fn token(
    State(state): State<Arc<state::State>>,
    Extension(connection): Extension<Connection>,
    headers: HeaderMap,
    Form(form): Form<Parameters>,
) -> Response {
    let faults = state.faults();
    let client = client::authenticate(&headers, &form, &faults);
    let record = |outcome: &str, account: Option<String>| {
        record(&state, &form, client.way, outcome, account);
    };
    if faults.token_silent {
        record("silent", None);
        std::future::pending::<()>().await;
    }
    if faults.token_cut {
        record("cut", None);
        return connection.cut().await;
    }
    if let Some(odd) = odd_answer(&faults) {
        record(odd.0, None);
        return odd.1;
    }
    let (outcome, account, answer) = process(&state, &faults, &client, &form);
    record(&outcome, account);
    if faults.token_delay_ms > 0 {
        tokio::time::sleep(Duration::from_millis(faults.token_delay_ms)).await;
    }
    if state.lock().take_lost_answer() {
        return connection.cut().await;
    }
    answer
}

/// Handles requests that followed `token_redirect` with their secrets, and records them.
pub(crate) async fn elsewhere(
    State(state): State<Arc<state::State>>,
    headers: HeaderMap,
    form: Result<Form<Parameters>, FormRejection>,
) -> Response {
    let form = form.map(|Form(form)| form).unwrap_or_default();
    let client = client::authenticate(&headers, &form, &state.faults());
    record(&state, &form, client.way, "followed_redirect", None);
    error(StatusCode::BAD_REQUEST, "invalid_request", "Not here.")
}

fn record(
    state: &state::State,
    form: &Parameters,
    client_authentication: ClientAuthentication,
    outcome: &str,
    account: Option<String>,
) {
    state.lock().token_requests.push(TokenRequest {
        at: clock::unix_seconds(),
        grant_type: form.get("grant_type").cloned().unwrap_or_default(),
        outcome: outcome.to_owned(),
        client_authentication,
        account,
    });
}

/// Processes a request. Returns the outcome for the record, the account of the tokens, and the
/// response.
fn process(
    state: &state::State,
    faults: &Faults,
    client: &Client,
    form: &Parameters,
) -> (String, Option<String>, Response) {
    let mut inner = state.lock();
    if let Some(fault) = inner.take_token_error() {
        let status = StatusCode::from_u16(fault.status).unwrap_or(StatusCode::BAD_REQUEST);
        let mut body = json!({"error": fault.error});
        if let (Some(text), Value::Object(fields)) = (fault.error_description, &mut body) {
            fields.insert("error_description".to_owned(), text.into());
        }
        let mut answer = json_answer(status, &body);
        let wait = fault.retry_after.and_then(|wait| wait.parse().ok());
        if let Some(wait) = wait {
            answer.headers_mut().insert(RETRY_AFTER, wait);
        }
        return (fault.error, None, answer);
    }
    if !client.accepted {
        return ("invalid_client".to_owned(), None, invalid_client(client));
    }
    let issuing = Issuing {
        lifetime: Duration::from_secs(faults.access_token_lifetime_seconds),
        length: faults.access_token_length,
        refresh_token: faults.issue_refresh_token,
        rotate: faults.rotate_refresh_token,
        scope: faults.granted_scope.clone(),
    };
    let get = |name: &str| form.get(name).map(String::as_str);
    let refused = |code: &str, text: &str| {
        let answer = error(StatusCode::BAD_REQUEST, code, text);
        (code.to_owned(), None, answer)
    };
    let result = match get("grant_type") {
        Some("authorization_code") => {
            let (Some(code), Some(redirect_uri)) = (get("code"), get("redirect_uri")) else {
                return refused("invalid_request", "code or redirect_uri is missing.");
            };
            let verifier = get("code_verifier");
            inner
                .grants
                .redeem_code(code, redirect_uri, verifier, &issuing)
        }
        Some("refresh_token") => {
            let Some(refresh_token) = get("refresh_token") else {
                return refused("invalid_request", "refresh_token is missing.");
            };
            inner.grants.refresh(refresh_token, &issuing)
        }
        Some(_) => return refused("unsupported_grant_type", "Not supported."),
        None => return refused("invalid_request", "grant_type is missing."),
    };
    match result {
        Ok(issued) => {
            let answer = tokens(state, faults, &issued);
            ("issued".to_owned(), Some(issued.account), answer)
        }
        Err(InvalidGrant(text)) => refused("invalid_grant", text),
    }
}

/// Returns a successful response (RFC 6749 §5.1).
fn tokens(state: &state::State, faults: &Faults, issued: &Issued) -> Response {
    let mut body = json!({
        "access_token": issued.access_token,
        "token_type": faults.token_type,
        "expires_in": faults.access_token_lifetime_seconds,
        "scope": issued.scope,
    });
    let openid = issued.scope.split(' ').any(|scope| scope == "openid");
    if let Value::Object(fields) = &mut body {
        if let Some(token) = &issued.refresh_token {
            fields.insert("refresh_token".to_owned(), token.clone().into());
        }
        if (openid || faults.account_in_id_token) && !faults.account_in_userinfo {
            let token = id_token::make(&state.descriptor.issuer, &issued.account);
            fields.insert("id_token".to_owned(), token.into());
        }
    }
    json_answer(StatusCode::OK, &body)
}

/// Returns 401 (RFC 6749 §5.2). The response names the scheme if the client used one.
pub(crate) fn invalid_client(client: &Client) -> Response {
    let mut answer = error(
        StatusCode::UNAUTHORIZED,
        "invalid_client",
        "The client could not be authenticated.",
    );
    if client.way == ClientAuthentication::Basic
        && let Ok(value) = "Basic realm=\"sandbox\"".parse()
    {
        answer.headers_mut().insert(WWW_AUTHENTICATE, value);
    }
    answer
}

fn error(status: StatusCode, code: &str, description: &str) -> Response {
    json_answer(
        status,
        &json!({"error": code, "error_description": description}),
    )
}

fn json_answer(status: StatusCode, body: &Value) -> Response {
    (status, [(CACHE_CONTROL, "no-store")], Json(body)).into_response()
}
