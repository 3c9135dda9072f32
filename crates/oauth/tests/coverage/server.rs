//! A scripted HTTP server on loopback.

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::AbortHandle,
};

/// A response, byte by byte.
#[derive(Clone, Debug)]
pub struct Answer {
    head: String,
    body: Vec<u8>,
}

impl Answer {
    /// Parses `<status> <content type or -> <body>`.
    pub fn parse<'a>(text: &str, headers: impl Iterator<Item = &'a str>) -> Self {
        let mut parts = text.splitn(3, ' ');
        let mut part = || parts.next().unwrap_or_default();
        let (status, kind, body) = (part(), part(), unescaped(part()));
        let mut head = format!("HTTP/1.1 {status} x\r\nConnection: close\r\n");
        if kind != "-" {
            head = format!("{head}Content-Type: {kind}\r\n");
        }
        for header in headers {
            head = format!("{head}{header}\r\n");
        }
        Self { head, body }
    }

    /// Fills in the origin of the server.
    pub fn at(self, origin: &str) -> Self {
        let body = String::from_utf8(self.body).unwrap();
        Self {
            body: body.replace("{o}", origin).into_bytes(),
            ..self
        }
    }

    async fn write(&self, stream: &mut TcpStream) -> std::io::Result<()> {
        let length = self.body.len();
        let head = format!("{}Content-Length: {length}\r\n\r\n", self.head);
        stream.write_all(head.as_bytes()).await?;
        stream.write_all(&self.body).await?;
        stream.shutdown().await
    }
}

fn unescaped(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let text = text.replace("\\u{feff}", "\u{feff}").replace("\\n", "\n");
    for (at, part) in text.split("\\xff").enumerate() {
        if at > 0 {
            bytes.push(0xff);
        }
        bytes.extend_from_slice(part.as_bytes());
    }
    bytes
}

/// A server that ends when it is dropped.
pub struct Server {
    origin: String,
    task: AbortHandle,
}

impl Server {
    /// Answers each request with what `answer` makes of it and of the server's origin.
    pub async fn start(answer: impl Fn(&str, &str) -> Answer + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let own = origin.clone();
        let task = tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let request = request(&mut stream).await;
                // The client may be gone.
                let _ = answer(&request, &own).write(&mut stream).await;
            }
        });
        Self {
            origin,
            task: task.abort_handle(),
        }
    }

    /// Returns `http://` with address and port.
    pub fn origin(&self) -> &str {
        &self.origin
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Reads a request to the end of its body.
async fn request(stream: &mut TcpStream) -> String {
    let mut text = String::new();
    let mut buffer = [0; 4_096];
    loop {
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let head = head.to_ascii_lowercase();
            let length = head.split("content-length: ").nth(1);
            let length = length.and_then(|rest| rest.lines().next()?.parse::<usize>().ok());
            if body.len() >= length.unwrap_or_default() {
                return text;
            }
        }
        match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => return text,
            Ok(count) => text.push_str(&String::from_utf8_lossy(&buffer[..count])),
        }
    }
}
