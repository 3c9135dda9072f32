//! Whoever is slow is cut off.

use std::time::Duration;

use server::Limits;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpSocket, TcpStream},
    time::timeout,
};

use crate::support::Server;

const PATIENCE: Duration = Duration::from_secs(30);

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
    // A connection that is reset has ended as well.
    let _ = timeout(PATIENCE, read).await.unwrap();
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
async fn an_answer_that_nobody_takes() {
    let server = server().await;
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4_096).unwrap();
    let mut stream = socket.connect(server.address).await.unwrap();
    let request = b"GET /setup HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(100);
    // Answers fill all buffers, then requests do, and then the server has had enough.
    let ended = timeout(PATIENCE, async {
        while stream.write_all(&request).await.is_ok() {}
    });
    ended.await.unwrap();
}

#[tokio::test]
async fn a_connection_on_which_nothing_is_asked() {
    let server = server().await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    assert_eq!(rest(&mut stream).await, "");
}
