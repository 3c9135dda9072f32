//! A mail server with STARTTLS and XOAUTH2 that discards all messages; `smtp-sink` supports
//! neither.

use std::{path::Path, sync::Arc};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{TlsAcceptor, rustls};

use crate::world::{ADDRESS, TOKEN};

pub async fn run(port: u16, ca_file: &Path) {
    let acceptor = acceptor(ca_file);
    let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        stream.set_nodelay(true).unwrap();
        tokio::spawn(connection(stream, acceptor.clone()));
    }
}

/// Creates a TLS acceptor with a certificate for 127.0.0.1, and writes the certificate of its
/// authority to `ca_file`.
fn acceptor(ca_file: &Path) -> TlsAcceptor {
    let mut authority = CertificateParams::new([]).unwrap();
    authority
        .distinguished_name
        .push(DnType::CommonName, "Bench authority");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let mut server = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
    server
        .distinguished_name
        .push(DnType::CommonName, "Bench sink");
    let server = server.signed_by(&key, &authority).unwrap();
    let chain = vec![CertificateDer::from(server.der().to_vec())];
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    std::fs::write(ca_file, authority.pem()).unwrap();
    TlsAcceptor::from(Arc::new(config))
}

async fn connection(stream: TcpStream, acceptor: TlsAcceptor) {
    let mut clear = Talk::new(stream, "STARTTLS");
    clear.out.extend_from_slice(b"220 bench ESMTP\r\n");
    if clear.serve().await
        && let Ok(stream) = acceptor.accept(clear.stream).await
    {
        Talk::new(stream, "AUTH XOAUTH2").serve().await;
    }
}

struct Talk<S> {
    stream: S,
    /// Additional EHLO keywords.
    offers: &'static str,
    arrived: Vec<u8>,
    out: Vec<u8>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Talk<S> {
    fn new(stream: S, offers: &'static str) -> Self {
        let (arrived, out) = (Vec::new(), Vec::new());
        Self {
            stream,
            offers,
            arrived,
            out,
        }
    }

    /// Handles commands. Returns true if TLS is to begin.
    async fn serve(&mut self) -> bool {
        let good = STANDARD.encode(format!("user={ADDRESS}\x01auth=Bearer {TOKEN}\x01\x01"));
        while let Some(line) = self.until(b"\r\n").await {
            let line = String::from_utf8_lossy(&line).into_owned();
            let (command, rest) = line
                .trim_end()
                .split_once(' ')
                .unwrap_or((line.trim_end(), ""));
            let reply = match command.to_ascii_uppercase().as_str() {
                "EHLO" => &format!(
                    "250-bench\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SIZE 50000000\r\n250 {}\r\n",
                    self.offers
                ),
                "STARTTLS" => {
                    self.out.extend_from_slice(b"220 Go ahead\r\n");
                    return self.flush().await;
                }
                "AUTH" if rest.split(' ').nth(1) == Some(&good) => "235 Signed in\r\n",
                "AUTH" => "535 5.7.8 Not signed in\r\n",
                "DATA" => {
                    self.out.extend_from_slice(b"354 Go ahead\r\n");
                    if self.until(b"\r\n.\r\n").await.is_none() {
                        return false;
                    }
                    "250 2.0.0 Thrown away\r\n"
                }
                "QUIT" => {
                    self.out.extend_from_slice(b"221 Bye\r\n");
                    self.flush().await;
                    return false;
                }
                _ => "250 2.0.0 OK\r\n",
            };
            self.out.extend_from_slice(reply.as_bytes());
        }
        false
    }

    /// Reads up to and including `end`. Sends pending replies only when there is no more input (RFC
    /// 2920 §3.2).
    async fn until(&mut self, end: &[u8]) -> Option<Vec<u8>> {
        let mut searched = 0;
        loop {
            let place = self.arrived.get(searched..)?;
            if let Some(place) = place.windows(end.len()).position(|part| part == end) {
                let rest = self.arrived.split_off(searched + place + end.len());
                return Some(std::mem::replace(&mut self.arrived, rest));
            }
            searched = self.arrived.len().saturating_sub(end.len() - 1);
            if !self.flush().await {
                return None;
            }
            self.arrived.reserve(16 * 1024);
            if self.stream.read_buf(&mut self.arrived).await.unwrap_or(0) == 0 {
                return None;
            }
        }
    }

    async fn flush(&mut self) -> bool {
        if self.out.is_empty() {
            return true;
        }
        let written = self.stream.write_all(&self.out).await.is_ok();
        self.out.clear();
        written && self.stream.flush().await.is_ok()
    }
}
