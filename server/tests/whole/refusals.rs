//! Requests that are rejected before a handler runs.

use server::config::PublicUrl;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::support::{SESSION, Server};

const GRANT: &str = "/api/grant_status";

#[tokio::test]
async fn posts_from_other_origins_are_refused() {
    let server = Server::start().await;
    let browser = server.administrator();
    let own = server.url();
    for (headers, refused) in [
        (vec![("origin", "http://evil.example")], true),
        (vec![("origin", "null")], true),
        (vec![("origin", "http://127.0.0.1:1")], true),
        (vec![("sec-fetch-site", "cross-site")], true),
        (vec![("sec-fetch-site", "same-site")], true),
        (vec![("sec-fetch-site", "same-origin")], false),
        (vec![("origin", &*own)], false),
        (vec![], false),
    ] {
        let mut request = browser
            .request("POST", GRANT)
            .header("content-type", "application/x-www-form-urlencoded")
            .body("data_center=default");
        for (name, value) in &headers {
            request = request.header(*name, *value);
        }
        let reply = browser.send(request).await;
        assert_eq!(reply.status == 403, refused, "{headers:?} {reply:?}");
    }
}

#[tokio::test]
async fn with_a_public_url_posts_come_from_exactly_that_origin() {
    let server = Server::start_with(|config| {
        config.public_url = Some(PublicUrl::parse("https://mailgrant.example.com").unwrap());
    })
    .await;
    let browser = server.anonymous();
    let own = server.url();
    for (origin, refused) in [
        ("https://mailgrant.example.com", false),
        ("http://mailgrant.example.com", true),
        ("https://mailgrant.example.com:3000", true),
        ("https://example.com", true),
        ("null", true),
        // The loopback origin that the proxy uses differs from the origin that browsers see.
        (&own, true),
    ] {
        let request = browser.request("POST", "/logout").header("origin", origin);
        let reply = browser.send(request).await;
        assert_eq!(reply.status == 403, refused, "{origin} {reply:?}");
        assert_eq!(reply.body.contains("set public_url"), refused);
    }
}

#[tokio::test]
async fn bodies_of_more_than_a_megabyte_are_refused() {
    let server = Server::start().await;
    let browser = server.administrator();
    let body = format!("data_center={}", "x".repeat(1_100_000));
    assert_eq!(browser.fetch(GRANT, body).await.status, 413);
    let body = format!("data_center={}", "x".repeat(900_000));
    assert_eq!(browser.fetch(GRANT, body).await.status, 404);
}

#[tokio::test]
async fn the_api_takes_up_to_25_megabytes() {
    let server = Server::start().await;
    for (octets, expected) in [(26_214_400, "401"), (26_214_401, "413")] {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        let request = format!(
            "POST /api/v1/status HTTP/1.1\r\nHost: localhost\r\nContent-Length: {octets}\r\n\
             Connection: close\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert_eq!(
            answer.split(' ').nth(1),
            Some(expected),
            "{octets} {answer}"
        );
        assert!(answer.contains("application/problem+json"), "{answer}");
    }
}

#[tokio::test]
async fn a_body_that_hides_its_length_is_cut_off_as_well() {
    let server = Server::start().await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let head = format!(
        "POST {GRANT} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x1_0000));
    for _ in 0..40 {
        // The server may have closed the connection already.
        if stream.write_all(chunk.as_bytes()).await.is_err() {
            break;
        }
    }
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    let answer = String::from_utf8_lossy(&answer);
    assert!(!answer.starts_with("HTTP/1.1 2"), "{answer}");
}

#[tokio::test]
async fn nothing_outside_the_site_is_served() {
    let server = Server::start().await;
    let session = server.administrator().cookie(SESSION).unwrap();
    for path in [
        "/../Cargo.toml",
        "/pkg/../../Cargo.toml",
        "/pkg/..%2f..%2fCargo.toml",
        "/pkg/%2e%2e/%2e%2e/Cargo.toml",
        "/pkg//etc/passwd",
        "//etc/passwd",
        "/.rustc_info.json",
    ] {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {SESSION}={session}\r\n\
             Connection: close\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 404"), "{path}: {answer}");
        assert!(!answer.contains("[workspace]") && !answer.contains("root:"));
    }
}
