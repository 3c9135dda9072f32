//! `GET /metrics`, for Prometheus, which authenticates with an API key that has the scope
//! `metrics`.

use axum::{
    Extension,
    extract::State,
    http::header::CONTENT_TYPE,
    response::{IntoResponse as _, Response},
};
use domain::ApiKey;
use mail::Mailer;

use super::api;

const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Returns the metrics of the data centers that the key has access to. A key for all data centers
/// also gets the metrics of this process.
pub async fn show(State(mailer): State<Mailer>, Extension(key): Extension<ApiKey>) -> Response {
    match mailer.metrics.render(key.data_center.as_ref()).await {
        Ok(text) => ([(CONTENT_TYPE, OPENMETRICS)], text).into_response(),
        Err(error) => api::unavailable(&error),
    }
}
