//! A connection with or without TLS.

use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use futures::FutureExt as _;
use rustls::{ProtocolVersion, ServerConfig, ServerConnection};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf},
    net::TcpStream,
    task::unconstrained,
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

/// First octet of a TLS handshake (RFC 8446 §5.1).
pub const HANDSHAKE: u8 = 0x16;
/// Octets that are read after the last reply.
const LINGER_OCTETS: usize = 262_144;

/// A connection to a client.
#[derive(Debug)]
pub enum Stream {
    /// Without TLS.
    Plain(TcpStream),
    /// With TLS.
    Tls(Box<TlsStream<TcpStream>>),
    /// The connection is lost, because a TLS handshake failed.
    Lost,
}

impl Stream {
    /// Reads some octets; 0 at the end.
    ///
    /// # Errors
    /// If the connection is lost.
    pub async fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.read(buffer).await,
            Self::Tls(stream) => stream.read(buffer).await,
            Self::Lost => Ok(0),
        }
    }

    /// Reads octets that have arrived already, without waiting.
    pub fn read_available(&mut self, buffer: &mut [u8]) -> usize {
        let read = unconstrained(self.read(buffer)).now_or_never();
        read.and_then(Result::ok).unwrap_or(0)
    }

    /// Writes everything.
    ///
    /// # Errors
    /// If the connection is lost.
    pub async fn write(&mut self, octets: &[u8]) -> io::Result<()> {
        match self {
            Self::Plain(stream) => stream.write_all(octets).await,
            Self::Tls(stream) => {
                stream.write_all(octets).await?;
                stream.flush().await
            }
            Self::Lost => Ok(()),
        }
    }

    /// Ends the server's side of the connection.
    ///
    /// # Errors
    /// If the connection is lost.
    pub async fn shutdown(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(stream) => stream.shutdown().await,
            Self::Tls(stream) => stream.shutdown().await,
            Self::Lost => Ok(()),
        }
    }

    /// Returns true if the connection is encrypted.
    pub fn is_encrypted(&self) -> bool {
        matches!(self, Self::Tls(_))
    }

    /// Returns the TLS connection, if there is one.
    pub fn tls(&self) -> Option<&ServerConnection> {
        match self {
            Self::Tls(stream) => Some(stream.get_ref().1),
            Self::Plain(_) | Self::Lost => None,
        }
    }

    /// Returns the version of TLS, such as `1.3`. Returns `None` without TLS.
    pub fn tls_version(&self) -> Option<&'static str> {
        Some(match self.tls()?.protocol_version() {
            Some(ProtocolVersion::TLSv1_3) => "1.3",
            Some(ProtocolVersion::TLSv1_2) => "1.2",
            _ => "other",
        })
    }

    /// Performs a TLS handshake.
    ///
    /// # Errors
    /// If the connection is lost, or the handshake fails.
    pub async fn start_tls(&mut self, config: Arc<ServerConfig>) -> io::Result<()> {
        let Self::Plain(stream) = std::mem::replace(self, Self::Lost) else {
            return Ok(());
        };
        let stream = TlsAcceptor::from(config).accept(stream).await?;
        *self = Self::Tls(Box::new(stream));
        Ok(())
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_read(context, buffer),
            Self::Tls(stream) => Pin::new(stream.as_mut()).poll_read(context, buffer),
            Self::Lost => Poll::Ready(Ok(())),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        octets: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write(context, octets),
            Self::Tls(stream) => Pin::new(stream.as_mut()).poll_write(context, octets),
            Self::Lost => Poll::Ready(Err(io::ErrorKind::NotConnected.into())),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_flush(context),
            Self::Tls(stream) => Pin::new(stream.as_mut()).poll_flush(context),
            Self::Lost => Poll::Ready(Ok(())),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(context),
            Self::Tls(stream) => Pin::new(stream.as_mut()).poll_shutdown(context),
            Self::Lost => Poll::Ready(Ok(())),
        }
    }
}

/// Ends the server's side of a connection and reads what is left. Closing a connection with unread
/// octets would discard the last reply.
///
/// # Errors
/// If the connection is lost.
pub async fn linger(stream: &mut Stream, buffer: &mut [u8]) -> io::Result<()> {
    Stream::shutdown(stream).await?;
    let mut octets = 0;
    while octets < LINGER_OCTETS {
        match Stream::read(stream, buffer).await? {
            0 => break,
            read => octets += read,
        }
    }
    Ok(())
}
