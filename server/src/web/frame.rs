//! HTML that strangers wrote, as a document of its own for a frame.

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

/// How the frame looks. Mail brings no styles of its own.
const STYLE: &str = "\
:root{color-scheme:light dark}\
body{margin:1rem;font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}\
table{border-collapse:collapse;max-width:100%}\
td,th{padding:.125rem .25rem;text-align:start;vertical-align:top}\
pre{white-space:pre-wrap}\
blockquote{margin:0 0 0 .5rem;padding-inline-start:.75rem;border-inline-start:2px solid GrayText}\
a{color:LinkText}";

/// Nothing is loaded and nothing runs, whatever stands in the document; even links only open another tab. The style is the
/// one above, by its hash.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = STANDARD.encode(Sha256::digest(STYLE));
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
    )
});

/// The document of sanitised HTML.
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
