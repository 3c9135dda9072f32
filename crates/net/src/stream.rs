//! A stream that records the server's replies and is upgraded to TLS in place.
//!
//! Mail libraries hide the TLS version and cipher, and their errors omit the text of replies. This
//! stream keeps both.

use std::{
    fmt, io,
    net::SocketAddr,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
};

use domain::TlsSession;
use rustls::pki_types::{CertificateDer, ServerName};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};
use tokio_rustls::{TlsConnector, client::TlsStream};

/// Longest reply to one write, in bytes, unless a caller allows more. Without a limit, a server
/// could send endlessly while a reader waits for the end of a line.
const MAX_REPLY: usize = 128 * 1024;

/// TCP, with or without TLS.
#[derive(Debug)]
pub enum Stream {
    /// Without encryption.
    Tcp(TcpStream),
    /// Over TLS.
    Tls(Box<TlsStream<TcpStream>>),
    /// No stream: during a handshake, after a failed one, and after
    /// [`RecordingStream::take_stream`].
    Gone,
}

struct Shared {
    stream: Stream,
    peer: SocketAddr,
    /// The start of the reply to the last write.
    heard: Vec<u8>,
    /// Total length of the reply.
    read: usize,
    limit: usize,
    /// Complete replies as text; invalid UTF-8 is replaced.
    replies: Vec<String>,
}

/// A handle on the stream. Clones share it, which lets a mail library own one handle and the
/// connection another.
#[derive(Clone)]
pub struct RecordingStream(Arc<Mutex<Shared>>);

impl RecordingStream {
    /// Records a new connection.
    ///
    /// # Errors
    /// If the connection is closed already.
    pub fn new(stream: TcpStream) -> io::Result<Self> {
        let peer = stream.peer_addr()?;
        Ok(Self(Arc::new(Mutex::new(Shared {
            stream: Stream::Tcp(stream),
            peer,
            heard: Vec::new(),
            read: 0,
            limit: MAX_REPLY,
            replies: Vec::new(),
        }))))
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the replies since the last call, including an incomplete one.
    pub fn take_replies(&self) -> Vec<String> {
        let mut shared = self.shared();
        shared.end_reply();
        std::mem::take(&mut shared.replies)
    }

    /// Raises the limit of later replies, in bytes. The recorded part does not grow.
    pub fn set_limit(&self, limit: usize) {
        self.shared().limit = limit.max(MAX_REPLY);
    }

    /// Returns the address of the server.
    pub fn peer_addr(&self) -> SocketAddr {
        self.shared().peer
    }

    /// Takes the stream out of this handle and its clones. Returns `None` if it is gone already.
    pub fn take_stream(&self) -> Option<Stream> {
        match std::mem::replace(&mut self.shared().stream, Stream::Gone) {
            Stream::Gone => None,
            stream => Some(stream),
        }
    }

    /// Returns the certificates of the server, its own first; none without TLS.
    pub fn certificates(&self) -> Vec<CertificateDer<'static>> {
        match &self.shared().stream {
            Stream::Tls(tls) => {
                let certificates = tls.get_ref().1.peer_certificates();
                certificates.map(<[_]>::to_vec).unwrap_or_default()
            }
            _ => Vec::new(),
        }
    }

    /// Starts TLS on the TCP stream.
    ///
    /// # Errors
    /// Those of the handshake. The stream is gone then.
    pub async fn upgrade(
        &self,
        connector: &TlsConnector,
        name: ServerName<'static>,
    ) -> io::Result<TlsSession> {
        let tcp = {
            let mut shared = self.shared();
            match std::mem::replace(&mut shared.stream, Stream::Gone) {
                Stream::Tcp(tcp) => tcp,
                _ => return Err(io::ErrorKind::NotConnected.into()),
            }
        };
        let tls = connector.connect(name, tcp).await?;
        let (_, state) = tls.get_ref();
        let session = TlsSession {
            version: state
                .protocol_version()
                .map_or("TLS", version_name)
                .to_owned(),
            cipher: state
                .negotiated_cipher_suite()
                .and_then(|suite| suite.suite().as_str())
                .unwrap_or_default()
                .replace("TLS13_", "TLS_"),
        };
        self.shared().stream = Stream::Tls(Box::new(tls));
        Ok(session)
    }
}

fn version_name(version: rustls::ProtocolVersion) -> &'static str {
    match version {
        rustls::ProtocolVersion::TLSv1_3 => "TLS 1.3",
        rustls::ProtocolVersion::TLSv1_2 => "TLS 1.2",
        _ => "TLS",
    }
}

impl Shared {
    fn end_reply(&mut self) {
        self.read = 0;
        if !self.heard.is_empty() {
            let heard = std::mem::take(&mut self.heard);
            let text = String::from_utf8_lossy(&heard).into_owned();
            self.replies.push(text);
        }
    }
}

impl AsyncRead for RecordingStream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let mut shared = self.shared();
        let before = buffer.filled().len();
        let read = Pin::new(&mut shared.stream).poll_read(context, buffer);
        if read.is_ready() {
            let heard = &buffer.filled()[before..];
            shared.read += heard.len();
            if shared.read > shared.limit {
                return Poll::Ready(Err(io::ErrorKind::InvalidData.into()));
            }
            let room = MAX_REPLY - shared.heard.len();
            let kept = heard.get(..room.min(heard.len())).unwrap_or_default();
            shared.heard.extend_from_slice(kept);
        }
        read
    }
}

impl AsyncWrite for RecordingStream {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let mut shared = self.shared();
        shared.end_reply();
        Pin::new(&mut shared.stream).poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.shared().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.shared().stream).poll_shutdown(context)
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_read(context, buffer),
            Self::Tls(stream) => Pin::new(stream.as_mut()).poll_read(context, buffer),
            Self::Gone => Poll::Ready(Err(io::ErrorKind::NotConnected.into())),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_write(context, bytes),
            Self::Tls(stream) => Pin::new(stream.as_mut()).poll_write(context, bytes),
            Self::Gone => Poll::Ready(Err(io::ErrorKind::NotConnected.into())),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_flush(context),
            Self::Tls(stream) => Pin::new(stream.as_mut()).poll_flush(context),
            Self::Gone => Poll::Ready(Ok(())),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_shutdown(context),
            Self::Tls(stream) => Pin::new(stream.as_mut()).poll_shutdown(context),
            Self::Gone => Poll::Ready(Ok(())),
        }
    }
}

impl fmt::Debug for RecordingStream {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("RecordingStream")
            .field("peer", &self.shared().peer)
            .finish_non_exhaustive()
    }
}
