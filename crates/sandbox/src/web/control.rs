//! The control endpoint.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::descriptor::Descriptor;
use crate::faults::Faults;
use crate::scenario::{self, Scenario, merged};
use crate::state::{self, Inner};

type Shared = State<Arc<state::State>>;

pub(crate) async fn descriptor(State(state): Shared) -> Json<Descriptor> {
    Json(state.descriptor.clone())
}

pub(crate) async fn faults(State(state): Shared) -> Json<Faults> {
    Json(state.faults())
}

/// Merges (RFC 7396): what is left out stays, `null` sets back to the default.
pub(crate) async fn put_faults(
    State(state): Shared,
    Json(patch): Json<Value>,
) -> Result<Json<Faults>, (StatusCode, String)> {
    let mut inner = state.lock();
    let faults = merged(&inner.faults, &patch)
        .map_err(|error| (StatusCode::UNPROCESSABLE_ENTITY, error.to_string()))?;
    inner.faults = faults.clone();
    Ok(Json(faults))
}

/// Every scenario, for tests that walk through them.
pub(crate) async fn scenarios() -> Json<Vec<Scenario>> {
    Json(scenario::scenarios())
}

#[derive(Deserialize)]
pub(crate) struct ScenarioForm {
    name: String,
}

/// The form on the page: one scenario in place of all faults.
pub(crate) async fn scenario(
    State(state): Shared,
    Form(form): Form<ScenarioForm>,
) -> Result<Redirect, (StatusCode, &'static str)> {
    let faults = scenario::faults(&form.name).ok_or((StatusCode::NOT_FOUND, "no such scenario"))?;
    state.lock().faults = faults;
    Ok(Redirect::to("/"))
}

pub(crate) async fn log(State(state): Shared) -> Json<Value> {
    let inner = state.lock();
    Json(json!({
        "token_requests": inner.token_requests,
        "auth_attempts": inner.auth_attempts,
        "imap_commands": inner.imap_commands,
    }))
}

pub(crate) async fn reset(State(state): Shared) -> impl IntoResponse {
    *state.lock() = Inner::default();
    Redirect::to("/")
}

pub(crate) async fn revoke(State(state): Shared) -> impl IntoResponse {
    state.lock().grants.revoke_all();
    Redirect::to("/")
}

pub(crate) async fn expire(State(state): Shared) -> impl IntoResponse {
    state.lock().grants.expire_access_tokens();
    Redirect::to("/")
}

/// A message to put into a mailbox.
#[derive(Deserialize)]
pub(crate) struct Delivery {
    account: String,
    folder: String,
    raw: String,
    /// How often; `{n}` in the message is its number, from 1.
    #[serde(default = "once")]
    times: u32,
}

fn once() -> u32 {
    1
}

pub(crate) async fn deliver(State(state): Shared, Json(delivery): Json<Delivery>) -> StatusCode {
    let mut inner = state.lock();
    for number in 1..=delivery.times {
        let raw = delivery.raw.replace("{n}", &number.to_string());
        inner
            .mail
            .deliver(&delivery.account, &delivery.folder, raw.into_bytes().into());
    }
    StatusCode::NO_CONTENT
}

pub(crate) async fn renumber(State(state): Shared) -> StatusCode {
    state.lock().mail.renumber();
    StatusCode::NO_CONTENT
}
