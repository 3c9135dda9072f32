//! Serves untrusted HTML as a separate document for a frame.

use std::sync::LazyLock;

use axum::{
    http::{
        HeaderValue,
        header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY},
    },
    response::{IntoResponse as _, Response},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest as _, Sha256};

/// Styles of the frame. Sanitized mail contains no styles of its own.
const STYLE: &str = "\
:root{color-scheme:light dark}\
body{margin:1rem;font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}\
table{border-collapse:collapse;max-width:100%}\
td,th{padding:.125rem .25rem;text-align:start;vertical-align:top}\
pre{white-space:pre-wrap}\
blockquote{margin:0 0 0 .5rem;padding-inline-start:.75rem;border-inline-start:2px solid GrayText}\
a{color:LinkText}";

/// The document loads and runs nothing, whatever it contains. Links open in another tab. The hash
/// allows the style above.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = STANDARD.encode(Sha256::digest(STYLE));
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
    )
});

/// Returns a document with sanitized HTML.
pub fn document(html: &str) -> Response {
    let document = format!(
        "<!DOCTYPE html><html><head><meta charset=\"utf-8\"><title>Mail</title><style>{STYLE}</style></head>\
         <body dir=\"auto\">{html}</body></html>"
    );
    let mut response = document.into_response();
    let headers = response.headers_mut();
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    headers.insert(CONTENT_TYPE, html);
    if let Ok(policy) = HeaderValue::from_str(&POLICY) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}
