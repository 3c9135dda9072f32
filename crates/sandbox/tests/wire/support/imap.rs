use sandbox::Sandbox;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufStream};

use super::smtp::{handshake, tcp};

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

/// Sends commands with the tag `a`.
pub struct ImapClient {
    stream: BufStream<Box<dyn Stream>>,
}

impl ImapClient {
    fn over(stream: impl Stream + 'static) -> Self {
        Self {
            stream: BufStream::new(Box::new(stream)),
        }
    }

    /// Connects without TLS. Does not read the greeting.
    pub async fn plain(sandbox: &Sandbox) -> Self {
        Self::over(tcp(sandbox.descriptor().imap_starttls_port).await)
    }

    /// Connects with implicit TLS. Does not read the greeting.
    pub async fn tls(sandbox: &Sandbox) -> Self {
        let descriptor = sandbox.descriptor();
        let stream = tcp(descriptor.imap_tls_port).await;
        let stream = handshake(stream, descriptor, rustls::ALL_VERSIONS).await;
        Self::over(stream.unwrap())
    }

    /// Connects with STARTTLS.
    pub async fn starttls(sandbox: &Sandbox) -> Self {
        let descriptor = sandbox.descriptor();
        let mut stream = BufStream::new(tcp(descriptor.imap_starttls_port).await);
        let mut line = String::new();
        stream.read_line(&mut line).await.unwrap();
        stream.write_all(b"a STARTTLS\r\n").await.unwrap();
        stream.flush().await.unwrap();
        line.clear();
        stream.read_line(&mut line).await.unwrap();
        assert!(line.starts_with("a OK"), "{line}");
        let stream = handshake(stream.into_inner(), descriptor, rustls::ALL_VERSIONS).await;
        Self::over(stream.unwrap())
    }

    /// Reads a line, without its line end.
    pub async fn line(&mut self) -> String {
        let mut line = String::new();
        self.stream.read_line(&mut line).await.unwrap();
        line.trim_end().to_owned()
    }

    pub async fn send(&mut self, line: &str) {
        let line = format!("{line}\r\n");
        self.stream.write_all(line.as_bytes()).await.unwrap();
        self.stream.flush().await.unwrap();
    }

    /// Sends a command. Returns all lines up to its tagged reply or a challenge.
    pub async fn command(&mut self, command: &str) -> String {
        self.send(&format!("a {command}")).await;
        self.rest().await
    }

    pub async fn rest(&mut self) -> String {
        let mut lines = Vec::new();
        loop {
            let line = self.line().await;
            let last = line.is_empty() && lines.len() > 200;
            let end = line.starts_with("a ") || line.starts_with('+') || last;
            lines.push(line);
            if end {
                return lines.join("\n");
            }
        }
    }
}
