use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};
use sandbox::{Descriptor, Sandbox};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

pub struct SmtpClient {
    stream: Box<dyn Stream>,
}

pub fn tls_config(
    descriptor: &Descriptor,
    versions: &[&'static SupportedProtocolVersion],
) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_slice(descriptor.ca_pem.as_bytes()).unwrap())
        .unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    Arc::new(
        ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth(),
    )
}

pub async fn handshake(
    stream: TcpStream,
    descriptor: &Descriptor,
    versions: &[&'static SupportedProtocolVersion],
) -> std::io::Result<tokio_rustls::client::TlsStream<TcpStream>> {
    let name = ServerName::try_from(descriptor.smtp_host.clone()).unwrap();
    TlsConnector::from(tls_config(descriptor, versions))
        .connect(name, stream)
        .await
}

pub async fn tcp(port: u16) -> TcpStream {
    TcpStream::connect(("127.0.0.1", port)).await.unwrap()
}

impl SmtpClient {
    /// Connects without TLS. Does not read the greeting.
    pub async fn plain(sandbox: &Sandbox) -> Self {
        let stream = tcp(sandbox.descriptor().smtp_starttls_port).await;
        Self {
            stream: Box::new(stream),
        }
    }

    /// Connects with implicit TLS, reads the greeting, and sends EHLO.
    pub async fn tls(sandbox: &Sandbox) -> Self {
        let descriptor = sandbox.descriptor();
        let stream = tcp(descriptor.smtp_tls_port).await;
        let stream = handshake(stream, descriptor, rustls::ALL_VERSIONS)
            .await
            .unwrap();
        let mut client = Self {
            stream: Box::new(stream),
        };
        assert!(client.reply().await.starts_with("220 "));
        assert!(client.command("EHLO test").await.starts_with("250-"));
        client
    }

    /// Connects with STARTTLS and sends EHLO again.
    pub async fn starttls(sandbox: &Sandbox) -> Self {
        let descriptor = sandbox.descriptor();
        let mut stream = tcp(descriptor.smtp_starttls_port).await;
        for command in ["", "EHLO test\r\n", "STARTTLS\r\n"] {
            stream.write_all(command.as_bytes()).await.unwrap();
            let reply = read_reply(&mut stream).await;
            assert!(reply.starts_with('2'), "{reply}");
        }
        let stream = handshake(stream, descriptor, rustls::ALL_VERSIONS)
            .await
            .unwrap();
        let mut client = Self {
            stream: Box::new(stream),
        };
        assert!(client.command("EHLO test").await.starts_with("250-"));
        client
    }

    pub async fn write(&mut self, bytes: &[u8]) {
        // The server may have closed the connection already.
        let _ = self.stream.write_all(bytes).await;
        let _ = self.stream.flush().await;
    }

    /// Reads a complete reply with its line ends. Empty at the end of the connection.
    pub async fn reply(&mut self) -> String {
        read_reply(&mut self.stream).await
    }

    pub async fn command(&mut self, line: &str) -> String {
        self.write(format!("{line}\r\n").as_bytes()).await;
        self.reply().await
    }

    pub async fn xoauth2(&mut self, user: &str, token: &str) -> String {
        let blob = STANDARD.encode(format!("user={user}\x01auth=Bearer {token}\x01\x01"));
        self.command(&format!("AUTH XOAUTH2 {blob}")).await
    }

    pub async fn sign_in(&mut self, token: &str) {
        let reply = self.xoauth2(super::ALICE, token).await;
        assert!(reply.starts_with("235 "), "{reply}");
    }

    /// Sends MAIL, RCPT, DATA, and the message. Returns the final reply.
    pub async fn message(&mut self, from: &str, raw: &str) -> String {
        for command in [
            format!("MAIL FROM:<{from}>"),
            "RCPT TO:<someone@example.test>".to_owned(),
            "DATA".to_owned(),
        ] {
            let reply = self.command(&command).await;
            if !reply.starts_with(['2', '3']) {
                return reply;
            }
        }
        self.command(&format!("{raw}\r\n.")).await
    }
}

async fn read_reply(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut text = String::new();
    loop {
        let mut line = Vec::new();
        loop {
            match stream.read_u8().await {
                Ok(byte) => line.push(byte),
                Err(_) => return text,
            }
            if line.ends_with(b"\n") {
                break;
            }
        }
        let line = String::from_utf8(line).unwrap();
        assert!(line.ends_with("\r\n"), "{line:?}");
        text.push_str(&line);
        if line.as_bytes().get(3) == Some(&b' ') {
            return text;
        }
    }
}
