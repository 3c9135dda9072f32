//! Serves the embedded site: the browser code and static files.

use axum::{
    body::{Body, Bytes},
    http::{
        HeaderMap, HeaderValue, Method, Response, StatusCode,
        header::{
            ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH,
            VARY,
        },
    },
};
use rust_embed::{EmbeddedFile, RustEmbed};

use super::negotiation::{Coding, accepted};

/// The site that `cargo xtask` built; empty if it was not built. A debug build reads it from disk.
#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../target/site"]
#[allow_missing = true]
struct Site;

/// Names with a hash of the content can be cached for a year. Other files are revalidated.
const IMMUTABLE: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const REVALIDATE: HeaderValue = HeaderValue::from_static("no-cache");

/// Returns the name of the browser code without its extensions, including the hash. Empty if the
/// site was not built.
pub fn output_name() -> String {
    let modules: Vec<_> = Site::iter()
        .filter_map(|path| {
            Some(
                path.strip_prefix("pkg/")?
                    .strip_suffix("_bg.wasm")?
                    .to_owned(),
            )
        })
        .filter(|name| Site::get(&format!("pkg/{name}.js")).is_some())
        .collect();
    if modules.len() > 1 {
        tracing::warn!("site has several browser builds; the first one is used");
    }
    modules.into_iter().next().unwrap_or_default()
}

/// Returns the file at a path. `None` if there is none, or if the method is neither GET nor HEAD.
pub fn file(method: &Method, path: &str, headers: &HeaderMap) -> Option<Response<Body>> {
    file_of::<Site>(method, path, headers)
}

fn file_of<S: RustEmbed>(
    method: &Method,
    path: &str,
    headers: &HeaderMap,
) -> Option<Response<Body>> {
    if method != Method::GET && method != Method::HEAD {
        return None;
    }
    let path = path.strip_prefix('/').filter(|path| is_plain(path))?;
    let wanted = headers
        .get(ACCEPT_ENCODING)
        .and_then(|header| header.to_str().ok())
        .unwrap_or_default();
    let (coding, file) = accepted(wanted)
        .into_iter()
        .find_map(|coding| Some((coding, S::get(&format!("{path}{}", coding.suffix()))?)))?;
    Some(answer(path, coding, file, headers))
}

fn answer(path: &str, coding: Coding, file: EmbeddedFile, requested: &HeaderMap) -> Response<Body> {
    // The stored bytes, and so their hash, depend on the coding.
    let tag = etag(&file);
    let is_known = requested
        .get_all(IF_NONE_MATCH)
        .iter()
        .filter_map(|header| header.to_str().ok())
        .flat_map(|header| header.split(','))
        .any(|known| known.trim().trim_start_matches("W/") == tag || known.trim() == "*");
    let mut response = Response::new(Body::empty());
    let headers = response.headers_mut();
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(CACHE_CONTROL, cache_control(path));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(ETAG, tag);
    }
    if is_known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        return response;
    }
    headers.insert(CONTENT_TYPE, content_type(path));
    if let Some(name) = coding.name() {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static(name));
    }
    *response.body_mut() = Body::from(match file.data {
        std::borrow::Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        std::borrow::Cow::Owned(bytes) => Bytes::from(bytes),
    });
    response
}

/// Returns true for a path without `..`, hidden files, and percent-encoding. Compressed variants
/// are not served under their own names.
fn is_plain(path: &str) -> bool {
    let is_name = |name: &str| {
        !name.is_empty()
            && !name.starts_with('.')
            && name
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
    };
    path.split('/').all(is_name)
        && !path.ends_with(Coding::Brotli.suffix())
        && !path.ends_with(Coding::Gzip.suffix())
}

fn etag(file: &EmbeddedFile) -> String {
    let hash = file.metadata.sha256_hash();
    // Half of the hash is enough to distinguish versions.
    let half: [u8; 16] = std::array::from_fn(|at| hash[at]);
    format!("\"{:032x}\"", u128::from_be_bytes(half))
}

fn cache_control(path: &str) -> HeaderValue {
    if path.starts_with("pkg/mailgrant-") {
        IMMUTABLE
    } else {
        REVALIDATE
    }
}

fn content_type(path: &str) -> HeaderValue {
    let extension = path.rsplit('.').next().unwrap_or_default();
    HeaderValue::from_static(match extension {
        "js" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml; charset=utf-8",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "txt" => "text/plain; charset=utf-8",
        "json" | "webmanifest" => "application/json",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    })
}

#[cfg(test)]
#[path = "assets_tests.rs"]
mod tests;
