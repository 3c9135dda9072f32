//! HTTPS servers of domains, with certificates for their exact names.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use rcgen::{CertificateParams, KeyPair};
use rustls::{ServerConfig, crypto::ring, pki_types::PrivateKeyDer};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpListener,
};
use tokio_rustls::TlsAcceptor;

/// A web server with answers per host and path, and 404 otherwise.
pub struct Web {
    pub port: u16,
    /// Root certificate to trust (DER).
    pub root: Vec<u8>,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    /// Complete answers by `host/path`.
    answers: Mutex<HashMap<String, String>>,
    /// Requests as `host/path?query`.
    requested: Mutex<Vec<String>>,
    visits: AtomicUsize,
}

impl Web {
    pub async fn start(names: &[&str]) -> Self {
        let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(names).unwrap();
        let certificate = certificate.self_signed(&key).unwrap().der().clone();
        let root = certificate.to_vec();
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate], PrivateKeyDer::from(key))
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::<Shared>::default();
        let serving = Arc::clone(&shared);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                serving.visits.fetch_add(1, Ordering::SeqCst);
                let (acceptor, shared) = (acceptor.clone(), Arc::clone(&serving));
                tokio::spawn(async move {
                    if let Ok(stream) = acceptor.accept(stream).await {
                        shared.serve(stream).await;
                    }
                });
            }
        });
        Self { port, root, shared }
    }

    /// Sets an answer with status 200.
    pub fn answer(&self, place: &str, media_type: &str, body: &str) {
        let length = body.len();
        self.raw(
            place,
            format!(
                "HTTP/1.1 200 OK\r\nContent-Type: {media_type}\r\nContent-Length: {length}\r\n\r\n{body}"
            ),
        );
    }

    /// Sets a raw answer. An empty one means no answer.
    pub fn raw(&self, place: &str, answer: impl Into<String>) {
        let mut answers = self.shared.answers.lock().unwrap();
        answers.insert(place.into(), answer.into());
    }

    /// Returns the requests, sorted: `host/path?query`.
    pub fn requested(&self) -> Vec<String> {
        let mut requested = self.shared.requested.lock().unwrap().clone();
        requested.sort();
        requested
    }

    /// Returns the number of connections.
    pub fn visits(&self) -> usize {
        self.shared.visits.load(Ordering::SeqCst)
    }
}

impl Shared {
    async fn serve(&self, mut stream: impl AsyncRead + AsyncWrite + Unpin) {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            match stream.read_u8().await {
                Ok(byte) => head.push(byte),
                Err(_) => return,
            }
        }
        let head = String::from_utf8(head).unwrap().to_ascii_lowercase();
        let target = head.split(' ').nth(1).unwrap();
        let host = head.split("\r\nhost: ").nth(1).unwrap();
        let host = host.split([':', '\r']).next().unwrap();
        let place = format!("{host}{target}");
        self.requested.lock().unwrap().push(place.clone());
        let place = place.split('?').next().unwrap();
        let answer = self.answers.lock().unwrap().get(place).cloned();
        let none = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_owned();
        let answer = answer.unwrap_or(none);
        if answer.is_empty() {
            std::future::pending::<()>().await;
        }
        let _ = stream.write_all(answer.as_bytes()).await;
        let _ = stream.shutdown().await;
    }
}
