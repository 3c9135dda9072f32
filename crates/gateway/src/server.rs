//! Listens, and serves connections within the limits.

use std::{io, net::SocketAddr, sync::Arc};

use listener::{
    Accepted, ConnectionLimits, Listener, ListenerOptions, Refusal, Refused, Service, TlsConfig,
    accept,
};
use tokio_util::sync::CancellationToken;

use crate::{
    Limits, Readers,
    connection::{Shared, serve},
    step::Protocol,
};

/// A server for one protocol.
#[derive(Debug)]
pub struct Server {
    listeners: Vec<Listener>,
    shared: Arc<Shared>,
}

impl Server {
    /// Returns a server without listeners. `name` is the host name in the greeting.
    pub fn new(
        protocol: Protocol,
        name: String,
        readers: Readers,
        tls: TlsConfig,
        limits: Limits,
    ) -> Self {
        Self {
            listeners: Vec::new(),
            shared: Arc::new(Shared {
                protocol,
                readers,
                tls,
                name,
                limits,
            }),
        }
    }

    /// Adds a listener. Returns its address with the port that was chosen.
    ///
    /// # Errors
    /// If the address is in use or cannot be used.
    pub fn bind(&mut self, options: ListenerOptions) -> io::Result<SocketAddr> {
        let listener = Listener::bind(options)?;
        let address = listener.address()?;
        self.listeners.push(listener);
        Ok(address)
    }

    /// Serves until the stop signal, then until each session has ended, which takes a moment.
    pub async fn run(self, stopping: CancellationToken) {
        accept(self.listeners, self.shared, stopping).await;
    }
}

impl Service for Shared {
    fn name(&self) -> &'static str {
        self.protocol.name()
    }

    fn limits(&self) -> ConnectionLimits {
        self.limits.connections
    }

    fn refused(&self, refused: &Refused) -> Vec<u8> {
        let line = match (self.protocol, refused.refusal) {
            (Protocol::Imap, Refusal::Address) => {
                "* BYE Connections from your address are not allowed here\r\n"
            }
            (Protocol::Imap, Refusal::TooMany) => {
                "* BYE [UNAVAILABLE] Too many connections; try again later\r\n"
            }
        };
        line.into()
    }

    async fn serve(self: Arc<Self>, accepted: Accepted, stopping: CancellationToken) {
        serve(accepted, self, stopping).await;
    }
}
