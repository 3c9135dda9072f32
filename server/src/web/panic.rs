//! Turns a panic into an error page for one request and keeps the connection open.

use std::any::Any;

use axum::{
    body::Body,
    http::{Response, StatusCode},
    response::{Html, IntoResponse as _},
};
use domain::paths;

/// Returns the error page. The panic hook of the process has logged the panic.
pub fn page(_panic: Box<dyn Any + Send>) -> Response<Body> {
    tracing::error!("request panicked");
    let settings = paths::SmtpSettings::PATH;
    let page = format!(
        "<!DOCTYPE html><html lang=\"en\"><title>Error – Mailgrant</title>\
        <h1>Something went wrong</h1>\
        <p>Mailgrant could not answer this request. Nothing was changed half-way; the log says more.</p>\
        <p><a href=\"{settings}\">Back to the settings</a></p></html>"
    );
    (StatusCode::INTERNAL_SERVER_ERROR, Html(page)).into_response()
}

#[cfg(test)]
mod tests {
    use axum::{Router, body::Body, http::Request, routing::get};
    use tower::ServiceExt as _;
    use tower_http::catch_panic::CatchPanicLayer;

    use super::*;

    #[tokio::test]
    async fn a_panic_becomes_a_page_that_does_not_repeat_it() {
        async fn panics() -> &'static str {
            panic!("planted")
        }
        let router = Router::new()
            .route("/", get(panics))
            .layer(CatchPanicLayer::custom(page));
        let answer = router.oneshot(Request::<Body>::default()).await.unwrap();
        assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let body = axum::body::to_bytes(answer.into_body(), 10_000).await;
        let body = String::from_utf8(body.unwrap().to_vec()).unwrap();
        assert!(body.contains("Something went wrong") && !body.contains("planted"));
    }
}
