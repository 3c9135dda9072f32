//! Host names under which the server answers.

use server::config::PublicUrl;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::support::Server;

/// Returns the status of the response to a request that is sent verbatim.
async fn status(server: &Server, request: &str) -> String {
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer.split(' ').nth(1).unwrap_or_default().to_owned()
}

async fn status_of_host(server: &Server, host: &str) -> String {
    let request = format!("GET /healthz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    status(server, &request).await
}

#[tokio::test]
async fn are_those_of_this_machine() {
    let server = Server::start().await;
    for (host, expected) in [
        ("127.0.0.1", "200"),
        ("127.0.0.1:8080", "200"),
        ("localhost:3000", "200"),
        ("LOCALHOST", "200"),
        ("mailgrant.localhost", "200"),
        ("[::1]:3000", "200"),
        ("evil.example", "421"),
        ("evil.example:3000", "421"),
        ("localhost.evil.example", "421"),
        ("127.0.0.1.evil.example", "421"),
        ("192.168.0.1", "421"),
        ("user@127.0.0.1", "400"),
        ("127.0.0.1/x", "400"),
        ("", "400"),
    ] {
        assert_eq!(status_of_host(&server, host).await, expected, "{host}");
    }
}

#[tokio::test]
async fn are_that_of_the_public_url_too() {
    let server = Server::start_with(|config| {
        config.public_url = Some(PublicUrl::parse("https://mailgrant.example.com").unwrap());
    })
    .await;
    for (host, expected) in [
        ("mailgrant.example.com", "200"),
        ("mailgrant.example.com:443", "200"),
        ("mailgrant.example.com:80", "421"),
        ("127.0.0.1:3000", "200"),
        ("example.com", "421"),
    ] {
        assert_eq!(status_of_host(&server, host).await, expected, "{host}");
    }
}

#[tokio::test]
async fn are_never_taken_from_forwarded_headers() {
    let server = Server::start().await;
    let browser = server.administrator();
    let request = browser
        .request("GET", "/settings/smtp")
        .header("x-forwarded-host", "evil.example")
        .header("x-forwarded-proto", "https")
        .header("forwarded", "host=evil.example;proto=https");
    let page = browser.send(request).await;
    assert!(!page.body.contains("evil.example"), "{}", page.body);
    let expected = format!("{}/oauth/callback", server.url());
    assert!(page.body.contains(&expected), "{}", page.body);
}

#[tokio::test]
async fn are_named_exactly_once() {
    let server = Server::start().await;
    for head in [
        "GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n",
        "GET /healthz HTTP/1.1\r\n",
    ] {
        let request = format!("{head}Connection: close\r\n\r\n");
        assert_eq!(status(&server, &request).await, "400", "{head}");
    }
    // The request target takes precedence over the header.
    let absolute =
        "GET http://evil.example/healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    assert_eq!(status(&server, absolute).await, "421");
}
