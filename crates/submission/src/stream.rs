//! A connection with or without TLS.

use std::{io, sync::Arc};

use futures::FutureExt as _;
use rustls::{ServerConfig, ServerConnection};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    task::unconstrained,
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

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

    /// Returns the TLS connection, if there is one.
    pub fn tls(&self) -> Option<&ServerConnection> {
        match self {
            Self::Tls(stream) => Some(stream.get_ref().1),
            Self::Plain(_) | Self::Lost => None,
        }
    }

    /// Ends the server's side of the connection.
    pub async fn shutdown(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(stream) => stream.shutdown().await,
            Self::Tls(stream) => stream.shutdown().await,
            Self::Lost => Ok(()),
        }
    }

    /// Performs a TLS handshake.
    pub async fn start_tls(&mut self, config: Arc<ServerConfig>) -> io::Result<()> {
        let Self::Plain(stream) = std::mem::replace(self, Self::Lost) else {
            return Ok(());
        };
        let stream = TlsAcceptor::from(config).accept(stream).await?;
        *self = Self::Tls(Box::new(stream));
        Ok(())
    }
}
