//! Restricts the page to which a form posted without WASM leads back.
//!
//! Leptos answers such a form with a redirect to its `Referer`, whatever its value. This layer
//! therefore only passes on pages of this server, in a rebuilt header.

use axum::{
    extract::Request,
    http::{
        Extensions, HeaderMap, HeaderValue,
        header::{Entry, REFERER},
    },
    middleware::Next,
    response::Response,
};

use super::{host::RequestedHost, next_page, session::Origin};

/// Removes a `Referer` that is not a page of this server.
pub async fn restrict(mut request: Request, next: Next) -> Response {
    let page = page(request.headers(), request.extensions());
    match (request.headers_mut().entry(REFERER), page) {
        (Entry::Occupied(mut referer), Some(page)) => drop(referer.insert(page)),
        (Entry::Occupied(referer), None) => drop(referer.remove()),
        (Entry::Vacant(_), _) => {}
    }
    next.run(request).await
}

/// Returns the page as a URL with the requested host or the public one.
fn page(headers: &HeaderMap, extensions: &Extensions) -> Option<HeaderValue> {
    let mut referers = headers.get_all(REFERER).iter();
    let (Some(referer), None) = (referers.next(), referers.next()) else {
        return None;
    };
    let referer = referer.to_str().ok()?;
    let requested = extensions
        .get()
        .map(|RequestedHost(authority)| format!("http://{authority}"));
    let public = extensions.get().map(|Origin(origin)| origin.clone());
    let below = |origin: String| {
        let path = referer.strip_prefix(&origin)?;
        // An empty path is the first page, which also replaces every page that is not allowed.
        let path = if path.is_empty() { "/" } else { path };
        path.starts_with('/')
            .then(|| format!("{origin}{}", next_page::page(path)))
    };
    let page = requested
        .and_then(below)
        .or_else(|| public.and_then(below))?;
    HeaderValue::from_str(&page).ok()
}
