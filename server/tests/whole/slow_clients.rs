//! Slow clients are disconnected.

use std::time::Duration;

use server::Limits;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpSocket, TcpStream},
    time::timeout,
};

use crate::support::{Provider, Server, limits, raw};

const TIMEOUT: Duration = Duration::from_secs(30);

async fn server() -> Server {
    let limits = Limits {
        header: Duration::from_millis(300),
        write: Duration::from_millis(300),
        request: Duration::from_millis(500),
        ..Limits::default()
    };
    Server::start_new(|_| (), limits).await
}

async fn rest(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let read = stream.read_to_end(&mut answer);
    // A reset also ends the connection.
    let _ = timeout(TIMEOUT, read).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn a_head_that_does_not_end() {
    let server = server().await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream
        .write_all(b"GET /healthz HTTP/1.1\r\nHost: local")
        .await
        .unwrap();
    assert!(!rest(&mut stream).await.contains(" 200 "));
}

#[tokio::test]
async fn a_body_that_drips() {
    let server = server().await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream
        .write_all(
            b"POST /setup HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\
              Content-Type: application/x-www-form-urlencoded\r\n\r\nname=",
        )
        .await
        .unwrap();
    let answer = rest(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
}

#[tokio::test]
async fn a_response_that_the_client_does_not_read() {
    let server = server().await;
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4_096).unwrap();
    let mut stream = socket.connect(server.address).await.unwrap();
    let request = b"GET /setup HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(100);
    // Responses fill all buffers, then requests do, and then the server disconnects.
    let ended = timeout(TIMEOUT, async {
        while stream.write_all(&request).await.is_ok() {}
    });
    ended.await.unwrap();
}

#[tokio::test]
async fn a_connection_without_a_request_is_closed() {
    let server = server().await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    assert_eq!(rest(&mut stream).await, "");
}

/// Unfinished messages of programs fill the in-flight body budget and affect no other requests.
#[tokio::test(flavor = "multi_thread")]
async fn slow_uploads_leave_budget_or_others_are_asked_to_retry() {
    let provider = Provider::start().await;
    let limits = Limits {
        body_budget_kib: 100,
        body_budget_timeout: Duration::from_millis(300),
        ..limits()
    };
    let server = Server::start_limited(|config| provider.introduce(config), limits).await;
    let administrator = server.administrator();
    provider.begin(&administrator).await;
    let key = administrator.make_key("program", &[("send", "on")]).await;
    let message = |octets: usize| {
        let head = "To: bob@example.com\r\nSubject: x\r\n\r\n";
        let line = format!("{}\r\n", "x".repeat(70));
        format!("{head}{}", line.repeat(octets / line.len()))
    };
    let dripping = message(90 * 1_024);
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let head = |length: &str| {
        format!(
            "POST /api/v1/messages HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer {key}\r\n\
             Content-Type: message/rfc822\r\n{length}\r\n\r\n"
        )
    };
    let length = format!("Content-Length: {}", dripping.len());
    stream.write_all(head(&length).as_bytes()).await.unwrap();
    let program = server.anonymous().with_key(&key);
    let submit = async |octets| {
        let request = program
            .request("POST", "/api/v1/messages")
            .header("content-type", "message/rfc822");
        program.send(request.body(message(octets))).await
    };
    // A body of unknown length counts as one of the maximum size.
    let chunked = async || {
        let (head, body) = (head("Transfer-Encoding: chunked"), message(1_000));
        let request = format!("{head}{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
        let answer = raw(server.address, request).await;
        answer.split(' ').nth(1).unwrap().to_owned()
    };
    let mut is_full = false;
    for _ in 0..100 {
        // The server may read the first request after this one.
        let answer = submit(50 * 1_024).await;
        if answer.status == 503 {
            assert_eq!(answer.header("content-type"), "application/problem+json");
            assert_eq!(answer.header("retry-after"), "5");
            assert!(answer.body.contains("Try again"), "{answer:?}");
            is_full = true;
            break;
        }
        assert_eq!(answer.status, 202, "{answer:?}");
    }
    assert!(is_full);
    assert_eq!(submit(1_000).await.status, 202);
    assert_eq!(chunked().await, "503");

    stream.write_all(dripping.as_bytes()).await.unwrap();

    let answer = rest(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 202"), "{answer}");
    assert_eq!(submit(50 * 1_024).await.status, 202);
    assert_eq!(chunked().await, "202");
}
