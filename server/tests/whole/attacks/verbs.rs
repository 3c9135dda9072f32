//! Attack: bypass the permissions with another method.

use std::collections::BTreeSet;

use axum::http::Method;
use server::PERMISSIONS;

use crate::support::{Browser, Reply, Server, raw};

async fn ask(browser: &Browser, method: &str, path: &str, headers: &[(&str, &str)]) -> Reply {
    let mut request = browser.request(method, path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    browser.send(request).await
}

/// Returns the methods that a path has a rule for; GET includes HEAD.
fn allowed(path: &str) -> BTreeSet<&'static str> {
    let rules = PERMISSIONS.iter().filter(|known| known.path == path);
    let methods = rules.flat_map(|known| match known.method {
        Method::GET => ["GET", "HEAD"],
        Method::POST => ["POST", "POST"],
        _ => ["HEAD", "HEAD"],
    });
    methods.collect()
}

#[tokio::test]
async fn a_method_without_a_rule_does_nothing_anywhere() {
    let server = Server::start().await;
    let visitors = [
        server.anonymous(),
        server.viewer().await,
        server.administrator(),
    ];
    let mut database = server.database().await;
    let before = database.dump().await;
    for known in PERMISSIONS {
        let path = known.path.replace("{id}", "unknown");
        for method in [
            "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "get",
            "JEFF",
        ] {
            if allowed(known.path).contains(method) {
                continue;
            }
            for browser in &visitors {
                let reply = ask(browser, method, &path, &[]).await;
                let status = reply.status.as_u16();
                let refused = [303, 401, 404, 405].contains(&status);
                assert!(refused, "{method} {path} {reply:?}");
                assert!(!reply.headers.contains_key("access-control-allow-origin"));
                if status == 303 {
                    assert!(reply.location().starts_with("/login"), "{reply:?}");
                }
            }
        }
    }
    assert_eq!(database.dump().await, before);
}

#[tokio::test]
async fn nothing_that_is_sent_comes_back_by_trace() {
    let server = Server::start().await;
    for method in ["TRACE", "TRACK", "DEBUG", "CONNECT"] {
        let request = format!(
            "{method} / HTTP/1.1\r\nHost: localhost\r\nX-Planted: planted\r\nConnection: close\r\n\r\n"
        );
        let answer = raw(server.address, request).await;
        assert!(!answer.to_lowercase().contains("planted"), "{answer}");
        assert!(!answer.starts_with("HTTP/1.1 2"), "{answer}");
    }
    for target in ["*", "localhost:80", "http://localhost/access"] {
        for method in ["OPTIONS", "CONNECT", "GET"] {
            let request = format!(
                "{method} {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
            );
            let answer = raw(server.address, request).await;
            assert!(
                !answer.starts_with("HTTP/1.1 2"),
                "{method} {target} {answer}"
            );
            assert!(
                !answer.starts_with("HTTP/1.1 5"),
                "{method} {target} {answer}"
            );
        }
    }
}

#[tokio::test]
async fn headers_that_name_another_method_or_path_are_ignored() {
    let server = Server::start().await;
    let viewer = server.viewer().await;
    for headers in [
        [("x-http-method-override", "POST")],
        [("x-http-method", "POST")],
        [("x-method-override", "POST")],
        [("x-original-url", "/access")],
        [("x-rewrite-url", "/access")],
        [("x-forwarded-prefix", "/access")],
    ] {
        let reply = ask(&viewer, "GET", "/account", &headers).await;
        assert_eq!(reply.status, 200, "{headers:?}");
        assert!(!reply.body.contains("API keys"), "{headers:?}");
        let reply = ask(&viewer, "GET", "/access", &headers).await;
        assert_eq!(reply.status, 403, "{headers:?}");
        let reply = ask(
            &viewer,
            "GET",
            "/account?_method=POST&do=end_other_sessions",
            &headers,
        )
        .await;
        assert_eq!(reply.status, 200, "{headers:?}");
    }
}
