//! Leptos: pages, server functions and, for everything else, the embedded site or the page that
//! says there is none.

use std::sync::LazyLock;

use app::{App, shell};
use axum::{
    Router,
    body::Body,
    extract::Request,
    http::{
        Method, StatusCode, Uri,
        header::{CONTENT_LENGTH, CONTENT_TYPE},
        request::Parts,
    },
    middleware::{Next, from_fn},
    response::Response,
};
use leptos::{
    config::{Env, LeptosOptions},
    context::{provide_context, use_context},
    nonce::Nonce,
};
use leptos_axum::{
    AxumRouteListing, ErrorHandler, LeptosRoutes as _, generate_route_list,
    render_app_async_with_context,
};
use tower_http::{CompressionLevel, compression::CompressionLayer};

use super::{Web, assets, referer, server_functions};

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
pub fn router(web: &Web) -> Router<Web> {
    let context = context(web);
    let page = page(web);
    let not_found = ErrorHandler::new_with_context(context.clone(), shell, web.leptos.clone());
    Router::new()
        .leptos_routes_with_context(web, ROUTES.clone(), context, page)
        .fallback_service(not_found)
        .layer(from_fn(see_other))
        .layer(from_fn(referer::own))
        .layer(from_fn(server_functions::guard))
        .layer(CompressionLayer::new().quality(LEVEL))
}

/// Methods and paths of all pages and server functions.
pub fn routes() -> impl Iterator<Item = (Method, String)> {
    let pages = ROUTES.iter().flat_map(|route| {
        route.methods().map(|method| {
            let method = match method {
                leptos_router::Method::Get => Method::GET,
                leptos_router::Method::Post => Method::POST,
                leptos_router::Method::Put => Method::PUT,
                leptos_router::Method::Delete => Method::DELETE,
                leptos_router::Method::Patch => Method::PATCH,
            };
            (method, route.path().to_owned())
        })
    });
    let functions =
        leptos::server_fn::axum::server_fn_paths().map(|(path, method)| (method, path.to_owned()));
    pages.chain(functions)
}

/// Makes the page of a path and query for somebody who may have asked for something else.
pub async fn render(web: &Web, mut parts: Parts, path_and_query: &str) -> Response {
    // Holds only what was put together here and characters that were looked at.
    let Ok(uri) = path_and_query.parse::<Uri>() else {
        let mut response = Response::default();
        *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        return response;
    };
    parts.uri = uri;
    parts.method = Method::GET;
    parts.headers.remove(CONTENT_TYPE);
    parts.headers.remove(CONTENT_LENGTH);
    let request = Request::from_parts(parts, Body::empty());
    let context = context(web);
    let context = move || {
        provide_context(leptos_router::Method::Get);
        context();
    };
    render_app_async_with_context(context, page(web))(request).await
}

/// Files come first: they need no session.
pub async fn files(request: Request, next: Next) -> Response {
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

fn page(web: &Web) -> impl Fn() -> leptos::prelude::AnyView + Clone + Send + Sync + 'static {
    use leptos::prelude::IntoAny as _;

    let options = web.leptos.clone();
    move || shell(options.clone()).into_any()
}

/// What pages and server functions find in their context.
fn context(web: &Web) -> impl Fn() + Clone + Send + Sync + 'static {
    let (mailer, access) = (web.mailer.clone(), web.access.clone());
    move || {
        provide_context(mailer.clone());
        provide_context(access.clone());
        provide_context(super::api::document::for_the_page());
        // Takes the place of the one that Leptos makes, which the header would not know.
        let parts = use_context::<Parts>();
        if let Some(nonce) = parts.and_then(|parts| parts.extensions.get::<Nonce>().cloned()) {
            provide_context(nonce);
        }
    }
}
