//! Attack: read files outside of the site.

use crate::support::{SESSION, Server, raw};

/// Returns paths that climb up or are encoded.
fn tricks() -> Vec<String> {
    let mut found = Vec::new();
    let ups = [
        "..",
        "%2e%2e",
        "%2E%2E",
        ".%2e",
        "%252e%252e",
        "%25252e%25252e",
        "..%00",
        "..;",
        "....",
        "%c0%ae%c0%ae",
        "%u002e%u002e",
        "..\\",
        "..%5c",
        "..%255c",
        "..%09",
    ];
    let slashes = [
        "/", "//", "%2f", "%252f", "\\", "%5c", "%255c", "%c0%af", "/./",
    ];
    for up in ups {
        for slash in slashes {
            for name in ["etc/passwd", "Cargo.toml", "data/mailgrant.key"] {
                let out = [up, slash].concat().repeat(6);
                found.push(format!("/{out}{name}"));
                found.push(format!("/pkg/{out}{name}"));
            }
        }
    }
    found.extend(
        [
            "//etc/passwd",
            "/pkg//etc/passwd",
            "/file:///etc/passwd",
            "/pkg/%00",
            "/favicon.svg%00.html",
            "/favicon.svg%00",
            "/favicon.svg/",
            "/favicon.svg/..",
            "/favicon.svg::$DATA",
            "/.git/config",
            "/.env",
            "/pkg/.rustc_info.json",
            "/pkg",
            "/pkg/",
            "/con",
            "/C:/Windows/win.ini",
            "/mailgrant.db",
            "/data/mailgrant.db",
            "/mailgrant.key",
        ]
        .map(str::to_owned),
    );
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn no_spelling_of_a_path_leads_out_of_the_site() {
    let server = Server::start().await;
    let session = server.administrator().cookie(SESSION).unwrap();
    for path in tricks() {
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {SESSION}={session}\r\nConnection: close\r\n\r\n"
        );
        let answer = raw(server.address, request).await;
        let refused = ["HTTP/1.1 404", "HTTP/1.1 400"]
            .iter()
            .any(|status| answer.starts_with(status));
        assert!(refused, "{path}: {answer}");
        for inside in ["root:", "[workspace]", "[package]", "SQLite format"] {
            assert!(!answer.contains(inside), "{path}: {answer}");
        }
    }
}

#[tokio::test]
async fn a_page_has_one_spelling_and_needs_its_role_under_any_other() {
    let server = Server::start().await;
    let anonymous = server.anonymous();
    for path in [
        "/access",
        "/Access",
        "/ACCESS",
        "/access/",
        "//access",
        "/./access",
        "/x/../access",
        "/%61ccess",
        "/access%00",
        "/access%20",
        "/access;x",
        "/access.html",
        "/access/.",
        "/access%2f",
        "/login/../access",
        "/healthz/../access",
        "/setup/../access",
        "/api/v1/../../access",
        "/favicon.svg/../access",
        "/pkg/../access",
        "/login;/access",
        "/login%2f..%2faccess",
        "/api/v1/status/../../../access",
    ] {
        for method in ["GET", "POST", "HEAD"] {
            let request = format!(
                "{method} {path} HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\nConnection: close\r\n\r\n"
            );
            let answer = raw(server.address, request).await;
            assert!(
                !answer.starts_with("HTTP/1.1 2"),
                "{method} {path}: {answer}"
            );
            assert!(!answer.contains("API keys"), "{method} {path}: {answer}");
        }
    }
    let _ = anonymous;
}

#[tokio::test]
async fn another_name_of_this_server_is_not_answered() {
    let server = Server::start().await;
    for (target, host, headers) in [
        ("/login", "evil.example", ""),
        ("/login", "127.0.0.1.evil.example", ""),
        ("/login", "evil.example:80@127.0.0.1", ""),
        ("/login", "127.0.0.1@evil.example", ""),
        ("/login", "127.0.0.1, evil.example", ""),
        ("/login", "127.0.0.1 evil.example", ""),
        ("/login", "127.0.0.1/evil.example", ""),
        ("/login", "127.0.0.1#evil.example", ""),
        ("/login", "127.0.0.1:evil", ""),
        ("/login", "2130706433", ""),
        ("/login", "0x7f.1", ""),
        ("/login", "0.0.0.0", ""),
        ("/login", "[::ffff:127.0.0.1", ""),
        ("/login", "", ""),
        ("/login", "evil.example", "X-Forwarded-Host: localhost\r\n"),
        ("/login", "evil.example", "Forwarded: host=localhost\r\n"),
        ("/login", "localhost", "Host: evil.example\r\n"),
        ("http://evil.example/login", "localhost", ""),
        ("http://localhost@evil.example/login", "localhost", ""),
    ] {
        let request =
            format!("GET {target} HTTP/1.1\r\nHost: {host}\r\n{headers}Connection: close\r\n\r\n");
        let answer = raw(server.address, request).await;
        let refused = answer.starts_with("HTTP/1.1 421") || answer.starts_with("HTTP/1.1 400");
        assert!(refused, "{target} {host:?} {headers}: {answer}");
        assert!(!answer.contains("evil.example"), "{answer}");
    }
}
