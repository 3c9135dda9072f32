//! Tests of a site with four files.

use axum::http::HeaderName;

use super::*;

/// A small site, so the tests do not depend on a build.
#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/tests/site"]
struct Fixture;

fn get(path: &str, headers: &[(HeaderName, &str)]) -> Option<Response<Body>> {
    let headers = headers
        .iter()
        .map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap()))
        .collect();
    file_of::<Fixture>(&Method::GET, path, &headers)
}

fn header(response: &Response<Body>, name: HeaderName) -> &str {
    response
        .headers()
        .get(name)
        .map_or("", |value| value.to_str().unwrap())
}

#[test]
fn takes_plain_paths_only() {
    for valid in [
        "favicon.svg",
        "pkg/mailgrant-0a.js",
        "pkg/snippets/x-1/inline0.js",
    ] {
        assert!(is_plain(valid), "{valid}");
    }
    for bad in [
        "",
        "/etc/passwd",
        "../Cargo.toml",
        "pkg/../../Cargo.toml",
        "pkg//x.js",
        "pkg/..%2f..%2fCargo.toml",
        "pkg\\..\\x",
        ".git/config",
        "pkg/mailgrant-0a.js.br",
        "favicon.svg.gz",
    ] {
        assert!(!is_plain(bad), "{bad}");
        assert!(get(&format!("/{bad}"), &[]).is_none(), "{bad}");
    }
}

#[test]
fn gives_the_smallest_coding_that_the_browser_takes() {
    for (accepts, coding) in [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip;q=0.1", "gzip"),
        ("deflate", ""),
    ] {
        let response = get("/pkg/mailgrant-0a.js", &[(ACCEPT_ENCODING, accepts)]).unwrap();
        assert_eq!(header(&response, CONTENT_ENCODING), coding, "{accepts}");
        assert_eq!(header(&response, VARY), "accept-encoding");
        assert_eq!(
            header(&response, CONTENT_TYPE),
            "text/javascript; charset=utf-8"
        );
    }
    // This file has no compressed variant.
    let response = get("/favicon.svg", &[(ACCEPT_ENCODING, "br")]).unwrap();
    assert_eq!(header(&response, CONTENT_ENCODING), "");
    assert_eq!(
        header(&response, CONTENT_TYPE),
        "image/svg+xml; charset=utf-8"
    );
}

#[test]
fn caches_permanently_only_files_with_a_hash_in_their_name() {
    let hashed = get("/pkg/mailgrant-0a_bg.wasm", &[]).unwrap();
    assert_eq!(
        header(&hashed, CACHE_CONTROL),
        "public, max-age=31536000, immutable"
    );
    assert_eq!(header(&hashed, CONTENT_TYPE), "application/wasm");
    let plain = get("/favicon.svg", &[]).unwrap();
    assert_eq!(header(&plain, CACHE_CONTROL), "no-cache");
}

#[test]
fn a_known_version_is_not_sent_again() {
    let first = get("/favicon.svg", &[]).unwrap();
    let tag = header(&first, ETAG);
    for known in [tag, &format!("W/{tag}"), &format!("\"x\", {tag}"), "*"] {
        let again = get("/favicon.svg", &[(IF_NONE_MATCH, known)]).unwrap();
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED, "{known}");
        assert_eq!(header(&again, ETAG), tag);
    }
    let other = get("/favicon.svg", &[(IF_NONE_MATCH, "\"x\"")]).unwrap();
    assert_eq!(other.status(), StatusCode::OK);
}

#[test]
fn each_coding_has_its_own_tag() {
    let plain = get("/pkg/mailgrant-0a.js", &[]).unwrap();
    let brotli = get("/pkg/mailgrant-0a.js", &[(ACCEPT_ENCODING, "br")]).unwrap();
    assert_ne!(header(&plain, ETAG), header(&brotli, ETAG));
}

#[test]
fn files_are_only_read() {
    assert!(file_of::<Fixture>(&Method::POST, "/favicon.svg", &HeaderMap::new()).is_none());
    assert!(file_of::<Fixture>(&Method::HEAD, "/favicon.svg", &HeaderMap::new()).is_some());
}
