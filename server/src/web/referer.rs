//! Where a form leads back to that was posted without WASM.
//!
//! Leptos answers such a form with a redirect to its `Referer`, whatever that is: hence only a page of this server gets through to
//! it, written anew.

use axum::{
    extract::Request,
    http::{
        Extensions, HeaderMap, HeaderValue,
        header::{Entry, REFERER},
    },
    middleware::Next,
    response::Response,
};

use super::{host::AskedAs, next_page, session::Origin};

/// Takes a `Referer` away that is no page of this server.
pub async fn own(mut request: Request, next: Next) -> Response {
    let page = page(request.headers(), request.extensions());
    match (request.headers_mut().entry(REFERER), page) {
        (Entry::Occupied(mut referer), Some(page)) => drop(referer.insert(page)),
        (Entry::Occupied(referer), None) => drop(referer.remove()),
        (Entry::Vacant(_), _) => {}
    }
    next.run(request).await
}

/// The page, below the name that the server was asked by or its public one.
fn page(headers: &HeaderMap, extensions: &Extensions) -> Option<HeaderValue> {
    let mut referers = headers.get_all(REFERER).iter();
    let (Some(referer), None) = (referers.next(), referers.next()) else {
        return None;
    };
    let referer = referer.to_str().ok()?;
    let asked = extensions
        .get()
        .map(|AskedAs(authority)| format!("http://{authority}"));
    let public = extensions.get().map(|Origin(origin)| origin.clone());
    let below = |origin: String| {
        let path = referer.strip_prefix(&origin)?;
        // Without a path it is the first page, to which every other leads that is none.
        let path = if path.is_empty() { "/" } else { path };
        path.starts_with('/')
            .then(|| format!("{origin}{}", next_page::page(path)))
    };
    let page = asked.and_then(below).or_else(|| public.and_then(below))?;
    HeaderValue::from_str(&page).ok()
}
