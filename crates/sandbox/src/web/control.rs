//! Control endpoint for faults and records.

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

/// Merges a patch into the faults (RFC 7396). `null` resets a field to its default.
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

/// Returns every scenario, for tests that run all of them.
pub(crate) async fn scenarios() -> Json<Vec<Scenario>> {
    Json(scenario::scenarios())
}

#[derive(Deserialize)]
pub(crate) struct ScenarioForm {
    name: String,
}

/// Handles the form of the page. Replaces all faults with those of one scenario.
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

/// Message to add to a mailbox.
#[derive(Deserialize)]
pub(crate) struct Delivery {
    account: String,
    folder: String,
    raw: String,
    /// Number of copies. `{n}` in the message is the number of the copy, which counts from 1.
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
