//! Attack: have one request interpreted as two (request smuggling).

use crate::support::{Server, raw};

/// A request that must never be answered, because it is part of another request's body.
const HIDDEN: &str = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

fn answers(text: &str) -> usize {
    text.matches("HTTP/1.1 ").count()
}

#[tokio::test]
async fn a_request_with_two_lengths_is_one_request_and_the_last_of_its_connection() {
    let server = Server::start().await;
    let chunk = format!("{:x}\r\n{HIDDEN}\r\n0\r\n\r\n", HIDDEN.len());
    let length = chunk.len();
    for headers in [
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n".to_owned(),
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n".to_owned(),
        format!("Content-Length: {length}\r\nTransfer-Encoding: chunked\r\n"),
        "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n".to_owned(),
        "Transfer-Encoding: chunked\r\nContent-Length: x\r\n".to_owned(),
    ] {
        let request = format!(
            "POST /login HTTP/1.1\r\nHost: localhost\r\n\
             Content-Type: application/x-www-form-urlencoded\r\n{headers}\r\n{chunk}{HIDDEN}"
        );
        let answer = raw(server.address, request).await;
        assert!(answers(&answer) <= 1, "{headers} {answer}");
        assert!(!answer.ends_with("ok\n"), "{headers} {answer}");
    }
}

#[tokio::test]
async fn contradictory_lengths_are_rejected() {
    let server = Server::start().await;
    for headers in [
        "Content-Length: 0\r\nContent-Length: 5\r\n",
        "Content-Length: 0, 5\r\n",
        "Content-Length: +5\r\n",
        "Content-Length: -1\r\n",
        "Content-Length: 0x5\r\n",
        "Content-Length: 5 5\r\n",
        "Content-Length: 99999999999999999999999\r\n",
        "Transfer-Encoding: gzip\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding:\u{b}chunked\r\n",
        "Transfer-Encoding : chunked\r\n",
        " Transfer-Encoding: chunked\r\n",
        "X: y\r\n Transfer-Encoding: chunked\r\n",
        "X: y\rTransfer-Encoding: chunked\r\n",
        "X: a\0b\r\n",
        "X\0: b\r\n",
        ": b\r\n",
        "no colon\r\n",
    ] {
        let request = format!("POST /login HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n{HIDDEN}");
        let answer = raw(server.address, request).await;
        let refused = answer.is_empty() || answer.starts_with("HTTP/1.1 400");
        assert!(refused, "{headers:?} {answer}");
        assert!(answers(&answer) <= 1, "{headers:?} {answer}");
    }
    let old = format!(
        "POST /login HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{HIDDEN}"
    );
    let answer = raw(server.address, old).await;
    assert!(
        answers(&answer) <= 1 && !answer.contains(" 200 "),
        "{answer}"
    );
}

#[tokio::test]
async fn a_chunk_that_lies_about_its_length_ends_the_connection() {
    let server = Server::start().await;
    for body in [
        "zz\r\nabc\r\n0\r\n\r\n",
        "-1\r\nabc\r\n0\r\n\r\n",
        "ffffffffffffffffff\r\nabc\r\n0\r\n\r\n",
        "2\r\nabc\r\n0\r\n\r\n",
        "3 3\r\nabc\r\n0\r\n\r\n",
    ] {
        let request = format!(
            "POST /login HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\
             Content-Type: application/x-www-form-urlencoded\r\n\r\n{body}{HIDDEN}"
        );
        let answer = raw(server.address, request).await;
        assert!(answers(&answer) <= 1, "{body:?} {answer}");
        assert!(!answer.ends_with("ok\n"), "{body:?} {answer}");
    }
}

#[tokio::test]
async fn heads_that_are_too_large_or_no_http_are_refused() {
    let server = Server::start().await;
    let long = "x".repeat(1_000_000);
    for request in [
        format!("GET /{long} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"),
        format!("GET / HTTP/1.1\r\nHost: localhost\r\nX: {long}\r\nConnection: close\r\n\r\n"),
        format!(
            "GET / HTTP/1.1\r\nHost: localhost\r\n{}Connection: close\r\n\r\n",
            "X: y\r\n".repeat(1_000)
        ),
        "GET / HTTP/3.0\r\n\r\n".to_owned(),
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(),
        "GET /\0 HTTP/1.1\r\nHost: localhost\r\n\r\n".to_owned(),
        "GET / a HTTP/1.1\r\nHost: localhost\r\n\r\n".to_owned(),
        "\u{16}\u{3}\u{1}\u{2}".to_owned() + "\r\n\r\n",
    ] {
        let shown = &request[..request.len().min(60)];
        let answer = raw(server.address, &request).await;
        let head = answer.lines().next().unwrap_or_default();
        let refused = head.is_empty() || head.starts_with("HTTP/1.1 4");
        assert!(refused, "{shown:?} {head}");
    }
    let after = raw(server.address, HIDDEN).await;
    assert!(after.ends_with("ok\n"), "{after}");
}
