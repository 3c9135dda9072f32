//! Leptos: pages, server functions and, for everything else, the embedded site or the page that
//! says there is none.

use std::sync::LazyLock;

use app::{App, shell};
use axum::{
    Router,
    extract::Request,
    http::{Method, StatusCode, request::Parts},
    middleware::{Next, from_fn, from_fn_with_state},
    response::Response,
};
use leptos::{
    config::{Env, LeptosOptions},
    context::{provide_context, use_context},
    nonce::Nonce,
};
use leptos_axum::{AxumRouteListing, ErrorHandler, LeptosRoutes as _, generate_route_list};
use mail::Mailer;
use tower_http::{CompressionLevel, compression::CompressionLayer};

use super::{Web, assets, browser};

/// Found once in a process: while Leptos looks for routes, no page that is being made anywhere in the process loads its
/// data, and waits for ever.
static ROUTES: LazyLock<Vec<AxumRouteListing>> = LazyLock::new(|| generate_route_list(App));

/// Pages are compressed as they are made, so cheaply; files were compressed when the site was built.
const LEVEL: CompressionLevel = CompressionLevel::Precise(4);

/// What Leptos has to know.
pub fn options() -> LeptosOptions {
    let output_name = assets::output_name();
    if output_name.is_empty() {
        tracing::warn!("built without the browser side; pages work, but without its comforts");
    }
    LeptosOptions::builder()
        .output_name(output_name)
        .env(Env::PROD)
        .build()
}

/// The routes.
pub fn routes(web: &Web) -> Router<Web> {
    let context = context(web.mailer.clone());
    let page = {
        let options = web.leptos.clone();
        move || shell(options.clone())
    };
    let not_found = ErrorHandler::new_with_context(context.clone(), shell, web.leptos.clone());
    Router::new()
        .leptos_routes_with_context(web, ROUTES.clone(), context, page)
        .fallback_service(not_found)
        .layer(from_fn(see_other))
        .layer(from_fn_with_state(web.clone(), browser::identify))
        .layer(CompressionLayer::new().quality(LEVEL))
        .layer(from_fn(files))
}

/// Files come first: they need neither a cookie nor compression.
async fn files(request: Request, next: Next) -> Response {
    match assets::file(request.method(), request.uri().path(), request.headers()) {
        Some(file) => file,
        None => next.run(request).await,
    }
}

/// Leptos answers forms with 302; only 303 says for certain that GET follows (RFC 9110 §15.4.4).
async fn see_other(request: Request, next: Next) -> Response {
    let is_post = request.method() == Method::POST;
    let mut response = next.run(request).await;
    if is_post && response.status() == StatusCode::FOUND {
        *response.status_mut() = StatusCode::SEE_OTHER;
    }
    response
}

/// What pages and server functions find in their context.
fn context(mailer: Mailer) -> impl Fn() + Clone + Send + Sync + 'static {
    move || {
        provide_context(mailer.clone());
        // Takes the place of the one that Leptos makes, which the header would not know.
        let parts = use_context::<Parts>();
        if let Some(nonce) = parts.and_then(|parts| parts.extensions.get::<Nonce>().cloned()) {
            provide_context(nonce);
        }
    }
}
