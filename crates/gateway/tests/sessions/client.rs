//! A client that sends exactly what a test writes.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, ServerName},
};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::TlsConnector;

/// Time after which a test gives up.
const PATIENCE: Duration = Duration::from_secs(20);

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

pub struct Client {
    stream: Option<Box<dyn Stream>>,
    read: Vec<u8>,
}

impl Client {
    pub async fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self {
            stream: Some(Box::new(stream)),
            read: Vec::new(),
        }
    }

    fn stream(&mut self) -> &mut Box<dyn Stream> {
        self.stream.as_mut().unwrap()
    }

    /// Performs a TLS handshake and trusts this certificate.
    pub async fn start_tls(&mut self, certificate: &CertificateDer<'static>) {
        let mut roots = RootCertStore::empty();
        roots.add(certificate.clone()).unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let stream = self.stream.take().unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        let connected = TlsConnector::from(Arc::new(config)).connect(name, stream);
        let stream = timeout(PATIENCE, connected).await.unwrap().unwrap();
        self.stream = Some(Box::new(stream));
    }

    /// Sends octets. The server may have closed the connection already.
    pub async fn send(&mut self, octets: impl AsRef<[u8]>) {
        let stream = self.stream();
        let _ = stream.write_all(octets.as_ref()).await;
        let _ = stream.flush().await;
    }

    /// Sends a line with CRLF. Returns the next line.
    pub async fn say(&mut self, line: &str) -> String {
        self.send(format!("{line}\r\n")).await;
        self.line().await
    }

    /// Sends a command. Returns the lines up to the one with its tag.
    pub async fn command(&mut self, tag: &str, rest: &str) -> Vec<String> {
        self.send(format!("{tag} {rest}\r\n")).await;
        let mut lines = Vec::new();
        loop {
            let line = self.line().await;
            let is_last = line.starts_with(&format!("{tag} "));
            lines.push(line);
            if is_last {
                return lines;
            }
        }
    }

    /// Returns the next line without its end.
    pub async fn line(&mut self) -> String {
        self.next_line().await.expect("the connection is open")
    }

    /// Returns the next line, or `None` if the server has closed the connection.
    pub async fn next_line(&mut self) -> Option<String> {
        loop {
            if let Some(end) = self.read.iter().position(|octet| *octet == b'\n') {
                let line: Vec<u8> = self.read.drain(..=end).collect();
                let line = String::from_utf8(line).unwrap();
                return Some(line.trim_end().to_owned());
            }
            let mut buffer = [0; 4_096];
            let read = timeout(PATIENCE, self.stream().read(&mut buffer)).await;
            match read.expect("the server replies") {
                Ok(read @ 1..) => self.read.extend_from_slice(&buffer[..read]),
                Ok(_) | Err(_) => return None,
            }
        }
    }

    /// Returns all further lines until the server closes the connection.
    pub async fn rest(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        while let Some(line) = self.next_line().await {
            lines.push(line);
        }
        lines
    }
}
