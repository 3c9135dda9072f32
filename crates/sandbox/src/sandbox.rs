//! Start and stop of a sandbox.

use std::net::Ipv4Addr;
use std::sync::Arc;

use tokio::net::{TcpListener, UdpSocket};
use tokio::task::JoinSet;

use crate::config::{SandboxConfig, StartError};
use crate::control::Control;
use crate::descriptor::{self, Descriptor};
use crate::dns;
use crate::imap;
use crate::smtp::{self, Port};
use crate::state::State;
use crate::tls::Certificates;
use crate::web;

/// Running mail provider. Dropping it stops all its tasks and closes its connections.
pub struct Sandbox {
    state: Arc<State>,
    // The task of each listener owns the tasks of its connections.
    _listeners: JoinSet<()>,
}

impl Sandbox {
    /// Creates the certificates and listens on 127.0.0.1 only.
    ///
    /// # Errors
    /// Returns an error if a port is in use, or if the certificate cannot be created or written.
    pub async fn start(config: SandboxConfig) -> Result<Self, StartError> {
        let certificates = Certificates::make()?;
        if let Some(path) = config.ca_file {
            tokio::fs::write(&path, certificates.authority_pem())
                .await
                .map_err(|source| StartError::WriteCertificate { path, source })?;
        }
        let (http, http_port) = listen(config.http_port).await?;
        let (starttls, smtp_starttls_port) = listen(config.smtp_starttls_port).await?;
        let (tls, smtp_tls_port) = listen(config.smtp_tls_port).await?;
        let (imap_starttls, imap_starttls_port) = listen(config.imap_starttls_port).await?;
        let (imap_tls, imap_tls_port) = listen(config.imap_tls_port).await?;
        let (dns_udp, dns_tcp, dns_port) = listen_for_dns(config.dns_port).await?;
        let http_url = format!("http://127.0.0.1:{http_port}");
        let descriptor = Descriptor {
            issuer: http_url.clone(),
            authorization_endpoint: format!("{http_url}/authorize"),
            token_endpoint: format!("{http_url}/token"),
            revocation_endpoint: format!("{http_url}/revoke"),
            http: http_url,
            client_id: descriptor::CLIENT_ID.to_owned(),
            client_secret: descriptor::CLIENT_SECRET.to_owned(),
            scope: descriptor::SCOPE.to_owned(),
            smtp_host: "localhost".to_owned(),
            smtp_starttls_port,
            smtp_tls_port,
            imap_host: "localhost".to_owned(),
            imap_starttls_port,
            imap_tls_port,
            dns: format!("127.0.0.1:{dns_port}"),
            accounts: descriptor::accounts(),
            ca_pem: certificates.authority_pem().to_owned(),
        };
        let state = Arc::new(State::new(descriptor, config.redirect_urls, certificates));
        let mut listeners = JoinSet::new();
        listeners.spawn(web::serve(http, Arc::clone(&state)));
        listeners.spawn(smtp::serve(starttls, Port::Starttls, Arc::clone(&state)));
        listeners.spawn(smtp::serve(tls, Port::Tls, Arc::clone(&state)));
        listeners.spawn(imap::serve(
            imap_starttls,
            Port::Starttls,
            Arc::clone(&state),
        ));
        listeners.spawn(imap::serve(imap_tls, Port::Tls, Arc::clone(&state)));
        listeners.spawn(dns::serve(dns_udp, dns_tcp, Arc::clone(&state)));
        Ok(Self {
            state,
            _listeners: listeners,
        })
    }

    /// Returns the endpoints and credentials of the sandbox.
    pub fn descriptor(&self) -> &Descriptor {
        &self.state.descriptor
    }

    /// Returns a handle to set faults and read records.
    pub fn control(&self) -> Control {
        Control::new(Arc::clone(&self.state))
    }
}

async fn listen(port: u16) -> Result<(TcpListener, u16), StartError> {
    let error = |source| StartError::Listen { port, source };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .await
        .map_err(error)?;
    let port = listener.local_addr().map_err(error)?.port();
    Ok((listener, port))
}

/// Listens on the same port for UDP and TCP. If the system chooses the port, it may be free for one
/// protocol but not for the other.
async fn listen_for_dns(port: u16) -> Result<(UdpSocket, TcpListener, u16), StartError> {
    let mut tries = 0;
    loop {
        let (tcp, chosen) = listen(port).await?;
        match UdpSocket::bind((Ipv4Addr::LOCALHOST, chosen)).await {
            Ok(udp) => return Ok((udp, tcp, chosen)),
            Err(_) if port == 0 && tries < 20 => tries += 1,
            Err(source) => return Err(StartError::Listen { port, source }),
        }
    }
}
