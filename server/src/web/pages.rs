//! The Leptos part: pages, server functions, the embedded site, and the fallback page for unknown
//! paths.

use std::sync::{Arc, LazyLock};

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

/// Generated once per process: while Leptos generates the route list, no page that is rendered
/// anywhere in the process loads its data, and such a page would wait forever.
static ROUTES: LazyLock<Vec<AxumRouteListing>> = LazyLock::new(|| generate_route_list(App));

/// Compression level of pages: they are compressed for each response, so it is a fast one. Files
/// are compressed when the site is built.
const LEVEL: CompressionLevel = CompressionLevel::Precise(4);

/// Returns the options for Leptos.
pub fn options() -> LeptosOptions {
    let output_name = assets::output_name();
    if output_name.is_empty() {
        tracing::warn!("built without the browser side; pages work without live features");
    }
    LeptosOptions::builder()
        .output_name(output_name)
        .env(Env::PROD)
        .build()
}

/// Returns the routes of pages and server functions.
pub fn router(web: &Web) -> Router<Web> {
    let context = context(web);
    let page = page(web);
    let not_found = ErrorHandler::new_with_context(context.clone(), shell, web.leptos.clone());
    Router::new()
        .leptos_routes_with_context(web, ROUTES.clone(), context, page)
        .fallback_service(not_found)
        .layer(from_fn(see_other))
        .layer(from_fn(referer::restrict))
        .layer(from_fn(server_functions::guard))
        .layer(CompressionLayer::new().quality(LEVEL))
}

/// Returns the methods and paths of all pages and server functions.
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

/// Renders the page of a path and query, which may differ from the request.
pub async fn render(web: &Web, mut parts: Parts, path_and_query: &str) -> Response {
    // Contains only text from this code and validated characters.
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

/// Serves files before the session is checked, because they need none.
pub async fn files(request: Request, next: Next) -> Response {
    match assets::file(request.method(), request.uri().path(), request.headers()) {
        Some(file) => file,
        None => next.run(request).await,
    }
}

/// Turns 302 into 303: Leptos answers forms with 302, but only 303 guarantees that the browser
/// continues with GET (RFC 9110 §15.4.4).
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

/// Returns the function that provides the context of pages and server functions.
fn context(web: &Web) -> impl Fn() + Clone + Send + Sync + 'static {
    let (mailer, access) = (web.mailer.clone(), web.access.clone());
    let smtp_listeners = web.smtp_listeners.clone();
    let submission = Arc::clone(&web.submission);
    move || {
        provide_context(smtp_listeners.clone());
        provide_context(mailer.clone());
        provide_context(access.clone());
        provide_context(Arc::clone(&submission));
        provide_context(super::api::document::page_document());
        // Replaces the nonce of Leptos, which the response header would not contain.
        let parts = use_context::<Parts>();
        if let Some(nonce) = parts.and_then(|parts| parts.extensions.get::<Nonce>().cloned()) {
            provide_context(nonce);
        }
    }
}
