//! Listens, and serves connections within the limits.

use std::{io, net::SocketAddr, sync::Arc};

use domain::FindingCode;
use listener::{
    Accepted, ConnectionLimits, Listener, ListenerOptions, Refusal, Refused, Service, TlsConfig,
    accept,
};
use tokio_util::sync::CancellationToken;

use crate::{
    Intake, Limits,
    connection::{Shared, serve},
    record::record_refusal,
    reply::Reply,
};

/// The SMTP server.
#[derive(Debug)]
pub struct Server {
    listeners: Vec<Listener>,
    shared: Arc<Shared>,
}

impl Server {
    /// Returns a server without listeners. `name` is the host name in the greeting.
    pub fn new(name: String, intake: Intake, tls: TlsConfig, limits: Limits) -> Self {
        Self {
            listeners: Vec::new(),
            shared: Arc::new(Shared {
                intake,
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
        self.add(Listener::bind(options)?)
    }

    /// Adds a listener with a socket that another program has opened. The address in the options
    /// does not matter. Returns that of the socket.
    ///
    /// # Errors
    /// If the socket cannot be used.
    pub fn adopt(
        &mut self,
        socket: std::net::TcpListener,
        options: ListenerOptions,
    ) -> io::Result<SocketAddr> {
        self.add(Listener::adopt(socket, options)?)
    }

    fn add(&mut self, listener: Listener) -> io::Result<SocketAddr> {
        let address = listener.address()?;
        self.listeners.push(listener);
        Ok(address)
    }

    /// Serves until the stop signal, then until each session has ended. A session that waits for a
    /// command ends immediately.
    pub async fn run(self, stopping: CancellationToken) {
        accept(self.listeners, self.shared, stopping).await;
    }
}

impl Service for Shared {
    fn name(&self) -> &'static str {
        "SMTP"
    }

    fn limits(&self) -> ConnectionLimits {
        ConnectionLimits {
            total: self.limits.connections,
            per_address: self.limits.per_address,
            proxy_header: self.limits.proxy_header,
        }
    }

    fn refused(&self, refused: &Refused) -> Vec<u8> {
        let reply = match refused.refusal {
            Refusal::Address => {
                let text = "Connections from your address are not allowed here";
                Reply::new(554, "5.7.1", text).because(FindingCode::InboundNetworkNotAdmitted)
            }
            Refusal::TooMany => {
                let text = "Too many connections; try again later";
                Reply::new(421, "4.3.2", text).because(FindingCode::InboundTooManyConnections)
            }
        };
        record_refusal(&self.intake, refused, &reply);
        let metrics = self.intake.metrics();
        metrics.count_smtp_reply("connection", reply.code());
        reply.to_bytes()
    }

    async fn serve(self: Arc<Self>, accepted: Accepted, stopping: CancellationToken) {
        serve(accepted, self, stopping).await;
    }
}
