//! Wires the SMTP server ([`submission`]): its listeners, its name, and its certificate.

pub(crate) mod certificate;
mod service;

use std::{io::ErrorKind, net::SocketAddr};

use app::smtp_listeners::{ListenerMode, SmtpListener, SmtpListeners};
use submission::{Intake, ListenerOptions, Mode, Server, TlsConfig};

use crate::{
    config::{AddressLimits, Config, SmtpConfig},
    sockets::InheritedSockets,
};
use certificate::{CertificateError, CertificateFiles};

pub use service::{configured_service, service};

/// The reason why mail cannot be accepted over SMTP.
#[derive(Debug, thiserror::Error)]
pub enum SmtpError {
    /// The certificate could not be read or made.
    #[error("cannot use the certificate for SMTP")]
    Certificate(#[from] CertificateError),
    /// The server could not listen on the address.
    #[error("cannot listen for SMTP on {address}")]
    Listen {
        /// The configured address.
        address: SocketAddr,
        /// The error of the operating system.
        source: std::io::Error,
    },
}

/// The SMTP server before it runs.
#[derive(Debug)]
pub struct Smtp {
    server: Server,
    /// The addresses of the listeners.
    pub addresses: Vec<SocketAddr>,
    certificate: CertificateFiles,
    tls: TlsConfig,
    shown: SmtpListeners,
}

/// Reads the certificate and binds the listeners, which pages get from `shown`. Returns `None` if
/// there are none.
///
/// # Errors
///
/// Returns an error if a configured listener or certificate cannot be used. The default listener is
/// left out with a warning then, because nobody has asked for it.
pub async fn open(
    config: &Config,
    intake: Intake,
    shown: &SmtpListeners,
    sockets: &mut InheritedSockets,
) -> Result<Option<Smtp>, SmtpError> {
    if config.smtp.listeners.is_empty() {
        return Ok(None);
    }
    match bind(config, intake, shown, sockets).await {
        Ok(smtp) => Ok(Some(smtp)),
        Err(error) if config.smtp.is_default => {
            for listener in &config.smtp.listeners {
                let problem = Some(problem(&error));
                shown.add(shown_listener(listener, listener.address, problem));
            }
            let error: &dyn std::error::Error = &error;
            tracing::warn!(
                error,
                "no mail is accepted over SMTP; choose another port with smtp_listeners, or turn it off"
            );
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

async fn bind(
    config: &Config,
    intake: Intake,
    shown: &SmtpListeners,
    sockets: &mut InheritedSockets,
) -> Result<Smtp, SmtpError> {
    let name = name(&config.smtp);
    let certificate = CertificateFiles::of(config, &name)?;
    let tls = certificate.load(shown)?;
    let limits = limits(config.address_limits);
    let mut server = Server::new(name, intake.clone(), tls.clone(), limits);
    let mut addresses = Vec::new();
    for listener in &config.smtp.listeners {
        let address = match sockets.take(listener.address) {
            Some(socket) => server.adopt(socket, listener.clone()),
            None => server.bind(listener.clone()),
        };
        let address = address.map_err(|source| SmtpError::Listen {
            address: listener.address,
            source,
        })?;
        tracing::info!(listener = %address, mode = listener.mode.name(), "accepting mail over SMTP");
        shown.add(shown_listener(listener, address, None));
        warn_of_unknown_senders(&intake, listener, address).await;
        addresses.push(address);
    }
    Ok(Smtp {
        server,
        addresses,
        certificate,
        tls,
        shown: shown.clone(),
    })
}

fn shown_listener(
    options: &ListenerOptions,
    address: SocketAddr,
    problem: Option<String>,
) -> SmtpListener {
    SmtpListener {
        address,
        mode: match options.mode {
            Mode::StartTls => ListenerMode::StartTls,
            Mode::Tls => ListenerMode::Tls,
            Mode::Plain => ListenerMode::Plain,
        },
        networks: options.networks.iter().map(ToString::to_string).collect(),
        problem,
    }
}

/// Returns the reason for pages, which show no paths of files.
fn problem(error: &SmtpError) -> String {
    match error {
        SmtpError::Certificate(_) => "the certificate cannot be used; see the log".to_owned(),
        SmtpError::Listen { source, .. } if source.kind() == ErrorKind::AddrInUse => {
            "another program uses this port".to_owned()
        }
        SmtpError::Listen { source, .. } => source.kind().to_string(),
    }
}

/// Warns about names of senders that do not exist. They may be added later.
async fn warn_of_unknown_senders(intake: &Intake, listener: &ListenerOptions, address: SocketAddr) {
    match intake.unknown_senders(&listener.senders).await {
        Ok(unknown) => {
            for sender in unknown {
                tracing::warn!(
                    listener = %address,
                    sender = sender.as_str(),
                    "a listener names a sender that does not exist; add it, or correct smtp_listeners"
                );
            }
        }
        Err(error) => tracing::warn!(
            error = &error as &dyn std::error::Error,
            "senders of a listener could not be read"
        ),
    }
}

fn limits(of_address: AddressLimits) -> submission::Limits {
    submission::Limits {
        per_address: of_address.connections,
        ..submission::Limits::default()
    }
}

/// Returns the configured name, or that of the machine.
pub(crate) fn name(config: &SmtpConfig) -> String {
    if let Some(name) = &config.name {
        return name.to_string();
    }
    let system = rustix::system::uname();
    let name = system.nodename().to_string_lossy();
    domain::Host::parse(&name).map_or_else(|_| "localhost".to_owned(), |host| host.to_string())
}

impl Smtp {
    /// Serves until the stop signal, then until each session has ended. Reloads the certificate
    /// when its files change.
    pub async fn run(self, stopping: tokio_util::sync::CancellationToken) {
        let Self {
            server,
            certificate,
            tls,
            shown,
            ..
        } = self;
        tokio::select! {
            () = server.run(stopping) => {}
            () = certificate.keep_current(tls, &shown) => {}
        }
    }
}
