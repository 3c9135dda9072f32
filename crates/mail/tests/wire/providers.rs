//! Faulty token endpoints.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// A server on loopback that counts connections.
pub struct Provider {
    pub port: u16,
    visits: Arc<AtomicUsize>,
    sent: Arc<AtomicUsize>,
}

/// Behavior of the server.
#[derive(Clone, Debug)]
pub enum Behavior {
    /// Sends these bytes.
    Answer(String),
    /// Sends these bytes, and then the same again as long as the client reads.
    Endless(String),
    /// Sends these bytes, and then one byte every 20 milliseconds.
    Drip(String),
    /// Rejects the request and returns it as the reason.
    Echo,
    /// Sends nothing and keeps the connection open.
    Silent,
}

impl Provider {
    pub async fn start(behavior: Behavior) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (visits, sent) = (Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
        let (counted, reported) = (Arc::clone(&visits), Arc::clone(&sent));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(serve(stream, behavior.clone(), Arc::clone(&reported)));
            }
        });
        Self { port, visits, sent }
    }

    /// Returns the number of connections.
    pub fn visits(&self) -> usize {
        self.visits.load(Ordering::SeqCst)
    }

    /// Returns the number of bytes sent.
    pub fn sent(&self) -> usize {
        self.sent.load(Ordering::SeqCst)
    }

    /// Returns the URL of its token endpoint.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/token", self.port)
    }
}

async fn serve(mut stream: TcpStream, behavior: Behavior, sent: Arc<AtomicUsize>) {
    // The start of the request is enough to choose an answer.
    let mut request = [0; 4_096];
    let read = stream.read(&mut request).await.unwrap_or_default();
    match behavior {
        Behavior::Answer(text) => {
            let _ = stream.write_all(text.as_bytes()).await;
            // Reads the rest of the request, because closing early would lose the answer.
            let _ = stream.shutdown().await;
            while stream.read(&mut request).await.is_ok_and(|count| count > 0) {}
        }
        Behavior::Endless(text) => {
            let _ = stream.write_all(text.as_bytes()).await;
            let more = text.repeat(65_536 / text.len());
            while stream.write_all(more.as_bytes()).await.is_ok() {
                sent.fetch_add(more.len(), Ordering::SeqCst);
            }
        }
        Behavior::Drip(text) => {
            let _ = stream.write_all(text.as_bytes()).await;
            while stream.write_all(b" ").await.is_ok() {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        }
        Behavior::Echo => {
            let mut received = request[..read].to_vec();
            // The body may arrive separately.
            while !received
                .ends_with(b"redirect_uri=http%3A%2F%2F127.0.0.1%3A3000%2Foauth%2Fcallback")
            {
                let more = stream.read(&mut request).await.unwrap_or_default();
                if more == 0 {
                    return;
                }
                received.extend_from_slice(&request[..more]);
            }
            let said = String::from_utf8_lossy(&received).into_owned();
            let head =
                "HTTP/1.1 400 No\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n";
            let body = serde_json::json!({ "error": "invalid_client", "error_description": said });
            let _ = stream.write_all(format!("{head}{body}").as_bytes()).await;
        }
        Behavior::Silent => std::future::pending().await,
    }
}
