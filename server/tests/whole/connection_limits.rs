//! More connections than the limit allows.

use std::{num::NonZeroU32, time::Duration};

use server::Limits;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::{sleep, timeout},
};

use crate::support::{Browser, Server, limits};

async fn server(connections: usize, per_address: Option<u32>) -> Server {
    let limits = Limits {
        connections,
        reserved: 2,
        // Idle connections are closed because of the limit, not because of a timeout.
        header: Duration::from_mins(5),
        request: Duration::from_mins(5),
        ..limits()
    };
    let change = |config: &mut server::Config| {
        config.address_limits.connections = per_address.and_then(NonZeroU32::new);
    };
    Server::start_limited(change, limits).await
}

/// Opens a connection with a request that never ends.
async fn busy(server: &Server) -> TcpStream {
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let request = b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\
        Content-Type: application/x-www-form-urlencoded\r\n\r\nname=";
    stream.write_all(request).await.unwrap();
    stream
}

/// Opens a connection that stays open after a response.
async fn kept(server: &Server) -> TcpStream {
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let request = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
    stream.write_all(request).await.unwrap();
    let mut answer = [0; 4_096];
    let read = stream.read(&mut answer).await.unwrap();
    assert!(answer[..read].starts_with(b"HTTP/1.1 200"));
    stream
}

async fn is_closed(stream: &mut TcpStream) -> bool {
    let mut rest = Vec::new();
    let read = timeout(Duration::from_secs(30), stream.read_to_end(&mut rest));
    read.await.is_ok()
}

/// Returns the status of a request over a separate connection.
async fn get(browser: &Browser, path: &str) -> u16 {
    let request = browser.request("GET", path).header("connection", "close");
    match request.header("accept", "text/html").send().await {
        Ok(response) => response.status().as_u16(),
        // The connection was refused before the request was read.
        Err(_) => 503,
    }
}

async fn until(browser: &Browser, path: &str, status: u16) {
    let wait = async {
        while get(browser, path).await != status {
            sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(Duration::from_mins(1), wait).await.unwrap();
}

#[tokio::test]
async fn health_checks_and_programs_are_served_when_no_connection_is_left_for_pages() {
    let server = server(8, None).await;
    let administrator = server.administrator();
    let key = administrator
        .make_key("reader", &[("messages", "on")])
        .await;
    let program = server.anonymous().with_key(&key);
    let anonymous = server.anonymous();
    assert_eq!(get(&anonymous, "/login").await, 200);
    let mut held = Vec::new();
    for _ in 0..6 {
        held.push(busy(&server).await);
    }
    until(&anonymous, "/login", 503).await;
    for _ in 0..3 {
        assert_eq!(get(&anonymous, "/healthz").await, 200);
        assert_eq!(get(&anonymous, "/readyz").await, 200);
        assert_eq!(get(&program, "/api/v1/status").await, 200);
        assert_eq!(get(&anonymous, "/login").await, 503);
    }
    held.clear();
    until(&anonymous, "/login", 200).await;
}

#[tokio::test]
async fn the_connection_that_was_idle_longest_is_closed_when_there_is_no_room() {
    let server = server(8, None).await;
    // The browser that set up the server keeps one connection.
    let mut idle = Vec::new();
    for _ in 0..6 {
        idle.push(kept(&server).await);
    }
    let _busy = busy(&server).await;
    let _more = busy(&server).await;
    assert!(is_closed(&mut idle[0]).await);
    assert_eq!(get(&server.anonymous(), "/login").await, 200);
}

#[tokio::test]
async fn an_address_that_has_too_many_connections_is_refused_more() {
    let server = server(1_000, Some(4)).await;
    let anonymous = server.anonymous();
    let mut held = Vec::new();
    for _ in 0..4 {
        held.push(busy(&server).await);
    }
    let refused = async {
        loop {
            let mut stream = TcpStream::connect(server.address).await.unwrap();
            let mut answer = String::new();
            let read = stream.read_to_string(&mut answer);
            if timeout(Duration::from_millis(200), read).await.is_ok() && !answer.is_empty() {
                return answer;
            }
        }
    };
    let answer = timeout(Duration::from_mins(1), refused).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 503") && answer.contains("Retry-After: 5"));
    held.clear();
    until(&anonymous, "/healthz", 200).await;
}
