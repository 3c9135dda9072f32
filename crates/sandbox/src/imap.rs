//! `IMAP4rev1` server (RFC 3501) with the subset that mail readers use: STARTTLS, implicit TLS (RFC
//! 8314), AUTHENTICATE with an initial response (RFC 4959), LIST with special uses (RFC 6154),
//! SELECT and EXAMINE, SEARCH, FETCH, and IDLE (RFC 2177). `imap-codec` parses the commands.

mod auth;
mod changes;
mod commands;
mod fetch;
mod mailbox;
mod matching;
mod session;

use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use crate::smtp::Port;
use crate::state::State;
use session::{End, Session};

/// Accepts connections until the task is aborted, which also closes them.
pub(crate) async fn serve(listener: TcpListener, port: Port, state: Arc<State>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    let state = Arc::clone(&state);
                    connections.spawn(async move {
                        if let Err(error) = connection(stream, port, state).await {
                            tracing::debug!(%error, "IMAP connection ended");
                        }
                    });
                }
                Err(error) => {
                    tracing::warn!(%error, "cannot accept an IMAP connection");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn connection(stream: TcpStream, port: Port, state: Arc<State>) -> std::io::Result<()> {
    let _ = stream.set_nodelay(true);
    let implicit = port == Port::Tls;
    let stream = if implicit {
        stream
    } else {
        match Session::new(stream, false, Arc::clone(&state))
            .run(true)
            .await?
        {
            End::Upgrade(stream) => stream,
            End::Closed => return Ok(()),
        }
    };
    let config = state
        .certificates
        .server_config(&state.faults())
        .map_err(std::io::Error::other)?;
    let stream = TlsAcceptor::from(config).accept(stream).await?;
    Session::new(stream, true, state).run(implicit).await?;
    Ok(())
}
