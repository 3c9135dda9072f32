//! SMTP submission server (RFC 5321, RFC 6409) with STARTTLS (RFC 3207), implicit TLS (RFC 8314),
//! and AUTH (RFC 4954).

mod auth;
mod commands;
mod lines;
mod session;
mod transaction;

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::state::State;
use session::{End, Session};

/// Protocol at the start of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Port {
    /// Plaintext, with STARTTLS offered.
    Starttls,
    /// Implicit TLS.
    Tls,
}

/// Accepts connections until the task is aborted, which also closes them.
pub(crate) async fn serve(listener: TcpListener, port: Port, state: Arc<State>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(connection(stream, port, Arc::clone(&state)));
                }
                Err(error) => {
                    tracing::warn!(%error, "cannot accept an SMTP connection");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn connection(stream: TcpStream, port: Port, state: Arc<State>) {
    // Nagle's algorithm would delay many small replies by 40 ms each.
    let _ = stream.set_nodelay(true);
    let faults = state.faults();
    let implicit = match port {
        Port::Tls => !faults.plaintext_on_tls_port,
        Port::Starttls => faults.tls_on_starttls_port,
    };
    let stream = if implicit {
        stream
    } else {
        let session = Session::new(stream, None, Arc::clone(&state));
        match session.run(true).await {
            Ok(End::Upgrade(stream)) => stream,
            Ok(End::Closed) => return,
            Err(error) => {
                tracing::debug!(%error, "SMTP connection ended");
                return;
            }
        }
    };
    let Some(stream) = handshake(stream, &state).await else {
        return;
    };
    let version = match stream.get_ref().1.protocol_version() {
        Some(rustls::ProtocolVersion::TLSv1_2) => "1.2",
        _ => "1.3",
    };
    let session = Session::new(stream, Some(version), state);
    if let Err(error) = session.run(implicit).await {
        tracing::debug!(%error, "SMTP connection ended");
    }
}

/// The fatal alert `protocol_version` in a record of TLS 1.0 (RFC 8446 §6.2).
const ALERT_VERSION: [u8; 7] = [21, 3, 1, 0, 2, 2, 70];

async fn handshake(mut stream: TcpStream, state: &State) -> Option<TlsStream<TcpStream>> {
    let faults = state.faults();
    if faults.tls_cut || faults.old_tls {
        // Closes after the ClientHello, like a server that has read and rejected it.
        let _ = stream.read(&mut [0; 8_192]).await;
        if faults.old_tls {
            let _ = stream.write_all(&ALERT_VERSION).await;
        }
        return None;
    }
    let config = match state.certificates.server_config(&faults) {
        Ok(config) => config,
        Err(error) => {
            tracing::warn!(%error, "faults allow no TLS version");
            return None;
        }
    };
    match TlsAcceptor::from(config).accept(stream).await {
        Ok(stream) => Some(stream),
        Err(error) => {
            tracing::debug!(%error, "TLS handshake failed");
            None
        }
    }
}
